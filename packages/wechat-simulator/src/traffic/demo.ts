import type { ApiEndpoint } from "../protocol/endpoints.js";
import type { Application } from "./application.js";
import { Browser, type BrowserOptions } from "./browser.js";
import { ControlClient } from "./control-client.js";
import { signIn } from "./sign-in.js";
import { ANDROID, DESKTOP, IPHONE } from "./user-agents.js";

/** One sign-in of the demo. */
interface DemoStep {
  person: string;
  userAgent: string;
  description: string;
  /** Reuses the browser of an earlier step with the same person and user agent. */
  again?: true;
  decision?: "refuse";
  /** The next call to this endpoint is refused with this errcode. */
  fail?: readonly [ApiEndpoint, number];
}

const DEMO: readonly DemoStep[] = [
  { person: "alice", userAgent: ANDROID, description: "on Android, inside WeChat" },
  { person: "alice", userAgent: ANDROID, again: true, description: "returns: no page at all" },
  { person: "alice", userAgent: DESKTOP, description: "scans the QR code on a desktop: the same person" },
  { person: "emoji", userAgent: IPHONE, description: "a nickname with emoji, on iOS" },
  { person: "noavatar", userAgent: ANDROID, description: "no avatar, no unionid" },
  { person: "longname", userAgent: IPHONE, description: "a very long nickname" },
  { person: "crowd-1", userAgent: ANDROID, description: "a generated person" },
  { person: "crowd-2", userAgent: IPHONE, description: "a generated person" },
  { person: "crowd-3", userAgent: DESKTOP, description: "a generated person, by QR code" },
  { person: "crowd-4", userAgent: ANDROID, decision: "refuse", description: "declines" },
  { person: "snapshot", userAgent: ANDROID, description: "a snapshot visitor: not stored" },
  {
    person: "crowd-5",
    userAgent: ANDROID,
    fail: ["access_token", 40029],
    description: "WeChat calls the code invalid",
  },
  {
    person: "crowd-6",
    userAgent: IPHONE,
    fail: ["access_token", 40163],
    description: "the code was used before",
  },
  { person: "crowd-7", userAgent: ANDROID, fail: ["access_token", -1], description: "WeChat is busy" },
  {
    person: "crowd-8",
    userAgent: ANDROID,
    fail: ["userinfo", 45011],
    description: "too many calls this minute",
  },
  { person: "crowd-9", userAgent: DESKTOP, fail: ["userinfo", 42001], description: "the token has expired" },
  {
    person: "crowd-10",
    userAgent: ANDROID,
    fail: ["access_token", 40125],
    description: "as if the AppSecret had been reset",
  },
];

/** Runs a fixed list of sign-ins with different results, one after the other, and prints a line for each. */
export async function runDemo(
  app: Application,
  print: (line: string) => void,
  sleep: BrowserOptions["sleep"],
): Promise<void> {
  const simulator = new ControlClient(app.wechat);
  const browsers = new Map<string, Browser>();
  for (const { person, userAgent, description, again, decision = "allow", fail } of DEMO) {
    const key = `${person} ${userAgent}`;
    const browser =
      (again && browsers.get(key)) || new Browser({ app, person: person, userAgent, decision, sleep });
    browsers.set(key, browser);
    if (fail) await simulator.failNextCall(fail[0], { kind: "errcode", errcode: fail[1] });
    const { label } = await signIn(browser);
    print(`${label.padEnd(40)} ${person.padEnd(9)} ${description}`);
  }
}
