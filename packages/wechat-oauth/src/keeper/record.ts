import type { StoredFailure, StoredToken, TokenRecord } from "./store.js";

const dayMs = 86_400_000;

/** A failing app is asked again after 1, 2, 4 … 60 s. */
export const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/** WeChat wants forced refreshes 30 s apart; twice that, as a slow request arrives later than it was counted. */
const firstForcedGapMs = 60_000;

const changeOverMs = 300_000;

export const emptyRecord: TokenRecord = { version: 0, leaseUntilMs: 0, forcedAtMs: [] };

/** Whether somebody is asking WeChat now. */
export function isLeased({ leaseUntilMs }: TokenRecord, now: number, leaseMs: number): boolean {
  return isAhead(leaseUntilMs, now, leaseMs);
}

/** Whether WeChat failed so lately that it is left alone. */
export function isPaused({ failure }: TokenRecord, now: number): boolean {
  return failure !== undefined && isAhead(failure.retryAtMs, now, longestPauseMs);
}

/**
 * Whether a token is younger than the 5 minutes for which one that somebody else replaced stays good. Refused at that
 * age it may well be good; and where only a plain fetch brings another one, each ends the one before. So such a fetch
 * counts as a forced one: a caller whose call is refused for another reason must not spend WeChat's 2000 a day.
 */
export function isYoung({ fetchedAtMs }: Pick<StoredToken, "fetchedAtMs">, now: number): boolean {
  return isAhead(fetchedAtMs + changeOverMs, now, changeOverMs);
}

/** What no keeper would have written comes from a clock that is wrong: that must not lock everybody out. */
function isAhead(untilMs: number, now: number, longestMs: number): boolean {
  return untilMs > now && untilMs - now <= 2 * longestMs;
}

/** The record after a failure: the lease is given back, the token stays. */
export function withFailure(
  record: TokenRecord,
  reason: string,
  now: number,
): TokenRecord & { readonly failure: StoredFailure } {
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
  const lately = withinDay(forcedAtMs, now);
  const latest = lately.findLast((at) => at <= now); // one ahead of now is by a clock that is wrong
  if (latest !== undefined && now - latest < firstForcedGapMs * 2 ** (lately.length - 1)) return undefined;
  return [...lately, now];
}

/** Those moments that WeChat's daily count still knows, in their order, each once. */
export function withinDay(momentsMs: readonly number[], now: number): readonly number[] {
  const lately = momentsMs.filter((at) => Math.abs(now - at) < dayMs);
  return [...new Set(lately)].sort((a, b) => a - b);
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
  const aheadMs = Math.min(times.aheadSeconds * 1000, halfLifeMs);
  return Math.round(times.expiresAtMs - aheadMs * (1 - 0.3 * times.random));
}
