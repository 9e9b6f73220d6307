import { type Application, toReachableUrl } from "./application.js";
import { Browser, type BrowserOptions } from "./browser.js";
import type { ControlClient } from "./control-client.js";
import { type SignInOptions, type SignInResult, signIn } from "./sign-in.js";
import { ANDROID, DESKTOP } from "./user-agents.js";

/** What a scenario needs. */
export interface ScenarioContext {
  app: Application;
  simulator: ControlClient;
  person: string;
  /** The user agent of this person's phone. */
  phone: string;
  /** WeChat's delay in the scenario `slow`. */
  slowMs: number;
  sleep: BrowserOptions["sleep"];
  signal?: AbortSignal | undefined;
}

/** Runs one sign-in. Only the part inside `measure` is timed. */
export type Scenario = (
  context: ScenarioContext,
  measure: (completed: Promise<SignInResult>) => Promise<SignInResult>,
) => Promise<SignInResult>;

export type ScenarioName =
  | "new"
  | "returning"
  | "desktop"
  | "refuses"
  | "expires"
  | "used"
  | "slow"
  | "snapshot"
  | "double";

/**
 * The scenarios. None uses the simulator's switches, which would affect all people at once.
 */
const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  /** Signs in for the first time. */
  new: (context, measure) => measure(signIn(browserOf(context))),
  /** Signed in before, with the same browser. */
  returning: async (context, measure) => {
    const browser = browserOf(context);
    await signIn(browser);
    return measure(signIn(browser));
  },
  /** Scans the QR code of a desktop browser. */
  desktop: (context, measure) => measure(signIn(browserOf(context, { userAgent: DESKTOP }))),
  /** Declines. */
  refuses: (context, measure) => measure(signIn(browserOf(context, { decision: "refuse" }))),
  /** Returns too late. For the application an expired code is like one that WeChat does not know (40029). */
  expires: (context, measure) => measure(signIn(browserOf(context), { onCallback: withCode(unknownCode()) })),
  /** Returns with a code that was exchanged before, as from a shared link or the browser history. */
  used: async (context, measure) => {
    let spent = unknownCode();
    await signIn(browserOf(context), {
      onCallback: (callback) => {
        spent = callback.searchParams.get("code") ?? spent;
        return callback;
      },
    });
    return measure(signIn(browserOf(context), { onCallback: withCode(spent) }));
  },
  /** The exchange is slow. The fault is planned at the last moment, so that it rarely hits another person's exchange. */
  slow: (context, measure) => {
    const onCallback = async (callback: URL) => {
      await context.simulator.failNextCall("access_token", { kind: "delay", ms: context.slowMs });
      return callback;
    };
    return measure(signIn(browserOf(context), { onCallback }));
  },
  /** Sees the snapshot page: the identity is virtual. */
  snapshot: async (context, measure) => {
    await context.simulator.updatePerson(context.person, { snapshot: true });
    return measure(signIn(browserOf(context)));
  },
  /** The phone sends the callback twice at once, with two codes and one state. */
  double: (context, measure) => measure(signInWithDoubleCallback(context)),
};

export const SCENARIO_NAMES: readonly ScenarioName[] = Object.keys(SCENARIOS) as ScenarioName[];

export const scenarioOf = (name: ScenarioName): Scenario => SCENARIOS[name];

function browserOf(
  { app, person, phone, sleep, signal }: ScenarioContext,
  other: { userAgent?: string; decision?: "refuse" } = {},
): Browser {
  return new Browser({ app, person, userAgent: phone, sleep, signal, ...other });
}

/** 32 characters like every code, but never issued. */
const unknownCode = (): string => "0".repeat(32);

function withCode(code: string): NonNullable<SignInOptions["onCallback"]> {
  return (callback) => {
    const changed = new URL(callback);
    changed.searchParams.set("code", code);
    return changed;
  };
}

/** The browser shows the response to the second callback; that to the first is discarded. */
async function signInWithDoubleCallback(context: ScenarioContext): Promise<SignInResult> {
  const browser = browserOf({ ...context, phone: ANDROID });
  let first: Promise<unknown> | undefined;
  const result = await signIn(browser, {
    onCallback: async (callback, wechatPage) => {
      // The same WeChat page again: another code, the same state.
      const { location } = await browser.open(wechatPage);
      if (!location) return callback;
      first = browser.open(toReachableUrl(context.app, callback)).catch(() => undefined);
      return location;
    },
  });
  await first;
  return result;
}
