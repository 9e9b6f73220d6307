import { describe, expect, it } from "vitest";
import {
  deleteBindingOfUser,
  findAvatarOfBinding,
  findBindingOfUser,
  findOtherBinding,
} from "../../src/db/bindings.js";
import {
  findConflict,
  reopenConflictsBetween,
  resolveConflict,
  resolveConflictsWithin,
} from "../../src/db/conflicts.js";
import { findAnswer, lockBinding } from "../../src/db/consents.js";
import type { Database } from "../../src/db/database.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const binding = (id: string, userId: string) => ({
  ...{ id, appId: `app of ${id}`, openid: `o-${id}`, userId, unionid: `u-${id}`, scope: "snsapi_base" },
  ...{ avatarUrl: `/${id}`, createdAt: at(0), lastSignInAt: at(0) },
});

const conflict = (userId: string, otherUserId: string, resolution: "merged" | "kept_apart" | null) => ({
  ...{ id: `${userId}/${otherUserId} ${resolution ?? "open"}`, userId, otherUserId },
  ...{ group: "main", unionid: `${otherUserId}'s ${resolution ?? "open"}`, createdAt: at(0) },
  ...{ resolvedAt: resolution && at(10), resolution },
});

const conflicts = [
  conflict("alice 2", "alice", null),
  conflict("alice", "alice 3", null),
  conflict("alice 2", "alice 2", null),
  conflict("alice", "bob", null),
  conflict("bob", "alice 2", null),
  conflict("alice 2", "alice", "kept_apart"),
  conflict("alice 2", "bob 2", "merged"),
  conflict("bob", "alice 3", "merged"),
  conflict("alice", "bob", "kept_apart"),
  conflict("alice", "alice 2", "merged"),
  conflict("bob 2", "bob", "merged"),
];

async function seed(db: Database): Promise<void> {
  // Alice and Bob are one person each, of several users.
  await addRows(db, "users", [
    ...["alice", "bob"].map((id) => ({ id, createdAt: at(0), mergedInto: null })),
    { id: "alice 2", createdAt: at(0), mergedInto: "alice" },
    { id: "alice 3", createdAt: at(0), mergedInto: "alice 2" },
    { id: "bob 2", createdAt: at(0), mergedInto: "bob" },
  ]);
  await addRows(db, "bindings", [
    binding("bob's", "bob"),
    binding("hers", "alice"),
    binding("her second", "alice"),
    binding("her third", "alice"),
  ]);
  await addRows(db, "identityConflicts", conflicts);
  const consent = { userId: "alice", bindingId: "hers", purpose: "profile", answer: "refused" } as const;
  await addRows(db, "consents", [
    { ...consent, id: "1", at: at(10) },
    { ...consent, id: "2", at: at(50) },
    { ...consent, id: "3", at: at(51) },
    { ...consent, id: "4", bindingId: "her second", at: at(50) },
    { ...consent, id: "5", bindingId: "her third", at: at(1), answer: "agreed" },
  ]);
}

const { changed, found } = seededStatements(seed);

describe("the bindings of a person", () => {
  it("are found and deleted by their own user alone", async () => {
    expect(await found(findBindingOfUser, { id: "hers", userId: "alice" })).toEqual([
      { appId: "app of hers", openid: "o-hers", unionid: "u-hers" },
    ]);
    expect(await found(findBindingOfUser, { id: "hers", userId: "bob" })).toEqual([]);
    expect(await changed(deleteBindingOfUser, { id: "hers", userId: "alice" })).toEqual({
      "bindings hers": "deleted",
    });
    expect(await changed(deleteBindingOfUser, { id: "hers", userId: "bob" })).toEqual({});
  });

  it("have a picture each", async () => {
    expect(await found(findAvatarOfBinding, { id: "hers" })).toEqual([{ avatarUrl: "/hers" }]);
  });

  it("leave another one to sign in by, if the user has several", async () => {
    const others = await found(findOtherBinding, { id: "hers", userId: "alice" });
    expect(others.map(({ id }) => id)).toEqual([expect.stringMatching(/^her (second|third)$/)]);
    expect(await found(findOtherBinding, { id: "bob's", userId: "bob" })).toEqual([]);
  });

  it("are locked one by one, and no lock changes anything", async () => {
    expect(await found(lockBinding, { bindingId: "hers" })).toEqual([{ id: "hers" }]);
  });
});

describe("a question to a person", () => {
  it("is answered once they agreed, or by a refusal of late", async () => {
    const answers = (bindingId: string, refusedBefore: number, purpose: "profile" | "unionid" = "profile") =>
      found(findAnswer, { bindingId, purpose, refusedBefore: at(refusedBefore) });
    expect(await answers("hers", 0), "several refusals").toHaveLength(1);
    expect(await answers("hers", 50)).toEqual([{ id: "3" }]);
    expect(await answers("hers", 51)).toEqual([]);
    expect(await answers("her second", 50)).toEqual([]);
    expect(await answers("her third", 50)).toEqual([{ id: "5" }]);
    expect(await answers("hers", 0, "unionid")).toEqual([]);
  });
});

describe("a conflict", () => {
  const resolved = { resolvedAt: at(60), resolution: "merged" };
  const reopened = { resolvedAt: null, resolution: null };

  it("is found with all that is known of it, and decided once", async () => {
    const [first] = conflicts;
    expect(await found(findConflict, { id: "alice 2/alice open" })).toEqual([first]);
    const decided = (id: string) => changed(resolveConflict, { id, resolution: "kept_apart", now: at(60) });
    expect(await decided("alice 2/alice open")).toEqual({
      "identityConflicts alice 2/alice open": { ...resolved, resolution: "kept_apart" },
    });
    expect(await decided("alice 2/bob 2 merged")).toEqual({});
  });

  it("that is open is resolved once both its users are one person, and it is not of one user alone", async () => {
    expect(await changed(resolveConflictsWithin, { userId: "alice", now: at(60) })).toEqual({
      "identityConflicts alice 2/alice open": resolved,
      "identityConflicts alice/alice 3 open": resolved,
    });
  });

  it("that a merge had resolved is open again once its users are two persons, whichever of them brought the unionid", async () => {
    const twoPersons = { fromUserId: "alice", intoUserId: "bob" };
    expect(await changed(reopenConflictsBetween, twoPersons)).toEqual({
      "identityConflicts alice 2/bob 2 merged": reopened,
      "identityConflicts bob/alice 3 merged": reopened,
    });
  });
});
