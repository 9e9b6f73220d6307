import type { KeeperClock } from "../../src/keeper.js";

interface Due {
  readonly atMs: number;
  readonly run: () => void;
}

/** A clock that jumps from one due timer to the next. Nothing happens unless a test lets time pass. */
export class VirtualTime implements KeeperClock {
  #nowMs = 1_700_000_000_000;
  #due: Due[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, run: () => void): () => void {
    const due = { atMs: this.#nowMs + Math.ceil(ms), run }; // whole ms, as real timers
    // After timers that are due at the same time, in the order of their creation.
    const later = this.#due.findIndex(({ atMs }) => atMs > due.atMs);
    this.#due.splice(later === -1 ? this.#due.length : later, 0, due);
    return () => {
      this.#due = this.#due.filter((other) => other !== due);
    };
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Lets `ms` pass and runs the timers that become due, one after the other. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#due[0]; next && next.atMs <= untilMs; next = this.#due[0]) {
      this.#due.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  /** Lets time pass until the promise is settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = promise.finally(() => {
      isSettled = true;
    });
    settled.catch(() => {}); // it is returned below
    await settle();
    for (let next = this.#due[0]; !isSettled; next = this.#due[0]) {
      if (!next) throw new Error("the promise waits for an event that never happens");
      await this.pass(next.atMs - this.#nowMs);
    }
    return settled;
  }

  /** The number of timers left: 0 after a complete clean-up. */
  get pending(): number {
    return this.#due.length;
  }
}

/** Lets all promises settle that can. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
