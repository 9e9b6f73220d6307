import { type Application, reach } from "./application.js";
import { Browser, type BrowserOptions } from "./browser.js";
import type { SimulatorHand } from "./control-client.js";
import { type Ending, type WalkOptions, walk } from "./sign-in.js";
import { ANDROID, DESKTOP } from "./user-agents.js";

/** One person's turn: who, where, and with what. */
export interface Turn {
  app: Application;
  simulator: SimulatorHand;
  person: string;
  /** A phone of this turn: every person has one or another. */
  phone: string;
  /** How long WeChat takes where it is slow. */
  slowMs: number;
  sleep: BrowserOptions["sleep"];
  signal?: AbortSignal | undefined;
}

/** Walks the part that counts; what comes before it is not measured. */
export type Play = (turn: Turn, measure: (walked: Promise<Ending>) => Promise<Ending>) => Promise<Ending>;

/** What befalls a person. */
export type Kind =
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
 * The kinds of luck, and how each comes about without touching anybody else's: the simulator's own switches would turn
 * for all at once.
 */
const PLAYS: Readonly<Record<Kind, Play>> = {
  /** Signs in for the first time. */
  new: (turn, measure) => measure(walk(browserOf(turn))),
  /** Was here before, with the same browser. */
  returning: async (turn, measure) => {
    const browser = browserOf(turn);
    await walk(browser);
    return measure(walk(browser));
  },
  /** Scans the QR code of a desktop browser. */
  desktop: (turn, measure) => measure(walk(browserOf(turn, { userAgent: DESKTOP }))),
  /** Says no. */
  refuses: (turn, measure) => measure(walk(browserOf(turn, { decision: "refuse" }))),
  /** Comes back too late: to the application an expired code is one that WeChat does not know (40029). */
  expires: (turn, measure) => measure(walk(browserOf(turn), { onCallback: withCode(unknownCode()) })),
  /** Comes back with a code that was exchanged before: a link that was shared, a page from the history. */
  used: async (turn, measure) => {
    let spent = unknownCode();
    await walk(browserOf(turn), {
      onCallback: (callback) => {
        spent = callback.searchParams.get("code") ?? spent;
        return callback;
      },
    });
    return measure(walk(browserOf(turn), { onCallback: withCode(spent) }));
  },
  /** WeChat takes its time over the exchange: planned at the last moment, so that it seldom hits somebody else's. */
  slow: (turn, measure) => {
    const onCallback = async (callback: URL) => {
      await turn.simulator.failNextCall("access_token", { kind: "delay", ms: turn.slowMs });
      return callback;
    };
    return measure(walk(browserOf(turn), { onCallback }));
  },
  /** Sees the snapshot page: the identity is a virtual one. */
  snapshot: async (turn, measure) => {
    await turn.simulator.updatePerson(turn.person, { snapshot: true });
    return measure(walk(browserOf(turn)));
  },
  /** The phone delivers the callback twice at once, with two codes and one state. */
  double: (turn, measure) => measure(walkDoubled(turn)),
};

export const KINDS: readonly Kind[] = Object.keys(PLAYS) as Kind[];

export const playOf = (kind: Kind): Play => PLAYS[kind];

function browserOf(
  { app, person, phone, sleep, signal }: Turn,
  other: { userAgent?: string; decision?: "refuse" } = {},
): Browser {
  return new Browser({ app, person, userAgent: phone, sleep, signal, ...other });
}

/** Thirty-two characters, as every code has; WeChat never gave this one out. */
const unknownCode = (): string => "0".repeat(32);

function withCode(code: string): NonNullable<WalkOptions["onCallback"]> {
  return (callback) => {
    const changed = new URL(callback);
    changed.searchParams.set("code", code);
    return changed;
  };
}

/** The first delivery's answer is never seen: the page of the second one takes its place. */
async function walkDoubled(turn: Turn): Promise<Ending> {
  const browser = browserOf({ ...turn, phone: ANDROID });
  let unseen: Promise<unknown> | undefined;
  const ending = await walk(browser, {
    onCallback: async (callback, wechatPage) => {
      // The same page of WeChat once more: another code, the same state.
      const { location } = await browser.open(wechatPage);
      if (!location) return callback;
      unseen = browser.open(reach(turn.app, callback)).catch(() => undefined);
      return location;
    },
  });
  await unseen;
  return ending;
}
