import type { Simulator } from "@wechat-login/simulator";
import { type Browser, profileButton, type Visit } from "./browser.js";

/** Signs a new person in up to the last callback, that of the profile page's button, and returns it without visiting it. */
export async function profileCallback(browser: Browser, start?: string): Promise<URL> {
  const page = await browser.follow(await browser.callbackUrl(start));
  const button = profileButton(page.html);
  if (!button) throw new Error(`no profile page: ${page.url.pathname} answered ${page.status}`);
  return browser.callbackUrl(button);
}

/** Visits one callback many times at once from one browser. */
export const repeatCallback = (browser: Browser, callback: URL, times: number): Promise<Visit[]> =>
  Promise.all(Array.from({ length: times }, () => browser.visit(callback)));

/** Waits until the simulator has received this many calls, which the test has already sent. */
export async function waitForCalls(
  simulator: Simulator,
  endpoint: Parameters<Simulator["calls"]>[0],
  times: number,
): Promise<void> {
  while (simulator.calls(endpoint) < times) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** The user that the server says this browser is signed in as. */
export async function userOf(browser: Browser): Promise<string | undefined> {
  const { data } = await browser.query<{ userId: string } | null>("session.get");
  return data?.userId;
}
