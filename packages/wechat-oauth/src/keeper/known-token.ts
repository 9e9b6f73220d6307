import { type KeeperClock, stopwatch } from "./clock.js";
import type { StoredToken } from "./store.js";

/** A token and what is known of it. Show or log its fingerprint, never the value. */
export interface KeptToken<Value extends string = string> extends Omit<StoredToken, "sealed"> {
  readonly value: Value;
}

interface Known<Value extends string> {
  readonly token: KeptToken<Value>;
  readonly sealed: string;
  /** For how long it has been known. Clocks may be set, or disagree: from here on this one counts. */
  readonly age: () => number;
  /** How long it lives from then on: not past its end by the wall clock, and no longer than when it was fetched. */
  readonly lifeMs: number;
}

/** What one process knows of the shared token, and how far that can be relied on. */
export class KnownToken<Value extends string> {
  /** How long ago the latest look into the store began that is over. */
  lookedFor: () => number = () => Number.POSITIVE_INFINITY;
  readonly #clock: KeeperClock;
  #known: Known<Value> | undefined;

  constructor(clock: KeeperClock) {
    this.#clock = clock;
  }

  /** What this process may hand out without asking anybody. */
  living(): KeptToken<Value> | undefined {
    const known = this.#known;
    return known && known.age() < known.lifeMs ? known.token : undefined;
  }

  /** The latest one, though it may have ended. */
  get latest(): KeptToken<Value> | undefined {
    return this.#known?.token;
  }

  get generation(): number {
    return this.latest?.generation ?? 0;
  }

  /** Whether it is time for the next one. */
  isDue(): boolean {
    const known = this.#known;
    return !known || known.age() >= known.lifeMs - (known.token.expiresAtMs - known.token.refreshAtMs);
  }

  /** What was sealed like this, if that is known. */
  opened(sealed: string): Value | undefined {
    return this.#known?.sealed === sealed ? this.#known.token.value : undefined;
  }

  /**
   * Takes a token over, unless it is older: a slow answer of the store may arrive after a newer one. But a store
   * that was emptied counts its tokens anew. That it was shows in an answer that holds less than was known when it
   * was asked (`knownGeneration`): then the token that was fetched later is the newer one.
   *
   * @returns whether it is the one that is known now
   */
  learn({ sealed, ...facts }: StoredToken, value: Value, knownGeneration: number = this.generation): boolean {
    const { generation, fetchedAtMs, expiresAtMs } = facts;
    const latest = this.latest;
    if (latest && generation < latest.generation) {
      if (generation >= knownGeneration || fetchedAtMs <= latest.fetchedAtMs) return false;
    }
    // The same one once more: it keeps its age.
    if (latest?.generation === generation && latest.fetchedAtMs === fetchedAtMs) return true;
    const lifeMs = expiresAtMs - Math.max(this.#clock.now(), fetchedAtMs);
    this.#known = { token: { ...facts, value }, sealed, age: stopwatch(this.#clock), lifeMs };
    return true;
  }
}
