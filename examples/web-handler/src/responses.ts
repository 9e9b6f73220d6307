import type { Ending } from "./stores.js";

const pages = {
  refused: { status: 200, text: "You did not sign in." },
  // Somebody else's link, another browser, a trip older than ten minutes. WeChat was not asked.
  mismatch: { status: 400, text: "This sign-in is not of this browser, or it is too old." },
  snapshot: { status: 403, text: "This is a snapshot. Tap 使用完整服务, then sign in." },
  failed: { status: 502, text: "WeChat did not let us finish. Please sign in once more." },
  // Another delivery of the same callback is at work: the browser looks again in a second.
  pending: { status: 200, text: "One moment …" },
} satisfies Record<string, { status: number; text: string }>;

export type PageName = Exclude<Ending, "signed_in"> | "mismatch" | "pending";

export function page(name: PageName): Response {
  const { status, text } = pages[name];
  const body = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in</title><p>${text}</p><p><a href="/login">Sign in with WeChat</a></p>\n`;
  const refresh = name === "pending" ? { refresh: "1" } : {};
  return new Response(body, {
    status,
    headers: { ...common, ...refresh, "content-type": "text/html; charset=utf-8" },
  });
}

/** 302 and 303, never 301: a browser would keep the old state for ever. */
export function redirect(status: 302 | 303, location: string, cookie: string): Response {
  return new Response(null, { status, headers: { ...common, location, "set-cookie": cookie } });
}

export function json(value: unknown): Response {
  return Response.json(value, { headers: common });
}

/** The callback's URL holds a code: nobody caches it, and no other site is told of it. */
const common = { "cache-control": "no-store", "referrer-policy": "same-origin" };
