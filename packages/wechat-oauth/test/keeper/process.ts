import type { KeeperClock, TokenRecord, TokenStore } from "../../src/keeper.js";
import type { VirtualTime } from "./virtual-time.js";

/**
 * One simulated process, which may freeze for a while or crash. Requests that it sent still arrive. Their responses
 * wait until a frozen process resumes, and never reach a crashed one.
 */
export class Process implements KeeperClock {
  /** The error of its wall clock; its monotonic clock is correct. */
  clockOffMs = 0;
  #isDead = false;
  #frozenUntilMs = 0;
  readonly #frozen: { readonly fromMs: number; readonly untilMs: number }[] = [];

  constructor(readonly time: VirtualTime) {}

  now(): number {
    return this.time.now() + this.clockOffMs;
  }

  monotonic(): number {
    return this.time.now();
  }

  after(ms: number, run: () => void): () => void {
    let isStopped = false;
    this.time.after(ms, () => this.#runWhenAwake(() => isStopped || run()));
    return () => {
      isStopped = true;
    };
  }

  crash(): void {
    this.#isDead = true;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  freeze(ms: number): void {
    const now = this.time.now();
    const untilMs = now + ms;
    if (untilMs <= this.#frozenUntilMs) return;
    this.#frozen.push({ fromMs: Math.max(now, this.#frozenUntilMs), untilMs });
    this.#frozenUntilMs = untilMs;
  }

  /** For how much of the time since then it was frozen. */
  frozenSince(startMs: number): number {
    const spans = this.#frozen.map(
      ({ fromMs, untilMs }) => Math.min(untilMs, this.time.now()) - Math.max(fromMs, startMs),
    );
    return spans.reduce((sum, ms) => sum + Math.max(ms, 0), 0);
  }

  /** A remote operation: it happens after half of `ms`, and its result arrives after the whole. */
  ask<T>(ms: number, act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.time.after(ms / 2, () => {
        let reply: () => void;
        try {
          const result = act();
          reply = () => resolve(result);
        } catch (error) {
          reply = () => reject(error);
        }
        this.time.after(ms / 2, () => this.#runWhenAwake(reply));
      });
    });
  }

  #runWhenAwake(run: () => void): void {
    if (this.#isDead) return;
    const frozenMs = this.#frozenUntilMs - this.time.now();
    if (frozenMs > 0) this.time.after(frozenMs, () => this.#runWhenAwake(run));
    else run();
  }
}

/** The records that all processes share, and a list of everything that was written. */
export class SharedRecords {
  readonly written: TokenRecord[] = [];
  reads = 0;
  readonly #records = new Map<string, TokenRecord>();

  /** Like a Redis that was flushed, or that failed over to an empty one. */
  empty(): void {
    this.#records.clear();
  }

  /** The store as one process sees it, with this latency. */
  seenBy(process: Process, latencyMs: () => number): TokenStore {
    return {
      read: (key) => {
        this.reads += 1;
        return process.ask(latencyMs(), () => this.#records.get(key));
      },
      replace: (key, record) =>
        process.ask(latencyMs(), () => {
          if ((this.#records.get(key)?.version ?? 0) !== record.version - 1) return false;
          this.#records.set(key, record);
          this.written.push(record);
          return true;
        }),
    };
  }
}
