import { LRUCache } from "lru-cache";
import type { Database } from "../db/database.js";
import { addAttempts, incrementThrottle } from "../db/throttles.js";

interface CounterDeps {
  db: Database;
  log: { warn(fields: object, message: string): void };
  now(): Date;
}

/** A count, and when its window ends. */
export interface Attempts {
  count: number;
  endsAt: Date;
}

const endOf = (now: Date, windowSeconds: number): Date => new Date(now.getTime() + windowSeconds * 1000);

/**
 * A window that ends later began before the clock was set back, and would refuse for as long as it was set back. It may end a
 * window later than a new one: the clocks of two machines differ.
 */
const latestEnd = (now: Date, windowSeconds: number): Date => endOf(now, 2 * windowSeconds);

/** Counts one attempt in the window that its first one opened; the count is shared by all processes, and exact. */
export async function countAttempt(
  deps: Pick<CounterDeps, "db" | "now">,
  key: string,
  windowSeconds: number,
): Promise<Attempts> {
  const now = deps.now();
  const window = { key, now, expiresAt: endOf(now, windowSeconds), latestEnd: latestEnd(now, windowSeconds) };
  const [row] = await deps.db.run(incrementThrottle, window);
  if (!row) throw new Error("An attempt was not counted.");
  return { count: row.count, endsAt: row.expiresAt };
}

/** At most this many windows are kept in memory; a new one evicts the least recently used. */
export const maxWindows = 50_000;

/** How often a process shares what it counted. */
export const shareEveryMs = 1_000;

/** Only a key that has used this much of its limit is shared: one that hardly anything comes from never has a row. */
const sharedFrom = 0.1;

interface Window extends Attempts {
  windowSeconds: number;
  /** What the other processes do not know of yet. */
  unshared: number;
}

/**
 * Counts attempts in memory, and shares the counts of busy keys with the other processes each second: a limit holds for all
 * of them together but for what comes within that second, and a request waits for no database.
 */
export class AttemptCounter {
  // By size: for a `max` it would allocate all its places beforehand, at each start.
  readonly #windows = new LRUCache<string, Window>({ maxSize: maxWindows, sizeCalculation: () => 1 });
  readonly #busy = new Set<string>();
  #lastShared: number;
  #isSharing = false;

  constructor(private readonly deps: CounterDeps) {
    this.#lastShared = deps.now().getTime();
  }

  /** @returns at most one more than `max`, however many come: what is refused is not counted */
  count(key: string, { max, windowSeconds }: { max: number; windowSeconds: number }): Attempts {
    const now = this.deps.now();
    const window = this.#windowAt(now, key) ?? this.#open(key, now, windowSeconds);
    if (window.count <= max) {
      window.count += 1;
      window.unshared += 1;
      if (window.count >= max * sharedFrom) this.#busy.add(key);
    }
    const isDue = Math.abs(now.getTime() - this.#lastShared) >= shareEveryMs;
    if (isDue && this.#busy.size > 0 && !this.#isSharing) void this.#shareInBackground();
    return { count: Math.min(window.count, max + 1), endsAt: window.endsAt };
  }

  /**
   * Tells the other processes what was counted here, and learns what they counted.
   *
   * @throws {DatabaseError}; what could not be shared is shared the next time.
   */
  async share(): Promise<void> {
    const now = this.deps.now();
    this.#lastShared = now.getTime();
    // Sorted, so that two processes that share the same keys cannot deadlock.
    const keys = [...this.#busy].sort();
    this.#busy.clear();
    const shares = keys.flatMap((key) => {
      const window = this.#windowAt(now, key);
      return window ? [{ key, window, count: window.unshared }] : [];
    });
    for (const { window } of shares) window.unshared = 0;
    try {
      const answers = await this.deps.db.batch(
        shares.map(({ key, window, count }) =>
          addAttempts.with({
            ...{ key, count, now, expiresAt: window.endsAt },
            latestEnd: latestEnd(now, window.windowSeconds),
          }),
        ),
      );
      for (const [n, { window }] of shares.entries()) {
        const [row] = answers[n] ?? [];
        if (row) Object.assign(window, { count: row.count + window.unshared, endsAt: row.expiresAt });
      }
    } catch (error) {
      for (const { key, window, count } of shares) {
        window.unshared += count;
        this.#busy.add(key);
      }
      throw error;
    }
  }

  async #shareInBackground(): Promise<void> {
    this.#isSharing = true;
    try {
      await this.share();
    } catch (error) {
      this.deps.log.warn({ event: "attempts_not_shared", err: error }, "counts of attempts were not shared");
    } finally {
      this.#isSharing = false;
    }
  }

  #windowAt(now: Date, key: string): Window | undefined {
    const window = this.#windows.get(key);
    if (!window || window.endsAt <= now) return undefined;
    return window.endsAt <= latestEnd(now, window.windowSeconds) ? window : undefined;
  }

  #open(key: string, now: Date, windowSeconds: number): Window {
    const window = { count: 0, unshared: 0, endsAt: endOf(now, windowSeconds), windowSeconds };
    this.#windows.set(key, window);
    return window;
  }
}
