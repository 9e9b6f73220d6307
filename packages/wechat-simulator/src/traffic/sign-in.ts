import { toReachableUrl } from "./application.js";
import type { Browser, Page } from "./browser.js";

/** The result of one sign-in. */
export interface SignInResult {
  /** `signed in`, `ended at WeChat`, the title of the application's page, or an error. */
  label: string;
  signedIn: boolean;
}

export interface SignInOptions {
  /** Called once with the callback and the WeChat page that redirected to it; returns the URL to open. */
  onCallback?: (callback: URL, wechatPage: URL) => URL | Promise<URL>;
}

/** More redirects than any sign-in has. */
const MAX_REDIRECTS = 14;

/** Signs in from the start to a final page, and follows the one link on the way. Throws only when aborted. */
export async function signIn(browser: Browser, { onCallback }: SignInOptions = {}): Promise<SignInResult> {
  const { app, signal, sleep } = browser.options;
  let url = app.start;
  let callbackPath: string | undefined;
  let change = onCallback;
  for (let redirects = 0; redirects < MAX_REDIRECTS; redirects++) {
    let page: Page;
    try {
      page = await browser.open(toReachableUrl(app, url));
    } catch (error) {
      if (signal?.aborted) throw error;
      return failure(error instanceof Error && error.name === "TimeoutError" ? "timeout" : "no response");
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
    if (atWeChat) return failure(endedAtWeChat(page));
    const button = findButton(page, app.button);
    if (button) {
      url = button;
      continue;
    }
    const result = readResult(page, [callbackPath, app.start.pathname]);
    if (result.signedIn || !page.refresh) return result;
    // A waiting page: another request to the callback is still being handled.
    await sleep(page.refresh.ms, signal);
    url = page.refresh.url;
  }
  return failure("redirect loop");
}

/** A success is a page without an error, other than the callback itself, from which applications redirect. */
function readResult(
  { status, url, html }: Page,
  intermediatePaths: readonly (string | undefined)[],
): SignInResult {
  const ok = status >= 200 && status < 300;
  if (ok && !intermediatePaths.includes(url.pathname)) return { label: "signed in", signedIn: true };
  const title = /<title>([^<·]*)/.exec(html)?.[1]?.trim();
  if (title) return failure(title.slice(0, 60));
  // With the path, because a success page at the callback's own path also ends here.
  return failure(`HTTP ${status} at ${url.pathname}`.slice(0, 60));
}

const failure = (label: string): SignInResult => ({ label, signedIn: false });

function endedAtWeChat({ reason }: Page): string {
  const refused = reason === undefined || reason === "the person refused";
  return refused ? "ended at WeChat" : `ended at WeChat: ${reason}`;
}

function findButton({ html, url }: Page, start: string): URL | undefined {
  for (const [, href = ""] of html.matchAll(/href="([^"]*)"/g)) {
    if (href.startsWith(start)) return new URL(href.replaceAll("&amp;", "&"), url);
  }
  return undefined;
}
