import type { Endpoint } from "../protocol/endpoints.js";
import { checkFit, type Fault } from "./fault.js";
import { createRandom } from "./seeded-random.js";

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
    const roll = createRandom(`${this.seed} ${endpoint} ${this.#shares}`);
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
