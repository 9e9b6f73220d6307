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

  /** Moves time forward, never back: a code that has expired stays expired. */
  advance(seconds: number): void {
    this.#offsetMs += seconds * 1000;
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
