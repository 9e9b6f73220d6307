import type { StoredToken, TokenRecord } from "./store.js";

const secondMs = 1000;
const dayMs = 86_400 * secondMs;

/** A failing app is asked again after 1, 2, 4 … 60 s. */
const firstPauseMs = secondMs;
const longestPauseMs = 60 * secondMs;

/** WeChat wants forced refreshes 30 s apart; twice that, as a slow request arrives later than it was counted. */
const firstForcedGapMs = 60 * secondMs;

export const emptyRecord: TokenRecord = { version: 0, leaseUntilMs: 0, forcedAtMs: [] };

/** Whether somebody is asking WeChat now. */
export function isLeased({ leaseUntilMs }: TokenRecord, now: number, leaseMs: number): boolean {
  return isAhead(leaseUntilMs, now, leaseMs);
}

/** Whether WeChat failed so lately that it is left alone. */
export function isPaused({ failure }: TokenRecord, now: number): boolean {
  return failure !== undefined && isAhead(failure.retryAtMs, now, longestPauseMs);
}

/** What no keeper would have written comes from a clock that is wrong: that must not lock everybody out. */
function isAhead(untilMs: number, now: number, longestMs: number): boolean {
  return untilMs > now && untilMs - now <= 2 * longestMs;
}

/** The record after a failure: the lease is given back, the token stays. */
export function withFailure(record: TokenRecord, reason: string, now: number): TokenRecord {
  const failuresInRow = (record.failure?.failuresInRow ?? 0) + 1;
  const retryAtMs = now + Math.min(firstPauseMs * 2 ** (failuresInRow - 1), longestPauseMs);
  return {
    ...record,
    version: record.version + 1,
    leaseUntilMs: 0,
    failure: { reason, failuresInRow, failedAtMs: now, retryAtMs },
  };
}

/** The record after a success: the failures are forgotten, the forced refreshes are not. */
export function withToken({ version, forcedAtMs }: TokenRecord, token: StoredToken): TokenRecord {
  return { version: version + 1, leaseUntilMs: 0, token, forcedAtMs };
}

/**
 * The forced refreshes of the last 24 hours and one more.
 *
 * Each gap is twice the one before: a caller whose call is refused for another reason must not be able to end
 * the token again and again. So there are 12 within 24 hours at most, where WeChat allows 20.
 *
 * @returns undefined when it is too early
 */
export function countForced({ forcedAtMs }: TokenRecord, now: number): readonly number[] | undefined {
  const lately = forcedAtMs.filter((at) => Math.abs(now - at) < dayMs);
  const latest = lately.at(-1);
  if (latest !== undefined && now - latest < firstForcedGapMs * 2 ** (lately.length - 1)) return undefined;
  return [...lately, now];
}

/**
 * When to ask for the next token. Not at the same moment for all apps, and never before half of what is left: a
 * token that comes back again is not asked for again at once.
 */
export function refreshTime(times: {
  startedAtMs: number;
  expiresAtMs: number;
  aheadSeconds: number;
  /** 0 to 1. */
  random: number;
}): number {
  const halfLifeMs = (times.expiresAtMs - times.startedAtMs) / 2;
  const aheadMs = Math.min(times.aheadSeconds * secondMs, halfLifeMs);
  return Math.round(times.expiresAtMs - aheadMs * (1 - 0.3 * times.random));
}
