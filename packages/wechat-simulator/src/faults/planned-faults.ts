import type { Endpoint } from "../protocol/endpoints.js";
import { checkFit, type Fault } from "./fault.js";
import { createRandom } from "./seeded-random.js";

/** How many calls a fault hits: the next N, or a share of all calls until it is cancelled. */
export type FaultAmount = number | { share: number };

/** A planned fault; it has either `remaining` or `share`. */
export interface PlannedFault {
  endpoint: Endpoint;
  fault: Fault;
  /** How many more calls it will hit. */
  remaining?: number;
  /** The share of calls it hits, from 0 to 1; the seed determines which. */
  share?: number;
}

/** A planned fault with the id that cancels it. */
export interface NumberedFault extends PlannedFault {
  id: number;
}

interface PendingFault extends NumberedFault {
  /** The next number from 0 to 1. */
  random: () => number;
}

/** Planned faults, in order; each call takes at most one. */
export class Faults {
  #planned: PendingFault[] = [];
  #shares = 0;
  #lastId = 0;

  constructor(readonly seed: string) {}

  /** @throws {TypeError} the page does not support this kind, or the share is invalid */
  plan(endpoint: Endpoint, fault: Fault, amount: FaultAmount = 1): void {
    checkFit(endpoint, fault);
    if (typeof amount === "number") {
      if (amount > 0)
        this.#planned.push({ id: this.#newId(), endpoint, fault, remaining: amount, random: () => 0 });
      return;
    }
    const share = readShare(amount.share);
    this.#shares += 1;
    const random = createRandom(`${this.seed} ${endpoint} ${this.#shares}`);
    this.#planned.push({ id: this.#newId(), endpoint, fault, share, random });
  }

  /** Takes the fault for the current call, if any. */
  take(endpoint: Endpoint): Fault | undefined {
    if (this.#planned.length === 0) return undefined;
    const planned = this.#planned.find(
      (candidate) =>
        candidate.endpoint === endpoint &&
        (candidate.share === undefined || candidate.random() < candidate.share),
    );
    if (!planned) return undefined;
    if (planned.remaining !== undefined) {
      planned.remaining -= 1;
      if (planned.remaining === 0) this.#planned = this.#planned.filter((candidate) => candidate !== planned);
    }
    return planned.fault;
  }

  list(): PlannedFault[] {
    return this.#planned.map(({ id: _id, random: _random, ...planned }) => planned);
  }

  listNumbered(): NumberedFault[] {
    return this.#planned.map(({ random: _, ...planned }) => planned);
  }

  /** @returns whether it was still pending */
  cancel(id: number): boolean {
    const before = this.#planned.length;
    this.#planned = this.#planned.filter((planned) => planned.id !== id);
    return this.#planned.length < before;
  }

  /** Never reused, so that a late click on "cancel" does not hit another fault. */
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
