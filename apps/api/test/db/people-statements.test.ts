import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import { findOwnUser, listOwnConsents, listOwnSignIns } from "../../src/db/own-data.js";
import { claimProfileRead, setProfile } from "../../src/db/profiles.js";
import { deleteUnionOfBinding, findNextUnionGroup } from "../../src/db/unions.js";
import { findUserState, lockUser, setUserStatus, touchUser } from "../../src/db/users.js";
import { changesOf } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { nothing, seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const people = ["alice", "bob", "blocked", "merged"] as const;

const binding = (id: string, about: object = {}) => ({
  ...{ id, appId: "wx1", openid: `o ${id}`, userId: "alice", scope: "snsapi_base", createdAt: at(0) },
  ...{ lastSignInAt: at(0), ...about },
});

async function seed(db: Database): Promise<void> {
  await addRows(
    db,
    "users",
    people.map((id) => ({
      ...{ id, createdAt: at(0), lastSignInAt: at(1) },
      ...{ status: id === "blocked" ? id : "active", mergedInto: id === "merged" ? "alice" : null },
    })),
  );
  await addRows(
    db,
    "bindings",
    people.map((userId) => binding(`of ${userId}`, { userId })),
  );
}
const { seeded, done, found } = seededStatements(seed);

describe("a statement about users", () => {
  it("locks or reads one: a lock is got of no user who was merged into another", async () => {
    for (const id of ["alice", "blocked"]) {
      expect(await done(lockUser, { id })).toEqual({ rows: [{ id }], changes: {} });
    }
    expect(await done(lockUser, { id: "merged" })).toEqual(nothing);
    expect(await found(findUserState, { id: "merged" })).toEqual([
      { id: "merged", status: "active", mergedInto: "alice" },
    ]);
  });

  it("blocks or unblocks one who is not so already, and was not merged into another", async () => {
    expect(await done(setUserStatus, { id: "alice", status: "blocked" })).toEqual({
      ...{ rows: [{ id: "alice" }], changes: { "users alice": { status: "blocked" } } },
    });
    expect(await done(setUserStatus, { id: "alice", status: "active" })).toEqual(nothing);
    expect(await done(setUserStatus, { id: "merged", status: "blocked" })).toEqual(nothing);
  });

  it("notes a sign-in of one who is active, by a binding that is theirs", async () => {
    const touch = { id: "alice", bindingId: "of alice", now: at(9) };
    expect(await done(touchUser, touch)).toEqual({
      ...{ rows: [{ id: "alice" }], changes: { "users alice": { lastSignInAt: at(9) } } },
    });
    for (const not of [
      { bindingId: "of bob" },
      { id: "blocked", bindingId: "of blocked" },
      { id: "merged", bindingId: "of merged" },
    ]) {
      expect(await done(touchUser, { ...touch, ...not }), JSON.stringify(not)).toEqual(nothing);
    }
  });
});

describe("a statement about unionids", () => {
  const union = (group: string, unionid: string, userId = "alice") => ({
    ...{ group, unionid, userId, createdAt: at(0) },
  });

  it("goes from one group that has any to the next", async () => {
    const db = await seeded();
    await addRows(db, "unions", [union("c", "u1"), union("a", "u1"), union("b", "u1"), union("a", "u2")]);
    const next = async (after: string) => db.run(findNextUnionGroup, { after });
    expect(await next("")).toEqual([{ group: "a" }]);
    expect(await next("a")).toEqual([{ group: "b" }]);
    expect(await next("c")).toEqual([]);
  });

  it("takes one from a user unless a binding of theirs still has it, in an app of the group", async () => {
    const values = { group: "g", unionid: "u1", userId: "alice", otherApps: "wx8 wx9" };
    const ofUnion = async (about: object, given: object = {}) => {
      const db = await seeded();
      await addRows(db, "unions", [union("g", "u1"), union("h", "u1"), union("g", "u2")]);
      await addRows(db, "bindings", [binding("new", { unionid: "u1", ...about })]);
      return changesOf(db, deleteUnionOfBinding, { ...values, ...given });
    };
    const taken = { rows: [{ unionid: "u1" }], changes: { "unions g u1": "deleted" } };
    expect(await ofUnion({})).toEqual(nothing);
    expect(await ofUnion({ appId: "wx9" }), "another app's").toEqual(taken);
    expect(await ofUnion({ userId: "bob" }), "another user's").toEqual(taken);
    expect(await ofUnion({ unionid: "u2" }), "another unionid").toEqual(taken);
    expect(await ofUnion({}, { userId: "bob" }), "not the owner").toEqual(nothing);
  });
});

describe("a statement about profiles", () => {
  it("lets one process read a profile that was not read since a moment", async () => {
    const claim = { checkedBefore: at(50), now: at(60) };
    const claimed = async (bindingId: string, profileCheckedAt: Date | null) => {
      const db = await seeded();
      await addRows(db, "bindings", [
        binding("its", { profileCheckedAt }),
        binding("another", { profileCheckedAt }),
      ]);
      return changesOf(db, claimProfileRead, { bindingId, ...claim });
    };
    const now = { rows: [{ id: "its" }], changes: { "bindings its": { profileCheckedAt: at(60) } } };
    expect(await claimed("its", null)).toEqual(now);
    expect(await claimed("its", at(50))).toEqual(now);
    expect(await claimed("its", at(51))).toEqual(nothing);
  });

  it("writes the profile of one binding", async () => {
    const profile = { nickname: "Ann", nicknameFolded: "ann", avatarUrl: "/ann" };
    expect(await done(setProfile, { bindingId: "of alice", ...profile, now: at(9) })).toEqual({
      ...{ rows: [{ id: "of alice" }], changes: { "bindings of alice": { ...profile, profileAt: at(9) } } },
    });
  });
});

describe("a statement about a person's own data", () => {
  it("reads what is stored of this user and of no other", async () => {
    expect(await found(findOwnUser, { userId: "alice" })).toEqual([
      { id: "alice", createdAt: at(0), lastSignInAt: at(1) },
    ]);
    const db = await seeded();
    const signIn = (id: string, createdAt: Date, userId = "alice") => ({
      ...{ id, purpose: "sign_in" as const, appId: "wx1", returnTo: "/", browserHash: "-", userId },
      ...{ createdAt, expiresAt: at(900), outcome: "signed_in" as const, ip: `ip ${id}`, userAgent: id },
    });
    const written = [signIn("c", at(5)), signIn("a", at(7)), signIn("b", at(5)), signIn("d", at(6), "bob")];
    await addRows(db, "signIns", written);
    const listed = ["a", "c", "b"].map((id) => {
      const { appId, createdAt, outcome, ip, userAgent } =
        written.find((row) => row.id === id) ?? signIn(id, at(0));
      return { id, appId, createdAt, outcome, ip, userAgent };
    });
    expect(await db.run(listOwnSignIns, { userId: "alice", limit: 9 })).toEqual(listed);
    expect(await db.run(listOwnSignIns, { userId: "alice", limit: 2 })).toEqual(listed.slice(0, 2));
    const consent = (id: string, moment: Date, userId = "alice") => ({
      ...{ id, userId, bindingId: "of alice", purpose: "profile" as const, answer: "agreed" as const },
      ...{ noticeVersion: `notice ${id}`, at: moment },
    });
    await addRows(db, "consents", [
      ...[consent("b", at(7)), consent("a", at(7)), consent("c", at(5)), consent("d", at(6), "bob")],
    ]);
    expect(await db.run(listOwnConsents, { userId: "alice" })).toEqual(
      [consent("c", at(5)), consent("a", at(7)), consent("b", at(7))].map(
        ({ id, userId, bindingId, ...said }) => said,
      ),
    );
  });
});
