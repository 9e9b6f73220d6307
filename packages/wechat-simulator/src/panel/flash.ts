import { countExpired } from "../control/issued-credentials.js";
import { MAX_ADVANCE_SECONDS } from "../input/parse-clock.js";
import { type Html, html } from "../pages/html.js";
import type { Text } from "../protocol/text.js";
import type { Panel } from "./panel.js";
import { span } from "./time.js";

/** The keys of the messages below. */
export type Flash =
  | "person"
  | "wechat"
  | "no_wechat"
  | "planned"
  | "cancelled"
  | "switched"
  | "created"
  | "saved"
  | "verified"
  | "deleted"
  | "followed"
  | "unfollowed"
  | "revoked"
  | "password"
  | "js_code"
  | "ended"
  | "gone"
  | "cleared"
  | "reset";

/** Shown after a form was submitted. The redirect contains only the key, so that a link cannot put text into the page. */
const FLASHES: Readonly<Record<Flash, Text>> = {
  person: { en: "This browser is now signed in as that person.", zh: "此浏览器现在以该用户身份操作。" },
  wechat: { en: "This browser now acts as WeChat's.", zh: "已开始模拟微信内置浏览器。" },
  no_wechat: {
    en: "Stopped: the user agent of this browser counts again.",
    zh: "已停止模拟：此浏览器重新按 User-Agent 判断。",
  },
  planned: { en: "Planned. The next matching call is affected.", zh: "已设置，下一次符合条件的调用会触发。" },
  cancelled: { en: "Cancelled.", zh: "已取消。" },
  switched: { en: "Switched.", zh: "已切换。" },
  created: { en: "Created. This person can sign in now.", zh: "已创建，该用户现在可以登录。" },
  saved: { en: "Saved.", zh: "已保存。" },
  verified: { en: "File found: the domain was added.", zh: "已找到校验文件，域名已添加。" },
  deleted: {
    en: "Deleted. This person's codes and web tokens no longer work.",
    zh: "已注销：该用户的 code 和网页授权令牌不再有效。",
  },
  followed: { en: "Now following.", zh: "已关注。" },
  unfollowed: { en: "No longer following.", zh: "已取消关注。" },
  revoked: {
    en: "Revoked: the app's tokens for this person have ended.",
    zh: "已撤销：该应用中该用户的令牌已失效。",
  },
  password: {
    en: "Password changed: all web tokens of this person have ended.",
    zh: "密码已修改：该用户的网页授权令牌全部失效。",
  },
  js_code: { en: "A js_code was created; it is in the list.", zh: "js_code 已生成，见列表。" },
  ended: { en: "Ended.", zh: "已使其失效。" },
  gone: { en: "It had already ended.", zh: "它此前已经失效。" },
  cleared: { en: "Cleared.", zh: "已清空。" },
  reset: { en: "Reset to the state at start.", zh: "已恢复到刚启动时的状态。" },
};

/** The message for `?done=saved`, or for `?moved=300` after the clock was moved. */
export function flashOf(panel: Panel): Html | undefined {
  const { t, query, store } = panel;
  const moved = Number(query.moved);
  if (query.moved !== undefined && moved > 0 && moved <= MAX_ADVANCE_SECONDS) {
    const { codes, tokens, tickets } = countExpired(store, store.clock.now() - moved * 1000);
    const words = t(
      `Moved forward by ${span(t, moved * 1000)}. In that time ${plural(codes, "code")}, ${plural(tokens, "token")} and ${plural(tickets, "ticket")} expired.`,
      `前进了 ${span(t, moved * 1000)}：其间有 ${codes} 个 code、${tokens} 个令牌、${tickets} 个 ticket 过期。`,
    );
    return html`<p class="flash">${words}</p>`;
  }
  if (query.done === undefined || !Object.hasOwn(FLASHES, query.done)) return undefined;
  const { en, zh } = FLASHES[query.done as Flash];
  return html`<p class="flash">${t(en, zh)}</p>`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
