import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import {
  type FailureGroupQuery,
  groupSorts,
  listFailureGroups,
} from "../src/domain/console/failure-groups.js";
import { barsIn } from "../src/domain/console/group-bars.js";
import { explanationOf } from "../src/domain/console/view.js";
import { changeGroupState } from "../src/domain/failures/group-states.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { addRows } from "./support/rows.js";
import { seedFailure, seedGroups } from "./support/seed.js";

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

let harness: DomainHarness;
let now: Date;
const ago = (ms: number) => new Date(now.getTime() - ms);
const list = (query: Partial<FailureGroupQuery> = {}) =>
  listFailureGroups(harness.deps, { state: "all", sort: "last_seen", ...query });
const codes = async (query: Partial<FailureGroupQuery>) =>
  (await list(query)).items.map(({ errcode }) => errcode).join(" ");

beforeAll(async () => {
  harness = await startDomainHarness();
  now = harness.deps.now();
  const { appId } = harness.app("oa");
  const add = (errcode: string, ms: number, openid?: string) =>
    seedFailure(harness.db, { at: ago(ms), appId, errcode, ...(openid && { openid }) });
  // Old noise: four events of one person in the last hour, four in the hour before.
  for (const n of [1, 2, 3, 4]) {
    await add("40163", 90 * minute + n, "oNoisy");
    await add("40163", 30 * minute + n, "oNoisy");
  }
  await add("40163", 2 * day, "oNoisy");
  // It grows: nothing in the hour before, three events of three people now.
  for (const n of [1, 2, 3]) await add("40029", 20 * minute + n, `o${n}`);
  await add("40029", 3 * day, "o9");
  // New, once, and seen last.
  await add("50002", minute, "oNoisy");
  // Exactly at the beginning of the hour, and a millisecond before it.
  await add("40001", hour, "oEdge");
  await add("40001", hour + 1, "oEdge");
});
afterAll(() => harness.close());

describe("the list of error groups", () => {
  it.each([
    ["last_seen", "50002 40029 40163 40001"],
    ["first_seen", "50002 40001 40163 40029"],
    ["people", "40029 50002 40163 40001"],
    ["events", "40163 40029 50002 40001"],
    ["trend", "40029 50002 40163 40001"],
  ] as const)("sorted by %s of the last hour is %s", async (sort, expected) => {
    expect(await codes({ sort, from: ago(hour) })).toBe(expected);
  });

  it("says how many events there were in the time before, for as long as the range, to the millisecond", async () => {
    const grown = async (query: Partial<FailureGroupQuery>) =>
      Object.fromEntries(
        (await list(query)).items.map(({ errcode, events, eventsBefore }) => [
          errcode,
          [events, eventsBefore],
        ]),
      );
    expect(await grown({ from: ago(hour) })).toEqual({
      ...{ "40163": [4, 4], "40029": [3, 0], "50002": [1, 0], "40001": [1, 1] },
    });
    expect(await grown({ from: ago(2 * hour), to: ago(hour + 1) })).toEqual({
      "40163": [4, 0],
      "40001": [1, 0],
    });
    expect(await grown({})).toEqual({
      ...{ "40163": [9, null], "40029": [4, null], "50002": [1, null], "40001": [2, null] },
    });
  });

  it("marks a group as new for a day after its first event, whatever the range, and has its first and last time of all time", async () => {
    const { items } = await list({ from: ago(hour) });
    expect(
      items.map(({ errcode, isNew, firstSeenAt, lastSeenAt }) => [errcode, isNew, firstSeenAt, lastSeenAt]),
    ).toEqual([
      ["50002", true, ago(minute), ago(minute)],
      ["40029", false, ago(3 * day), ago(20 * minute + 1)],
      ["40163", false, ago(2 * day), ago(30 * minute + 1)],
      ["40001", true, ago(hour + 1), ago(hour)],
    ]);
    const isNewAfter = async (ms: number) => {
      const then = new Date(ago(minute).getTime() + ms);
      const query = { state: "all", sort: "last_seen", errcode: "50002" } as const;
      return (await listFailureGroups({ ...harness.deps, now: () => then }, query)).items[0]?.isNew;
    };
    expect([await isNewAfter(day - 1), await isNewAfter(day)]).toEqual([true, false]);
  });

  it("has the events of each hour of the last day, also for a shorter range, and of each day of a longer one", async () => {
    const barAt = ({ from, minutes }: { from: Date; minutes: number }, ms: number) =>
      Math.floor((ago(ms).getTime() - from.getTime()) / (minutes * minute));
    for (const [from, length, events] of [
      [ago(15 * minute), 25, 8],
      [ago(day), 25, 8],
      [ago(7 * day), 8, 9],
    ] as const) {
      const { items, bars } = await list({ from });
      const noisy = items.find(({ errcode }) => errcode === "40163")?.bars;
      if (from > ago(30 * minute)) {
        expect(noisy).toBeUndefined();
        continue;
      }
      const expected = new Array<number>(length).fill(0);
      const add = (ms: number, count: number) => {
        expected[barAt(bars, ms)] = (expected[barAt(bars, ms)] ?? 0) + count;
      };
      add(90 * minute + 1, 4);
      add(30 * minute + 1, 4);
      if (events === 9) add(2 * day, 1);
      expect(noisy).toEqual(expected);
    }
  });

  it("has the unresolved groups unless another state is asked for, and counts those of each state", async () => {
    const all = (await list()).items;
    const by = { operatorId: "olga", visitor };
    const idOf = (errcode: string) => all.find((group) => group.errcode === errcode)?.id ?? "";
    const changed = { stateAt: null, by };
    await changeGroupState(harness.deps, { act: "resolve", id: idOf("50002"), ...changed });
    await changeGroupState(harness.deps, { act: "mute", minutes: 1, id: idOf("40163"), ...changed });
    await changeGroupState(harness.deps, { act: "acknowledge", id: idOf("40029"), ...changed });
    const counts = { open: 1, acknowledged: 1, resolved: 1, regressed: 0, muted: 1 };
    for (const [state, expected] of [
      ["all", "50002 40029 40163 40001"],
      ["unresolved", "40029 40001"],
      ["open", "40001"],
      ["acknowledged", "40029"],
      ["resolved", "50002"],
      ["regressed", ""],
      ["muted", "40163"],
    ] as const) {
      const found = await list({ state });
      expect([state, found.items.map(({ errcode }) => errcode).join(" "), found.counts]).toEqual([
        state,
        expected,
        counts,
      ]);
    }
    const [muted] = (await list({ state: "muted" })).items;
    const until = new Date(now.getTime() + minute);
    expect(muted).toMatchObject({ mutedUntil: until, stateAt: now, stateBy: null });
    harness.advance(60);
    expect((await list({ state: "muted" })).items).toEqual([]);
    expect(await codes({ state: "open" })).toBe("40163 40001");
    expect((await list({ state: "open" })).items.map(({ mutedUntil }) => mutedUntil)).toEqual([null, null]);
  });

  it("explains an errcode with all that the catalogue has of it where no call failed so, and not where its groups are of another state", async () => {
    const { explanation } = await list({ errcode: "40164" });
    expect(explanation).toEqual(explanationOf("40164"));
    expect(await list({ errcode: "40029", state: "regressed" })).not.toHaveProperty("explanation");
  });

  it("has of those that are equal the one that was made last first", async () => {
    const { appId } = harness.app("plain");
    for (const errcode of ["2", "4", "1", "3"]) await seedFailure(harness.db, { at: now, appId, errcode });
    for (const sort of groupSorts) expect([sort, await codes({ sort, appId })]).toEqual([sort, "3 1 4 2"]);
  });
});

describe("more groups than a page shows", () => {
  it("are the first 200 of the order that was asked for, however few events they have, and all are counted", async () => {
    const { db, deps, app, close } = await startDomainHarness();
    onTestFinished(close);
    const { appId } = app("oa");
    // From the oldest to the newest: two events of each group but the newest.
    const errcodes = Array.from({ length: 201 }, (_, n) => `${1001 + n}`);
    const failures = errcodes.flatMap((errcode, n) =>
      [0, 1].slice(errcode === "1201" ? 1 : 0).map((one) => ({
        ...{ id: `${errcode}-${one}`, at: new Date(deps.now().getTime() - 60_000 + n), appId },
        ...{ endpoint: "sns/userinfo", errcode, errmsg: "no", attempt: 1, latencyMs: 12 },
      })),
    );
    await addRows(db, "apiFailures", failures);
    await seedGroups(db, failures);
    const { items, counts } = await listFailureGroups(deps, { state: "all", sort: "last_seen" });
    expect(items.map(({ errcode }) => errcode)).toEqual(errcodes.slice(1).reverse());
    expect(counts).toEqual({ open: 201, acknowledged: 0, resolved: 0, regressed: 0, muted: 0 });
  });
});

describe("the bars of a range", () => {
  const at = new Date("2026-03-01T12:34:00.000Z");
  const before = (ms: number) => new Date(at.getTime() - ms);
  it.each([
    ["15 minutes", { from: before(15 * minute) }, "2026-02-28T12:00:00.000Z", 60, 25],
    ["two days", { from: before(2 * day) }, "2026-02-27T12:00:00.000Z", 60, 49],
    ["a minute more", { from: before(2 * day + minute) }, "2026-02-27T00:00:00.000Z", 1440, 3],
    ["all time", {}, "2025-12-01T00:00:00.000Z", 1440, 91],
    [
      "a range that is over",
      { from: before(9 * day), to: before(8 * day) },
      "2026-02-20T12:00:00.000Z",
      60,
      25,
    ],
    ["a range until tomorrow", { from: before(day), to: before(-day) }, "2026-02-28T12:00:00.000Z", 60, 25],
  ] as const)("of %s begin with a whole one", (_title, range, from, minutes, count) => {
    const bars = barsIn(range, at);
    expect([bars.from.toJSON(), bars.minutes, bars.last - bars.first + 1]).toEqual([from, minutes, count]);
  });
});
