import type { RunningSystem } from "./system.js";

const phone =
  "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.49.2600(0x2800315A) WeChat/arm64 Weixin";

/** A simulated person signs in by script, without a page: the console needs somebody to show. */
export async function signInByScript(system: RunningSystem, person: string): Promise<void> {
  const cookies = new Map<string, string>();
  let url = new URL("/login/wechat", system.url);
  for (let hop = 0; hop < 12; hop++) {
    const answer = await fetch(url, {
      redirect: "manual",
      headers: {
        "user-agent": phone,
        cookie: [...cookies].map((pair) => pair.join("=")).join("; "),
        "x-simulator-person": person,
        "x-simulator-decision": "allow",
      },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
      cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    const button = /href="(\/login\/wechat\/profile[^"]*)"/.exec(await answer.text())?.[1];
    const next = location ?? button?.replaceAll("&amp;", "&");
    if (next === undefined) return;
    url = new URL(next, url);
  }
}
