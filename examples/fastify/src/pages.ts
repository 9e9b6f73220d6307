import type { Person } from "./people.js";

/** The page's text and HTTP status for each sign-in without a session. */
export const failures = {
  refused: { status: 200, text: "You did not sign in." },
  // A forwarded link, another browser, or a start more than ten minutes ago. WeChat is not called.
  mismatch: { status: 400, text: "This sign-in was started in another browser, or too long ago." },
  snapshot: { status: 403, text: "This is a preview of the page. Tap 使用完整服务, then sign in." },
  failed: { status: 502, text: "WeChat did not complete the request. Please sign in again." },
};

const signIn = `<p><a href="/login">Sign in with WeChat</a></p>`;

export const failurePage = (kind: keyof typeof failures) => page(`<p>${failures[kind].text}</p>${signIn}`);

export const homePage = (person: Person | undefined) =>
  page(
    person
      ? `<p>Hello ${escapeHtml(person.nickname)}, you are person ${person.id}.</p>
<p><a href="/follower">Do I follow the account?</a></p>
<form method="post" action="/logout"><button>Sign out</button></form>`
      : signIn,
  );

function page(body: string): string {
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Example</title>${body}\n`;
}

/** Nicknames may contain any text. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
