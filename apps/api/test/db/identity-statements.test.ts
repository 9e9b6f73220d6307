import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import {
  completeBinding,
  confirmUnion,
  findBinding,
  findJoinedBinding,
  findUnionUser,
  insertBinding,
  insertConflictOfBinding,
  insertUnion,
  insertUnionidChange,
  insertUserOfBinding,
  lockBinding,
  settleUnion,
  touchBinding,
  upsertBindingOfUser,
} from "../../src/db/identities.js";
import type { Tables } from "../../src/db/schema.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

// Two apps have the same openids, and two groups the same unionids, of different people.

type Binding = Tables["bindings"]["$inferSelect"];

const binding = (
  id: string,
  appId: string,
  openid: string,
  userId: string,
  about: Partial<Binding> = {},
): Binding => ({
  ...{ id, appId, openid, userId, unionid: null, unionidCheckedAt: null, scope: "snsapi_userinfo" },
  ...{ nickname: null, nicknameFolded: null, searchableAs: null, avatarUrl: null, profileAt: null },
  ...{ profileCheckedAt: null, createdAt: at(0), lastSignInAt: at(1), ...about },
});

const profile = { nickname: "Before", nicknameFolded: "before", avatarUrl: "/before", profileAt: at(1) };

const bindings = {
  alice: binding("alice's", "wx0", "o-1", "alice", { unionid: "u-1", ...profile }),
  inOtherApp: binding("carol's", "wx1", "o-1", "carol", { unionid: "u-1" }),
  bob: binding("bob's", "wx0", "o-2", "bob"),
  ofNewcomer: binding("a newcomer's", "wx0", "o-3", "candidate", { createdAt: at(5), lastSignInAt: at(6) }),
  ofNewcomerToo: binding("a newcomer's too", "wx1", "o-3", "candidate too"),
};

const union = (group: string, unionid: string, userId: string) => ({
  group,
  unionid,
  userId,
  createdAt: at(0),
});

async function seed(db: Database): Promise<void> {
  await addRows(db, "users", [
    { id: "alice", createdAt: at(0) },
    { id: "bob", createdAt: at(0), status: "blocked" },
    { id: "carol", createdAt: at(0) },
    { id: "was alice", createdAt: at(0), mergedInto: "alice" },
    { id: "was carol", createdAt: at(0), mergedInto: "carol" },
  ]);
  await addRows(db, "bindings", Object.values(bindings));
  await addRows(db, "unions", [
    union("main", "u-1", "alice"),
    union("main", "u-2", "carol"),
    union("main", "u-3", "was alice"),
    union("main", "u-4", "erased"),
    union("main", "u-5", "candidate"),
    union("other", "u-1", "carol"),
    union("other", "u-2", "bob"),
    union("other", "u-4", "erased"),
    union("other", "u-5", "candidate"),
  ]);
}

const { changed, found, seeded } = seededStatements(seed);

const alice = { appId: "wx0", openid: "o-1" };

describe("a binding", () => {
  const facts = { unionidCheckedAt: null, profileCheckedAt: null };
  const aliceFound = {
    ...{ bindingId: "alice's", userId: "alice", unionid: "u-1", profileAt: at(1), userStatus: "active" },
    ...facts,
  };

  it("is found by its app and openid, with its user, and with whose its unionid is in a group", async () => {
    expect(await found(findBinding, alice)).toEqual([aliceFound]);
    expect(await found(findJoinedBinding, { ...alice, group: "other" })).toEqual([
      { ...aliceFound, unionUserId: "carol" },
    ]);
    expect(await found(findJoinedBinding, { appId: "wx0", openid: "o-2", group: "main" })).toEqual([
      {
        ...{ bindingId: "bob's", userId: "bob", unionid: null, profileAt: null, userStatus: "blocked" },
        ...{ ...facts, unionUserId: null },
      },
    ]);
  });

  it("is locked by its app and openid, and stays as it is", async () => {
    expect(await found(lockBinding, alice)).toEqual([{ id: "alice's" }]);
  });

  const answer = {
    ...{ id: "new", unionid: "u-9", scope: "snsapi_base", nickname: "After", nicknameFolded: "after" },
    ...{ avatarUrl: null, profileAt: at(60), now: at(60) },
  };
  const { id: _, unionid, scope, now, ...shown } = answer;

  it("is completed by an answer: its unionid and the wider scope stay, and no other binding changes", async () => {
    const completed = { ...shown, lastSignInAt: at(60) };
    expect(await changed(completeBinding, { ...answer, ...alice })).toEqual({
      "bindings alice's": completed,
    });
    expect(await changed(completeBinding, { ...answer, appId: "wx0", openid: "o-2" })).toEqual({
      "bindings bob's": { unionid, ...shown, avatarUrl: undefined, lastSignInAt: at(60) },
    });
    const avatarUrl = "/after";
    expect(await changed(completeBinding, { ...answer, ...alice, avatarUrl })).toEqual({
      "bindings alice's": { ...completed, avatarUrl },
    });
    const unnamed = { nickname: null, nicknameFolded: null };
    expect(await changed(completeBinding, { ...answer, ...alice, ...unnamed, avatarUrl })).toEqual({
      "bindings alice's": { avatarUrl, profileAt: at(60), lastSignInAt: at(60) },
    });
    const silent = { nickname: null, nicknameFolded: null, avatarUrl: null, profileAt: null };
    expect(await changed(completeBinding, { ...answer, ...silent, ...alice })).toEqual({
      "bindings alice's": { lastSignInAt: at(60) },
    });
    expect(await changed(touchBinding, { ...alice, scope, now })).toEqual({
      "bindings alice's": { lastSignInAt: at(60) },
    });
    expect(await changed(touchBinding, { ...alice, scope: "snsapi_login", now })).toEqual({
      "bindings alice's": { scope: "snsapi_login", lastSignInAt: at(60) },
    });
  });

  it("of a user who is signed in is made or completed, unless the openid is another user's", async () => {
    const upserted = (openid: string, userId: string) =>
      changed(upsertBindingOfUser, { ...answer, appId: "wx0", openid, userId });
    expect(await upserted("o-9", "alice")).toEqual({
      "bindings new": binding("new", "wx0", "o-9", "alice", {
        ...{ unionid, scope, ...shown, createdAt: at(60), lastSignInAt: at(60) },
      }),
    });
    expect(await upserted("o-1", "alice")).toEqual({
      "bindings alice's": { ...shown, lastSignInAt: at(60) },
    });
    expect(await upserted("o-1", "bob")).toEqual({});
  });

  it("is made for the unionid's user in that group, or for whom they became, else for the candidate", async () => {
    const owner = async (group: string | null, of: string | null, openid = "o-9") =>
      Object.values(
        await changed(insertBinding, {
          ...answer,
          appId: "wx0",
          openid,
          unionid: of,
          group,
          candidate: "new",
        }),
      ).map((row) => (row as Binding).userId);
    expect(await owner("main", "u-1")).toEqual(["alice"]);
    expect(await owner("other", "u-1")).toEqual(["carol"]);
    expect(await owner("main", "u-3"), "merged meanwhile").toEqual(["alice"]);
    expect(await owner("main", "u-4"), "erased meanwhile").toEqual(["new"]);
    expect(await owner("main", "u-9")).toEqual(["new"]);
    expect(await owner(null, null)).toEqual(["new"]);
    expect(await owner("main", "u-1", "o-2"), "bound already").toEqual([]);
  });

  it("is refused where its id is another's, and not taken for one that is bound already", async () => {
    const values = { ...answer, appId: "wx0", openid: "o-9", group: null, candidate: "new" };
    const made = async (id: string) => (await seeded()).run(insertBinding, { ...values, id });
    await expect(made("bob's")).rejects.toMatchObject({ name: "DatabaseError", reason: "rejected" });
    expect(await made("its own")).toMatchObject([{ id: "its own" }]);
  });

  it("gets a user row where it carries the candidate", async () => {
    const made = (openid: string, candidate: string) =>
      changed(insertUserOfBinding, { appId: "wx0", openid, candidate });
    expect(await made("o-3", "candidate")).toEqual({
      "users candidate": {
        ...{ id: "candidate", status: "active", createdAt: at(5), lastSignInAt: at(6), mergedInto: null },
      },
    });
    expect(await made("o-3", "candidate too"), "in another app").toEqual({});
    expect(await made("o-2", "candidate"), "of another openid").toEqual({});
  });
});

describe("a unionid", () => {
  it("belongs in its group to the user of the openid, else to the candidate, and is given once", async () => {
    const given = (group: string, unionid: string, openid = "o-1", appId = "wx0") =>
      changed(insertUnion, { group, unionid, appId, openid, candidate: "new", now: at(60) });
    const made = (userId: string) => ({
      "unions main u-9": { ...union("main", "u-9", userId), createdAt: at(60) },
    });
    expect(await given("main", "u-9")).toEqual(made("alice"));
    expect(await given("main", "u-9", "o-1", "wx1")).toEqual(made("carol"));
    expect(await given("main", "u-9", "o-9")).toEqual(made("new"));
    expect(await given("main", "u-1", "o-2")).toEqual({});
  });

  it("is found with its user in that group, and confirmed as theirs alone", async () => {
    expect(await found(findUnionUser, { group: "other", unionid: "u-2" })).toEqual([
      { userId: "bob", userStatus: "blocked" },
    ]);
    const confirmed = (group: string, unionid: string, userId: string) =>
      found(confirmUnion, { group, unionid, userId });
    expect(await confirmed("main", "u-1", "alice")).toEqual([{ userId: "alice" }]);
    expect(await confirmed("other", "u-1", "alice"), "in another group").toEqual([]);
    expect(await confirmed("main", "u-2", "alice"), "another's").toEqual([]);
    expect(await confirmed("main", "u-9", "alice"), "of none").toEqual([]);
  });

  it("follows the binding from the candidate, and from a user who was erased or merged into the binding's", async () => {
    const settled = (unionid: string) =>
      changed(settleUnion, { ...alice, group: "main", unionid, candidate: "candidate" });
    for (const unionid of ["u-3", "u-4", "u-5"])
      expect(await settled(unionid)).toEqual({ [`unions main ${unionid}`]: { userId: "alice" } });
    expect(await settled("u-2"), "another's").toEqual({});
    expect(
      await changed(settleUnion, {
        ...{ appId: "wx1", openid: "o-1", group: "main", unionid: "u-3", candidate: "candidate" },
      }),
      "of one who was merged into another",
    ).toEqual({});
  });

  it("that two users have is a conflict in that group, unless one was merged into the other", async () => {
    const conflict = (group: string, unionid: string, of = alice) =>
      changed(insertConflictOfBinding, { id: "new", group, unionid, ...of });
    const made = {
      ...{ id: "new", group: "main", unionid: "u-2", userId: "alice", otherUserId: "carol" },
      ...{ createdAt: at(1), resolvedAt: null, resolution: null },
    };
    expect(await conflict("main", "u-2")).toEqual({ "identityConflicts new": made });
    expect(await conflict("other", "u-2")).toEqual({
      "identityConflicts new": { ...made, group: "other", otherUserId: "bob" },
    });
    expect(await conflict("main", "u-2", { appId: "wx0", openid: "o-2" })).toEqual({
      "identityConflicts new": { ...made, userId: "bob" },
    });
    expect(await conflict("main", "u-1"), "her own").toEqual({});
    expect(await conflict("main", "u-3"), "merged into her").toEqual({});
    expect(await conflict("main", "u-9"), "of none").toEqual({});
  });

  it("that is not the binding's own any more is a conflict, once", async () => {
    const change = { id: "new", group: "main", unionid: "u-1", userId: "alice", otherUserId: "alice" };
    expect(await changed(insertUnionidChange, { ...change, now: at(60) })).toEqual({
      "identityConflicts new": { ...change, createdAt: at(60), resolvedAt: null, resolution: null },
    });
  });
});
