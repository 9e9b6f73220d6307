import type { Person } from "./people.js";

/** What a person reads when a sign-in ends without a session, and the status it goes out with. */
export const failures = {
  refused: { status: 200, text: "You did not sign in." },
  // Somebody else's link, another browser, a trip older than ten minutes. WeChat was not asked.
  mismatch: { status: 400, text: "This sign-in is not of this browser, or it is too old." },
  snapshot: { status: 403, text: "This is a snapshot. Tap 使用完整服务, then sign in." },
  failed: { status: 502, text: "WeChat did not let us finish. Please sign in once more." },
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

/** Nicknames are whatever people typed. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
