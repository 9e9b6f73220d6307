import { day, quarter } from "../../db/error-groups.js";
import { later } from "../deps.js";

const hour = 60;
const [shortestMinutes, longestMinutes, longestInHours] = [day, 90 * day, 2 * day];

/**
 * The bars in which a range is drawn: hours up to two days, else days of UTC. A range of less than a day is drawn with the day that
 * it ends, or it would be a single bar; one of more than 90 days by its last 90.
 */
export function barsIn({ from, to }: { from?: Date | undefined; to?: Date | undefined }, now: Date) {
  const end = to && to < now ? to : now;
  const rangeMinutes = (end.getTime() - (from?.getTime() ?? 0)) / 60_000;
  const length = Math.min(longestMinutes, Math.max(shortestMinutes, rangeMinutes));
  const minutes = length <= longestInHours ? hour : day;
  const barOf = (moment: Date) => Math.max(0, Math.floor(moment.getTime() / (minutes * 60_000)));
  const first = barOf(later(end, -length * 60));
  return {
    from: new Date(first * minutes * 60_000),
    ...{ first, last: barOf(end) },
    ...(minutes === hour
      ? ({ minutes: hour, slotMinutes: quarter, slotsPerBar: hour / quarter } as const)
      : ({ minutes: day, slotMinutes: day, slotsPerBar: 1 } as const)),
  };
}
