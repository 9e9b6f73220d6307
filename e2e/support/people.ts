import type { RunningSystem } from "./system.js";

const phone =
  "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.49.2600(0x2800315A) WeChat/arm64 Weixin";

/** Signs in by the website app. */
export const desktopAgent =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36";

/**
 * Signs in a simulated person by HTTP requests, without a browser; by default inside WeChat on a phone.
 *
 * @param cookies those of an earlier sign-in, for one in the same browser.
 * @returns the number of the failure page that it ended on, if it failed.
 */
export async function signInByScript(
  system: RunningSystem,
  person: string,
  userAgent = phone,
  cookies = new Map<string, string>(),
): Promise<string | undefined> {
  let url = new URL("/login/wechat", system.url);
  for (let requests = 0; requests < 12; requests++) {
    const response = await fetch(url, {
      redirect: "manual",
      headers: {
        "user-agent": userAgent,
        cookie: [...cookies].map((pair) => pair.join("=")).join("; "),
        "x-simulator-person": person,
        "x-simulator-decision": "allow",
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    const html = await response.text();
    const profileLink = /href="(\/login\/wechat\/profile[^"]*)"/.exec(html)?.[1];
    const next = location ?? profileLink?.replaceAll("&amp;", "&");
    if (next === undefined) return /id="number"[^>]*>([0-9A-Z]{26})</.exec(html)?.[1];
    url = new URL(next, url);
  }
  return undefined;
}
