import type { ApiEndpoint } from "../protocol/endpoints.js";
import type { Application } from "./application.js";
import { Browser, type BrowserOptions } from "./browser.js";
import { ControlClient } from "./control-client.js";
import { signIn } from "./sign-in.js";
import { ANDROID, DESKTOP, IPHONE } from "./user-agents.js";

/** One scene of the story: who tries to sign in, and what happens. */
interface DemoStep {
  who: string;
  userAgent: string;
  tells: string;
  /** With the browser of the scene before that had the same person and kind of browser. */
  again?: true;
  decision?: "refuse";
  /** The next call to this endpoint is refused with this errcode. */
  fail?: readonly [ApiEndpoint, number];
}

const DEMO: readonly DemoStep[] = [
  { who: "alice", userAgent: ANDROID, tells: "on Android, inside WeChat" },
  { who: "alice", userAgent: ANDROID, again: true, tells: "comes back: no page at all" },
  { who: "alice", userAgent: DESKTOP, tells: "scans the QR code on a desktop: the same person" },
  { who: "emoji", userAgent: IPHONE, tells: "a nickname with emoji, on iOS" },
  { who: "noavatar", userAgent: ANDROID, tells: "no avatar, no unionid" },
  { who: "longname", userAgent: IPHONE, tells: "a very long nickname" },
  { who: "crowd-1", userAgent: ANDROID, tells: "one of the crowd" },
  { who: "crowd-2", userAgent: IPHONE, tells: "one of the crowd" },
  { who: "crowd-3", userAgent: DESKTOP, tells: "one of the crowd, by QR" },
  { who: "crowd-4", userAgent: ANDROID, decision: "refuse", tells: "refuses to show a profile" },
  { who: "snapshot", userAgent: ANDROID, tells: "a snapshot visitor: never stored" },
  {
    who: "crowd-5",
    userAgent: ANDROID,
    fail: ["access_token", 40029],
    tells: "WeChat calls the code invalid",
  },
  { who: "crowd-6", userAgent: IPHONE, fail: ["access_token", 40163], tells: "the code was used before" },
  { who: "crowd-7", userAgent: ANDROID, fail: ["access_token", -1], tells: "WeChat is busy" },
  { who: "crowd-8", userAgent: ANDROID, fail: ["userinfo", 45011], tells: "too many calls this minute" },
  { who: "crowd-9", userAgent: DESKTOP, fail: ["userinfo", 42001], tells: "the token expired on the way" },
  {
    who: "crowd-10",
    userAgent: ANDROID,
    fail: ["access_token", 40125],
    tells: "as if the AppSecret had been reset",
  },
];

/** A handful of people with mixed luck, one after the other, a line for each. */
export async function runDemo(
  app: Application,
  say: (line: string) => void,
  sleep: BrowserOptions["sleep"],
): Promise<void> {
  const simulator = new ControlClient(app.wechat);
  const browsers = new Map<string, Browser>();
  for (const { who, userAgent, tells, again, decision = "allow", fail } of DEMO) {
    const key = `${who} ${userAgent}`;
    const browser =
      (again && browsers.get(key)) || new Browser({ app, person: who, userAgent, decision, sleep });
    browsers.set(key, browser);
    if (fail) await simulator.failNextCall(fail[0], { kind: "errcode", errcode: fail[1] });
    const { label } = await signIn(browser);
    say(`${label.padEnd(40)} ${who.padEnd(9)} ${tells}`);
  }
}
