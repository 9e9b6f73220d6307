import type { StoredFailure, StoredToken, TokenRecord } from "./store.js";

const dayMs = 86_400_000;

/** After failures in a row the next attempt follows after 1, 2, 4 … 60 s. */
export const firstBackoffMs = 1000;
const maxBackoffMs = 60_000;

/** WeChat requires 30 s between forced refreshes; twice that, because a slow request arrives later than it is counted. */
const firstForcedGapMs = 60_000;

const overlapMs = 300_000;

export const emptyRecord: TokenRecord = { version: 0, leaseUntilMs: 0, forcedAtMs: [] };

/** Whether a process is fetching now. */
export function isLeased({ leaseUntilMs }: TokenRecord, now: number, leaseMs: number): boolean {
  return isAhead(leaseUntilMs, now, leaseMs);
}

/** Whether the backoff after a failure is not over yet. */
export function isInBackoff({ failure }: TokenRecord, now: number): boolean {
  return failure !== undefined && isAhead(failure.retryAtMs, now, maxBackoffMs);
}

/**
 * Whether a token is younger than the 5 minutes for which WeChat accepts a token after its replacement. At that age a
 * refusal probably has another reason than the token. Where a plain fetch is the only way to another token, each fetch
 * invalidates the previous one, so such a fetch counts as a forced refresh: a caller whose call is refused for another
 * reason must not spend WeChat's 2000 a day.
 */
export function isYoung({ fetchedAtMs }: Pick<StoredToken, "fetchedAtMs">, now: number): boolean {
  return isAhead(fetchedAtMs + overlapMs, now, overlapMs);
}

/** A time further ahead than any keeper would write comes from a wrong clock, and must not lock every process out. */
function isAhead(untilMs: number, now: number, maxMs: number): boolean {
  return untilMs > now && untilMs - now <= 2 * maxMs;
}

/** The record after a failure: the lease is released, the token stays. */
export function withFailure(
  record: TokenRecord,
  reason: string,
  now: number,
): TokenRecord & { readonly failure: StoredFailure } {
  const failuresInRow = (record.failure?.failuresInRow ?? 0) + 1;
  const retryAtMs = now + Math.min(firstBackoffMs * 2 ** (failuresInRow - 1), maxBackoffMs);
  return {
    ...record,
    version: record.version + 1,
    leaseUntilMs: 0,
    failure: { reason, failuresInRow, failedAtMs: now, retryAtMs },
  };
}

/** The record after a success: the failures are cleared, the forced refreshes are not. */
export function withToken({ version, forcedAtMs }: TokenRecord, token: StoredToken): TokenRecord {
  return { version: version + 1, leaseUntilMs: 0, token, forcedAtMs };
}

/**
 * The forced refreshes of the last 24 hours and one more.
 *
 * Each gap is twice the one before: a caller whose call is refused for another reason must not be able to invalidate
 * the token again and again. This allows at most 12 within 24 hours, where WeChat allows 20.
 *
 * @returns undefined when it is too early
 */
export function addForcedRefresh({ forcedAtMs }: TokenRecord, now: number): readonly number[] | undefined {
  const recent = withinDay(forcedAtMs, now);
  const latest = recent.findLast((at) => at <= now); // a later time comes from a wrong clock
  if (latest !== undefined && now - latest < firstForcedGapMs * 2 ** (recent.length - 1)) return undefined;
  return [...recent, now];
}

/** The moments of the last 24 hours, which WeChat's daily count still includes, sorted and without duplicates. */
export function withinDay(momentsMs: readonly number[], now: number): readonly number[] {
  const lately = momentsMs.filter((at) => Math.abs(now - at) < dayMs);
  return [...new Set(lately)].sort((a, b) => a - b);
}

/**
 * When to fetch the next token: with jitter, so that apps do not all fetch at once, and never before half of the
 * remaining lifetime, so that a fetch that returns the same token is not repeated at once.
 */
export function refreshTime(times: {
  startedAtMs: number;
  expiresAtMs: number;
  aheadSeconds: number;
  /** 0 to 1. */
  random: number;
}): number {
  const halfLifeMs = (times.expiresAtMs - times.startedAtMs) / 2;
  const aheadMs = Math.min(times.aheadSeconds * 1000, halfLifeMs);
  return Math.round(times.expiresAtMs - aheadMs * (1 - 0.3 * times.random));
}
