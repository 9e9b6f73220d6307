import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import {
  deleteExternalIdsAtClient,
  insertExternalUsers,
  listExternalIdsAtClient,
  listExternalIdsOfUser,
  listExternalUsers,
  listUsersByExternalId,
  listUsersOfClient,
} from "../../src/db/external-users.js";
import {
  findUserByExternalId,
  listHostBindings,
  listHostUsers,
  listUserIds,
  listUsersByUnionid,
} from "../../src/db/host-users.js";
import { jsonRows } from "../../src/db/json-rows.js";
import type { Statement } from "../../src/db/statement.js";
import { emptyTables } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const externalUser = (clientId: string, externalId: string, userId: string, moment = 5) => ({
  ...{ clientId, externalId, userId, createdAt: at(moment) },
});

const binding = (id: string, userId: string, createdAt: Date, unionid: string | null) => ({
  ...{ id, appId: `app of ${id}`, openid: `o-${id}`, userId, unionid, scope: "snsapi_base" },
  ...{ nickname: `nick ${id}`, avatarUrl: `/${id}`, createdAt, lastSignInAt: at(9) },
});

const bindings = [
  binding("z first", "alice", at(1), "u-1"),
  binding("a", "alice", at(2), "u-1"),
  binding("b", "bob", at(2), "u-1"),
];

async function seed(db: Database): Promise<void> {
  await addRows(db, "users", [
    { id: "alice", createdAt: at(20), lastSignInAt: at(30) },
    { id: "bob", createdAt: at(10), status: "blocked" },
    { id: "carol", createdAt: at(20) },
    { id: "was alice", createdAt: at(15), mergedInto: "alice" },
    { id: "dan", createdAt: at(5) },
  ]);
  await addRows(db, "bindings", [...bindings.toReversed(), binding("c", "carol", at(0), "u-2")]);
  await addRows(db, "externalUsers", [
    externalUser("shop", "43", "alice", 5),
    externalUser("shop", "44", "alice", 3),
    externalUser("shop", "42", "alice", 5),
    externalUser("forum", "42", "alice", 1),
    externalUser("club", "42", "bob"),
    externalUser("blog", "42", "carol"),
    externalUser("shop", "50", "bob"),
    externalUser("shop", "51", "was alice"),
  ]);
}

const { changed, found, seeded } = seededStatements(seed);

describe("the ids of users at host applications", () => {
  it("name two users at most, each once, where several hosts have the same id", async () => {
    const named = async (externalId: string) =>
      (await found(listUsersByExternalId, { externalId })).map(({ userId }) => userId);
    expect(new Set(await named("42")).size, "three of them").toBe(2);
    expect(await named("50")).toEqual(["bob"]);
    const db = await emptyTables(await seeded());
    await addRows(db, "externalUsers", [
      externalUser("shop", "42", "alice"),
      externalUser("forum", "42", "alice"),
    ]);
    expect(await db.run(listUsersByExternalId, { externalId: "42" })).toEqual([{ userId: "alice" }]);
  });

  it("of one user are listed by host and id, 50 at most, and of one host in the order in which they were set", async () => {
    expect(await found(listExternalIdsOfUser, { userId: "alice" })).toEqual([
      { clientId: "forum", externalId: "42" },
      { clientId: "shop", externalId: "42" },
      { clientId: "shop", externalId: "43" },
      { clientId: "shop", externalId: "44" },
    ]);
    expect(await found(listExternalIdsAtClient, { clientId: "shop", userId: "alice" })).toEqual([
      { externalId: "44" },
      { externalId: "42" },
      { externalId: "43" },
    ]);
    const db = await emptyTables(await seeded());
    const many = Array.from({ length: 51 }, (_, n) => externalUser("shop", `${100 - n}`, "alice"));
    await addRows(db, "externalUsers", many);
    const listed = (await db.run(listExternalIdsOfUser, { userId: "alice" })).map((row) => row.externalId);
    expect(listed).toEqual(
      many
        .map(({ externalId }) => externalId)
        .sort()
        .slice(0, 50),
    );
  });

  it("of one user at one host are deleted together, and no others", async () => {
    expect(await changed(deleteExternalIdsAtClient, { clientId: "shop", userId: "alice" })).toEqual({
      "externalUsers shop 42": "deleted",
      "externalUsers shop 43": "deleted",
      "externalUsers shop 44": "deleted",
    });
  });

  it("are looked up many at a time, each by its host and id", async () => {
    const rows = jsonRows([
      { clientId: "shop", externalId: "51" },
      { clientId: "shop", externalId: "41" },
      { clientId: "club", externalId: "42" },
    ]);
    const known = await found(listExternalUsers, { rows });
    expect(known.sort((a, b) => a.place - b.place)).toEqual([
      { place: 0, userId: "was alice", mergedInto: "alice" },
      { place: 2, userId: "bob", mergedInto: null },
    ]);
    expect(await found(findUserByExternalId, { clientId: "shop", externalId: "50" })).toEqual([
      { userId: "bob" },
    ]);
  });

  it("tell which users one host knows already, each once", async () => {
    const rows = jsonRows([{ userId: "alice" }, { userId: "carol" }]);
    expect(await found(listUsersOfClient, { clientId: "shop", rows })).toEqual([{ userId: "alice" }]);
    expect(await found(listUsersOfClient, { clientId: "blog", rows })).toEqual([{ userId: "carol" }]);
  });

  it("are set where neither the id is taken nor the host knows the user by another one", async () => {
    const rows = [
      { externalId: "42", userId: "bob" },
      { externalId: "60", userId: "alice" },
      { externalId: "61", userId: "carol" },
    ];
    const { statement, values } = insertExternalUsers("forum", rows, at(70));
    expect(await changed(statement as Statement<object, unknown>, values)).toEqual({
      "externalUsers forum 61": externalUser("forum", "61", "carol", 70),
    });
  });
});

describe("users as host applications read them", () => {
  it("are read many at a time with the id that the host set first, without those who were merged or are gone", async () => {
    const rows = jsonRows(["bob", "was alice", "alice", "gone"].map((userId) => ({ userId })));
    const read = await found(listHostUsers, { rows, clientId: "shop" });
    expect(read.sort((a, b) => a.place - b.place)).toEqual([
      {
        ...{ place: 0, id: "bob", status: "blocked", externalId: "50" },
        ...{ createdAt: at(10), lastSignInAt: null },
      },
      {
        ...{ place: 2, id: "alice", status: "active", externalId: "44" },
        ...{ createdAt: at(20), lastSignInAt: at(30) },
      },
    ]);
  });

  it("have their bindings, the oldest first, the earlier id first at the same moment", async () => {
    const rows = jsonRows([{ userId: "bob" }, { userId: "alice" }]);
    expect(await found(listHostBindings, { rows })).toEqual(bindings);
  });

  it("are listed newest first from a place on, without those who were merged", async () => {
    const listed = async (moment: number, id: string, limit = 10) =>
      (await found(listUserIds, { at: at(moment), id, limit })).map((row) => row.id);
    expect(await listed(99, "")).toEqual(["carol", "alice", "bob", "dan"]);
    expect(await listed(20, "carol")).toEqual(["alice", "bob", "dan"]);
    expect(await listed(20, "carol", 2)).toEqual(["alice", "bob"]);
  });

  it("are found by a unionid, each once, the later id first, 50 at most", async () => {
    expect(await found(listUsersByUnionid, { unionid: "u-1" })).toEqual([
      { userId: "bob" },
      { userId: "alice" },
    ]);
    const db = await emptyTables(await seeded());
    const ids = Array.from({ length: 51 }, (_, n) => `${100 + n}`);
    await addRows(
      db,
      "bindings",
      ids.map((id) => binding(id, id, at(0), "u-1")),
    );
    const listed = (await db.run(listUsersByUnionid, { unionid: "u-1" })).map(({ userId }) => userId);
    expect(listed).toEqual(ids.toReversed().slice(0, 50));
  });
});
