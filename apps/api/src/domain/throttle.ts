import { decrementThrottle, findThrottle, rememberUntil } from "../db/throttles.js";
import { countAttempt } from "./attempt-counter.js";
import { type Deps, later } from "./deps.js";
import { hashSecret } from "./key-ring.js";

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
 * @throws {ThrottledError} if more than `max` were made within the window
 */
export async function throttle(
  deps: Deps,
  key: string,
  { max, windowSeconds }: { max: number; windowSeconds: number },
): Promise<void> {
  const attempts = await countAttempt(deps, key, windowSeconds);
  if (attempts.count > max) {
    const leftMs = attempts.endsAt.getTime() - deps.now().getTime();
    throw new ThrottledError(Math.max(1, Math.ceil(leftMs / 1000)));
  }
}

/** Takes a successful attempt back, because only failed attempts count. */
export async function releaseAttempt(deps: Deps, ...keys: string[]): Promise<void> {
  for (const key of keys) await deps.db.run(decrementThrottle, { key });
}

/** A source from which an operator signed in is known for 30 days after the last time. */
const knownSourceSeconds = 30 * 86_400;

const knownSourceKey = (username: string, source: string) =>
  `operator-known:${hashSecret(username)}:${source}`;

/** Remembers that the operator of this name signed in from this source. */
export async function markKnownSource(deps: Deps, username: string, source: string): Promise<void> {
  const key = knownSourceKey(username, source);
  await deps.db.run(rememberUntil, { key, expiresAt: later(deps.now(), knownSourceSeconds) });
}

export async function isKnownSource(deps: Deps, username: string, source: string): Promise<boolean> {
  const key = knownSourceKey(username, source);
  return (await deps.db.run(findThrottle, { key, now: deps.now() })).length > 0;
}
