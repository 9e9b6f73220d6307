import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { listGroupCounts } from "../src/db/console/failure-groups.js";
import { type FailureGroupQuery, listFailureGroups } from "../src/domain/console/failure-groups.js";
import type { Deps } from "../src/domain/deps.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";
import { seedFailure, seedSignIn } from "./support/seed.js";

const at = (time: string) => new Date(`2026-03-01T${time}Z`);
const rid = "6b0b1f33-6c89b872-d4cbad9e";

let harness: DomainHarness;
let deps: Deps;
let appId: string;
let signInId: string;

/** Each request may read one failure only, unless a test says otherwise. */
const list = (query: Partial<FailureGroupQuery> = {}, bound = {}) =>
  listFailureGroups(deps, { state: "all", sort: "last_seen", ...query }, { maxReadRows: 1, ...bound });

beforeAll(async () => {
  harness = await startDomainHarness();
  deps = { ...harness.deps, now: () => at("12:05:00") };
  appId = harness.app("oa").appId;
  signInId = await seedSignIn(harness.db, { at: at("11:00:00"), appId, browserHash: "Dan's" });
  const fail = (time: string, errcode: string, about: { openid?: string; signInId?: string; rid?: string }) =>
    seedFailure(harness.db, { at: at(time), appId, errcode, ...about });
  await fail("10:16:00", "77001", { openid: "oAnn" });
  await fail("11:14:00", "77001", { openid: "oBen", rid });
  await fail("11:16:00", "77001", { openid: "oCat", rid });
  await fail("11:17:00", "77001", { openid: "oCat", rid });
  await fail("11:30:00", "77002", { signInId });
  await fail("11:31:00", "77002", { signInId });
  await fail("12:00:00", "77001", { openid: "oCat", rid });
});
afterAll(() => harness.close());

describe("the list of error groups where more calls failed than one request reads", () => {
  const group = (errcode: string) => ({
    ...{ id: expect.any(String), appId, appKey: "oa", endpoint: "sns/userinfo", errcode },
    ...{ name: null, meaning: null, isNew: true },
    ...{ state: "open", stateAt: null, stateBy: null, mutedUntil: null },
  });
  const barsOf = (events: Record<number, number>) =>
    Object.assign(
      Array.from({ length: 25 }, () => 0),
      events,
    );

  it("counts whole quarters of an hour, also in the time before, and says since when", async () => {
    expect(await list({ from: at("11:20:00") })).toEqual({
      items: [
        {
          ...group("77001"),
          ...{ firstSeenAt: at("10:16:00"), lastSeenAt: at("12:00:00"), events: 3, eventsBefore: 2 },
          ...{ peopleAffected: 1, peopleAffectedIsAtLeast: false },
          bars: barsOf({ 22: 1, 23: 3, 24: 1 }),
        },
        {
          ...group("77002"),
          ...{ firstSeenAt: at("11:30:00"), lastSeenAt: at("11:31:00"), events: 2, eventsBefore: 0 },
          ...{ peopleAffected: 1, peopleAffectedIsAtLeast: true },
          bars: barsOf({ 23: 2 }),
        },
      ],
      nextCursor: null,
      counts: { open: 2, acknowledged: 0, resolved: 0, regressed: 0, muted: 0 },
      bars: { from: new Date("2026-02-28T12:00:00Z"), minutes: 60 },
      countedFrom: at("11:15:00"),
    });
  });

  it("counts the failures themselves as soon as one request reads all of them", async () => {
    const { items, ...page } = await list({ from: at("11:20:00") }, { maxReadRows: 3 });
    expect(items.map(({ errcode, events, eventsBefore }) => [errcode, events, eventsBefore])).toEqual([
      ["77001", 1, 3],
      ["77002", 2, 0],
    ]);
    expect(page).not.toHaveProperty("countedFrom");
    expect(page).not.toHaveProperty("searchedTo");
  });

  it.each([
    ["of all time", {}, 3, false],
    ["until now", { to: at("12:05:00") }, 3, false],
    ["until less than a quarter of an hour ago", { to: at("11:50:00.001") }, 3, false],
    // Who failed again since is not among those of the range.
    ["until a quarter of an hour ago", { to: at("11:50:00") }, 2, true],
    ["from a quarter that has begun", { from: at("11:14:59"), to: at("11:50:00") }, 1, true],
  ])(
    "has the people who are known, and says where they may be more: %s",
    async (_, range, people, isAtLeast) => {
      const { items } = await list(range);
      expect(items.find(({ errcode }) => errcode === "77001")).toMatchObject({
        ...{ peopleAffected: people, peopleAffectedIsAtLeast: isAtLeast },
      });
    },
  );

  it.each([
    ["an openid", { q: "oCat" }, "12:00:00"],
    ["a request of WeChat's", { q: rid }, "12:00:00"],
    ["a sign-in", undefined, "11:31:00"],
  ])(
    "reads the latest failures for %s, which no count knows, and says how far back",
    async (_, query, latest) => {
      const { items, ...page } = await list(query ?? { q: signInId });
      expect(items).toMatchObject([{ events: 1, eventsBefore: null, peopleAffected: 1 }]);
      expect(page).toMatchObject({ searchedTo: at(latest) });
      expect(page).not.toHaveProperty("countedFrom");
    },
  );

  it("reads as many of the time before", async () => {
    const { items } = await list({ q: rid, from: at("11:45:00"), to: at("12:45:00") });
    expect(items).toMatchObject([{ errcode: "77001", events: 1, eventsBefore: 1 }]);
  });

  it("has nothing for two errcodes at once", async () => {
    expect(await list({ q: "77001", errcode: "77002", from: at("11:20:00") })).toEqual({
      items: [],
      nextCursor: null,
      counts: { open: 0, acknowledged: 0, resolved: 0, regressed: 0, muted: 0 },
      bars: { from: new Date("2026-02-28T12:00:00Z"), minutes: 60 },
    });
  });

  it("counts as many people of each group as its share, and at least two hundred", async () => {
    const groups = await rowsOf(harness.db, "errorGroups");
    const groupId = groups.find(({ errcode }) => errcode === "77001")?.id ?? "";
    // With the three who are there already, 300.
    const many = Array.from({ length: 297 }, (_, n) => ({ groupId, who: `o${n}`, lastAt: at("12:00:00") }));
    await addRows(harness.db, "errorGroupPeople", many);
    const people = async (mostPeople: number) => {
      const [{ peopleAffected, peopleAffectedIsAtLeast } = {}] = (await list({}, { mostPeople })).items;
      return [peopleAffected, peopleAffectedIsAtLeast];
    };
    expect(await people(602)).toEqual([300, false]);
    expect(await people(600)).toEqual([300, true]);
    expect(await people(0)).toEqual([200, true]);
  });

  it("compares each group with its own time before", async () => {
    for (const [time, errcode] of [
      ["11:40:00", "77003"],
      ["12:01:00", "77003"],
      ["12:02:00", "77002"],
    ] as const) {
      await seedFailure(harness.db, { at: at(time), appId, errcode });
    }
    const { items } = await list({ from: at("11:45:00") });
    expect(items.map(({ errcode, events, eventsBefore }) => [errcode, events, eventsBefore])).toEqual([
      ["77002", 1, 2],
      ["77003", 1, 1],
      ["77001", 1, 2],
    ]);
  });
});

describe("the counts of a group", () => {
  const [quarterMs, perDay] = [900_000, 96];
  const firstDay = Date.UTC(2026, 0, 10);
  const days = 4;
  /** The moment that is so many quarters of an hour after the first day began. */
  const quarter = (n: number) => new Date(firstDay + n * quarterMs);

  it("are summed by whole days and the quarters around them, whatever the range", async () => {
    const own = await startDomainHarness();
    onTestFinished(() => own.close());
    await addRows(own.db, "errorGroups", [
      { id: "g", appId: "wx1", endpoint: "sns/userinfo", errcode: "40001" },
    ]);
    const count = { groupId: "g", unnamed: 0, firstAt: at("10:00:00"), lastAt: at("10:00:00") };
    await addRows(own.db, "errorGroupCounts", [
      ...Array.from({ length: days * perDay }, (_, n) => {
        return { ...count, minutes: 15, slot: firstDay / quarterMs + n, events: 1 } as const;
      }),
      ...Array.from({ length: days }, (_, n) => {
        return { ...count, minutes: 1440, slot: firstDay / quarterMs / perDay + n, events: perDay } as const;
      }),
    ]);
    const places = [undefined, 0, 1, 40, 95, 96, 97, 191, 192, 200, 288, 383];
    for (const from of places) {
      for (const to of places.filter((place) => place === undefined || place >= (from ?? 0))) {
        const range = {
          from: from === undefined ? undefined : quarter(from),
          to: to === undefined ? undefined : quarter(to),
        };
        const [group] = await listGroupCounts(own.db, range, 10);
        const expected = (to ?? days * perDay - 1) - (from ?? 0) + 1;
        expect(group?.events, `from quarter ${from} to quarter ${to}`).toBe(expected);
      }
    }
  });
});
