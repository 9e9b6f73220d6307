import { describe, expect, it } from "vitest";
import { insertAudit } from "../../src/db/audit.js";
import { listBindingsOfUser } from "../../src/db/bindings.js";
import { addCallCount, addCallSlot } from "../../src/db/call-counts.js";
import type { Database } from "../../src/db/database.js";
import { insertFailure } from "../../src/db/failures.js";
import {
  deleteOperatorSession,
  deleteOperatorSessions,
  findLiveOperatorSession,
  findOperatorByUsername,
  findOperatorLink,
  insertOperator,
  insertOperatorLink,
  insertOperatorSession,
  replacePasswordHash,
  resetOperator,
  spendOperatorLink,
  touchOperatorSession,
} from "../../src/db/operators.js";
import {
  deleteSession,
  deleteSessionOfUser,
  deleteSessionsOfUser,
  findLiveSession,
  insertSession,
  listLiveSessions,
  touchSession,
} from "../../src/db/sessions.js";
import {
  abandonAuthorizationRequest,
  extendSignIn,
  findAuthorizationRequest,
  findLastAuthorizationRequest,
  findSignIn,
  finishAuthorizationRequest,
  finishSignIn,
  insertAuthorizationRequest,
  insertEvent,
  insertSignIn,
  setFailurePage,
} from "../../src/db/sign-ins.js";
import type { Statement } from "../../src/db/statement.js";
import { decrementThrottle, findThrottle, incrementThrottle, rememberUntil } from "../../src/db/throttles.js";
import {
  findAppToken,
  findUserToken,
  insertAppToken,
  listAppTokens,
  replaceAppToken,
  setAppTokenRequester,
  setUserTokenCheck,
} from "../../src/db/tokens.js";
import { touchUser } from "../../src/db/users.js";
import { emptyTables } from "../support/changes.js";
import { addRows, rowsOf } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

// Every table has a row of one person, app or operator and the same row of another: what is done to one must leave the other.

async function seed(db: Database): Promise<void> {
  const people = ["alice", "bob"];
  await addRows(
    db,
    "users",
    people.map((id) => ({ id, createdAt: at(0), lastSignInAt: at(1) })),
  );
  await addRows(
    db,
    "bindings",
    people.map((id, n) => ({
      ...{ id: `${id}'s`, appId: `wx${n}`, openid: `o-${id}`, userId: id, scope: "snsapi_base" },
      ...{ nickname: id, avatarUrl: `/${id}`, createdAt: at(0), lastSignInAt: at(1) },
    })),
  );
  await addRows(
    db,
    "userTokens",
    people.map((id, n) => ({
      ...{
        bindingId: `${id}'s`,
        appId: `wx${n}`,
        accessToken: `a-${id}`,
        refreshToken: `r-${id}`,
        scope: "snsapi_base",
      },
      ...{ scopeRank: 1, expiresAt: at(10), refreshExpiresAt: at(20), updatedAt: at(0) },
    })),
  );
  await addRows(
    db,
    "signIns",
    people.map((id) => ({
      ...{
        id: `of ${id}`,
        purpose: "sign_in" as const,
        appId: "wx0",
        returnTo: `/${id}`,
        browserHash: `b-${id}`,
      },
      ...{ createdAt: at(0), expiresAt: at(100) },
    })),
  );
  await addRows(
    db,
    "authorizationRequests",
    people.flatMap((id) =>
      [1, 2].map((n) => ({
        ...{ stateHash: `${id} ${n}`, signInId: `of ${id}`, scope: `scope ${n}`, createdAt: at(n) },
        ...{ expiresAt: at(100 + n), claimedAt: at(50), page: `page ${n}`, errcode: `${n}` },
      })),
    ),
  );
  await addRows(
    db,
    "sessions",
    people.flatMap((id) =>
      [1, 2].map((n) => ({
        ...{ secretHash: `s-${id} ${n}`, id: `${id} ${n}`, userId: id, signInId: `of ${id}`, ip: `ip ${n}` },
        ...{ userAgent: `agent ${n}`, createdAt: at(n), lastSeenAt: at(n + 10), expiresAt: at(n + 100) },
      })),
    ),
  );
  const operators = ["olga", "otto"];
  await addRows(
    db,
    "operators",
    operators.map((username, n) => ({
      ...{ id: `id of ${username}`, username, passwordHash: "a hash", status: "active" as const },
      ...{ role: n ? ("viewer" as const) : ("owner" as const), createdAt: at(0) },
    })),
  );
  await addRows(
    db,
    "operatorSessions",
    operators.flatMap((username) =>
      [1, 2].map((n) => ({
        ...{ secretHash: `${username} ${n}`, operatorId: `id of ${username}`, createdAt: at(n) },
        ...{ lastSeenAt: at(n + 10), expiresAt: at(n + 100) },
      })),
    ),
  );
  await addRows(db, "operatorLinks", [
    { secretHash: "link 1", role: "viewer", createdAt: at(0), expiresAt: at(100) },
    { secretHash: "link 2", role: "owner", createdAt: at(0), expiresAt: at(100) },
  ]);
  await addRows(
    db,
    "throttles",
    [1, 2].map((n) => ({ key: `key ${n}`, count: 5 * n, expiresAt: at(100) })),
  );
  await addRows(
    db,
    "appTokens",
    (["access_token", "jsapi_ticket"] as const).flatMap((kind) =>
      ["wx0", "wx1"].map((appId) => ({
        ...{ appId, kind, source: "stable_token", version: 3, generation: 7, failuresInRow: 0 },
      })),
    ),
  );
}

const { changed, found, seeded } = seededStatements(seed);

describe("a statement that changes rows", () => {
  it("of sign-ins changes the row that is named, and nothing else", async () => {
    const tapped = { noticeVersion: "2026-11", expiresAt: at(500) };
    expect(await changed(extendSignIn, { id: "of alice", ...tapped })).toEqual({
      "signIns of alice": tapped,
    });
    expect(await changed(setFailurePage, { stateHash: "alice 1", page: "used" })).toEqual({
      "authorizationRequests alice 1": { page: "used" },
    });
    const end = { outcome: "blocked", page: "blocked", errcode: "40029" } as const;
    expect(await changed(finishAuthorizationRequest, { stateHash: "alice 1", ...end })).toEqual({
      "authorizationRequests alice 1": end,
    });
    const outcome = { outcome: "failed", openid: "an openid", userId: "a user" } as const;
    const ofUnknown = { browserUserId: null, now: at(7) };
    expect(await changed(finishSignIn, { id: "of alice", ...outcome, ...ofUnknown })).toEqual({
      "signIns of alice": { ...outcome, outcomeAt: at(7) },
    });
    expect(
      await changed(abandonAuthorizationRequest, { stateHash: "alice 1", claimedBefore: at(50) }),
    ).toEqual({});
    expect(
      await changed(abandonAuthorizationRequest, { stateHash: "alice 1", claimedBefore: at(51) }),
    ).toEqual({
      "authorizationRequests alice 1": { outcome: "failed", page: "used" },
    });
    expect(await changed(touchUser, { id: "alice", bindingId: "alice's", now: at(9) })).toEqual({
      "users alice": { lastSignInAt: at(9) },
    });
    expect(await changed(touchUser, { id: "alice", bindingId: "bob's", now: at(9) })).toEqual({});
  });

  it("of sessions changes those of one person or operator, and nothing else", async () => {
    expect(await changed(touchSession, { secretHash: "s-alice 1", now: at(60) })).toEqual({
      "sessions s-alice 1": { lastSeenAt: at(60) },
    });
    expect(await changed(deleteSession, { secretHash: "s-alice 1" })).toEqual({
      "sessions s-alice 1": "deleted",
    });
    expect(await changed(deleteSessionOfUser, { id: "alice 1", userId: "alice" })).toEqual({
      "sessions s-alice 1": "deleted",
    });
    expect(await changed(deleteSessionOfUser, { id: "alice 1", userId: "bob" })).toEqual({});
    expect(await changed(deleteSessionsOfUser, { userId: "alice" })).toEqual({
      "sessions s-alice 1": "deleted",
      "sessions s-alice 2": "deleted",
    });
    expect(await changed(touchOperatorSession, { secretHash: "olga 1", now: at(60) })).toEqual({
      "operatorSessions olga 1": { lastSeenAt: at(60) },
    });
    expect(await changed(deleteOperatorSession, { secretHash: "olga 1" })).toEqual({
      "operatorSessions olga 1": "deleted",
    });
    expect(await changed(deleteOperatorSessions, { username: "olga" })).toEqual({
      "operatorSessions olga 1": "deleted",
      "operatorSessions olga 2": "deleted",
    });
  });

  it("of operators is a compare-and-set on one account or link", async () => {
    const olga = { id: "id of olga", currentHash: "a hash", passwordHash: "the next" };
    const replaced = { "operators id of olga": { passwordHash: "the next" } };
    expect(await changed(replacePasswordHash, olga)).toEqual(replaced);
    expect(await changed(replacePasswordHash, { ...olga, currentHash: "another" })).toEqual({});
    expect(await changed(resetOperator, { ...olga, role: "owner" })).toEqual(replaced);
    expect(await changed(resetOperator, { ...olga, role: "viewer" })).toEqual({});
    expect(await changed(resetOperator, { ...olga, role: "owner", currentHash: "another" })).toEqual({});

    const db = await seeded();
    await db.consoleQuery((orm, t) => orm.update(t.operators).set({ status: "disabled" }).returning());
    expect(await db.run(replacePasswordHash, olga), "disabled").toEqual([]);
    expect(await db.run(resetOperator, { ...olga, role: "owner" })).toEqual([{ id: "id of olga" }]);
    expect((await rowsOf(db, "operators")).map(({ id, status }) => `${id} ${status}`).sort()).toEqual([
      "id of olga active",
      "id of otto disabled",
    ]);

    expect(await changed(spendOperatorLink, { secretHash: "link 1", now: at(99) })).toEqual({
      "operatorLinks link 1": "deleted",
    });
    expect(await changed(spendOperatorLink, { secretHash: "link 1", now: at(100) })).toEqual({});
    const mallory = { id: "m", username: "olga", passwordHash: "x", role: "owner", now: at(3) } as const;
    expect(await changed(insertOperator, mallory), "a name that is taken").toEqual({});
  });

  it("of throttles and tokens changes one key or one app, and nothing else", async () => {
    expect(await changed(decrementThrottle, { key: "key 1" })).toEqual({ "throttles key 1": { count: 4 } });
    expect(
      await changed(incrementThrottle, { key: "key 1", now: at(99), expiresAt: at(900), latestEnd: at(900) }),
    ).toEqual({
      "throttles key 1": { count: 6 },
    });
    expect(
      await changed(incrementThrottle, {
        key: "key 1",
        now: at(100),
        expiresAt: at(900),
        latestEnd: at(900),
      }),
    ).toEqual({
      "throttles key 1": { count: 1, expiresAt: at(900) },
    });
    expect(await changed(rememberUntil, { key: "key 1", expiresAt: at(900) })).toEqual({
      "throttles key 1": { count: 6, expiresAt: at(900) },
    });
    const verdict = { bindingId: "alice's", accessToken: "a-alice", refusedErrcode: "42007", now: at(5) };
    expect(await changed(setUserTokenCheck, verdict)).toEqual({
      "userTokens alice's": { checkedAt: at(5), refusedErrcode: "42007" },
    });
    expect(await changed(setUserTokenCheck, { ...verdict, accessToken: "a-bob" })).toEqual({});

    const ofApp = { appId: "wx0", kind: "access_token" } as const;
    const values = {
      ...{ token: "sealed", fingerprint: "print", generation: 8, fetchedAt: at(1), expiresAt: at(2) },
      ...{ refreshAt: at(3), leaseUntil: at(4), lastFailureAt: at(5), lastErrcode: "40164" },
      ...{ failuresInRow: 6, retryAt: at(7), forcedAt: "[8]" },
    };
    expect(await changed(replaceAppToken, { ...ofApp, ...values, version: 4 })).toEqual({
      "appTokens wx0 access_token": { ...values, version: 4 },
    });
    for (const version of [3, 5]) {
      expect(await changed(replaceAppToken, { ...ofApp, ...values, version })).toEqual({});
    }
    expect(await changed(insertAppToken, { ...ofApp, ...values, version: 4 })).toEqual({});
    expect(await changed(insertAppToken, { ...ofApp, ...values, appId: "wx2", version: 4 })).toEqual({
      "appTokens wx2 access_token": {
        ...{ ...ofApp, ...values, appId: "wx2", version: 4, source: "stable_token", requestedBy: null },
      },
    });
    expect(await changed(setAppTokenRequester, { ...ofApp, generation: 7, requestedBy: "kim" })).toEqual({
      "appTokens wx0 access_token": { requestedBy: "kim" },
    });
    expect(await changed(setAppTokenRequester, { ...ofApp, generation: 6, requestedBy: "kim" })).toEqual({});
  });

  it("inserts each value into its own column", async () => {
    const signIn = {
      ...{ id: "new", appId: "wx9", returnTo: "/there", browserHash: "browser", ip: "192.0.2.1" },
      ...{ userAgent: "agent", expiresAt: at(8) },
    };
    const bind = { purpose: "bind", sessionId: "session" } as const;
    const host = { clientId: "shop", nonceHash: "nonce", bindLinkId: "link" };
    const values = { ...signIn, ...bind, ...host, sessionUserId: "carol", now: at(7) };
    expect(await changed(insertSignIn, values)).toEqual({
      "signIns new": {
        ...{
          ...signIn,
          ...bind,
          browserUserId: "carol",
          noticeVersion: null,
          ...host,
          createdAt: at(7),
        },
        ...{ outcome: null, outcomeAt: null, openid: null, userId: null },
      },
    });
    const request = { stateHash: "new", signInId: "of bob", scope: "snsapi_login", expiresAt: at(8) };
    expect(await changed(insertAuthorizationRequest, { ...request, now: at(7) })).toEqual({
      "authorizationRequests new": {
        ...{ ...request, createdAt: at(7), claimedAt: null, outcome: null, page: null, errcode: null },
      },
    });
    const event = {
      id: "e",
      signInId: "of bob",
      at: at(5),
      kind: "exchanged",
      durationMs: 12,
      detail: "why",
    };
    expect(await changed(insertEvent, event)).toEqual({ "signInEvents e": event });
    const client = { ip: "192.0.2.1", userAgent: "agent" };
    const session = { secretHash: "hash", id: "new", userId: "bob", signInId: "of bob", ...client };
    expect(await changed(insertSession, { ...session, now: at(7), expiresAt: at(8) })).toEqual({
      "sessions hash": { ...session, createdAt: at(7), lastSeenAt: at(7), expiresAt: at(8) },
    });
    const ofOperator = { secretHash: "new", operatorId: "id of otto", ...client };
    expect(await changed(insertOperatorSession, { ...ofOperator, now: at(7), expiresAt: at(8) })).toEqual({
      "operatorSessions new": { ...ofOperator, createdAt: at(7), lastSeenAt: at(7), expiresAt: at(8) },
    });
    const operator = { id: "new", username: "nora", passwordHash: "hash", role: "operator" } as const;
    expect(await changed(insertOperator, { ...operator, now: at(7) })).toEqual({
      "operators new": { ...operator, status: "active", createdAt: at(7) },
    });
    const link = { secretHash: "new", role: "operator", expiresAt: at(8) } as const;
    expect(await changed(insertOperatorLink, { ...link, now: at(7) })).toEqual({
      "operatorLinks new": { ...link, createdAt: at(7) },
    });
    const failure = {
      ...{
        id: "f",
        at: at(5),
        appId: "wx9",
        endpoint: "sns/auth",
        errcode: "40003",
        errmsg: "no",
        rid: "rid",
      },
      ...{ openid: "o", attempt: 2, latencyMs: 34, signInId: "of bob", request: "{}", answer: "[]" },
    };
    expect(await changed(insertFailure, failure)).toEqual({ "apiFailures f": failure });
    const entry = {
      ...{ id: "a", at: at(5), operatorId: "id of otto", event: "operator.sign_in", target: "target" },
      ...{ result: "denied" as const, errcode: "40003", ip: "192.0.2.1" },
    };
    expect(await changed(insertAudit, entry)).toEqual({
      "auditLog a": { ...entry, sealNumber: null, seal: null },
    });
    const count = { minute: 7, appId: "wx9", endpoint: "sns/auth", errcode: "40003", calls: 3 };
    expect(await changed(addCallCount, count)).toEqual({ "apiCallCounts 7 wx9 sns/auth 40003": count });
    const { minute: slot, ...sum } = { ...count, minutes: 15 as const };
    expect(await changed(addCallSlot, { ...sum, slot })).toEqual({
      "apiCallSlots 15 7 wx9 sns/auth 40003": { ...sum, slot },
    });
  });

  it("adds to a count of calls that is there, and leaves those that differ in one thing", async () => {
    const count = { appId: "wx9", endpoint: "sns/auth", errcode: "40003", calls: 3 };
    const others = [{ appId: "wx8" }, { endpoint: "sns/userinfo" }, { errcode: "40029" }];
    const [once, twice] = [{ ...count }, { ...count, calls: 7 }];
    const db = await emptyTables(await seeded());
    for (const one of [once, ...others.map((other) => ({ ...count, ...other })), { ...count, calls: 4 }]) {
      await db.run(addCallCount, { ...one, minute: 7 });
      await db.run(addCallSlot, { ...one, minutes: 15, slot: 7 });
    }
    await db.run(addCallCount, { ...count, minute: 8 });
    await db.run(addCallSlot, { ...count, minutes: 15, slot: 8 });
    await db.run(addCallSlot, { ...count, minutes: 1_440, slot: 7 });
    const kept = [twice, ...others.map((other) => ({ ...count, ...other }))];
    expect(new Set(await rowsOf(db, "apiCallCounts"))).toEqual(
      new Set([...kept.map((one) => ({ ...one, minute: 7 })), { ...count, minute: 8 }]),
    );
    expect(new Set(await rowsOf(db, "apiCallSlots"))).toEqual(
      new Set([
        ...kept.map((one) => ({ ...one, minutes: 15, slot: 7 })),
        { ...count, minutes: 15, slot: 8 },
        { ...count, minutes: 1_440, slot: 7 },
      ]),
    );
  });
});

describe("a statement that reads", () => {
  it("answers with the named row and every field of it", async () => {
    expect(await found(findSignIn, { id: "of alice" })).toEqual([
      {
        ...{ id: "of alice", purpose: "sign_in", appId: "wx0", returnTo: "/alice", browserHash: "b-alice" },
        ...{ expiresAt: at(100), outcome: null, clientId: null, nonceHash: null },
        bindLinkId: null,
      },
    ]);
    expect(await found(findAuthorizationRequest, { stateHash: "alice 1" })).toEqual([
      {
        ...{ signInId: "of alice", expiresAt: at(101), claimedAt: at(50), outcome: null, page: "page 1" },
        ...{ errcode: "1", appId: "wx0", returnTo: "/alice", browserHash: "b-alice" },
        ...{ noticeVersion: null, signInOutcome: null, purpose: "sign_in", sessionId: null },
        ...{ clientId: null, nonceHash: null, bindLinkId: null, browserUserId: null, otherSignInId: null },
      },
    ]);
    expect(await found(findLastAuthorizationRequest, { signInId: "of alice" })).toEqual([
      { outcome: null, page: "page 2", errcode: "2" },
    ]);
    expect(await found(findOperatorByUsername, { username: "olga" })).toEqual([
      { id: "id of olga", username: "olga", passwordHash: "a hash", role: "owner", status: "active" },
    ]);
    expect(await found(findUserToken, { bindingId: "alice's" })).toEqual([
      { accessToken: "a-alice", refreshToken: "r-alice", appId: "wx0", openid: "o-alice" },
    ]);
    expect(await found(findAppToken, { appId: "wx0", kind: "jsapi_ticket" })).toMatchObject([{ version: 3 }]);
    expect((await found(listAppTokens, {})).map(({ appId, kind }) => `${appId} ${kind}`).sort()).toEqual(
      ["wx0", "wx1"].flatMap((appId) => [`${appId} access_token`, `${appId} jsapi_ticket`]),
    );
    expect(await found(listBindingsOfUser, { userId: "alice" })).toEqual([
      {
        ...{ id: "alice's", appId: "wx0", openid: "o-alice", nickname: "alice", avatarUrl: "/alice" },
        ...{ unionid: null, scope: "snsapi_base", profileAt: null, createdAt: at(0), lastSignInAt: at(1) },
      },
    ]);
  });

  it("finds a session, a link and a throttle until their very end, and not at it", async () => {
    const until = async <Values extends object>(
      statement: Statement<Values, unknown>,
      valuesAt: (moment: number) => Values,
      end: number,
    ) => [(await found(statement, valuesAt(end - 1))).length, (await found(statement, valuesAt(end))).length];
    const absolute = (secretHash: string) => (ms: number) => ({ secretHash, now: at(ms), seenAfter: at(0) });
    const idle = (secretHash: string) => (ms: number) => ({ secretHash, now: at(20), seenAfter: at(ms) });
    expect(await until(findLiveSession, absolute("s-alice 1"), 101)).toEqual([1, 0]);
    expect(await until(findLiveSession, idle("s-alice 1"), 11)).toEqual([1, 0]);
    expect(await until(findLiveOperatorSession, absolute("olga 1"), 101)).toEqual([1, 0]);
    expect(await until(findLiveOperatorSession, idle("olga 1"), 11)).toEqual([1, 0]);
    expect(await until(findOperatorLink, (ms) => ({ secretHash: "link 1", now: at(ms) }), 100)).toEqual([
      1, 0,
    ]);
    expect(await until(findThrottle, (ms) => ({ key: "key 1", now: at(ms) }), 100)).toEqual([1, 0]);
    expect(await found(findLiveSession, absolute("s-alice 2")(20))).toEqual([
      { id: "alice 2", userId: "alice", lastSeenAt: at(12), expiresAt: at(102) },
    ]);
    expect(await found(findLiveOperatorSession, absolute("olga 2")(20))).toEqual([
      { operatorId: "id of olga", username: "olga", role: "owner", lastSeenAt: at(12), mustEnrol: 0 },
    ]);
    expect(await found(findOperatorLink, { secretHash: "link 2", now: at(0) })).toEqual([
      { secretHash: "link 2", role: "owner" },
    ]);
    expect(await found(findThrottle, { key: "key 2", now: at(0) })).toEqual([{ count: 10 }]);
  });

  it("lists a person's bindings oldest first, the earlier id first at the same time, whenever each was last used", async () => {
    const db = await seeded();
    const binding = (id: string, createdAt: Date, lastSignInAt: Date) => ({
      ...{ id, appId: "wx5", openid: `o ${id}`, userId: "alice", scope: "snsapi_base" },
      ...{ createdAt, lastSignInAt },
    });
    await addRows(db, "bindings", [
      binding("z", at(-1), at(90)),
      binding("b", at(5), at(2)),
      binding("a", at(5), at(3)),
    ]);
    const listed = await db.run(listBindingsOfUser, { userId: "alice" });
    expect(listed.map(({ id }) => id)).toEqual(["z", "alice's", "a", "b"]);
  });

  it("lists a person's live sessions newest first, the later id first at the same time, 100 at most", async () => {
    const listing = { userId: "alice", now: at(101), seenAfter: at(0) };
    expect(await found(listLiveSessions, listing)).toEqual([
      {
        ...{ id: "alice 2", createdAt: at(2), lastSeenAt: at(12), expiresAt: at(102) },
        ...{ ip: "ip 2", userAgent: "agent 2" },
      },
    ]);
    const db = await seeded();
    const session = (n: number, createdAt: Date) => ({
      ...{
        secretHash: `more ${n}`,
        id: `more ${String(n).padStart(3, "0")}`,
        userId: "alice",
        signInId: "-",
      },
      ...{ createdAt, lastSeenAt: at(400 - n), expiresAt: at(900) }, // the latest one was not the last that was used
    });
    await addRows(
      db,
      "sessions",
      Array.from({ length: 101 }, (_, n) => session(n, at(n < 2 ? 50 : 60))),
    );
    const ids = (await db.run(listLiveSessions, { ...listing, now: at(0) })).map(({ id }) => id);
    const expected = Array.from({ length: 100 }, (_, n) => `more ${String(100 - n).padStart(3, "0")}`);
    expect(ids).toEqual(expected);
  });
});
