import { toReachableUrl } from "./application.js";
import type { Browser, Page } from "./browser.js";

/** Where a signIn through a sign-in came to its end. */
export interface SignInResult {
  /** `signed in`, `stayed at WeChat`, the title of a page of the application, or what went wrong. */
  label: string;
  signedIn: boolean;
}

export interface SignInOptions {
  /** Looks at the callback, with the address of WeChat's page that led to it, and may lead it elsewhere; once. */
  onCallback?: (callback: URL, wechatPage: URL) => URL | Promise<URL>;
}

/** More redirects than any sign-in has. */
const MAX_REDIRECTS = 14;

/** Walks from the first click to a page, and presses the one button on the way. Never throws, but when it is stopped. */
export async function signIn(browser: Browser, { onCallback }: SignInOptions = {}): Promise<SignInResult> {
  const { app, signal, sleep } = browser.options;
  let url = app.start;
  let callbackPath: string | undefined;
  let change = onCallback;
  for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
    let page: Page;
    try {
      page = await browser.open(toReachableUrl(app, url));
    } catch (error) {
      if (signal?.aborted) throw error;
      return failed(
        error instanceof Error && error.name === "TimeoutError" ? "no answer in time" : "no answer",
      );
    }
    const atWeChat = page.url.origin === app.wechat.origin;
    if (page.location) {
      url = page.location;
      if (!atWeChat) continue;
      callbackPath = url.pathname;
      if (change) url = await change(url, page.url);
      change = undefined;
      continue;
    }
    if (atWeChat) return failed(stayedAtWeChat(page));
    const button = findButton(page, app.button);
    if (button) {
      url = button;
      continue;
    }
    const result = readResult(page, [callbackPath, app.start.pathname]);
    if (result.signedIn || !page.refresh) return result;
    // "One moment": another delivery of the callback is at work.
    await sleep(page.refresh.ms, signal);
    url = page.refresh.url;
  }
  return failed("went round in circles");
}

/** A page that is no error, and not where the callback came in: an application leads people on from there. */
function readResult({ status, url, html }: Page, onTheWay: readonly (string | undefined)[]): SignInResult {
  const ok = status >= 200 && status < 300;
  if (ok && !onTheWay.includes(url.pathname)) return { label: "signed in", signedIn: true };
  const title = /<title>([^<·]*)/.exec(html)?.[1]?.trim();
  if (title) return failed(title.slice(0, 60));
  // With the address: a page that says "welcome" at the callback's own would otherwise be a riddle.
  return failed(`HTTP ${status} at ${url.pathname}`.slice(0, 60));
}

const failed = (label: string): SignInResult => ({ label, signedIn: false });

function stayedAtWeChat({ reason }: Page): string {
  const refused = reason === undefined || reason === "the person refused";
  return refused ? "stayed at WeChat" : `stayed at WeChat: ${reason}`;
}

function findButton({ html, url }: Page, start: string): URL | undefined {
  for (const [, href = ""] of html.matchAll(/href="([^"]*)"/g)) {
    if (href.startsWith(start)) return new URL(href.replaceAll("&amp;", "&"), url);
  }
  return undefined;
}
