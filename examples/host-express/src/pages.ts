import type { User } from "./users.js";

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = (body: string): string => `<!doctype html><meta charset="utf-8"><title>Shop</title>${body}`;

export const messagePage = (message: string): string =>
  page(`<p>${escapeHtml(message)}</p><p><a href="/">Back</a></p>`);

export function homePage(user: User | undefined, events: string[]): string {
  const received = `<p>Events: ${events.map(escapeHtml).join(", ") || "none"}</p>`;
  if (user) {
    const openid = user.openid === null ? "" : ` Your openid: <code>${escapeHtml(user.openid)}</code>`;
    const connect = '<form method="post" action="/wechat/connect"><button>Connect WeChat</button></form>';
    return page(
      `<p>You are <b>${escapeHtml(user.name)}</b>, user <code>${user.id}</code>.${openid}</p>
       ${user.wechatUserId === null ? connect : "<p>WeChat is connected.</p>"}
       <form method="post" action="/sign-out"><button>Sign out</button></form>${received}`,
    );
  }
  const form = (action: string, label: string) =>
    `<form method="post" action="${action}">
       <input name="mail" type="email" placeholder="Mail" required> <input name="password" type="password" required>
       <button>${label}</button>
     </form>`;
  return page(
    `${form("/register", "Register")}${form("/sign-in", "Sign in")}
     <p><a href="/wechat/sign-in">Sign in with WeChat</a></p>${received}`,
  );
}
