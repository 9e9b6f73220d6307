import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CallSum, sumCalls } from "../src/db/console/overview.js";
import { day, quarter, slotOf } from "../src/db/error-groups.js";
import { chartBars } from "../src/domain/console/chart-bars.js";
import { type CountedBars, sumCounts } from "../src/domain/console/sum-counts.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows } from "./support/rows.js";

const now = new Date("2026-03-01T12:00:30Z");
const at = (time: string) => new Date(`2026-${time}Z`);
const [one, other] = ["wx1111111111111111", "wx2222222222222222"];

let harness: DomainHarness;

describe("the counts of a month", () => {
  beforeEach(async () => {
    harness = await startDomainHarness();
  });
  afterEach(() => harness.close());

  const offsets = [-600, 0, 15, 345, 480, 720, 765, 840];
  it.each(offsets)(
    "are those of its quarters of an hour at %s min from UTC, although whole days are read",
    async (offsetMinutes) => {
      const last = slotOf(now, quarter);
      const kinds = [
        ["sign_in", "signed_in"],
        ["sign_in", "failed"],
        ["sns/userinfo", ""],
        ["sns/userinfo", "40001"],
      ] as const;
      const quarters = Array.from({ length: 70 * 96 }, (_, ago) => ago)
        .filter((ago) => ago % 5 < 2 || ago < 200)
        .map((ago) => {
          const [endpoint, errcode] = kinds[ago % 4] ?? kinds[0];
          const calls = 1 + ((ago * 7919) % 1013);
          return {
            minutes: quarter,
            slot: last - ago,
            appId: ago % 3 ? one : other,
            endpoint,
            errcode,
            calls,
          };
        });
      const days = new Map<string, (typeof quarters)[number]>();
      for (const count of quarters) {
        const slot = Math.floor(count.slot / 96);
        const key = `${slot} ${count.appId} ${count.endpoint} ${count.errcode}`;
        const calls = (days.get(key)?.calls ?? 0) + count.calls;
        days.set(key, { ...count, minutes: day as never, slot, calls });
      }
      await addRows(harness.db, "apiCallSlots", [...quarters, ...days.values()]);

      for (const [from, to] of [
        ["01-30T12:00:00", "03-01T12:00:30"],
        ["01-30T12:00:00", "02-27T23:45:00"],
        ["02-25T00:00:00", "02-28T01:00:00"],
      ] as const) {
        for (const appId of [undefined, one]) {
          const { read } = chartBars({ from: at(from), to: at(to), offsetMinutes }, now);
          for (const bars of [read, { ...read, unitsPerBar: read.endUnit - read.firstUnit }]) {
            const sorted = (sums: CallSum[]) => sums.map((sum) => JSON.stringify(sum)).sort();
            const summed = await sumCounts(harness.db, { ...bars, appId });
            expect(sorted(summed)).toEqual(sorted(await sumCalls(harness.db, { ...bars, appId })));
            expect(summed.length).toBeGreaterThan(3);
          }
        }
      }
    },
  );
});

describe("the counts of calls in bars of quarters of an hour", () => {
  const start = at("02-01T00:00:00");
  /** A count of a quarter of an hour or of a day that begins so many hours after that midnight of UTC. */
  const counted = (minutes: typeof quarter | typeof day, hours: number, calls: number) => ({
    ...{ minutes, slot: slotOf(start, minutes) + (hours * 60) / minutes },
    ...{ appId: one, endpoint: "sns/userinfo", errcode: "", calls },
  });
  /** The bars between two of those hours, so many hours each. */
  const bars = (from: number, to: number, hoursPerBar: number): CountedBars => {
    const first = slotOf(start, quarter);
    return {
      minutes: 15,
      firstUnit: first + from * 4,
      endUnit: first + to * 4,
      unitsPerBar: hoursPerBar * 4,
    };
  };

  beforeAll(async () => {
    harness = await startDomainHarness();
    await addRows(harness.db, "apiCallSlots", [
      // Of days a thousand and of quarters one: what is summed shows which of them was read.
      ...Array.from({ length: 5 }, (_, n) => counted(day, n * 24, 1000)),
      ...Array.from({ length: 5 * 96 }, (_, n) => counted(quarter, n / 4, 1)),
      { ...counted(day, 24, 3), appId: other },
      { ...counted(quarter, 25, 2), appId: other },
      { ...counted(quarter, 31, 1), appId: other },
    ]);
  });
  afterAll(() => harness.close());

  it.each<[string, CountedBars, number[]]>([
    ["days of UTC", bars(0, 96, 24), [1000, 1000, 1000, 1000]],
    ["a day of UTC, and what is left of the next", bars(0, 36, 24), [1000, 48]],
    // A day's part before or after the operator's midnight, whichever is shorter, moves to the bar beside it.
    ["days that begin at 08:00", bars(8, 80, 24), [64 + 32, 1000 - 32 + 32, 1000 - 32 + 32]],
    ["days that begin at noon", bars(12, 84, 24), [48 + 48, 1000 - 48 + 48, 1000 - 48 + 48]],
    ["days that begin at 16:00", bars(16, 88, 24), [32 + 1000 - 32, 32 + 1000 - 32, 32 + 64]],
    ["a single bar of days", bars(8, 90, 82), [64 + 2 * 1000 + 72]],
    ["a single bar that is longer than the range", bars(8, 80, 100), [64 + 2 * 1000 + 32]],
    ["a single bar of one day", bars(24, 48, 24), [1000]],
    ["a range within a day", bars(6, 18, 12), [48]],
    ["one of more than a day that has no whole one", bars(12, 40, 28), [112]],
    ["bars that end within days", bars(0, 72, 36), [144, 144]],
    ["bars of hours", bars(0, 30, 6), [24, 24, 24, 24, 24]],
  ])(
    "are those of whole days as far as each is in one bar, else of the quarters: %s",
    async (_, read, expected) => {
      const sums = await sumCounts(harness.db, { ...read, appId: one });
      expect(sums.sort((a, b) => a.bar - b.bar)).toEqual(
        expected.map((calls, bar) => ({ bar, kind: "call", calls })),
      );
    },
  );

  it("are none in a bar whose calls all moved to the bar beside it", async () => {
    expect(await sumCounts(harness.db, { ...bars(8, 80, 24), appId: other })).toEqual([
      { bar: 0, kind: "call", calls: 3 },
    ]);
  });
});
