import { type Application, toReachableUrl } from "./application.js";
import { Browser, type BrowserOptions } from "./browser.js";
import type { ControlClient } from "./control-client.js";
import { type SignInOptions, type SignInResult, signIn } from "./sign-in.js";
import { ANDROID, DESKTOP } from "./user-agents.js";

/** One person's context: who, where, and with what. */
export interface ScenarioContext {
  app: Application;
  simulator: ControlClient;
  person: string;
  /** A phone of this context: every person has one or another. */
  phone: string;
  /** How long WeChat takes where it is slow. */
  slowMs: number;
  sleep: BrowserOptions["sleep"];
  signal?: AbortSignal | undefined;
}

/** Walks the part that counts; what comes before it is not measured. */
export type Scenario = (
  context: ScenarioContext,
  measure: (completed: Promise<SignInResult>) => Promise<SignInResult>,
) => Promise<SignInResult>;

/** What befalls a person. */
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
 * The kinds of luck, and how each comes about without touching anybody else's: the simulator's own switches would context
 * for all at once.
 */
const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  /** Signs in for the first time. */
  new: (context, measure) => measure(signIn(browserOf(context))),
  /** Was here before, with the same browser. */
  returning: async (context, measure) => {
    const browser = browserOf(context);
    await signIn(browser);
    return measure(signIn(browser));
  },
  /** Scans the QR code of a desktop browser. */
  desktop: (context, measure) => measure(signIn(browserOf(context, { userAgent: DESKTOP }))),
  /** Says no. */
  refuses: (context, measure) => measure(signIn(browserOf(context, { decision: "refuse" }))),
  /** Comes back too late: to the application an expired code is one that WeChat does not know (40029). */
  expires: (context, measure) => measure(signIn(browserOf(context), { onCallback: withCode(unknownCode()) })),
  /** Comes back with a code that was exchanged before: a link that was shared, a page from the history. */
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
  /** WeChat takes its time over the exchange: planned at the last moment, so that it seldom hits somebody else's. */
  slow: (context, measure) => {
    const onCallback = async (callback: URL) => {
      await context.simulator.failNextCall("access_token", { kind: "delay", ms: context.slowMs });
      return callback;
    };
    return measure(signIn(browserOf(context), { onCallback }));
  },
  /** Sees the snapshot page: the identity is a virtual one. */
  snapshot: async (context, measure) => {
    await context.simulator.updatePerson(context.person, { snapshot: true });
    return measure(signIn(browserOf(context)));
  },
  /** The phone delivers the callback twice at once, with two codes and one state. */
  double: (context, measure) => measure(signInWithDoubleCallback(context)),
};

export const SCENARIO_NAMES: readonly ScenarioName[] = Object.keys(SCENARIOS) as ScenarioName[];

export const scenarioOf = (kind: ScenarioName): Scenario => SCENARIOS[kind];

function browserOf(
  { app, person, phone, sleep, signal }: ScenarioContext,
  other: { userAgent?: string; decision?: "refuse" } = {},
): Browser {
  return new Browser({ app, person, userAgent: phone, sleep, signal, ...other });
}

/** Thirty-two characters, as every code has; WeChat never gave this one out. */
const unknownCode = (): string => "0".repeat(32);

function withCode(code: string): NonNullable<SignInOptions["onCallback"]> {
  return (callback) => {
    const changed = new URL(callback);
    changed.searchParams.set("code", code);
    return changed;
  };
}

/** The first delivery's answer is never seen: the page of the second one takes its place. */
async function signInWithDoubleCallback(context: ScenarioContext): Promise<SignInResult> {
  const browser = browserOf({ ...context, phone: ANDROID });
  let unseen: Promise<unknown> | undefined;
  const result = await signIn(browser, {
    onCallback: async (callback, wechatPage) => {
      // The same page of WeChat once more: another code, the same state.
      const { location } = await browser.open(wechatPage);
      if (!location) return callback;
      unseen = browser.open(toReachableUrl(context.app, callback)).catch(() => undefined);
      return location;
    },
  });
  await unseen;
  return result;
}
