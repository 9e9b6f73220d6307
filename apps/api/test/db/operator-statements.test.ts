import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import {
  deleteOperatorLinks,
  findActiveOperator,
  findActiveOwner,
  findOperatorById,
  lockOperators,
  setOperatorRole,
  setOperatorStatus,
} from "../../src/db/operator-changes.js";
import {
  deleteExpiredOperatorLink,
  deleteExpiredOperatorLinks,
  deleteExpiredOperatorSession,
  deleteExpiredOperatorSessions,
  deleteOperatorSession,
  deleteOperatorSessions,
  findAnyOperator,
  findLiveOperatorSession,
  findOperatorByUsername,
  findOperatorLink,
  findStoredOperatorSession,
  insertFirstOperator,
  insertOperator,
  replacePasswordHash,
  resetOperator,
  spendOperatorLink,
  touchOperatorSession,
} from "../../src/db/operators.js";
import type { Tables } from "../../src/db/schema.js";
import { changesOf, emptyTables } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { nothing, seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

// Olga and Oscar are alike: what is done to one must leave the other.

type Operator = Tables["operators"]["$inferSelect"];
const operator = (username: string, about: Partial<Operator> = {}): Operator => ({
  ...{ id: `id of ${username}`, username, passwordHash: "a hash", role: "owner", status: "active" },
  ...{ createdAt: at(0), ...about },
});
const operators = [
  operator("olga"),
  operator("oscar"),
  operator("vera", { role: "viewer" }),
  operator("dora", { status: "disabled" }),
];

const session = (secretHash: string, expires: number, seen: number, operatorId = "id of olga") => ({
  ...{ secretHash, operatorId, createdAt: at(0), lastSeenAt: at(seen), expiresAt: at(expires) },
});

/** What is live at 100 to someone who was seen after 50. */
const live = { now: at(100), seenAfter: at(50) };

async function seed(db: Database): Promise<void> {
  await addRows(db, "operators", operators);
  await addRows(db, "operatorSessions", [
    session("live", 101, 51),
    session("over", 100, 51),
    session("idle", 101, 50),
    session("of oscar", 101, 51, "id of oscar"),
    session("over, of oscar", 100, 50, "id of oscar"),
    session("of dora", 101, 51, "id of dora"),
  ]);
  await addRows(db, "operatorLinks", [
    { secretHash: "open", role: "viewer", createdAt: at(0), expiresAt: at(101) },
    { secretHash: "another", role: "owner", createdAt: at(0), expiresAt: at(101) },
    { secretHash: "over", role: "operator", createdAt: at(0), expiresAt: at(100) },
    { secretHash: "long over", role: "owner", createdAt: at(0), expiresAt: at(99) },
  ]);
}

const { seeded, done, found } = seededStatements(seed);

const olga = { id: "id of olga" };

describe("a statement about operators", () => {
  it("makes the first one where there is none, and a further one under a name that is free", async () => {
    const values = { ...olga, username: "olga", passwordHash: "hash", role: "owner", now: at(7) } as const;
    expect(await found(findAnyOperator, {})).toHaveLength(1);
    expect(await done(insertFirstOperator, { ...values, id: "new", username: "nora" })).toEqual(nothing);
    expect(await done(insertOperator, { ...values, id: "new" })).toEqual(nothing);

    const db = await seeded();
    await emptyTables(db);
    expect(await db.run(findAnyOperator, {})).toEqual([]);
    expect(await changesOf(db, insertFirstOperator, values)).toEqual({
      rows: [olga],
      changes: { "operators id of olga": operator("olga", { passwordHash: "hash", createdAt: at(7) }) },
    });
  });

  it("reads the one of a name or an id, whatever its status", async () => {
    const { createdAt, ...dora } = operator("dora", { status: "disabled" });
    expect(await found(findOperatorByUsername, { username: "dora" })).toEqual([dora]);
    const { username, role, status } = dora;
    expect(await found(findOperatorById, { id: dora.id })).toEqual([{ username, role, status }]);
  });

  it("requires that one has this role, and is not disabled", async () => {
    const owner = { ...olga, role: "owner" } as const;
    expect(await found(findActiveOwner, olga)).toEqual([olga]);
    expect(await found(findActiveOperator, owner)).toEqual([olga]);
    expect(await found(findActiveOperator, { ...owner, role: "viewer" })).toEqual([]);
    for (const id of ["id of vera", "id of dora", "unknown"]) {
      expect(await found(findActiveOwner, { id }), id).toEqual([]);
      expect(await found(findActiveOperator, { ...owner, id }), id).toEqual([]);
    }
  });

  it("locks the first one by id, and changes nothing by it", async () => {
    expect(await done(lockOperators, {})).toEqual({ rows: [{ id: "id of dora" }], changes: {} });
  });

  it("sets the role or the status of one, if that is a change of what was read [T47]", async () => {
    const demotion = { ...olga, from: "owner", to: "operator" } as const;
    expect(await done(setOperatorRole, demotion)).toEqual({
      ...{ rows: [olga], changes: { "operators id of olga": { role: "operator" } } },
    });
    expect(await done(setOperatorRole, { ...demotion, from: "viewer" })).toEqual(nothing);
    expect(await done(setOperatorStatus, { ...olga, status: "disabled" })).toEqual({
      ...{ rows: [olga], changes: { "operators id of olga": { status: "disabled" } } },
    });
    expect(await done(setOperatorStatus, { ...olga, status: "active" })).toEqual(nothing);
  });

  it("sets the password of one, if it is what was read: a reset enables it too, a change requires that it is [T47]", async () => {
    const values = { currentHash: "a hash", passwordHash: "the next" };
    const replaced = { rows: [olga], changes: { "operators id of olga": { passwordHash: "the next" } } };
    expect(await done(replacePasswordHash, { ...olga, ...values })).toEqual(replaced);
    expect(await done(resetOperator, { ...olga, ...values, role: "owner" })).toEqual(replaced);
    const dora = { id: "id of dora" };
    expect(await done(replacePasswordHash, { ...dora, ...values })).toEqual(nothing);
    expect(await done(resetOperator, { ...dora, ...values, role: "owner" })).toEqual({
      rows: [dora],
      changes: { "operators id of dora": { passwordHash: "the next", status: "active" } },
    });
    const changedSince = { ...olga, ...values, currentHash: "another" };
    expect(await done(replacePasswordHash, changedSince)).toEqual(nothing);
    expect(await done(resetOperator, { ...changedSince, role: "owner" })).toEqual(nothing);
    expect(await done(resetOperator, { ...olga, ...values, role: "viewer" })).toEqual(nothing);
  });
});

describe("a statement about operators' sessions", () => {
  it("finds the one of a secret while it is live and its operator is not disabled [T47]", async () => {
    const { id: operatorId } = olga;
    const row = { operatorId, username: "olga", role: "owner", lastSeenAt: at(51), mustEnrol: 0 };
    expect(await found(findLiveOperatorSession, { secretHash: "live", ...live })).toEqual([row]);
    for (const secretHash of ["over", "idle", "of dora", "unknown"]) {
      expect(await found(findLiveOperatorSession, { secretHash, ...live }), secretHash).toEqual([]);
    }
    expect(await found(findStoredOperatorSession, { secretHash: "over" })).toEqual([{ operatorId }]);
  });

  it("says that its operator must enrol if all must have a second factor and this one has none [T108]", async () => {
    let db = await seeded();
    const mustEnrol = async () =>
      (await db.run(findLiveOperatorSession, { secretHash: "live", ...live })).map((row) => row.mustEnrol);
    const addFactorOf = (operatorId: string) =>
      addRows(db, "operatorFactors", [
        { id: operatorId, operatorId, kind: "totp", name: "-", secret: "-", counter: 0, createdAt: at(0) },
      ]);
    await addRows(db, "consoleSettings", [{ name: "another" as "second_factor", value: "required" }]);
    expect(await mustEnrol()).toEqual([0]);
    await addRows(db, "consoleSettings", [{ name: "second_factor", value: "required" }]);
    expect(await mustEnrol()).toEqual([1]);
    await addFactorOf("id of oscar");
    expect(await mustEnrol()).toEqual([1]);
    await addFactorOf("id of olga");
    expect(await mustEnrol()).toEqual([0]);
    db = await seeded();
    await addRows(db, "consoleSettings", [{ name: "second_factor", value: "optional" }]);
    expect(await mustEnrol()).toEqual([0]);
  });

  it("touches or ends one, or all of one operator", async () => {
    const { id: operatorId } = olga;
    expect(await done(touchOperatorSession, { secretHash: "live", now: at(60) })).toEqual({
      rows: [{ operatorId }],
      changes: { "operatorSessions live": { lastSeenAt: at(60) } },
    });
    expect(await done(deleteOperatorSession, { secretHash: "live" })).toEqual({
      ...{ rows: [{ operatorId }], changes: { "operatorSessions live": "deleted" } },
    });
    expect((await done(deleteOperatorSessions, { username: "oscar" })).changes).toEqual({
      "operatorSessions of oscar": "deleted",
      "operatorSessions over, of oscar": "deleted",
    });
  });

  it("deletes those that are over or idle: one by its secret, or all in batches of 500", async () => {
    for (const secretHash of ["over", "idle"]) {
      expect(await done(deleteExpiredOperatorSession, { secretHash, ...live })).toEqual({
        rows: [{ operatorId: "id of olga" }],
        changes: { [`operatorSessions ${secretHash}`]: "deleted" },
      });
    }
    expect(await done(deleteExpiredOperatorSession, { secretHash: "live", ...live })).toEqual(nothing);
    expect((await done(deleteExpiredOperatorSessions, live)).changes).toEqual({
      "operatorSessions over": "deleted",
      "operatorSessions idle": "deleted",
      "operatorSessions over, of oscar": "deleted",
    });
    const db = await seeded();
    await addRows(
      db,
      "operatorSessions",
      Array.from({ length: 501 }, (_, n) => session(`over ${n}`, 100, 51)),
    );
    expect(await db.run(deleteExpiredOperatorSessions, live)).toHaveLength(500);
    expect(await db.run(deleteExpiredOperatorSessions, live)).toHaveLength(4);
  });
});

describe("a statement about operators' links", () => {
  it("finds or spends the one of a secret until its time is over", async () => {
    const open = { secretHash: "open", now: at(100) };
    expect(await found(findOperatorLink, open)).toEqual([{ secretHash: "open", role: "viewer" }]);
    expect(await done(spendOperatorLink, open)).toEqual({
      ...{ rows: [{ role: "viewer" }], changes: { "operatorLinks open": "deleted" } },
    });
    for (const secretHash of ["over", "unknown"]) {
      expect(await found(findOperatorLink, { ...open, secretHash })).toEqual([]);
      expect(await done(spendOperatorLink, { ...open, secretHash })).toEqual(nothing);
    }
  });

  it("deletes one whose time is over, all such in batches of 500, or all there are", async () => {
    expect(await done(deleteExpiredOperatorLink, { secretHash: "over", now: at(100) })).toEqual({
      ...{ rows: [{ role: "operator" }], changes: { "operatorLinks over": "deleted" } },
    });
    expect(await done(deleteExpiredOperatorLink, { secretHash: "open", now: at(100) })).toEqual(nothing);
    expect(await done(deleteExpiredOperatorLinks, { now: at(100) })).toEqual({
      ...{ rows: [{ role: "owner" }], changes: { "operatorLinks long over": "deleted" } },
    });
    const old = { role: "viewer", createdAt: at(0), expiresAt: at(99) } as const;
    const db = await seeded();
    const many = Array.from({ length: 501 }, (_, n) => ({ secretHash: `old ${n}`, ...old }));
    await addRows(db, "operatorLinks", many);
    expect(await db.run(deleteExpiredOperatorLinks, { now: at(100) })).toHaveLength(500);
    expect(await db.run(deleteExpiredOperatorLinks, { now: at(100) })).toHaveLength(2);
    expect((await done(deleteOperatorLinks, {})).changes).toEqual({
      ...{ "operatorLinks open": "deleted", "operatorLinks another": "deleted" },
      ...{ "operatorLinks over": "deleted", "operatorLinks long over": "deleted" },
    });
  });
});
