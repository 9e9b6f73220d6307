import { type KeeperClock, stopwatch } from "./clock.js";
import type { StoredToken } from "./store.js";

/** A token and its metadata. Show or log its fingerprint, never the value. */
export interface KeptToken<Value extends string = string> extends Omit<StoredToken, "sealed"> {
  readonly value: Value;
}

interface Known<Value extends string> {
  readonly token: KeptToken<Value>;
  readonly sealed: string;
  /** Time since this process learned of the token. Measured here, because wall clocks may be set or disagree. */
  readonly age: () => number;
  /** How long it is live from then on: until `expiresAtMs` by the wall clock, and no longer than a new token. */
  readonly lifetimeMs: number;
}

/** The shared token as one process last saw it, and how old that knowledge is. */
export class KnownToken<Value extends string> {
  /** Time since the beginning of the latest finished read of the store. */
  ageOfLastRead: () => number = () => Number.POSITIVE_INFINITY;
  readonly #clock: KeeperClock;
  #known: Known<Value> | undefined;

  constructor(clock: KeeperClock) {
    this.#clock = clock;
  }

  /** The token that this process may use without a call to the store or WeChat. */
  liveToken(): KeptToken<Value> | undefined {
    const known = this.#known;
    return known && known.age() < known.lifetimeMs ? known.token : undefined;
  }

  /** The latest token, which may have expired. */
  get latest(): KeptToken<Value> | undefined {
    return this.#known?.token;
  }

  get generation(): number {
    return this.latest?.generation ?? 0;
  }

  /** Whether it is time to fetch the next token. */
  isDue(): boolean {
    const known = this.#known;
    return !known || known.age() >= known.lifetimeMs - (known.token.expiresAtMs - known.token.refreshAtMs);
  }

  /** The value behind this sealed text, if it is the known token: saves a call of `open`. */
  valueOfSealed(sealed: string): Value | undefined {
    return this.#known?.sealed === sealed ? this.#known.token.value : undefined;
  }

  /**
   * Adopts a token unless it is older: a slow response of the store may arrive after a newer one. But a store that
   * was emptied starts its generations anew. A response with a lower generation than was known when the read began
   * (`knownGeneration`) shows that; then the token that was fetched later is the newer one.
   *
   * @returns whether it is the known token now
   */
  update(
    { sealed, ...facts }: StoredToken,
    value: Value,
    knownGeneration: number = this.generation,
  ): boolean {
    const { generation, fetchedAtMs, expiresAtMs } = facts;
    const latest = this.latest;
    if (latest && generation < latest.generation) {
      if (generation >= knownGeneration || fetchedAtMs <= latest.fetchedAtMs) return false;
    }
    // The same token again keeps its age.
    if (latest?.generation === generation && latest.fetchedAtMs === fetchedAtMs) return true;
    const lifetimeMs = expiresAtMs - Math.max(this.#clock.now(), fetchedAtMs);
    this.#known = { token: { ...facts, value }, sealed, age: stopwatch(this.#clock), lifetimeMs };
    return true;
  }
}
