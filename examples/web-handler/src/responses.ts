import type { CallbackResult } from "./stores.ts";

const pages = {
  refused: { status: 200, text: "You did not sign in." },
  // A forwarded link, another browser, or a start more than ten minutes ago. WeChat is not called.
  mismatch: { status: 400, text: "This sign-in was started in another browser, or too long ago." },
  snapshot: { status: 403, text: "This is a preview of the page. Tap 使用完整服务, then sign in." },
  failed: { status: 502, text: "WeChat did not complete the request. Please sign in again." },
  // The first request of the same callback is not finished: the browser reloads in a second.
  pending: { status: 200, text: "One moment …" },
} satisfies Record<string, { status: number; text: string }>;

export type PageName = Exclude<CallbackResult, "signed_in"> | "mismatch" | "pending";

export function page(name: PageName): Response {
  const { status, text } = pages[name];
  const body = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in</title><p>${text}</p><p><a href="/login">Sign in with WeChat</a></p>\n`;
  const headers = new Headers({ ...common, "content-type": "text/html; charset=utf-8" });
  if (name === "pending") headers.set("refresh", "1");
  return new Response(body, { status, headers });
}

/** 302 or 303, not 301: a browser would cache a 301 and its state forever. */
export function redirect(status: 302 | 303, location: string, cookie: string): Response {
  return new Response(null, { status, headers: { ...common, location, "set-cookie": cookie } });
}

export function json(value: unknown): Response {
  return Response.json(value, { headers: common });
}

/** The callback's URL contains a code: it must not be cached, or sent to another site as the referrer. */
const common = { "cache-control": "no-store", "referrer-policy": "same-origin" };
