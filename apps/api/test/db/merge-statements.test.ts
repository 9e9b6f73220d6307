import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import { moveBackBrowsers, moveBrowsers, noteMovedBrowsers } from "../../src/db/merged-browsers.js";
import {
  clearMergedInto,
  deleteMovesBefore,
  deleteSessionsOfOthersSignIns,
  findMerge,
  followMerge,
  insertMerge,
  listMoves,
  moveBackBindings,
  moveBackConsents,
  moveBackExternalUser,
  moveBackLateUnions,
  moveBackSessions,
  moveBackSignIns,
  moveBackUnion,
  moveBindings,
  moveConsents,
  moveExternalUsers,
  moveSessions,
  moveSignIns,
  moveUnions,
  noteMovedBindings,
  noteMovedExternalUsers,
  noteMovedSessions,
  noteMovedSignIns,
  noteMovedUnions,
  setMergedInto,
  setMergeUndone,
} from "../../src/db/merges.js";
import type { MergeMoveKind } from "../../src/db/schema.js";
import { changesOf } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { nothing, seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

// `from` is merged into `into`; what is third's must stay as it is.

const binding = (id: string, userId: string, about: object = {}) => ({
  ...{
    id,
    appId: "wx1",
    openid: `o ${id}`,
    userId,
    scope: "snsapi_base",
    createdAt: at(0),
    lastSignInAt: at(0),
  },
  ...about,
});
const session = (id: string, userId: string, signInId = `of ${userId}`) => ({
  ...{ secretHash: id, id, userId, signInId, createdAt: at(0), lastSeenAt: at(0), expiresAt: at(900) },
});
const signIn = (id: string, userId: string, about: object = {}) => ({
  ...{ id, purpose: "sign_in" as const, appId: "wx1", returnTo: "/", browserHash: "-", userId },
  ...{ browserUserId: userId, createdAt: at(0), expiresAt: at(900), ...about },
});
const union = (group: string, unionid: string, userId: string) => ({
  ...{ group, unionid, userId, createdAt: at(0) },
});
const consent = (id: string, userId: string, bindingId: string) => ({
  ...{ id, userId, bindingId, purpose: "profile" as const, answer: "agreed" as const, at: at(0) },
});
const externalUser = (clientId: string, externalId: string, userId: string) => ({
  ...{ clientId, externalId, userId, createdAt: at(0) },
});
const merge = (id: string, about: object = {}) => ({
  ...{ id, fromUserId: "from", intoUserId: "into", operatorId: "olga", conflictId: null },
  ...{ createdAt: at(50), undoneAt: null, undoneBy: null, ...about },
});

async function seed(db: Database): Promise<void> {
  const user = (id: string, about: object = {}) => ({ id, createdAt: at(0), ...about });
  await addRows(db, "users", [
    ...["from", "into", "third"].map((id) => user(id)),
    user("blocked", { status: "blocked" }),
    user("merged", { mergedInto: "blocked" }),
    user("merged too", { mergedInto: "blocked" }),
  ]);
  await addRows(db, "merges", [
    merge("m1"),
    merge("m2"),
    merge("old", { createdAt: at(49) }),
    merge("undone", { undoneAt: at(60), undoneBy: "otto" }),
  ]);
}
const { seeded, done, found } = seededStatements(seed);

const users = { fromUserId: "from", intoUserId: "into" };
const three = ["from", "into", "third"];

describe("a statement of a merge", () => {
  it("merges a user who is not merged yet into one of the same status, unless the erasure of one has begun", async () => {
    const merged = { rows: [{ id: "from" }], changes: { "users from": { mergedInto: "into" } } };
    expect(await done(setMergedInto, users)).toEqual(merged);
    expect(await done(setMergedInto, { fromUserId: "merged", intoUserId: "into" })).toEqual(nothing);
    expect(await done(setMergedInto, { fromUserId: "from", intoUserId: "blocked" })).toEqual(nothing);
    expect(await done(setMergedInto, { fromUserId: "from", intoUserId: "unknown" })).toEqual(nothing);
    for (const [userId, expected] of [
      ["from", nothing],
      ["into", nothing],
      ["third", merged],
    ] as const) {
      const db = await seeded();
      await addRows(db, "erasures", [{ userId, at: at(0) }]);
      expect(await changesOf(db, setMergedInto, users), userId).toEqual(expected);
    }
  });

  it("makes a merged user one of their own again, with the status of the one whom they were", async () => {
    expect(await done(clearMergedInto, { fromUserId: "merged", intoUserId: "blocked" })).toEqual({
      ...{ rows: [{ id: "merged" }], changes: { "users merged": { mergedInto: null, status: "blocked" } } },
    });
    expect(await done(clearMergedInto, { fromUserId: "merged", intoUserId: "into" })).toEqual(nothing);
  });

  it("writes each value of a merge, and undoes once one that is young enough", async () => {
    const values = { ...merge("new"), conflictId: "c" };
    const { createdAt, undoneAt, undoneBy, ...given } = values;
    expect(await done(insertMerge, { ...given, now: at(50) })).toEqual({
      ...{ rows: [{ id: "new" }], changes: { "merges new": values } },
    });
    expect(await found(findMerge, { id: "m1" })).toEqual([merge("m1")]);
    const undo = { madeAfter: at(49), operatorId: "otto", now: at(60) };
    expect(await done(setMergeUndone, { id: "m1", ...undo })).toEqual({
      ...{ rows: [{ id: "m1" }], changes: { "merges m1": { undoneAt: at(60), undoneBy: "otto" } } },
    });
    for (const id of ["old", "undone"]) expect(await done(setMergeUndone, { id, ...undo })).toEqual(nothing);
  });

  it("notes and moves all that the one user has in a table, and nothing of another", async () => {
    const db = await seeded();
    await addRows(
      db,
      "bindings",
      three.map((id) => binding(`of ${id}`, id)),
    );
    await addRows(
      db,
      "sessions",
      three.map((id) => session(`of ${id}`, id)),
    );
    await addRows(
      db,
      "signIns",
      three.map((id) => signIn(`of ${id}`, id)),
    );
    await addRows(db, "signIns", [signIn("in the browser of from", "into", { browserUserId: "from" })]);
    await addRows(
      db,
      "externalUsers",
      three.map((id) => externalUser("shop", `of ${id}`, id)),
    );
    await addRows(
      db,
      "consents",
      three.map((id) => consent(`of ${id}`, id, `of ${id}`)),
    );
    const { fromUserId } = users;
    for (const [note, kind, keys] of [
      [noteMovedBindings, "binding", ["of from"]],
      [noteMovedSessions, "session", ["of from"]],
      [noteMovedSignIns, "sign_in", ["of from"]],
      [noteMovedBrowsers, "browser_sign_in", ["in the browser of from", "of from"]],
      [noteMovedExternalUsers, "external_user", ["shop/of from"]],
    ] as const) {
      const { rows, changes } = await changesOf<{ mergeId: string; fromUserId: string }, { key: string }>(
        ...[db, note, { mergeId: "m1", fromUserId }],
      );
      expect(rows.map(({ key }) => key).sort()).toEqual(keys);
      expect(changes).toEqual(
        Object.fromEntries(keys.map((key) => [`mergeMoves m1 ${kind} ${key}`, { mergeId: "m1", kind, key }])),
      );
    }
    const moved = { userId: "into" };
    for (const [move, expected] of [
      [moveBindings, { "bindings of from": moved }],
      [moveSessions, { "sessions of from": moved }],
      [moveSignIns, { "signIns of from": moved }],
      [moveExternalUsers, { "externalUsers shop of from": moved }],
      [moveConsents, { "consents of from": moved }],
    ] as const) {
      expect((await changesOf(db, move, users)).changes).toEqual(expected);
    }
    expect((await changesOf(db, moveBrowsers, users)).changes).toEqual({
      "signIns of from": { browserUserId: "into" },
      "signIns in the browser of from": { browserUserId: "into" },
    });
  });

  it("notes and moves of one group the unionids of the user's bindings that are the user's", async () => {
    const db = await seeded();
    const bindings = [
      binding("1", "from", { unionid: "u1" }),
      binding("2", "from", { unionid: "of third" }),
      binding("3", "third", { unionid: "without a binding" }),
    ];
    await addRows(db, "bindings", bindings);
    await addRows(db, "unions", [
      ...[union("g", "u1", "from"), union("h", "u1", "from"), union("g", "of third", "third")],
      union("g", "without a binding", "from"),
    ]);
    const note = { mergeId: "m1", fromUserId: "from", group: "g" };
    expect(await changesOf(db, noteMovedUnions, note)).toEqual({
      rows: [{ key: "g/u1" }],
      changes: { "mergeMoves m1 union g/u1": { mergeId: "m1", kind: "union", key: "g/u1" } },
    });
    expect(await changesOf(db, moveUnions, { ...users, group: "g" })).toEqual({
      ...{ rows: [{ unionid: "u1" }], changes: { "unions g u1": { userId: "into" } } },
    });
  });

  it("lets a binding that was made meanwhile follow to the survivor", async () => {
    const db = await seeded();
    await addRows(db, "bindings", [
      binding("new", "from"),
      binding("other", "from"),
      binding("its", "third"),
    ]);
    expect(await changesOf(db, followMerge, { bindingId: "new", ...users })).toEqual({
      ...{ rows: [{ id: "new" }], changes: { "bindings new": { userId: "into" } } },
    });
    expect(await changesOf(db, followMerge, { bindingId: "its", ...users })).toEqual(nothing);
  });
});

describe("a statement of an undone merge", () => {
  const move = (mergeId: string, kind: MergeMoveKind, key: string) => ({ mergeId, kind, key });
  const undo = { ...users, mergeId: "m1" };

  /** A row that the merge moved, and its neighbours. */
  const places = ["moved", "by another merge", "as another kind", "since", "third's"] as const;
  async function withMoves() {
    const db = await seeded();
    const kinds = ["binding", "session", "sign_in", "browser_sign_in"] as const;
    await addRows(
      db,
      "mergeMoves",
      kinds.flatMap((kind) => [
        move("m1", kind, "moved"),
        move("m1", kind, "third's"),
        move("m2", kind, "by another merge"),
      ]),
    );
    await addRows(db, "mergeMoves", [move("m1", "union", "as another kind")]);
    const owner = (place: string) => (place === "third's" ? "third" : "into");
    await addRows(
      db,
      "bindings",
      places.map((id) => binding(id, owner(id))),
    );
    await addRows(
      db,
      "sessions",
      places.map((id) => session(id, owner(id))),
    );
    await addRows(
      db,
      "signIns",
      places.map((id) => signIn(id, owner(id))),
    );
    return db;
  }

  it("moves back the rows that this merge moved and that are still the survivor's", async () => {
    const db = await withMoves();
    expect(await changesOf(db, moveBackSessions, undo)).toEqual({
      ...{ rows: [{ id: "moved" }], changes: { "sessions moved": { userId: "from" } } },
    });
    expect(await changesOf(db, moveBackBrowsers, undo)).toEqual({
      ...{ rows: [{ id: "moved" }], changes: { "signIns moved": { browserUserId: "from" } } },
    });
    expect(await changesOf(db, moveBackSignIns, undo)).toEqual({
      ...{ rows: [{ id: "moved" }], changes: { "signIns moved": { userId: "from" } } },
    });
    expect(await changesOf(db, moveBackBindings, undo)).toEqual({
      rows: [{ id: "moved", appId: "wx1", openid: "o moved" }],
      changes: { "bindings moved": { userId: "from" } },
    });
  });

  it("moves back the later sign-ins of the bindings that went back, and ends the sessions that they opened", async () => {
    const db = await seeded();
    await addRows(db, "bindings", [
      binding("back", "from", { openid: "o1" }),
      binding("stays", "into", { openid: "o2" }),
    ]);
    await addRows(db, "signIns", [
      signIn("later", "into", { openid: "o1" }),
      signIn("of the other", "into", { openid: "o2" }),
      signIn("in another app", "into", { appId: "wx2", openid: "o1" }),
      signIn("third's", "third", { openid: "o1" }),
    ]);
    await addRows(db, "sessions", [
      session("opened since", "into", "later"),
      session("its own", "from", "later"),
      session("of the other", "into", "of the other"),
    ]);
    expect(await changesOf(db, moveBackSignIns, undo)).toEqual({
      ...{ rows: [{ id: "later" }], changes: { "signIns later": { userId: "from" } } },
    });
    expect(await changesOf(db, deleteSessionsOfOthersSignIns, users)).toEqual({
      ...{ rows: [{ id: "opened since" }], changes: { "sessions opened since": "deleted" } },
    });
  });

  it("moves back what was agreed to for the bindings that went back", async () => {
    const db = await seeded();
    await addRows(db, "bindings", [binding("back", "from"), binding("stays", "into")]);
    await addRows(db, "consents", [
      consent("back", "into", "back"),
      consent("stays", "into", "stays"),
      consent("third's", "third", "back"),
    ]);
    expect(await changesOf(db, moveBackConsents, users)).toEqual({
      ...{ rows: [{ id: "back" }], changes: { "consents back": { userId: "from" } } },
    });
  });

  it("moves back a unionid that a binding which went back has, in its group", async () => {
    const db = await seeded();
    await addRows(db, "bindings", [
      binding("1", "from", { unionid: "u1" }),
      binding("2", "from", { unionid: "u2" }),
      binding("3", "into", { unionid: "u3" }),
    ]);
    const unions = [union("g", "u1", "into"), union("h", "u1", "into"), union("g", "u2", "into")];
    await addRows(db, "unions", [...unions, union("g", "u3", "into")]);
    const values = { ...users, group: "g", unionid: "u1" };
    for (const not of [{ unionid: "u3" }, { intoUserId: "third" }]) {
      expect(await changesOf(db, moveBackUnion, { ...values, ...not })).toEqual(nothing);
    }
    expect(await changesOf(db, moveBackUnion, values)).toEqual({
      ...{ rows: [{ unionid: "u1" }], changes: { "unions g u1": { userId: "from" } } },
    });
  });

  it("moves back the unionids that came since and that only bindings which went back have", async () => {
    const db = await seeded();
    await addRows(db, "bindings", [
      binding("1", "from", { unionid: "u1" }),
      binding("2", "from", { unionid: "of both" }),
      binding("3", "into", { unionid: "of both" }),
      binding("4", "from", { unionid: "of third" }),
      binding("5", "third", { unionid: "of no binding" }),
    ]);
    await addRows(db, "unions", [
      ...[union("g", "u1", "into"), union("h", "u1", "into"), union("g", "of both", "into")],
      ...[union("g", "of third", "third"), union("g", "of no binding", "into")],
    ]);
    expect(await changesOf(db, moveBackLateUnions, { ...users, group: "g" })).toEqual({
      ...{ rows: [{ unionid: "u1" }], changes: { "unions g u1": { userId: "from" } } },
    });
  });

  it("moves back one user of a host, if they are still the survivor's", async () => {
    const db = await seeded();
    await addRows(db, "externalUsers", [
      ...[externalUser("shop", "1", "into"), externalUser("shop", "2", "into")],
      ...[externalUser("forum", "1", "into"), externalUser("shop", "3", "third")],
    ]);
    const one = { ...users, clientId: "shop", externalId: "1" };
    expect(await changesOf(db, moveBackExternalUser, { ...one, externalId: "3" })).toEqual(nothing);
    expect(await changesOf(db, moveBackExternalUser, one)).toEqual({
      ...{ rows: [{ clientId: "shop" }], changes: { "externalUsers shop 1": { userId: "from" } } },
    });
  });

  it("lists what one merge moved of one kind, and forgets in batches of 500 what earlier merges moved", async () => {
    const db = await withMoves();
    const listed = await db.run(listMoves, { mergeId: "m1", kind: "binding" });
    expect(listed.map(({ key }) => key).sort()).toEqual(["moved", "third's"]);
    expect(Object.keys((await changesOf(db, deleteMovesBefore, { mergeId: "m2" })).changes).sort()).toEqual(
      [
        ...["binding", "browser_sign_in", "session", "sign_in"].flatMap((kind) => [
          ...[`mergeMoves m1 ${kind} moved`, `mergeMoves m1 ${kind} third's`],
        ]),
        "mergeMoves m1 union as another kind",
      ].sort(),
    );
    await addRows(
      db,
      "mergeMoves",
      Array.from({ length: 501 }, (_, n) => move("m1", "binding", `${n}`)),
    );
    expect(await db.run(deleteMovesBefore, { mergeId: "m2" })).toHaveLength(500);
    expect(await db.run(deleteMovesBefore, { mergeId: "m2" })).toHaveLength(1);
  });
});
