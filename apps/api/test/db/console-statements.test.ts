import { eq, lt } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { listIncidents } from "../../src/db/console/alert-incidents.js";
import { listAppTokenFetches } from "../../src/db/console/app-token-fetches.js";
import { listActorNames, listAuditEntries } from "../../src/db/console/audit.js";
import { countOwners, hasSignedIn } from "../../src/db/console/checklist.js";
import {
  countOpenConflicts,
  countSessionsOf,
  countSignInsOf,
  listConflictRows,
  listMergesInto,
} from "../../src/db/console/conflicts.js";
import { listUsersOfOpenids, listUsersOfSignIns } from "../../src/db/console/failure-people.js";
import { findFailure, findLastErrmsg, listFailuresInBrowserOf } from "../../src/db/console/failures.js";
import { countUnionsToJoin, listUnionsOfManyUsers } from "../../src/db/console/groups.js";
import {
  countEndpoints,
  countKeys,
  findAnyHostClient,
  listDeliveryRows,
} from "../../src/db/console/hosts.js";
import { countMoves, findMergeDetail, findMergeReason, listMergeRows } from "../../src/db/console/merges.js";
import { newestFailures, newestSignInSteps } from "../../src/db/console/newest.js";
import { countLiveOperatorSessions, listOperatorRows } from "../../src/db/console/operators.js";
import {
  countUsers,
  findUser,
  findUsersByTail,
  listBindingsOf,
  listConflictsOf,
  listUsers,
} from "../../src/db/console/people.js";
import { findSignInDetail, findSignInsByTail, listEvents } from "../../src/db/console/sign-ins.js";
import type { Tables } from "../../src/db/schema.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

// What the console reads. Rows are written in another order than they are listed in.

type RowOf<Name extends keyof Tables> = Tables[Name]["$inferInsert"];

const { seeded } = seededStatements(async () => {});

const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
/** Rows with ids that are numbers of three digits: the order of the ids is that of the numbers. */
const numbered = <Row>(count: number, row: (id: string, n: number) => Row) =>
  Array.from({ length: count }, (_, n) => row(String(n).padStart(3, "0"), n));
/** The ids of the last so many of them, the latest first. */
const latest = (count: number, of: number) =>
  Array.from({ length: count }, (_, n) => String(of - 1 - n).padStart(3, "0"));

const user = (id: string, about: Partial<RowOf<"users">> = {}): RowOf<"users"> => ({
  ...{ id, createdAt: at(0), lastSignInAt: at(1), ...about },
});
const binding = (id: string, about: Partial<RowOf<"bindings">> = {}): RowOf<"bindings"> => ({
  ...{ id, appId: "wx1", openid: `o ${id}`, userId: "alice", scope: "snsapi_base" },
  ...{ createdAt: at(0), lastSignInAt: at(1), ...about },
});
const signIn = (id: string, about: Partial<RowOf<"signIns">> = {}): RowOf<"signIns"> => ({
  ...{ id, purpose: "sign_in", appId: "wx1", returnTo: "/", browserHash: "-", createdAt: at(0) },
  ...{ expiresAt: at(100), ...about },
});
const failure = (id: string, about: Partial<RowOf<"apiFailures">> = {}): RowOf<"apiFailures"> => ({
  ...{ id, at: at(0), appId: "wx1", endpoint: "sns/userinfo", errcode: "40003", errmsg: `errmsg ${id}` },
  ...{ attempt: 1, latencyMs: 2, ...about },
});
const operator = (id: string, about: Partial<RowOf<"operators">> = {}): RowOf<"operators"> => ({
  ...{ id, username: `name of ${id}`, passwordHash: "-", role: "owner", status: "active" },
  ...{ createdAt: at(0), ...about },
});
const conflict = (
  id: string,
  about: Partial<RowOf<"identityConflicts">> = {},
): RowOf<"identityConflicts"> => ({
  ...{ id, group: "g", unionid: `u ${id}`, userId: "alice", otherUserId: "bob", createdAt: at(0), ...about },
});
const merge = (id: string, about: Partial<RowOf<"merges">> = {}): RowOf<"merges"> => ({
  ...{ id, fromUserId: `from ${id}`, intoUserId: "alice", operatorId: "olga", createdAt: at(0), ...about },
});
const resolved = { resolvedAt: at(9), resolution: "merged" } as const;

describe("the console reads of operators", () => {
  it("how many owners can sign in", async () => {
    const db = await seeded();
    expect(await countOwners(db)).toBe(0);
    await addRows(db, "operators", [
      ...[operator("a"), operator("b"), operator("c", { role: "operator" })],
      operator("d", { status: "disabled" }),
    ]);
    expect(await countOwners(db)).toBe(2);
  });

  it("a page, newest first, each with its factors and its own last entry in the log", async () => {
    const db = await seeded();
    const operators = [
      operator("a", { createdAt: at(5) }),
      operator("c"),
      operator("b", { createdAt: at(5) }),
    ];
    await addRows(db, "operators", operators);
    const factor = { kind: "totp", name: "-", secret: "-", counter: 0, createdAt: at(0) } as const;
    await addRows(db, "operatorFactors", [
      { ...factor, id: "1", operatorId: "a" },
      { ...factor, id: "2", operatorId: "a" },
      { ...factor, id: "3", operatorId: "c" },
    ]);
    const entry = (id: string, operatorId: string, moment: Date) => ({
      ...{ id, at: moment, operatorId, event: "-", result: "ok" as const },
    });
    await addRows(db, "auditLog", [entry("2", "a", at(8)), entry("1", "a", at(7)), entry("3", "c", at(9))]);
    const row = (id: string, createdAt: Date, factors: number, lastEntryAt: Date | null) => ({
      ...{ id, username: `name of ${id}`, role: "owner", status: "active", createdAt, factors, lastEntryAt },
    });
    const rows = [row("b", at(5), 0, null), row("a", at(5), 2, at(8)), row("c", at(0), 1, at(9))];
    expect(await listOperatorRows(db, { after: undefined, limit: 9 })).toEqual(rows);
    expect(await listOperatorRows(db, { after: undefined, limit: 2 })).toEqual(rows.slice(0, 2));
    expect(await listOperatorRows(db, { after: { at: at(5), id: "b" }, limit: 9 })).toEqual(rows.slice(1));
  });

  it("who is signed in, in how many browsers, and when they were last seen", async () => {
    const db = await seeded();
    await addRows(db, "operators", [operator("a"), operator("b"), operator("c")]);
    const session = (secretHash: string, operatorId: string, seen: number, expires = 900) => ({
      ...{ secretHash, operatorId, createdAt: at(0), lastSeenAt: at(seen), expiresAt: at(expires) },
    });
    await addRows(db, "operatorSessions", [
      ...[session("1", "a", 60), session("2", "a", 61), session("3", "a", 50), session("4", "b", 70)],
      session("5", "c", 70, 100),
    ]);
    const counted = await db.run(countLiveOperatorSessions, { now: at(100), seenAfter: at(50) });
    expect(counted.sort((a, b) => (a.operatorId < b.operatorId ? -1 : 1))).toEqual([
      { operatorId: "a", sessions: 2, lastSeenAt: at(61) },
      { operatorId: "b", sessions: 1, lastSeenAt: at(70) },
    ]);
  });

  it("an entry of the log with its own detail, and the names of who acts", async () => {
    const db = await seeded();
    const entry = (id: string) => ({
      ...{ id, at: at(7), operatorId: "a", event: "people.block", target: "t", result: "refused" as const },
      ...{ errcode: "40003", ip: "ip", sealNumber: 3, seal: "-" },
    });
    await addRows(db, "auditLog", [entry("1"), { ...entry("2"), sealNumber: 4 }]);
    await addRows(db, "auditDetails", [{ auditId: "1", userId: "alice", detail: "why" }]);
    const { seal, ...shown } = entry("1");
    expect(await listAuditEntries(db, {}, { limit: 9 })).toEqual({
      rows: [
        { ...shown, id: "2", sealNumber: 4, detail: null, aboutUserId: null },
        { ...shown, detail: "why", aboutUserId: "alice" },
      ],
      searchedTo: undefined,
    });
    await addRows(db, "operators", [operator("a"), operator("b")]);
    const client = (id: string) => ({
      id,
      name: `The ${id}`,
      origins: "[]",
      redirectPaths: "[]",
      createdAt: at(0),
    });
    await addRows(db, "hostClients", [client("shop"), client("forum")]);
    expect(await listActorNames(db, { operatorIds: ["a"], clientIds: ["shop"] })).toEqual({
      operator: new Map([["a", "name of a"]]),
      host: new Map([["shop", "The shop"]]),
    });
  });
});

describe("the console reads", () => {
  it("5,000 rows for a page and 11,000 for a total, which says 10,000 at most [T101]", async () => {
    const db = await seeded();
    // Each is newer than the one before, and the first one alone was not merged.
    const users = Array.from({ length: 11_000 }, (_, n) =>
      user(`user ${n}.`, { createdAt: at(n), mergedInto: n > 0 ? "another" : null }),
    );
    for (const half of [users.slice(0, 5500), users.slice(5500)]) await addRows(db, "users", half);
    expect(await countUsers(db, {})).toEqual({ count: 1, isMore: false });
    expect(await listUsers(db, {}, { limit: 9 })).toEqual({
      ...{ rows: [], searchedTo: { id: "user 6000.", at: at(6000) } },
    });
    expect(await findUsersByTail(db, " 6000.", 9)).toEqual([{ id: "user 6000." }]);
    expect(await findUsersByTail(db, " 5999.", 9)).toEqual([]);
    await addRows(db, "users", [user("newest", { createdAt: at(20_000), mergedInto: "another" })]);
    expect(await countUsers(db, {})).toEqual({ count: 0, isMore: true });
    await db.consoleQuery((orm, { users: u }) =>
      orm.update(u).set({ mergedInto: null }).returning({ id: u.id }),
    );
    await db.consoleQuery((orm, { users: u }) =>
      orm
        .delete(u)
        .where(lt(u.createdAt, at(1000)))
        .returning({ id: u.id }),
    );
    expect(await countUsers(db, {})).toEqual({ count: 10_000, isMore: true });
    await db.consoleQuery((orm, { users: u }) => orm.delete(u).where(eq(u.id, "newest")).returning());
    expect(await countUsers(db, {})).toEqual({ count: 10_000, isMore: false });
  });
});

describe("the console reads of people", () => {
  it("one user, and those whose id ends so, among the newest", async () => {
    const db = await seeded();
    await addRows(db, "users", [user("1-alice", { createdAt: at(5) }), user("2-alice"), user("bob")]);
    expect(await db.run(findUser, { userId: "bob" })).toEqual([
      { userId: "bob", status: "active", createdAt: at(0), lastSignInAt: at(1) },
    ]);
    expect(idsOf(await findUsersByTail(db, "alice", 9)).sort()).toEqual(["1-alice", "2-alice"]);
    expect(await findUsersByTail(db, "alice", 1)).toEqual([{ id: "1-alice" }]);
  });

  it("the bindings of some users, the oldest first and of the same time by id", async () => {
    const db = await seeded();
    const rows = [
      binding("b", { createdAt: at(5), userId: "bob" }),
      binding("a", { createdAt: at(5) }),
      binding("c", { createdAt: at(4) }),
      binding("d", { userId: "carol" }),
    ];
    await addRows(db, "bindings", rows);
    expect(idsOf(await listBindingsOf(db, ["alice", "bob"]))).toEqual(["c", "a", "b"]);
    expect(
      await listUsersOfOpenids(db, [
        { appId: "wx1", openid: "o a" },
        { appId: "wx2", openid: "o b" },
      ]),
    ).toEqual([{ appId: "wx1", openid: "o a", userId: "alice" }]);
  });

  it("the open conflicts of a person and of who was merged into them, the newest 50 first", async () => {
    const db = await seeded();
    await addRows(db, "users", [
      ...[user("alice"), user("bob"), user("carol")],
      user("merged", { mergedInto: "alice" }),
    ]);
    await addRows(db, "identityConflicts", [
      conflict("b", { createdAt: at(5) }),
      conflict("c", { createdAt: at(5), userId: "carol", otherUserId: "merged" }),
      conflict("a", { createdAt: at(7), userId: "merged", otherUserId: "carol" }),
      conflict("resolved", resolved),
      conflict("of others", { userId: "bob", otherUserId: "carol" }),
    ]);
    const row = (id: string, otherUserId: string, createdAt: Date) => ({
      ...{ id, unionid: `u ${id}`, otherUserId, createdAt },
    });
    expect(await db.run(listConflictsOf, { userId: "alice" })).toEqual([
      ...[row("a", "carol", at(7)), row("c", "carol", at(5)), row("b", "bob", at(5))],
    ]);
    await addRows(
      db,
      "identityConflicts",
      numbered(51, (id) => conflict(id, { createdAt: at(9) })),
    );
    expect(idsOf(await db.run(listConflictsOf, { userId: "alice" }))).toEqual(latest(50, 51));
  });

  it("a page of conflicts that are open, or resolved, newest first, and how many are open", async () => {
    const db = await seeded();
    await addRows(db, "identityConflicts", [
      conflict("b", { createdAt: at(5) }),
      conflict("c", { createdAt: at(5) }),
      conflict("a", { createdAt: at(7) }),
      conflict("d", { createdAt: at(6), ...resolved }),
    ]);
    const page = { after: undefined, limit: 9 };
    expect(idsOf(await listConflictRows(db, "open", page))).toEqual(["a", "c", "b"]);
    expect(idsOf(await listConflictRows(db, "open", { ...page, limit: 2 }))).toEqual(["a", "c"]);
    expect(idsOf(await listConflictRows(db, "open", { ...page, after: { at: at(5), id: "c" } }))).toEqual([
      "b",
    ]);
    expect(idsOf(await listConflictRows(db, "resolved", page))).toEqual(["d"]);
    expect(await db.run(countOpenConflicts, { limit: 9 })).toEqual([{ rows: 3 }]);
    expect(await db.run(countOpenConflicts, { limit: 2 })).toEqual([{ rows: 2 }]);
  });

  it("the merges that made a person what they are and were not undone, the newest 50 first", async () => {
    const db = await seeded();
    await addRows(db, "merges", [
      merge("b", { createdAt: at(5) }),
      merge("c", { createdAt: at(5) }),
      merge("a", { createdAt: at(7) }),
      merge("undone", { undoneAt: at(9), undoneBy: "olga" }),
      merge("of bob", { intoUserId: "bob" }),
    ]);
    const row = (id: string, createdAt: Date) => ({ id, fromUserId: `from ${id}`, createdAt });
    expect(await db.run(listMergesInto, { userId: "alice" })).toEqual([
      ...[row("a", at(7)), row("c", at(5)), row("b", at(5))],
    ]);
    await addRows(
      db,
      "merges",
      numbered(51, (id) => merge(id, { createdAt: at(9) })),
    );
    expect(idsOf(await db.run(listMergesInto, { userId: "alice" }))).toEqual(latest(50, 51));
  });

  it("a page of merges, newest first, each with who decided it, why, and what it moved", async () => {
    const db = await seeded();
    await addRows(db, "operators", [operator("olga"), operator("otto")]);
    await addRows(db, "merges", [
      merge("b", { createdAt: at(5) }),
      merge("c", { createdAt: at(5), undoneAt: at(8), undoneBy: "otto", conflictId: "k" }),
      merge("a", { createdAt: at(7), operatorId: "gone" }),
    ]);
    const row = (id: string, createdAt: Date, about: object) => ({
      ...{ id, conflictId: null, fromUserId: `from ${id}`, intoUserId: "alice", operator: "name of olga" },
      ...{ createdAt, undoneAt: null, undoneBy: null, ...about },
    });
    const undone = { conflictId: "k", undoneAt: at(8), undoneBy: "name of otto" };
    const rows = [row("a", at(7), { operator: null }), row("c", at(5), undone), row("b", at(5), {})];
    expect(await listMergeRows(db, { after: undefined, limit: 9 })).toEqual(rows);
    expect(await listMergeRows(db, { after: undefined, limit: 1 })).toEqual(rows.slice(0, 1));
    expect(await listMergeRows(db, { after: { at: at(5), id: "c" }, limit: 9 })).toEqual(rows.slice(2));
    expect(await db.run(findMergeDetail, { id: "c" })).toEqual([rows[1]]);

    const written = (id: string, target: string, userId: string, event = "people.merge") => ({
      entry: { id, at: at(0), event, target, result: "ok" as const },
      detail: { auditId: id, userId, detail: `reason ${id}` },
    });
    const log = [
      ...[written("1", "a", "alice"), written("2", "b", "alice"), written("3", "a", "bob")],
      written("4", "a", "alice", "people.merge_undo"),
    ];
    await addRows(
      db,
      "auditLog",
      log.map(({ entry }) => entry),
    );
    await addRows(
      db,
      "auditDetails",
      log.map(({ detail }) => detail),
    );
    expect(await db.run(findMergeReason, { id: "a", intoUserId: "alice" })).toEqual([{ reason: "reason 1" }]);

    await addRows(db, "mergeMoves", [
      { mergeId: "a", kind: "binding", key: "1" },
      { mergeId: "a", kind: "binding", key: "2" },
      { mergeId: "a", kind: "session", key: "1" },
      { mergeId: "b", kind: "session", key: "1" },
    ]);
    const moves = await db.run(countMoves, { mergeId: "a" });
    expect(moves.sort((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
      { kind: "binding", rows: 2 },
      { kind: "session", rows: 1 },
    ]);
  });

  it("how many unionids of some apps would join a group, and which of them two users have", async () => {
    const db = await seeded();
    await addRows(db, "bindings", [
      binding("1", { unionid: "new" }),
      binding("2", { unionid: "new", appId: "wx2" }),
      binding("3", { unionid: "known" }),
      binding("4", { unionid: "other app", appId: "wx9" }),
      binding("5"),
      binding("5, of bob", { userId: "bob" }),
      binding("6", { unionid: "z of two", userId: "bob" }),
      binding("7", { unionid: "z of two", appId: "wx2", userId: "carol" }),
      binding("8", { unionid: "of a union", userId: "dora" }),
      binding("9", { unionid: "z other app", userId: "bob", appId: "wx9" }),
      binding("10", { unionid: "z other app", userId: "carol", appId: "wx8" }),
    ]);
    const union = (group: string, unionid: string, userId: string) => ({
      group,
      unionid,
      userId,
      createdAt: at(0),
    });
    await addRows(db, "unions", [
      ...[union("g", "known", "alice"), union("h", "new", "zoe"), union("g", "of a union", "bob")],
    ]);
    expect(await countUnionsToJoin(db, "g", ["wx1", "wx2"])).toBe(1);
    expect(await listUnionsOfManyUsers(db, "g", ["wx1", "wx2"])).toEqual([
      { unionid: "of a union", userId: "bob", otherUserId: "dora" },
      { unionid: "z of two", userId: "bob", otherUserId: "carol" },
    ]);
  });
});

describe("the console reads of sign-ins", () => {
  it("whether a person has ever signed in, and how many sign-ins and sessions one has", async () => {
    const db = await seeded();
    await addRows(db, "signIns", [signIn("failed", { outcome: "failed" }), signIn("open")]);
    expect(await hasSignedIn(db)).toBe(false);
    await addRows(db, "signIns", [
      signIn("1", { outcome: "signed_in", userId: "alice" }),
      signIn("2", { outcome: "signed_in", userId: "alice" }),
      signIn("3", { outcome: "signed_in", userId: "bob" }),
    ]);
    expect(await hasSignedIn(db)).toBe(true);
    const session = (id: string, userId: string) => ({
      ...{ secretHash: id, id, userId, signInId: "-", createdAt: at(0), lastSeenAt: at(0), expiresAt: at(9) },
    });
    await addRows(db, "users", [user("alice"), user("bob")]);
    await addRows(db, "sessions", [session("1", "alice"), session("2", "alice"), session("3", "bob")]);
    expect(await db.run(countSignInsOf, { userId: "alice" })).toEqual([{ rows: 2 }]);
    expect(await db.run(countSessionsOf, { userId: "alice" })).toEqual([{ rows: 2 }]);
  });

  it("one with its steps in their order, 200 at most, and the steps that are the latest of all", async () => {
    const db = await seeded();
    const details = { returnTo: "/there", openid: "o", userId: null, browserUserId: "bob", ip: "ip" };
    await addRows(db, "signIns", [signIn("one", { ...details, userAgent: "agent" }), signIn("two")]);
    expect(await db.run(findSignInDetail, { id: "one" })).toEqual([
      {
        ...{ id: "one", appId: "wx1", ...details, browserUserId: null, userAgent: "agent" },
        ...{ createdAt: at(0), outcome: null, outcomeAt: null },
      },
    ]);
    const step = (id: string, signInId: string) => ({
      ...{ id, signInId, at: at(7), kind: `kind ${id}`, durationMs: 3, detail: `detail ${id}` },
    });
    await addRows(db, "signInEvents", [step("b", "one"), step("a", "one"), step("c", "two")]);
    expect(await db.run(listEvents, { signInId: "one" })).toEqual(
      ["a", "b"].map((id) => {
        const { signInId, ...shown } = step(id, "one");
        return shown;
      }),
    );
    await addRows(
      db,
      "signInEvents",
      numbered(201, (id) => step(id, "two")),
    );
    const steps = idsOf(await db.run(listEvents, { signInId: "two" }));
    expect(steps).toEqual(latest(200, 200).reverse());
    expect(idsOf(await newestSignInSteps(db))).toEqual(["c", "b", "a", ...latest(17, 201)]);
  });

  it("whose some are, and those whose number ends so, whatever their outcome, newest first", async () => {
    const db = await seeded();
    await addRows(db, "signIns", [
      signIn("1-7f", { outcome: "failed", createdAt: at(5), userId: "alice", browserUserId: "bob" }),
      signIn("2-7f", { outcome: "failed", createdAt: at(7) }),
      signIn("3-7f", { createdAt: at(6) }),
      signIn("0-7f", { outcome: "signed_in", createdAt: at(6) }),
      signIn("8-8a", { createdAt: at(9) }),
    ]);
    const row = (id: string, createdAt: Date, outcome: string | null) => ({
      id,
      createdAt,
      outcome,
      appId: "wx1",
    });
    const rows = [
      ...[row("2-7f", at(7), "failed"), row("3-7f", at(6), null), row("0-7f", at(6), "signed_in")],
      row("1-7f", at(5), "failed"),
    ];
    expect(await findSignInsByTail(db, "7f", 9)).toEqual(rows);
    expect(await findSignInsByTail(db, "7f", 1)).toEqual(rows.slice(0, 1));
    expect(await listUsersOfSignIns(db, ["1-7f"])).toEqual([
      { id: "1-7f", userId: "alice", browserUserId: "bob" },
    ]);
  });
});

describe("the console reads of failures", () => {
  it("one with what was sent and answered, and the latest 20", async () => {
    const db = await seeded();
    const whole = { rid: "r", openid: "o", signInId: "s", request: "{}", answer: "[]" };
    await addRows(db, "apiFailures", [failure("one", whole), failure("two")]);
    expect(await db.run(findFailure, { id: "one" })).toEqual([failure("one", whole)]);
    await addRows(
      db,
      "apiFailures",
      numbered(21, (id) => failure(id, { at: at(9) })),
    );
    expect(idsOf(await newestFailures(db))).toEqual(latest(20, 21));
  });

  it("what WeChat said at the last one of its kind in a time", async () => {
    const db = await seeded();
    await addRows(db, "apiFailures", [
      failure("b", { at: at(60) }),
      failure("a", { at: at(60) }),
      failure("first", { at: at(50) }),
      failure("too early", { at: at(49) }),
      failure("too late", { at: at(61) }),
      failure("z of another app", { at: at(60), appId: "wx2" }),
      failure("z of another endpoint", { at: at(60), endpoint: "sns/auth" }),
      failure("z of another errcode", { at: at(60), errcode: "-1" }),
    ]);
    const kind = { appId: "wx1", endpoint: "sns/userinfo", errcode: "40003" };
    const said = (from: number, to: number) =>
      db.run(findLastErrmsg, { ...kind, from: at(from), to: at(to) });
    expect(await said(50, 60)).toEqual([{ errmsg: "errmsg b" }]);
    expect(await said(50, 59)).toEqual([{ errmsg: "errmsg first" }]);
    expect(await said(51, 59)).toEqual([]);
  });

  it("the latest before an openid was known, in the last 200 sign-ins of a user's browser", async () => {
    const db = await seeded();
    const inBrowser = { browserUserId: "alice", createdAt: at(5) };
    await addRows(db, "signIns", [
      ...[
        signIn("1", inBrowser),
        signIn("2", inBrowser),
        signIn("of a user", { ...inBrowser, userId: "bob" }),
      ],
      ...[signIn("with openid", { ...inBrowser, openid: "o" }), signIn("bob's", { browserUserId: "bob" })],
    ]);
    await addRows(db, "apiFailures", [
      ...[failure("b", { signInId: "1" }), failure("a", { signInId: "2" })],
      failure("c", { signInId: "1", at: at(-1) }),
      failure("named", { signInId: "1", openid: "o" }),
      ...[failure("d", { signInId: "of a user" }), failure("e", { signInId: "with openid" })],
      ...[failure("f", { signInId: "bob's" }), failure("g")],
    ]);
    expect(idsOf(await listFailuresInBrowserOf(db, "alice", 9))).toEqual(["b", "a", "c"]);
    expect(idsOf(await listFailuresInBrowserOf(db, "alice", 2))).toEqual(["b", "a"]);
    await addRows(
      db,
      "signIns",
      numbered(199, (id) => signIn(`later ${id}`, { ...inBrowser, createdAt: at(6) })),
    );
    expect(idsOf(await listFailuresInBrowserOf(db, "alice", 9)), "2 is the 200th").toEqual(["a"]);
  });
});

describe("the console reads of what the system does by itself", () => {
  it("a page of incidents, the one that was opened last first", async () => {
    const db = await seeded();
    const incident = (id: string) => ({
      ...{ id, kind: "quota" as const, subject: id, openedAt: at(0), lastAt: at(0), toldAt: at(0) },
    });
    await addRows(db, "alertIncidents", ["b", "c", "a"].map(incident));
    expect(idsOf(await listIncidents(db, { after: undefined, limit: 9 }))).toEqual(["c", "b", "a"]);
    expect(idsOf(await listIncidents(db, { after: undefined, limit: 2 }))).toEqual(["c", "b"]);
    expect(idsOf(await listIncidents(db, { after: { at: at(0), id: "c" }, limit: 9 }))).toEqual(["b", "a"]);
  });

  it("a page of the fetches of one token, newest first", async () => {
    const db = await seeded();
    const fetch = (id: string, about: Partial<RowOf<"appTokenFetches">> = {}): RowOf<"appTokenFetches"> => ({
      ...{
        id,
        appId: "wx1",
        kind: "access_token",
        at: at(5),
        source: "stable_token",
        requestedBy: `by ${id}`,
      },
      ...{ latencyMs: 9, generation: 3, errcode: null, ...about },
    });
    await addRows(db, "appTokenFetches", [
      ...[fetch("b"), fetch("c"), fetch("a", { at: at(7), generation: null, errcode: "40164" })],
      ...[fetch("d", { appId: "wx2" }), fetch("e", { kind: "jsapi_ticket" })],
    ]);
    const shown = ({ appId, kind, ...row }: RowOf<"appTokenFetches">) => row;
    const rows = [fetch("a", { at: at(7), generation: null, errcode: "40164" }), fetch("c"), fetch("b")].map(
      shown,
    );
    const token = { appId: "wx1", kind: "access_token" } as const;
    expect(await listAppTokenFetches(db, token, { after: undefined, limit: 9 })).toEqual(rows);
    expect(await listAppTokenFetches(db, token, { after: undefined, limit: 2 })).toEqual(rows.slice(0, 2));
    const after = { at: at(5), id: "c" };
    expect(await listAppTokenFetches(db, token, { after, limit: 9 })).toEqual(rows.slice(2));
  });

  it("of each host its keys, its webhooks, and the deliveries of one, newest first", async () => {
    const db = await seeded();
    const client = (id: string) => ({
      ...{ id, name: `The ${id}`, origins: "[]", redirectPaths: "[]", createdAt: at(0), disabledAt: null },
    });
    await addRows(db, "hostClients", [client("shop"), client("forum")]);
    expect(await db.run(findAnyHostClient, { id: "forum" })).toEqual([client("forum")]);
    const key = (id: string, about: Partial<RowOf<"apiKeys">> = {}): RowOf<"apiKeys"> => ({
      ...{
        id,
        clientId: "shop",
        keyHash: id,
        hint: "-",
        scopes: "[]",
        cidrs: "[]",
        createdAt: at(0),
        ...about,
      },
    });
    await addRows(db, "apiKeys", [
      ...[key("1", { lastUsedAt: at(5) }), key("2"), key("3", { revokedAt: at(9), lastUsedAt: at(7) })],
      key("4", { clientId: "forum" }),
    ]);
    const byClient = <Row extends { clientId: string }>(rows: Row[]) =>
      rows.sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
    expect(byClient(await db.run(countKeys, {}))).toEqual([
      { clientId: "forum", keys: 1, lastUsedAt: null },
      { clientId: "shop", keys: 2, lastUsedAt: at(7) },
    ]);
    const endpoint = (id: string, clientId: string, disabledAt: Date | null = null) => ({
      ...{ id, clientId, url: "-", types: "[]", secret: "-", createdAt: at(0), disabledAt },
    });
    await addRows(db, "webhookEndpoints", [
      ...[endpoint("1", "shop"), endpoint("2", "shop", at(9)), endpoint("3", "forum")],
    ]);
    expect(byClient(await db.run(countEndpoints, {}))).toEqual([
      { clientId: "forum", webhooks: 1, disabled: 0 },
      { clientId: "shop", webhooks: 2, disabled: 1 },
    ]);
    const event = (number: number) => ({
      id: `evt ${number}`,
      number,
      type: `type ${number}`,
      at: at(0),
      data: "{}",
    });
    await addRows(db, "outbox", [1, 2, 3].map(event));
    const delivery = (
      id: string,
      about: Partial<RowOf<"webhookDeliveries">>,
    ): RowOf<"webhookDeliveries"> => ({
      ...{ id, endpointId: "1", state: "failed", attempts: 2, createdAt: at(5), nextAttemptAt: at(8) },
      ...{ lastAttemptAt: at(6), lastStatus: 500, lastError: "why", durationMs: 4, ...about },
    });
    await addRows(db, "webhookDeliveries", [
      delivery("b", { eventNumber: 1 }),
      delivery("c", { eventNumber: 2 }),
      delivery("a", { eventNumber: 3, createdAt: at(7), state: "pending" }),
      delivery("test", { eventNumber: null, createdAt: at(9) }),
      delivery("of another", { endpointId: "3", eventNumber: 1 }),
    ]);
    const row = (id: string, number: number, about: object = {}) => ({
      ...{
        id,
        eventId: `evt ${number}`,
        type: `type ${number}`,
        state: "failed",
        attempts: 2,
        createdAt: at(5),
      },
      ...{ nextAttemptAt: at(8), lastAttemptAt: at(6), status: 500, error: "why", durationMs: 4, ...about },
    });
    const rows = [row("a", 3, { createdAt: at(7), state: "pending" }), row("c", 2), row("b", 1)];
    const listed = async (state: "failed" | undefined, limit: number) =>
      (await listDeliveryRows(db, { endpointId: "1", state }, { limit })).rows;
    expect(await listed(undefined, 9)).toEqual(rows);
    expect(await listed(undefined, 2)).toEqual(rows.slice(0, 2));
    expect(await listed("failed", 9)).toEqual(rows.slice(1));
  });
});
