/** A hundred years: far beyond that a Date holds no time any more, and every answer would be an error. */
const MAX_AHEAD_SECONDS = 3_153_600_000;

/** The simulator's time: real time (or the one handed in), moved forward by whoever tests expiry. */
export class Clock {
  #offsetMs = 0;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();

  /** @param now unix milliseconds; `Date.now` unless a test brings its own */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Unix milliseconds. */
  now(): number {
    return this.#now() + this.#offsetMs;
  }

  /** Unix seconds, rounded down: what WeChat counts in. */
  nowSeconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** How far it was moved ahead, in milliseconds. */
  get aheadMs(): number {
    return this.#offsetMs;
  }

  /**
   * Moves time forward, never back: a code that has expired stays expired.
   *
   * @throws {TypeError} that is no way forward, or more than a hundred years in all
   */
  advance(seconds: number): void {
    if (!(seconds >= 0)) throw new TypeError("the clock goes forward by a number of seconds from 0");
    const offsetMs = this.#offsetMs + seconds * 1000;
    if (offsetMs > MAX_AHEAD_SECONDS * 1000) {
      throw new TypeError(
        `the clock goes at most ${MAX_AHEAD_SECONDS} seconds ahead of the time it started from`,
      );
    }
    this.#offsetMs = offsetMs;
    for (const listener of this.#listeners) listener();
  }

  /** Tells whoever waits for something to expire that time has jumped. @returns how to stop listening */
  onAdvance(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  reset(): void {
    this.#offsetMs = 0;
  }
}
