import { day, quarter } from "../../db/error-groups.js";
import { later } from "../deps.js";

/** How long a bar may be, in minutes: up to a week. */
const barLengths = [1, 5, 15, 60, 360, 1440, 10_080];
const mostBars = 60;

/** Longer ranges are drawn in days of UTC, from the counts of days. */
const longestInQuarters = 32 * day;

/** A range without a beginning. */
const defaultDays = 90;

/**
 * The bars in which a range is drawn, at most about sixty. They begin at round times of the operator's clock, and the range with
 * the first of them.
 *
 * `read` and `before` say which counts to sum: of the range, and of as long a time before it.
 */
export function chartBars(
  {
    from: wanted,
    to: end,
    offsetMinutes,
  }: { from?: Date | undefined; to?: Date | undefined; offsetMinutes: number },
  now: Date,
) {
  const to = end && end < now ? end : now;
  const start = wanted && wanted < to ? wanted : later(to, -defaultDays * 86_400);
  const rangeMinutes = (to.getTime() - start.getTime()) / 60_000;
  const barMinutes = barLengths.find((minutes) => rangeMinutes / minutes <= mostBars) ?? 10_080;
  const minutes = barMinutes < quarter ? 1 : rangeMinutes <= longestInQuarters ? quarter : day;
  // Counts of days know no other midnight, and quarters of an hour no offset between them.
  const offset = minutes === day ? 0 : Math.round(offsetMinutes / quarter) * quarter;
  const firstBar = Math.max(0, Math.floor((start.getTime() / 60_000 + offset) / barMinutes));
  const firstUnit = (firstBar * barMinutes - offset) / minutes;
  const endUnit = Math.ceil(to.getTime() / 60_000 / minutes);
  const unitsPerBar = barMinutes / minutes;
  const units = { minutes, unitsPerBar } as const;
  return {
    from: new Date(firstUnit * minutes * 60_000),
    ...{ to, barMinutes, length: Math.max(1, Math.ceil((endUnit - firstUnit) / unitsPerBar)) },
    read: { ...units, firstUnit, endUnit },
    before: { ...units, firstUnit: 2 * firstUnit - endUnit, endUnit: firstUnit },
  };
}
