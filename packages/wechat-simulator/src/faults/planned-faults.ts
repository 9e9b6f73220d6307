import { type Endpoint, PAGE_ENDPOINTS } from "../protocol/endpoints.js";
import { isPageErrorCode, listPageErrors } from "../protocol/page-errors.js";
import { createDice } from "./seeded-random.js";

/** One way in which a call to WeChat, or a visit to one of its pages, goes wrong. "Spent" is whatever the call does. */
export type Fault =
  /** A refusal under HTTP 200; nothing is spent. On a page the number is a page error, 10003 to 10016. */
  | { kind: "errcode"; errcode: number; errmsg?: string }
  /** The call is done at once, a code is spent; only the answer comes late. */
  | { kind: "delay"; ms: number }
  /** The connection is cut without an answer, before the call is done (the code survives) or after (it is spent). */
  | { kind: "reset"; when: "before" | "after" }
  /** A gateway's HTML page under HTTP 502; nothing is spent. */
  | { kind: "http_502" }
  /** Text that never was JSON, under HTTP 200; nothing is spent. */
  | { kind: "invalid_json" }
  /** The true answer, cut in the middle: the code is spent. */
  | { kind: "truncated_json" }
  /** The true answer with bytes in a text that are not UTF-8 (a text field is added if there is none): spent. */
  | { kind: "broken_utf8" }
  /** The true answer with padding, more than 256 KB: the code is spent. */
  | { kind: "oversized" }
  /** The true answer byte by byte, the last one after so many ms: the code is spent. */
  | { kind: "slow_drip"; ms: number }
  /**
   * These very bytes; nothing is spent. `$SECRET` and `$CODE` become what the request carried, so that a test can
   * prove that a client never repeats what WeChat echoes. Without `contentType`, the endpoint's usual one.
   */
  | { kind: "body"; body: string; contentType?: string; status?: number };

export type FaultKind = Fault["kind"];

export const FAULT_KINDS: readonly FaultKind[] = [
  "errcode",
  "delay",
  "reset",
  "http_502",
  "invalid_json",
  "truncated_json",
  "broken_utf8",
  "oversized",
  "slow_drip",
  "body",
];

/** A page is HTML or a redirect, so what is about JSON makes no sense there. */
export const PAGE_FAULT_KINDS: readonly FaultKind[] = [
  "errcode",
  "delay",
  "reset",
  "http_502",
  "slow_drip",
  "body",
];

/** How many calls a fault hits: the next so many, or this share of all to come until it is cancelled. */
export type FaultAmount = number | { share: number };

/** A fault that waits for its calls; it has either `remaining` or `share`. */
export interface PlannedFault {
  endpoint: Endpoint;
  fault: Fault;
  /** How many more calls it will hit. */
  remaining?: number;
  /** Hits this share of calls, from 0 to 1; which ones follows from the seed. */
  share?: number;
}

/** A planned fault with the number by which it can be cancelled. */
export interface NumberedFault extends PlannedFault {
  id: number;
}

interface WaitingFault extends NumberedFault {
  /** The next number from 0 to 1. */
  roll: () => number;
}

/** Faults to come, in the order they were asked for; each call takes at most one. */
export class Faults {
  #planned: WaitingFault[] = [];
  #shares = 0;
  #lastId = 0;

  constructor(readonly seed: string) {}

  /** @throws {TypeError} a page cannot fail like that, or that is no share */
  plan(endpoint: Endpoint, fault: Fault, amount: FaultAmount = 1): void {
    checkFit(endpoint, fault);
    if (typeof amount === "number") {
      if (amount > 0)
        this.#planned.push({ id: this.#newId(), endpoint, fault, remaining: amount, roll: () => 0 });
      return;
    }
    const share = readShare(amount.share);
    this.#shares += 1;
    const roll = createDice(`${this.seed} ${endpoint} ${this.#shares}`);
    this.#planned.push({ id: this.#newId(), endpoint, fault, share, roll });
  }

  /** The fault for the call that is being made now, if one was planned. */
  take(endpoint: Endpoint): Fault | undefined {
    if (this.#planned.length === 0) return undefined;
    const planned = this.#planned.find(
      (candidate) =>
        candidate.endpoint === endpoint &&
        (candidate.share === undefined || candidate.roll() < candidate.share),
    );
    if (!planned) return undefined;
    if (planned.remaining !== undefined) {
      planned.remaining -= 1;
      if (planned.remaining === 0) this.#planned = this.#planned.filter((candidate) => candidate !== planned);
    }
    return planned.fault;
  }

  list(): PlannedFault[] {
    return this.#planned.map(({ id: _id, roll: _roll, ...planned }) => planned);
  }

  listNumbered(): NumberedFault[] {
    return this.#planned.map(({ roll: _, ...planned }) => planned);
  }

  /** @returns whether it was still waiting */
  cancel(id: number): boolean {
    const before = this.#planned.length;
    this.#planned = this.#planned.filter((planned) => planned.id !== id);
    return this.#planned.length < before;
  }

  /** Never given twice, so that a late click on "cancel" hits nothing else. */
  #newId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  clear(): void {
    this.#planned = [];
    this.#shares = 0;
  }
}

/** @throws {TypeError} */
export function readShare(input: unknown): number {
  if (typeof input !== "number" || !(input > 0 && input <= 1)) {
    throw new TypeError("share must be a number above 0 and up to 1");
  }
  return input;
}

/** @throws {TypeError} that says what a page does take */
function checkFit(endpoint: Endpoint, fault: Fault): void {
  if (!PAGE_ENDPOINTS.some((page) => page === endpoint)) return;
  if (!PAGE_FAULT_KINDS.some((kind) => kind === fault.kind)) {
    throw new TypeError(
      `a page cannot fail by ${fault.kind}; ${endpoint} takes ${PAGE_FAULT_KINDS.join(", ")}`,
    );
  }
  if (fault.kind === "errcode" && !isPageErrorCode(fault.errcode)) {
    const numbers = listPageErrors().map(({ errcode }) => errcode);
    throw new TypeError(`the errcode of a page must be one of ${numbers.join(", ")}`);
  }
}
