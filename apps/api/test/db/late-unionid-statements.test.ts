import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import {
  advanceGroupJoin,
  deleteOtherGroupJoins,
  findGroupJoin,
  findJoinStep,
  insertGroupJoin,
  insertUnionsOfBindings,
  joinBatchSize,
  listConflictsOfBindings,
  setLateUnionid,
  setUnionidChecked,
} from "../../src/db/late-unionids.js";
import { addRows } from "../support/rows.js";
import { nothing, seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const binding = (appId: string, openid: string, userId: string, unionid: string | null) => ({
  ...{ id: `${appId} ${openid}`, appId, openid, userId, unionid, scope: "snsapi_base" },
  ...{ createdAt: at(0), lastSignInAt: at(1) },
});

async function seed(db: Database): Promise<void> {
  await addRows(
    db,
    "users",
    ["alice", "bob", "carol"].map((id) => ({ id, createdAt: at(0) })),
  );
  await addRows(db, "bindings", [
    binding("wx0", "o1", "alice", "u-alice"),
    binding("wx0", "o2", "bob", "u-bob"),
    binding("wx0", "o3", "carol", null),
    binding("wx0", "o4", "carol", "u-taken"),
    binding("wx0", "o5", "carol", "u-carol"),
    binding("wx1", "o2", "alice", "u-elsewhere"),
    binding("wx1", "o3", "alice", null),
    binding("wx1", "o4", "carol", "u-taken"),
  ]);
  await addRows(db, "unions", [
    { group: "shop", unionid: "u-taken", userId: "alice", createdAt: at(0) },
    { group: "shop", unionid: "u-carol", userId: "carol", createdAt: at(0) },
    { group: "blog", unionid: "u-bob", userId: "alice", createdAt: at(0) },
  ]);
  await addRows(db, "groupJoins", [
    { appId: "wx0", group: "shop", after: "o1", doneAt: null },
    { appId: "wx0", group: "blog", after: "o1", doneAt: at(5) },
    { appId: "wx1", group: "blog", after: "o1", doneAt: null },
  ]);
}

const { done, changed, found, seeded } = seededStatements(seed);

describe("a unionid that is learned after the binding was made", () => {
  it("completes the one binding that has none, and is never written over another", async () => {
    const late = { appId: "wx0", openid: "o3", unionid: "u-late", now: at(9) };
    expect(await done(setLateUnionid, late)).toEqual({
      rows: [{ userId: "carol" }],
      changes: { "bindings wx0 o3": { unionid: "u-late", unionidCheckedAt: at(9) } },
    });
    expect(await done(setLateUnionid, { ...late, openid: "o1" })).toEqual(nothing);
  });

  it("is noted as asked for where WeChat gave none, for one binding", async () => {
    expect(await changed(setUnionidChecked, { appId: "wx1", openid: "o3", now: at(9) })).toEqual({
      "bindings wx1 o3": { unionidCheckedAt: at(9) },
    });
  });
});

describe("a step of the bindings that join their app's group", () => {
  const step = { appId: "wx0", group: "shop", after: "o1", upTo: "o4" };

  it("gives each user of its range the unionid that no user of the group has", async () => {
    expect(await done(insertUnionsOfBindings, { ...step, now: at(9) })).toEqual({
      rows: [{ userId: "bob" }],
      changes: { "unions shop u-bob": { group: "shop", unionid: "u-bob", userId: "bob", createdAt: at(9) } },
    });
    const all = await changed(insertUnionsOfBindings, { ...step, after: "", group: "third", now: at(9) });
    expect(Object.keys(all).sort()).toEqual(
      ["u-alice", "u-bob", "u-taken"].map((id) => `unions third ${id}`),
    );
  });

  it("lists those of its range whose unionid another user of the group has", async () => {
    const conflict = { unionid: "u-taken", userId: "carol", otherUserId: "alice" };
    expect(await found(listConflictsOfBindings, step)).toEqual([conflict]);
    expect(await found(listConflictsOfBindings, { ...step, upTo: "o3" })).toEqual([]);
    expect(await found(listConflictsOfBindings, { ...step, after: "o4", upTo: "o9" })).toEqual([]);
    const [ofBlog] = await found(listConflictsOfBindings, { ...step, group: "blog" });
    expect(ofBlog).toEqual({ unionid: "u-bob", userId: "bob", otherUserId: "alice" });
  });

  it("ends with the last openid of so many of the app, in the order of openids", async () => {
    expect(await found(findJoinStep, { appId: "wx0", after: "o1" })).toEqual([{ upTo: "o5", size: 4 }]);
    expect(await found(findJoinStep, { appId: "wx0", after: "o5" })).toEqual([{ upTo: null, size: 0 }]);

    const db = await seeded();
    const more = Array.from({ length: joinBatchSize }, (_, n) => `p${String(n).padStart(4, "0")}`);
    const rows = more.map((openid) => binding("wx0", openid, "alice", null));
    await addRows(db, "bindings", rows.toReversed());
    expect(await db.run(findJoinStep, { appId: "wx0", after: "o1" })).toEqual([
      { upTo: `p${String(joinBatchSize - 5).padStart(4, "0")}`, size: joinBatchSize },
    ]);
  });
});

describe("how far an app has joined a group", () => {
  const [shop, blog] = [
    { appId: "wx0", group: "shop" },
    { appId: "wx0", group: "blog" },
  ];

  it("is read of one app and one group", async () => {
    expect(await found(findGroupJoin, shop)).toEqual([{ after: "o1", doneAt: null }]);
    expect(await found(findGroupJoin, blog)).toEqual([{ after: "o1", doneAt: at(5) }]);
    expect(await found(findGroupJoin, { appId: "wx1", group: "shop" })).toEqual([]);
  });

  it("begins once, before the first openid", async () => {
    const begun = { appId: "wx1", group: "shop" };
    expect(await done(insertGroupJoin, begun)).toEqual({
      rows: [{ appId: "wx1" }],
      changes: { "groupJoins wx1 shop": { ...begun, after: "", doneAt: null } },
    });
    expect(await done(insertGroupJoin, shop)).toEqual(nothing);
  });

  it("is forgotten of the groups that the app is in no more", async () => {
    expect(await done(deleteOtherGroupJoins, shop)).toEqual({
      rows: [{ group: "blog" }],
      changes: { "groupJoins wx0 blog": "deleted" },
    });
  });

  it("is moved on by the one process that was there, to an openid that is still stored", async () => {
    const step = { ...shop, after: "o1", upTo: "o4", doneAt: at(9) };
    expect(await done(advanceGroupJoin, step)).toEqual({
      rows: [{ appId: "wx0" }],
      changes: { "groupJoins wx0 shop": { after: "o4", doneAt: at(9) } },
    });
    expect(await changed(advanceGroupJoin, { ...step, upTo: "o4-erased", doneAt: null })).toEqual({
      "groupJoins wx0 shop": { after: "o4" },
    });
    expect(await changed(advanceGroupJoin, { ...step, upTo: "a" })).toEqual({
      "groupJoins wx0 shop": { after: "", doneAt: at(9) },
    });
    expect(await done(advanceGroupJoin, { ...step, after: "o0" })).toEqual(nothing);
    expect(await done(advanceGroupJoin, { ...step, ...blog })).toEqual(nothing);
  });
});
