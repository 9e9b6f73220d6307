/** A hundred years. Far beyond that a Date is invalid, and every answer would be an error. */
const MAX_AHEAD_SECONDS = 3_153_600_000;

/** The simulator's time: real time, or the `now` of a test, plus an offset that only grows. */
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

  /** The offset in milliseconds. */
  get aheadMs(): number {
    return this.#offsetMs;
  }

  /**
   * Moves time forward, never back: a code that has expired stays expired.
   *
   * @throws {TypeError} the number is negative, or the offset would exceed a hundred years
   */
  advance(seconds: number): void {
    if (!(seconds >= 0)) throw new TypeError("the clock advances by a number of seconds, 0 or more");
    const offsetMs = this.#offsetMs + seconds * 1000;
    if (offsetMs > MAX_AHEAD_SECONDS * 1000) {
      throw new TypeError(`the clock can be at most ${MAX_AHEAD_SECONDS} seconds ahead of its start`);
    }
    this.#offsetMs = offsetMs;
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener after each advance. @returns a function that removes the listener */
  onAdvance(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  reset(): void {
    this.#offsetMs = 0;
  }
}
