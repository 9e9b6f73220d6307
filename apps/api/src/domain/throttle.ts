import { countAttempt, findAttempts, uncountAttempt } from "../db/throttles.js";
import { type Deps, later } from "./deps.js";

/** Too many attempts; try again after `retryAfterSeconds`. */
export class ThrottledError extends Error {
  override readonly name = "ThrottledError" as const;
  constructor(readonly retryAfterSeconds: number) {
    super("too many attempts");
  }
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
  const now = deps.now();
  const [row] = await deps.db.run(countAttempt, { key, now, expiresAt: later(now, windowSeconds) });
  if (row && row.count > max) {
    throw new ThrottledError(Math.max(1, Math.ceil((row.expiresAt.getTime() - now.getTime()) / 1000)));
  }
}

/** The attempt was right: only wrong ones count. */
export async function forgive(deps: Deps, ...keys: string[]): Promise<void> {
  for (const key of keys) await deps.db.run(uncountAttempt, { key });
}

/** Notes that `key` did well, for so long. */
export async function remember(deps: Deps, key: string, seconds: number): Promise<void> {
  const now = deps.now();
  await deps.db.run(countAttempt, { key, now, expiresAt: later(now, seconds) });
}

export async function isRemembered(deps: Deps, key: string): Promise<boolean> {
  return (await deps.db.run(findAttempts, { key, now: deps.now() })).length > 0;
}
