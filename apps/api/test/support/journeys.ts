import type { Simulator } from "wechat-simulator";
import { type Browser, profileButton, type Visit } from "./browser.js";

/** A new person up to the callback of the trip that the profile page's button starts: not delivered yet. */
export async function profileCallback(browser: Browser, start?: string): Promise<URL> {
  const page = await browser.follow(await browser.callbackUrl(start));
  const button = profileButton(page.html);
  if (!button) throw new Error(`the profile was not asked for: ${page.url.pathname} answered ${page.status}`);
  return browser.callbackUrl(button);
}

/** Many deliveries of one callback at the same moment, from one browser. */
export const deliver = (browser: Browser, callback: URL, times: number): Promise<Visit[]> =>
  Promise.all(Array.from({ length: times }, () => browser.visit(callback)));

/** Waits until the simulator was asked so often; the requests are on their way already. */
export async function untilAsked(
  simulator: Simulator,
  endpoint: Parameters<Simulator["calls"]>[0],
  times: number,
): Promise<void> {
  while (simulator.calls(endpoint) < times) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Who this browser is signed in as, by asking the server. */
export async function userOf(browser: Browser): Promise<string | undefined> {
  const { data } = await browser.query<{ userId: string } | null>("session.get");
  return data?.userId;
}
