import {
  type CallSum,
  type CountedCalls,
  sumCalls,
  sumCallsOfDays,
  sumCallsOfQuarters,
} from "../../db/console/overview.js";
import type { Database } from "../../db/database.js";
import { day, quarter, type SlotMinutes } from "../../db/error-groups.js";

/** Bars of counts: `endUnit` is not part of the last one. A unit is so many minutes long. */
export interface CountedBars {
  minutes: 1 | SlotMinutes;
  firstUnit: number;
  endUnit: number;
  unitsPerBar: number;
}

const quartersPerDay = day / quarter;

/**
 * Counts of calls and of ended sign-ins, summed by bar and kind.
 *
 * A month is nearly 3,000 quarters of an hour. Where a bar is at least a day, whole days of UTC are read from the counts of
 * days instead, and only what lies between their midnights and those of the operator from quarters: that part of a day, the
 * shorter one, moves to the bar beside it.
 */
export async function sumCounts(
  db: Database,
  { appId, endpoint, errcode, ...bars }: CountedBars & CountedCalls,
): Promise<CallSum[]> {
  const calls = { appId, endpoint, errcode };
  const plan = planOf(bars);
  if (!plan) return sumCalls(db, { ...bars, ...calls });
  const [ofDays, ofQuarters] = await Promise.all([
    sumCallsOfDays(db, { firstDay: plan.firstDay, endDay: plan.endDay, ...calls }),
    sumCallsOfQuarters(db, { ...bars, slots: plan.slots, ...calls }),
  ]);
  return added([
    ...ofDays.map(({ day, ...sum }) => ({ ...sum, bar: plan.barOfDay(day) })),
    ...ofQuarters.flatMap(({ day, ...sum }) =>
      plan.isWhole(day) ? [sum, { ...sum, bar: plan.barOfDay(day), calls: -sum.calls }] : [sum],
    ),
  ]);
}

/** One sum for each bar and kind; nothing where none is left. */
function added(sums: readonly CallSum[]): CallSum[] {
  const byBar = new Map<string, CallSum>();
  for (const { bar, kind, calls } of sums) {
    const known = byBar.get(`${bar} ${kind}`)?.calls ?? 0;
    byBar.set(`${bar} ${kind}`, { bar, kind, calls: known + calls });
  }
  return [...byBar.values()].filter(({ calls }) => calls !== 0);
}

function planOf({ minutes, firstUnit, endUnit, unitsPerBar }: CountedBars) {
  const isOneBar = endUnit - firstUnit <= unitsPerBar;
  const firstDay = Math.ceil(firstUnit / quartersPerDay);
  const endDay = Math.floor(endUnit / quartersPerDay);
  const hasWholeDays = firstDay < endDay && (isOneBar || unitsPerBar % quartersPerDay === 0);
  if (minutes !== quarter || !hasWholeDays) return undefined;
  const barOf = (slot: number) => Math.floor((slot - firstUnit) / unitsPerBar);
  /** The operator's midnight, in quarters of a day of UTC. */
  const midnight = ((firstUnit % quartersPerDay) + quartersPerDay) % quartersPerDay;
  const [partStart, partEnd] = midnight <= quartersPerDay / 2 ? [0, midnight] : [midnight, quartersPerDay];
  /** The bar of the longer part of a day, which the whole day counts for at first. */
  const barOfDay = (number: number) =>
    barOf(number * quartersPerDay + (partStart === 0 ? quartersPerDay - 1 : 0));
  const moved = isOneBar
    ? []
    : range(firstDay, endDay).flatMap((number) =>
        range(number * quartersPerDay + partStart, number * quartersPerDay + partEnd),
      );
  const slots = [
    ...range(firstUnit, firstDay * quartersPerDay),
    ...moved,
    ...range(endDay * quartersPerDay, endUnit),
  ];
  const isWhole = (number: number) => number >= firstDay && number < endDay;
  return { firstDay, endDay, slots, barOfDay, isWhole };
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, n) => start + n);
