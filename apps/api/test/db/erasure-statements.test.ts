import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import { deleteBatchSize } from "../../src/db/delete-batch.js";
import {
  blankIdempotencyKeys,
  deleteAuditDetails,
  deleteBindLinks,
  deleteConflicts,
  deleteConsents,
  deleteErasedUser,
  deleteExternalUsers,
  deleteMerge,
  deleteMergeMoves,
  deleteTickets,
  deleteUnion,
  findBlockedIdentity,
  findErasure,
  insertBlockedIdentity,
  insertBlockedUnion,
  insertErasure,
  listBlockedIdentities,
  listErasures,
  listMergesOfUser,
  listOpenErasures,
  listUsersMergedInto,
  lockErasedUser,
  stepBackGroupJoin,
} from "../../src/db/erasures.js";
import { jsonRows } from "../../src/db/json-rows.js";
import { emptyTables } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

// Alice and Bob have the same rows: what is erased of one must leave the other.

const people = ["alice", "bob"];

const link = (id: string, clientId: string, externalId: string, userId: string | null = null) => ({
  ...{ id, secretHash: id, clientId, externalId, label: "-", returnTo: "/", nonceHash: "-", userId },
  ...{ createdAt: at(0), expiresAt: at(100) },
});

async function seed(db: Database): Promise<void> {
  await addRows(db, "users", [
    { id: "alice", createdAt: at(0) },
    { id: "bob", createdAt: at(0), status: "blocked" },
    { id: "carol", createdAt: at(0) },
    { id: "was alice", createdAt: at(0), status: "blocked", mergedInto: "alice" },
  ]);
  const binding = { scope: "snsapi_base", createdAt: at(0), lastSignInAt: at(0) };
  await addRows(db, "bindings", [
    ...people.map((id) => ({ ...binding, id: `of ${id}`, appId: "wx0", openid: `o-${id}`, userId: id })),
    { ...binding, id: "in another app", appId: "wx1", openid: "o-amy", userId: "alice" },
  ]);
  await addRows(
    db,
    "unions",
    people.flatMap((userId) =>
      ["main", "other"].map((group) => ({ group, unionid: `u-${userId}`, userId, createdAt: at(0) })),
    ),
  );
  await addRows(
    db,
    "externalUsers",
    people.flatMap((userId, n) =>
      ["shop", "forum"].map((clientId, m) => ({
        ...{ clientId, externalId: String((n + m) % 2), userId, createdAt: at(0) },
      })),
    ),
  );
  await addRows(db, "bindLinks", [
    link("used by alice", "club", "7", "alice"),
    link("for alice", "shop", "0"),
    link("for alice as well", "forum", "1"),
    link("for bob", "shop", "1"),
    link("for bob as well", "forum", "0"),
    link("for no one", "club", "0"),
  ]);
  const ticket = { clientId: "shop", nonceHash: "-", signInId: "-", isNew: 0, createdAt: at(0) };
  const key = { clientId: "shop", requestHash: "-", createdAt: at(0), expiresAt: at(9), status: 200 };
  const consent = { bindingId: "-", purpose: "profile", answer: "agreed", at: at(0) } as const;
  for (const userId of people) {
    await addRows(db, "tickets", [{ ...ticket, ticketHash: `of ${userId}`, userId, expiresAt: at(9) }]);
    await addRows(db, "idempotencyKeys", [{ ...key, key: `of ${userId}`, answer: "{}", userId }]);
    await addRows(db, "consents", [{ ...consent, id: `of ${userId}`, userId }]);
    await addRows(db, "auditDetails", [{ auditId: `of ${userId}`, userId, detail: "-" }]);
  }
  const conflict = { group: "main", createdAt: at(0) };
  await addRows(db, "identityConflicts", [
    { ...conflict, id: "hers", unionid: "1", userId: "alice", otherUserId: "carol" },
    { ...conflict, id: "with her", unionid: "2", userId: "carol", otherUserId: "alice" },
    { ...conflict, id: "of others", unionid: "3", userId: "bob", otherUserId: "carol" },
  ]);
  const merge = { operatorId: "olga", createdAt: at(0) };
  await addRows(db, "merges", [
    { ...merge, id: "into her", fromUserId: "was alice", intoUserId: "alice" },
    { ...merge, id: "from her", fromUserId: "alice", intoUserId: "carol" },
    { ...merge, id: "of others", fromUserId: "bob", intoUserId: "carol" },
  ]);
  await addRows(db, "mergeMoves", [
    { mergeId: "into her", kind: "binding", key: "1" },
    { mergeId: "into her", kind: "session", key: "2" },
    { mergeId: "of others", kind: "binding", key: "1" },
  ]);
  await addRows(db, "groupJoins", [
    { appId: "wx0", group: "main", after: "o-bob" },
    { appId: "wx0", group: "other", after: "o-alice" },
    { appId: "wx1", group: "main", after: "o-bob" },
  ]);
  await addRows(db, "erasures", [
    { userId: "gone", operatorId: "olga", at: at(50) },
    { userId: "carol", operatorId: null, at: at(50) },
    { userId: "alice", operatorId: null, at: at(40) },
    { userId: "bob", operatorId: null, at: at(60) },
    { userId: "with a sign-in", operatorId: null, at: at(50) },
  ]);
  await addRows(db, "blockedIdentities", [
    { hash: "hash 1", at: at(0) },
    { hash: "hash 2", at: at(0) },
  ]);
  const signIn = { purpose: "sign_in", appId: "wx0", returnTo: "/", browserHash: "-" } as const;
  await addRows(db, "signIns", [
    { ...signIn, id: "left", userId: "with a sign-in", createdAt: at(0), expiresAt: at(100) },
  ]);
}

const { changed, found, seeded } = seededStatements(seed);

const many = <Row>(count: number, rowOf: (n: number) => Row) =>
  Array.from({ length: count }, (_, n) => rowOf(n));

describe("the ledger of erasures", () => {
  it("has each user once, with who erased them, and is read in the order of the ids, a batch at a time [T122]", async () => {
    const erasure = { userId: "new", operatorId: "olga", at: at(70) };
    expect(await changed(insertErasure, erasure)).toEqual({ "erasures new": erasure });
    expect(await changed(insertErasure, { ...erasure, userId: "gone", operatorId: null })).toEqual({});
    expect(await found(findErasure, { userId: "gone" })).toEqual([{ userId: "gone" }]);
    expect(await found(listErasures, { after: "bob" })).toEqual([
      { userId: "carol", operatorId: null, at: at(50) },
      { userId: "gone", operatorId: "olga", at: at(50) },
      { userId: "with a sign-in", operatorId: null, at: at(50) },
    ]);
    const db = await emptyTables(await seeded());
    const ids = many(deleteBatchSize + 1, (n) => `${2000 - n}`);
    await addRows(
      db,
      "erasures",
      ids.map((userId) => ({ userId, at: at(0) })),
    );
    const listed = (await db.run(listErasures, { after: "" })).map(({ userId }) => userId);
    expect(listed).toEqual(ids.toReversed().slice(0, deleteBatchSize));
  });

  it("tells which erasures of some time are not finished: the user or a sign-in is there, 20 at a time [T122]", async () => {
    const open = await found(listOpenErasures, { after: at(40), before: at(60) });
    expect(open.map(({ userId }) => userId).sort()).toEqual(["carol", "with a sign-in"]);
    const db = await emptyTables(await seeded());
    const ids = many(21, (n) => `user ${n}`);
    await addRows(
      db,
      "users",
      ids.map((id) => ({ id, createdAt: at(0) })),
    );
    await addRows(
      db,
      "erasures",
      ids.map((userId) => ({ userId, at: at(50) })),
    );
    expect(await db.run(listOpenErasures, { after: at(40), before: at(60) })).toHaveLength(20);
  });
});

describe("an erasure", () => {
  it("takes what names the person, and leaves the same of others [T122]", async () => {
    const userId = "alice";
    expect(await changed(deleteConsents, { userId })).toEqual({ "consents of alice": "deleted" });
    expect(await changed(deleteTickets, { userId })).toEqual({ "tickets of alice": "deleted" });
    expect(await changed(deleteExternalUsers, { userId })).toEqual({
      "externalUsers forum 1": "deleted",
      "externalUsers shop 0": "deleted",
    });
    expect(await changed(deleteAuditDetails, { userId })).toEqual({ "auditDetails of alice": "deleted" });
    expect(await changed(blankIdempotencyKeys, { userId })).toEqual({
      "idempotencyKeys shop of alice": { answer: null, userId: null },
    });
    expect(await changed(deleteConflicts, { userId })).toEqual({
      "identityConflicts hers": "deleted",
      "identityConflicts with her": "deleted",
    });
    expect(await changed(deleteBindLinks, { userId })).toEqual({
      "bindLinks used by alice": "deleted",
      "bindLinks for alice": "deleted",
      "bindLinks for alice as well": "deleted",
    });
    const union = { group: "main", unionid: "u-alice", userId };
    expect(await changed(deleteUnion, union)).toEqual({ "unions main u-alice": "deleted" });
    expect(await changed(deleteUnion, { ...union, userId: "bob" })).toEqual({});
  });

  it("takes the merges of the person with what they moved, a batch at a time [T122]", async () => {
    expect((await found(listMergesOfUser, { userId: "alice" })).map(({ id }) => id).sort()).toEqual([
      "from her",
      "into her",
    ]);
    expect(await changed(deleteMergeMoves, { mergeId: "into her" })).toEqual({
      "mergeMoves into her binding 1": "deleted",
      "mergeMoves into her session 2": "deleted",
    });
    expect(await changed(deleteMerge, { id: "from her" })).toEqual({ "merges from her": "deleted" });
    const db = await seeded();
    const moves = many(deleteBatchSize, (n) => ({
      mergeId: "from her",
      kind: "binding" as const,
      key: `${n}`,
    }));
    await addRows(db, "mergeMoves", [...moves, { mergeId: "from her", kind: "session", key: "more" }]);
    expect(await db.run(deleteMergeMoves, { mergeId: "from her" })).toHaveLength(deleteBatchSize);
  });

  it("takes the user last, once no binding is theirs, and locks also one who was merged [T122]", async () => {
    expect(await changed(deleteErasedUser, { id: "carol" })).toEqual({ "users carol": "deleted" });
    expect(await changed(deleteErasedUser, { id: "alice" })).toEqual({});
    expect(await found(lockErasedUser, { id: "was alice" })).toEqual([{ id: "was alice" }]);
    expect(await found(listUsersMergedInto, { id: "alice" })).toEqual([
      { id: "was alice", status: "blocked" },
    ]);
  });

  it("remembers the identities of who is blocked, and of them alone [T122]", async () => {
    const blocked = (userId: string) => changed(insertBlockedIdentity, { hash: "new", userId, at: at(70) });
    const remembered = { "blockedIdentities new": { hash: "new", at: at(70) } };
    expect(await blocked("bob")).toEqual(remembered);
    expect(await blocked("alice")).toEqual({});
    const union = { hash: "new", group: "main", unionid: "u-bob", userId: "bob", at: at(70) };
    expect(await changed(insertBlockedUnion, union)).toEqual(remembered);
    for (const other of [{ unionid: "u-alice" }, { userId: "alice" }, { group: "third" }])
      expect(await changed(insertBlockedUnion, { ...union, ...other })).toEqual({});
    expect(
      await changed(insertBlockedUnion, { ...union, unionid: "u-alice", userId: "alice" }),
      "not blocked",
    ).toEqual({});
    expect(await found(findBlockedIdentity, { hash: "hash 2" })).toEqual([{ hash: "hash 2" }]);
    const rows = jsonRows([{ hash: "hash 3" }, { hash: "hash 1" }]);
    expect(await found(listBlockedIdentities, { rows })).toEqual([{ place: 1 }]);
  });

  it("lets a job that joins a group go on from the openid before, in that app [T122]", async () => {
    expect(await changed(stepBackGroupJoin, { appId: "wx0", openid: "o-bob" })).toEqual({
      "groupJoins wx0 main": { after: "o-alice" },
    });
    expect(await changed(stepBackGroupJoin, { appId: "wx0", openid: "o-alice" })).toEqual({
      "groupJoins wx0 other": { after: "" },
    });
  });
});
