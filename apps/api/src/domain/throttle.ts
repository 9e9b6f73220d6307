import { countAttempt, findAttempts, uncountAttempt } from "../db/throttles.js";
import { type Deps, later } from "./deps.js";

/** Too many attempts; try again after `retryAfterSeconds`. */
export class ThrottledError extends Error {
  override readonly name = "ThrottledError" as const;
  constructor(readonly retryAfterSeconds: number) {
    super("too many attempts");
  }
}

/** Counts one attempt within the window that the first of them opened, for all processes together. */
export async function count(
  deps: Pick<Deps, "db" | "now">,
  key: string,
  windowSeconds: number,
): Promise<{ count: number; endsAt: Date }> {
  const now = deps.now();
  const [row] = await deps.db.run(countAttempt, { key, now, expiresAt: later(now, windowSeconds) });
  if (!row) throw new Error("An attempt was not counted.");
  return { count: row.count, endsAt: row.expiresAt };
}

/**
 * Counts an attempt before it is made.
 *
 * @throws {ThrottledError} when more than `max` were made within the window.
 */
export async function throttle(
  deps: Deps,
  key: string,
  { max, windowSeconds }: { max: number; windowSeconds: number },
): Promise<void> {
  const attempts = await count(deps, key, windowSeconds);
  if (attempts.count > max) {
    const leftMs = attempts.endsAt.getTime() - deps.now().getTime();
    throw new ThrottledError(Math.max(1, Math.ceil(leftMs / 1000)));
  }
}

/** The attempt was right: only wrong ones count. */
export async function forgive(deps: Deps, ...keys: string[]): Promise<void> {
  for (const key of keys) await deps.db.run(uncountAttempt, { key });
}

/** Notes that `key` did well, for so long. */
export async function remember(deps: Deps, key: string, seconds: number): Promise<void> {
  await count(deps, key, seconds);
}

export async function isRemembered(deps: Deps, key: string): Promise<boolean> {
  return (await deps.db.run(findAttempts, { key, now: deps.now() })).length > 0;
}
