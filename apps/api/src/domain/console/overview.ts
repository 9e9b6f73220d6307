import type { TotalBound } from "../../db/console/bounded.js";
import { findLastCounted } from "../../db/console/failure-groups.js";
import { type CallSum, countAffected, countNewPeople } from "../../db/console/overview.js";
import type { SignInOutcome } from "../../db/schema.js";
import type { Deps } from "../deps.js";
import { chartBars } from "./chart-bars.js";
import { sumCounts } from "./sum-counts.js";

/** What is counted up to; beyond it, "more than". */
const mostNewPeople = 100_000;

export interface OverviewQuery {
  appId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  /** How far the operator's clock is ahead of UTC: a bar of a day begins at their midnight. */
  offsetMinutes: number;
}

interface Totals {
  /** Sign-ins that ended, by outcome; one that the person did not come back from ends as `abandoned` after ten minutes. */
  signIns: Partial<Record<SignInOutcome, number>>;
  /** Calls to WeChat, the failed ones included. */
  calls: number;
  failedCalls: number;
}

/**
 * How the sign-ins of a range ended and how many calls to WeChat failed, in bars and in all, and the same in all for as long
 * before; how many people came for the first time, and how many the failures affected.
 *
 * The range begins with its first bar. `newPeople` is null for one app: a person has no app.
 */
export async function getOverview(
  deps: Deps,
  { appId, ...query }: OverviewQuery,
  { maxReadRows, mostPeople = mostNewPeople }: TotalBound & { mostPeople?: number } = {},
) {
  const { from, to, barMinutes, length, read, before } = chartBars(query, deps.now());
  const filter = { appId, from, to };
  const last = await findLastCounted(deps.db, filter, { maxReadRows });
  const [sums, earlier, people, affected] = await Promise.all([
    sumCounts(deps.db, { ...read, appId }),
    sumCounts(deps.db, { ...before, unitsPerBar: before.endUnit - before.firstUnit, appId }),
    appId === undefined ? countNewPeople(deps.db, { from, to, limit: mostPeople + 1 }) : undefined,
    countAffected(deps.db, filter, { last }),
  ]);
  return {
    ...{ from, to, barMinutes },
    bars: barsOf(sums, { from, barMinutes, length }),
    totals: totalsOf(sums),
    before: totalsOf(earlier),
    newPeople:
      people === undefined ? null : { count: Math.min(people, mostPeople), more: people > mostPeople },
    affected: { count: affected, more: last !== undefined },
  };
}

/** The counts of a range alone, in bars: what stands above a list. */
export async function getBars(
  deps: Deps,
  {
    appId,
    endpoint,
    errcode,
    ...query
  }: OverviewQuery & { endpoint?: string | undefined; errcode?: string | undefined },
) {
  const { from, to, barMinutes, length, read } = chartBars(query, deps.now());
  const sums = await sumCounts(deps.db, { ...read, appId, endpoint, errcode });
  return { from, to, barMinutes, bars: barsOf(sums, { from, barMinutes, length }) };
}

const barsOf = (
  sums: readonly CallSum[],
  { from, barMinutes, length }: { from: Date; barMinutes: number; length: number },
) =>
  Array.from({ length }, (_, bar) => ({
    at: new Date(from.getTime() + bar * barMinutes * 60_000),
    ...totalsOf(sums.filter((sum) => sum.bar === bar)),
  }));

function totalsOf(sums: readonly CallSum[]): Totals {
  const totals: Totals = { signIns: {}, calls: 0, failedCalls: 0 };
  for (const { kind, calls } of sums) {
    if (kind !== "call" && kind !== "failed_call") {
      const outcome = kind as SignInOutcome;
      totals.signIns[outcome] = (totals.signIns[outcome] ?? 0) + calls;
      continue;
    }
    totals.calls += calls;
    if (kind === "failed_call") totals.failedCalls += calls;
  }
  return totals;
}
