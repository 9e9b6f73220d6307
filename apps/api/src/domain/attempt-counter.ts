import { LRUCache } from "lru-cache";
import type { Database } from "../db/database.js";
import { incrementThrottle } from "../db/throttles.js";

interface CounterDeps {
  db: Database;
  now(): Date;
}

/** Counts one attempt in the window that its first one opened; the count is shared by all processes. */
export async function countAttempt(
  deps: CounterDeps,
  key: string,
  windowSeconds: number,
): Promise<{ count: number; endsAt: Date }> {
  const now = deps.now();
  const expiresAt = new Date(now.getTime() + windowSeconds * 1000);
  const [row] = await deps.db.run(incrementThrottle, { key, now, expiresAt });
  if (!row) throw new Error("An attempt was not counted.");
  return { count: row.count, endsAt: row.expiresAt };
}

/** At most this many refused keys are kept in memory; a new one evicts the least recently seen. */
export const maxRefused = 10_000;

/**
 * Counts attempts in the database. A key over its limit is kept in memory until its window ends, so that a flood costs the
 * database nothing.
 */
export class AttemptCounter {
  readonly #refused = new LRUCache<string, { count: number; endsAt: Date }>({ max: maxRefused });

  constructor(private readonly deps: CounterDeps) {}

  /** @throws {DatabaseError} */
  async count(
    key: string,
    { max, windowSeconds }: { max: number; windowSeconds: number },
  ): Promise<{ count: number; endsAt: Date }> {
    const refused = this.#refused.get(key);
    if (refused && refused.endsAt > this.deps.now()) return refused;
    this.#refused.delete(key);
    const counted = await countAttempt(this.deps, key, windowSeconds);
    if (counted.count > max) this.#refused.set(key, counted);
    return counted;
  }
}
