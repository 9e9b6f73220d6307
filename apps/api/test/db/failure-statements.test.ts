import { describe, expect, it } from "vitest";
import { deleteCallCountsBefore, deleteCallSlotsBefore } from "../../src/db/call-counts.js";
import type { Database } from "../../src/db/database.js";
import { deleteBatchSize } from "../../src/db/delete-batch.js";
import {
  addToErrorGroup,
  addToErrorGroupPeople,
  day,
  deleteErrorGroupCountsBefore,
  deleteErrorGroupPeopleBefore,
  forgetAffected,
  forgetAffectedOpenid,
  insertErrorGroup,
  quarter,
} from "../../src/db/error-groups.js";
import { clearFailureBody, deleteFailuresBefore, listFailuresAfter } from "../../src/db/failures.js";
import type { Tables } from "../../src/db/schema.js";
import { emptyTables } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

type Failure = Tables["apiFailures"]["$inferSelect"];

const failure = (id: string, moment: number, about: Partial<Failure> = {}): Failure => ({
  ...{ id, at: at(moment), appId: "wx0", endpoint: "sns/auth", errcode: "40003", errmsg: `why ${id}` },
  ...{ rid: `rid ${id}`, openid: null, attempt: 1, latencyMs: 12, signInId: null },
  ...{ request: `request ${id}`, answer: `answer ${id}`, ...about },
});

/** In the order of their moments and ids; they are written the other way round. */
const failures = [
  failure("z", 40, { openid: "o-alice" }),
  failure("a", 50, { signInId: "of alice's browser" }),
  failure("b", 50, { openid: "o-alice", signInId: "of alice's browser" }),
  failure("c", 50, { signInId: "of a browser" }),
  failure("d", 60),
  failure("0", 70, { openid: "o-alice", appId: "wx1" }),
  failure("1", 80, { openid: "o-alice", errcode: "40029" }),
];

const groups = [
  { id: "group", appId: "wx0", endpoint: "sns/auth", errcode: "40003" },
  { id: "of another errcode", appId: "wx0", endpoint: "sns/auth", errcode: "40029" },
  { id: "of another endpoint", appId: "wx0", endpoint: "sns/userinfo", errcode: "40003" },
  { id: "of another app", appId: "wx1", endpoint: "sns/auth", errcode: "40003" },
];

const count = (groupId: string, minutes: number, slot: number) => ({
  ...{ groupId, minutes, slot, events: 3, unnamed: 1, firstAt: at(45), lastAt: at(55) },
});

const affected = (groupId: string, who: string, moment: number) => ({ groupId, who, lastAt: at(moment) });

const slots = [quarter, day].flatMap((minutes) => [4, 9, 10].map((slot) => ({ minutes, slot })));

async function seed(db: Database): Promise<void> {
  const signIn = {
    ...{ purpose: "sign_in" as const, appId: "wx0", returnTo: "/", createdAt: at(0), expiresAt: at(100) },
  };
  await addRows(db, "signIns", [
    { ...signIn, id: "of alice's browser", browserHash: "hash 1", browserUserId: "alice" },
    { ...signIn, id: "of a browser", browserHash: "hash 2" },
  ]);
  await addRows(db, "apiFailures", failures.toReversed());
  await addRows(db, "errorGroups", groups);
  await addRows(
    db,
    "errorGroupCounts",
    groups.flatMap(({ id }) => slots.map(({ minutes, slot }) => count(id, minutes, slot))),
  );
  await addRows(db, "errorGroupPeople", [
    affected("group", "oo-alice", 45),
    affected("group", "oo-bob", 44),
    affected("of another errcode", "oo-alice", 90),
    affected("of another app", "oo-alice", 46),
  ]);
  const call = { appId: "wx0", endpoint: "sns/auth", calls: 3 };
  await addRows(
    db,
    "apiCallSlots",
    ["", "40003"].flatMap((errcode) => slots.map((slot) => ({ ...call, ...slot, errcode }))),
  );
  await addRows(
    db,
    "apiCallCounts",
    ["", "40003"].flatMap((errcode) => [8, 9, 10].map((minute) => ({ ...call, minute, errcode }))),
  );
}

const { changed, found, seeded } = seededStatements(seed);

const batch = <Row>(rowOf: (n: number) => Row) =>
  Array.from({ length: deleteBatchSize + 1 }, (_, n) => rowOf(n));

describe("failures", () => {
  it("are listed between two moments, the oldest first, the earlier id first at the same moment, a batch at a time", async () => {
    const listed = async (afterAt: number, afterId: string, before: number) =>
      (await found(listFailuresAfter, { afterAt: at(afterAt), afterId, before: at(before) })).map(
        ({ id }) => id,
      );
    expect(await listed(0, "", 100)).toEqual(failures.map(({ id }) => id));
    expect(await listed(50, "a", 80)).toEqual(["b", "c", "d", "0"]);
    expect(await found(listFailuresAfter, { afterAt: at(50), afterId: "c", before: at(70) })).toEqual([
      { id: "d", at: at(60), errmsg: "why d", rid: "rid d", request: "request d" },
    ]);
    const db = await emptyTables(await seeded());
    await addRows(
      db,
      "apiFailures",
      batch((n) => failure(`${n}`, 1000 - n)),
    );
    const all = await db.run(listFailuresAfter, { afterAt: at(0), afterId: "", before: at(2000) });
    expect(all.map(({ id }) => id)).toEqual(batch((n) => `${deleteBatchSize - n}`).slice(0, deleteBatchSize));
  });

  it("lose what was sent and answered one by one, and are deleted once they are old, a batch at a time", async () => {
    expect(await changed(clearFailureBody, { id: "a" })).toEqual({
      "apiFailures a": { errmsg: "", rid: null, request: null, answer: null },
    });
    expect(await changed(deleteFailuresBefore, { before: at(50) })).toEqual({ "apiFailures z": "deleted" });
    const db = await emptyTables(await seeded());
    await addRows(db, "apiFailures", [
      ...batch((n) => failure(`a new one ${n}`, 50)),
      ...batch((n) => failure(`old ${n}`, 49)),
    ]);
    const deleted = await db.run(deleteFailuresBefore, { before: at(50) });
    expect(deleted).toHaveLength(deleteBatchSize);
    expect(deleted.every(({ id }) => id.startsWith("old"))).toBe(true);
  });
});

describe("an error group", () => {
  it("is made by the first failure of its kind", async () => {
    const kind = { appId: "wx1", endpoint: "sns/userinfo", errcode: "-1" };
    expect(await changed(insertErrorGroup, { id: "new", ...kind })).toEqual({
      "errorGroups new": {
        ...{ id: "new", ...kind, state: "open", stateAt: null, stateBy: null },
        ...{ resolvedAt: null, mutedUntil: null },
      },
    });
    const { id: _, ...known } = groups[0] as (typeof groups)[0];
    expect(await changed(insertErrorGroup, { id: "new", ...known })).toEqual({});
  });

  it("counts each failure of its kind, with the first and the last moment", async () => {
    const counted = (id: string, slot: number) => changed(addToErrorGroup, { id, minutes: quarter, slot });
    const key = (id: string, slot: number) => `errorGroupCounts ${id} ${quarter} ${slot}`;
    expect(await counted("a", 9), "in between, and unnamed").toEqual({
      [key("group", 9)]: { events: 4, unnamed: 2 },
    });
    expect(await counted("z", 9), "earlier").toEqual({ [key("group", 9)]: { events: 4, firstAt: at(40) } });
    expect(await counted("d", 9), "later").toEqual({
      [key("group", 9)]: { events: 4, unnamed: 2, lastAt: at(60) },
    });
    expect(await counted("b", 11), "the first one of its slot").toEqual({
      [key("group", 11)]: {
        ...{ ...count("group", quarter, 11), events: 1, unnamed: 0, firstAt: at(50), lastAt: at(50) },
      },
    });
    expect(await counted("0", 9)).toEqual({ [key("of another app", 9)]: { events: 4, lastAt: at(70) } });
  });

  it("remembers whom a failure affects: an openid, else the user of the browser, else the browser, else no one", async () => {
    const remembered = (id: string) => changed(addToErrorGroupPeople, { id });
    expect(await remembered("b")).toEqual({ "errorGroupPeople group oo-alice": { lastAt: at(50) } });
    expect(await remembered("z"), "an earlier one than the last").toEqual({});
    expect(await remembered("a")).toEqual({
      "errorGroupPeople group ualice": affected("group", "ualice", 50),
    });
    expect(await remembered("c")).toEqual({
      "errorGroupPeople group bhash 2": affected("group", "bhash 2", 50),
    });
    expect(await remembered("d")).toEqual({});
    expect(await remembered("1"), "in another group later").toEqual({});
    expect(await remembered("0")).toEqual({ "errorGroupPeople of another app oo-alice": { lastAt: at(70) } });
  });

  it("forgets an erased person: an openid in the groups of its app, others in all", async () => {
    expect(await changed(forgetAffectedOpenid, { appId: "wx0", who: "oo-alice" })).toEqual({
      "errorGroupPeople group oo-alice": "deleted",
      "errorGroupPeople of another errcode oo-alice": "deleted",
    });
    expect(await changed(forgetAffected, { who: "oo-alice" })).toEqual({
      "errorGroupPeople group oo-alice": "deleted",
      "errorGroupPeople of another errcode oo-alice": "deleted",
      "errorGroupPeople of another app oo-alice": "deleted",
    });
  });

  it("forgets whom it affected only long ago, a batch at a time", async () => {
    expect(await changed(deleteErrorGroupPeopleBefore, { before: at(46) })).toEqual({
      "errorGroupPeople group oo-alice": "deleted",
      "errorGroupPeople group oo-bob": "deleted",
    });
    const db = await emptyTables(await seeded());
    await addRows(db, "errorGroupPeople", [
      ...batch((n) => affected(`a new one ${n}`, "oo-alice", 50)),
      ...batch((n) => affected(`old ${n}`, "oo-alice", 49)),
    ]);
    const deleted = await db.run(deleteErrorGroupPeopleBefore, { before: at(50) });
    expect(deleted).toHaveLength(deleteBatchSize);
    expect(deleted.every(({ groupId }) => groupId.startsWith("old"))).toBe(true);
  });
});

describe("counts", () => {
  /** The slots that end before these are old: of quarters of an hour and of days, whichever has the larger numbers. */
  const ends = [
    { end: { quarter: 10, day: 5 }, old: [`${quarter} 4`, `${quarter} 9`, `${day} 4`] },
    { end: { quarter: 5, day: 10 }, old: [`${quarter} 4`, `${day} 4`, `${day} 9`] },
  ];

  it("of an error group are deleted by the age of their quarter of an hour, or of their day, a batch at a time", async () => {
    for (const { end, old } of ends)
      expect(await changed(deleteErrorGroupCountsBefore, end)).toEqual(
        Object.fromEntries(
          groups.flatMap(({ id }) => old.map((slot) => [`errorGroupCounts ${id} ${slot}`, "deleted"])),
        ),
      );
    const db = await emptyTables(await seeded());
    await addRows(db, "errorGroupCounts", [
      ...batch((n) => count(`a new one ${n}`, quarter, 10)),
      ...batch((n) => count(`old ${n}`, quarter, 9)),
    ]);
    const deleted = await db.run(deleteErrorGroupCountsBefore, { quarter: 10, day: 5 });
    expect(deleted).toHaveLength(deleteBatchSize);
    expect(deleted.every(({ groupId }) => groupId.startsWith("old"))).toBe(true);
  });

  it("of calls are deleted by the age of their minute, quarter of an hour or day, so many of these at a time", async () => {
    const kinds = ["wx0 sns/auth ", "wx0 sns/auth 40003"];
    const deletedOf = (table: string, moments: string[]) =>
      Object.fromEntries(
        moments.flatMap((moment) => kinds.map((kind) => [`${table} ${moment} ${kind}`, "deleted"])),
      );
    for (const { end, old } of ends)
      expect(await changed(deleteCallSlotsBefore, end)).toEqual(deletedOf("apiCallSlots", old));
    expect(await changed(deleteCallCountsBefore, { minute: 10 })).toEqual(
      deletedOf("apiCallCounts", ["8", "9"]),
    );
    const db = await emptyTables(await seeded());
    const call = { appId: "wx0", endpoint: "sns/auth", errcode: "", calls: 3 };
    await addRows(
      db,
      "apiCallCounts",
      batch((minute) => ({ ...call, minute })),
    );
    await addRows(
      db,
      "apiCallSlots",
      batch((slot) => ({ ...call, minutes: day, slot })),
    );
    const all = deleteBatchSize + 1;
    expect(await db.run(deleteCallCountsBefore, { minute: all })).toHaveLength(deleteBatchSize);
    expect(await db.run(deleteCallSlotsBefore, { quarter: 0, day: all })).toHaveLength(deleteBatchSize);
  });
});
