import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import {
  deleteUserTokensOf,
  insertBindings,
  insertUnions,
  insertUsers,
  listBindingsWithUnionid,
  listKnownBindings,
  listKnownUnions,
  listMergedUsers,
  lockUsers,
  renameOpenids,
  setUnionids,
} from "../../src/db/imported-people.js";
import { advanceImport, findImport, startImport } from "../../src/db/imports.js";
import { jsonRows } from "../../src/db/json-rows.js";
import type { BoundStatement, Statement } from "../../src/db/statement.js";
import { addRows } from "../support/rows.js";
import { nothing, seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const binding = (id: string, appId: string, userId: string, unionid: string | null) => ({
  ...{ id, appId, openid: `o-${id}`, userId, unionid, scope: "snsapi_base" },
  ...{ createdAt: at(0), lastSignInAt: at(1) },
});

const advanced = { kind: "people" as const, records: 500, counts: "{}", startedAt: at(1), updatedAt: at(2) };

async function seed(db: Database): Promise<void> {
  await addRows(db, "users", [
    { id: "alice", createdAt: at(0) },
    { id: "bob", createdAt: at(0) },
    { id: "merged", createdAt: at(0), mergedInto: "alice" },
  ]);
  await addRows(db, "bindings", [
    binding("alice", "wx0", "alice", "u-alice"),
    binding("alice's other", "wx1", "alice", "u-alice"),
    binding("bob", "wx0", "bob", null),
    binding("merged", "wx0", "merged", "u-merged"),
  ]);
  await addRows(db, "unions", [
    { group: "shop", unionid: "u-alice", userId: "alice", createdAt: at(0) },
    { group: "blog", unionid: "u-alice", userId: "bob", createdAt: at(0) },
    { group: "shop", unionid: "u-merged", userId: "merged", createdAt: at(0) },
  ]);
  const token = {
    scope: "snsapi_base",
    scopeRank: 1,
    expiresAt: at(9),
    refreshExpiresAt: at(9),
    updatedAt: at(0),
  };
  await addRows(
    db,
    "userTokens",
    ["alice", "bob", "merged"].map((bindingId) => ({
      ...{ ...token, bindingId, appId: "wx0", accessToken: `a-${bindingId}`, refreshToken: `r-${bindingId}` },
    })),
  );
  await addRows(db, "imports", [
    { id: "under way", ...advanced },
    { id: "done", ...advanced, doneAt: at(3) },
  ]);
}

const { done, changed, found } = seededStatements(seed);

/** The places and what was found there, in the order of the places. */
async function read<Row extends { place: number }>(
  statement: Statement<{ rows: string }, Row>,
  rows: readonly object[],
): Promise<Row[]> {
  const all = await found(statement, { rows: jsonRows(rows) });
  return all.sort((a, b) => a.place - b.place);
}

const did = ({ statement, values }: BoundStatement<unknown>) =>
  done(statement as Statement<object, unknown>, values);

describe("what an import reads of many people at once", () => {
  it("is each binding with its user, at the place of the record that names its app and openid", async () => {
    const rows = [
      { appId: "wx1", openid: "o-alice" },
      { appId: "wx0", openid: "o-merged" },
      { appId: "wx0", openid: "o-bob" },
      { appId: "wx0", openid: "o-alice" },
    ];
    expect(await read(listKnownBindings, rows)).toEqual([
      { place: 1, bindingId: "merged", unionid: "u-merged", userId: "merged", mergedInto: "alice" },
      { place: 2, bindingId: "bob", unionid: null, userId: "bob", mergedInto: null },
      { place: 3, bindingId: "alice", unionid: "u-alice", userId: "alice", mergedInto: null },
    ]);
  });

  it("is the user of each unionid in the group that the record names", async () => {
    const rows = [
      { group: "blog", unionid: "u-alice" },
      { group: "blog", unionid: "u-merged" },
      { group: "shop", unionid: "u-merged" },
      { group: "shop", unionid: "u-alice" },
    ];
    expect(await read(listKnownUnions, rows)).toEqual([
      { place: 0, userId: "bob", mergedInto: null },
      { place: 2, userId: "merged", mergedInto: "alice" },
      { place: 3, userId: "alice", mergedInto: null },
    ]);
  });

  it("is the user of each binding of the app that holds the unionid", async () => {
    const rows = [
      { appId: "wx1", unionid: "u-merged" },
      { appId: "wx0", unionid: "u-merged" },
      { appId: "wx1", unionid: "u-alice" },
    ];
    expect(await read(listBindingsWithUnionid, rows)).toEqual([
      { place: 1, userId: "merged", mergedInto: "alice" },
      { place: 2, userId: "alice", mergedInto: null },
    ]);
  });

  it("is whom each user is merged into", async () => {
    const users = await found(listMergedUsers, {
      rows: jsonRows([{ userId: "merged" }, { userId: "gone" }, { userId: "bob" }]),
    });
    expect(users.sort((a, b) => (a.userId < b.userId ? -1 : 1))).toEqual([
      { userId: "bob", mergedInto: null },
      { userId: "merged", mergedInto: "alice" },
    ]);
  });
});

describe("what an import writes of many people at once", () => {
  const now = at(5);

  it("leaves users as they are, and says which of them are there and not merged", async () => {
    const users = ["merged", "gone", "alice"].map((userId) => ({ userId }));
    expect(await did(lockUsers(users))).toEqual({ rows: [{ id: "alice" }], changes: {} });
  });

  it("makes users who have not signed in yet", async () => {
    const row = { status: "active", lastSignInAt: null, mergedInto: null, createdAt: now };
    expect((await did(insertUsers([{ userId: "carol" }, { userId: "dan" }], now))).changes).toEqual({
      "users carol": { ...row, id: "carol" },
      "users dan": { ...row, id: "dan" },
    });
  });

  it("gives a unionid to a user unless the group has it", async () => {
    const rows = [
      { group: "shop", unionid: "u-new", userId: "bob" },
      { group: "shop", unionid: "u-alice", userId: "bob" },
      { group: "blog", unionid: "u-merged", userId: "alice" },
    ];
    const { rows: made, changes } = await did(insertUnions(rows, now));
    expect(changes).toEqual({
      "unions shop u-new": { ...rows[0], createdAt: now },
      "unions blog u-merged": { ...rows[2], createdAt: now },
    });
    expect(made).toHaveLength(2);
  });

  it("binds an openid that is bound to no user, with the unionid that it has", async () => {
    const of = (id: string, appId: string, openid: string, unionid?: string) => ({
      ...{ id, appId, openid, userId: "bob", unionid },
    });
    const rows = [of("x", "wx1", "o-bob"), of("y", "wx0", "o-alice"), of("z", "wx2", "o-alice", "u-new")];
    const { rows: made, changes } = await did(insertBindings(rows, now));
    const values = { userId: "bob", scope: "", nickname: null, createdAt: now, lastSignInAt: now };
    expect(changes).toEqual({
      "bindings x": expect.objectContaining({ ...values, appId: "wx1", openid: "o-bob", unionid: null }),
      "bindings z": expect.objectContaining({ ...values, appId: "wx2", openid: "o-alice", unionid: "u-new" }),
    });
    expect(made).toEqual(expect.arrayContaining([{ id: "x" }, { id: "z" }]));
  });

  it("completes a binding that has no unionid", async () => {
    const of = (appId: string, openid: string) => ({ appId, openid, unionid: "u-new" });
    const rows = [of("wx0", "o-bob"), of("wx1", "o-bob"), of("wx0", "o-alice")];
    expect(await did(setUnionids(rows))).toEqual({
      ...{ rows: [{ id: "bob" }], changes: { "bindings bob": { unionid: "u-new" } } },
    });
  });

  it("gives a binding its new app and openid if it still has the old ones", async () => {
    const from = (bindingId: string, fromAppId: string, fromOpenid: string) => ({
      ...{ bindingId, fromAppId, fromOpenid, appId: "wx9", openid: `n-${bindingId}` },
    });
    const rows = [
      from("alice", "wx0", "o-alice"),
      from("bob", "wx1", "o-bob"),
      from("merged", "wx0", "o-other"),
    ];
    expect(await did(renameOpenids(rows))).toEqual({
      rows: [{ id: "alice" }],
      changes: { "bindings alice": { appId: "wx9", openid: "n-alice" } },
    });
  });

  it("deletes the tokens of the bindings that it names", async () => {
    const rows = [{ bindingId: "alice" }, { bindingId: "alice's other" }, { bindingId: "merged" }];
    expect((await did(deleteUserTokensOf(rows))).changes).toEqual({
      ...{ "userTokens alice": "deleted", "userTokens merged": "deleted" },
    });
  });
});

describe("how far an import is", () => {
  it("is read of one file", async () => {
    const { records, counts } = advanced;
    expect(await found(findImport, { id: "done" })).toEqual([{ records, counts, doneAt: at(3) }]);
    expect(await found(findImport, { id: "unknown" })).toEqual([]);
  });

  it("begins at nothing, again too once it was done, and not while it is under way", async () => {
    const values = { kind: "openids", counts: "{none}", now: at(7) } as const;
    const begun = { records: 0, counts: "{none}", startedAt: at(7), updatedAt: at(7), doneAt: null };
    expect(await changed(startImport, { id: "new", ...values })).toEqual({
      "imports new": { id: "new", kind: "openids", ...begun },
    });
    expect(await changed(startImport, { id: "done", ...values })).toEqual({ "imports done": begun });
    expect(await done(startImport, { id: "under way", ...values })).toEqual(nothing);
  });

  it("is moved on by the one process that was at this record, until it is done", async () => {
    const step = { id: "under way", from: 500, records: 900, counts: "{more}", now: at(7), doneAt: at(8) };
    expect(await changed(advanceImport, step)).toEqual({
      "imports under way": { records: 900, counts: "{more}", updatedAt: at(7), doneAt: at(8) },
    });
    expect(await done(advanceImport, { ...step, from: 499 })).toEqual(nothing);
    expect(await done(advanceImport, { ...step, id: "done" })).toEqual(nothing);
  });
});
