import { describe, expect, it } from "vitest";
import {
  countCalls,
  countGroupEvents,
  countGroupPeople,
  listActiveGroups,
} from "../../src/db/alert-signals.js";
import type { Database } from "../../src/db/database.js";
import { day, quarter } from "../../src/db/error-groups.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const failed = (groupId: string, slot: number, events: number, minutes: number = quarter) => ({
  ...{ groupId, minutes, slot, events, unnamed: 0, firstAt: at(0), lastAt: at(slot) },
});

const called = (minute: number, appId: string, errcode: string, endpoint = "sns/auth") => ({
  ...{ minute, appId, endpoint, errcode, calls: 3 },
});

const groups = [
  { id: "rare", appId: "wx0", endpoint: "sns/auth", errcode: "40003" },
  { id: "also rare", appId: "wx0", endpoint: "sns/auth", errcode: "40029" },
  {
    ...{ id: "frequent", appId: "wx1", endpoint: "sns/userinfo", errcode: "48001", state: "muted" as const },
    ...{ resolvedAt: at(7), mutedUntil: at(8) },
  },
  { id: "quiet", appId: "wx1", endpoint: "sns/auth", errcode: "40003" },
];

async function seed(db: Database): Promise<void> {
  await addRows(db, "errorGroups", groups);
  await addRows(db, "errorGroupCounts", [
    failed("rare", 10, 3),
    failed("also rare", 11, 3),
    failed("frequent", 9, 100),
    failed("frequent", 10, 2),
    failed("frequent", 12, 2),
    failed("frequent", 13, 3),
    failed("frequent", 11, 500, day),
    failed("quiet", 9, 1000),
    failed("quiet", 10, 1000, day),
  ]);
  const affected = (groupId: string, who: string, moment: number) => ({ groupId, who, lastAt: at(moment) });
  await addRows(db, "errorGroupPeople", [
    affected("rare", "oAlice", 50),
    affected("rare", "oBob", 51),
    affected("rare", "oCarol", 52),
    affected("rare", "oDan", 49),
    affected("frequent", "oErin", 50),
  ]);
  await addRows(db, "apiCallCounts", [
    called(9, "wx0", ""),
    called(10, "wx0", ""),
    called(11, "wx0", ""),
    called(11, "wx0", "40003"),
    called(11, "wx1", ""),
    called(11, "wx1", "", "sns/userinfo"),
    called(12, "wx1", ""),
  ]);
}

const { found } = seededStatements(seed);

describe("what alerts are noticed by", () => {
  it("is the groups that failed in a quarter of an hour since then, those with the most failures first", async () => {
    const unchanged = { state: "open", resolvedAt: null, mutedUntil: null };
    expect(await found(listActiveGroups, { slot: 10 })).toEqual([
      { ...groups[2], events: 7, lastSeenAt: at(13) },
      { ...groups[1], ...unchanged, events: 3, lastSeenAt: at(11) },
      { ...groups[0], ...unchanged, events: 3, lastSeenAt: at(10) },
    ]);
  });

  it("is how often one group failed in some quarters of an hour, without the days", async () => {
    const count = (groupId: string, from: number, to: number) =>
      found(countGroupEvents, { groupId, from, to });
    expect(await count("frequent", 10, 13)).toEqual([{ events: 4 }]);
    expect(await count("rare", 11, 13)).toEqual([{ events: 0 }]);
  });

  it("is how many people one group affected since then, and no more than are asked for", async () => {
    const count = (most: number) => found(countGroupPeople, { groupId: "rare", since: at(50), most });
    expect(await count(10)).toEqual([{ people: 3 }]);
    expect(await count(2)).toEqual([{ people: 2 }]);
  });

  it("is the calls of one kind in some minutes, by app and errcode", async () => {
    const counts = await found(countCalls, { endpoint: "sns/auth", from: 10, to: 12 });
    expect(counts.map(({ appId, errcode, calls }) => `${appId} '${errcode}' ${calls}`).sort()).toEqual([
      "wx0 '' 6",
      "wx0 '40003' 3",
      "wx1 '' 3",
    ]);
  });
});
