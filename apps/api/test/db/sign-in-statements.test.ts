import { describe, expect, it } from "vitest";
import type { Tables } from "../../src/db/schema.js";
import {
  abandonAuthorizationRequest,
  abandonSignIn,
  abandonSignIns,
  attributeEarlierSignIns,
  claimAuthorizationRequest,
  deleteSignInsBefore,
  deleteUnfinishedSignIns,
  findAuthorizationRequest,
  findLastAuthorizationRequest,
  finishAuthorizationRequest,
  finishSignIn,
  insertSignIn,
} from "../../src/db/sign-ins.js";
import { changesOf } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { nothing, seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

type SignIn = Tables["signIns"]["$inferInsert"];
const signIn = (id: string, about: Partial<SignIn> = {}): SignIn => ({
  ...{ id, purpose: "sign_in", appId: "wx1", returnTo: "/", browserHash: "browser", createdAt: at(0) },
  ...{ expiresAt: at(100), ...about },
});

type AuthorizationRequest = Tables["authorizationRequests"]["$inferInsert"];
const request = (stateHash: string, about: Partial<AuthorizationRequest> = {}): AuthorizationRequest => ({
  ...{ stateHash, signInId: "one", scope: "snsapi_base", createdAt: at(0), expiresAt: at(100), ...about },
});

const { seeded } = seededStatements(async () => {});

async function withSignIns(signIns: SignIn[], requests: AuthorizationRequest[] = []) {
  const db = await seeded();
  if (signIns.length > 0) await addRows(db, "signIns", signIns);
  if (requests.length > 0) await addRows(db, "authorizationRequests", requests);
  return db;
}

/** Sign-ins of one browser, the newest last. */
const many = (count: number, about: Partial<SignIn>) =>
  Array.from({ length: count }, (_, n) => signIn(`many ${n}`, { createdAt: at(10 + n), ...about }));

const alice = { userId: "alice" };
const bob = { userId: "bob" };

describe("a statement that guesses whose browser it is", () => {
  it("takes it for the user's of its session, else for the one whom its last 20 sign-ins name", async () => {
    const guessed = async (earlier: SignIn[], sessionUserId: string | null = null) => {
      const db = await withSignIns(earlier);
      const { createdAt, ...values } = signIn("new");
      const none = { ip: null, userAgent: null, sessionId: null, clientId: null, nonceHash: null };
      const given = { ...values, ...none, bindLinkId: null, sessionUserId, now: at(90) };
      const { changes } = await changesOf(db, insertSignIn, given);
      return (changes["signIns new"] as { browserUserId?: string | null }).browserUserId;
    };
    expect(await guessed([])).toBe(null);
    expect(await guessed([signIn("1", alice)])).toBe("alice");
    expect(await guessed([signIn("1", { browserUserId: "alice" }), signIn("2")])).toBe("alice");
    expect(await guessed([signIn("1", { ...alice, browserUserId: "bob" })])).toBe("alice");
    expect(await guessed([signIn("1", alice), signIn("2", bob)]), "a shared one").toBe(null);
    expect(await guessed([signIn("1", { ...alice, browserHash: "another" })])).toBe(null);
    expect(await guessed([signIn("1", alice)], "carol")).toBe("carol");
    expect(await guessed([...many(20, alice), signIn("1", bob)])).toBe("alice");
    expect(await guessed([signIn("1", bob), ...many(19, alice)])).toBe(null);
  });

  it("gives a browser's last 20 sign-ins to its first user, if none names another and it began without a guess", async () => {
    const attribution = { id: "new", userId: "alice" };
    const given = { browserUserId: "alice" };
    const earlier = [
      signIn("earlier", { createdAt: at(2) }),
      signIn("of alice", { createdAt: at(3), ...alice }),
      signIn("guessed", { createdAt: at(4), ...given }),
      signIn("in another browser", { browserHash: "another" }),
      signIn("of bob in another browser", { browserHash: "another", ...bob }),
    ];
    const latest = { createdAt: at(90) };
    const db = await withSignIns([...earlier, signIn("new", latest)]);
    const { rows, changes } = await changesOf(db, attributeEarlierSignIns, attribution);
    expect(rows.map(({ id }) => id).sort()).toEqual(["earlier", "new", "of alice"]);
    expect(changes).toEqual({
      ...{ "signIns earlier": given, "signIns of alice": given, "signIns new": given },
    });
    for (const [reason, signIns] of [
      ["it began with a guess", [...earlier, signIn("new", { ...latest, browserUserId: "alice" })]],
      ["one names another", [...earlier, signIn("new", latest), signIn("of bob", bob)]],
      [
        "one is guessed to be another's",
        [...earlier, signIn("new", latest), signIn("b", { browserUserId: "bob" })],
      ],
    ] as const) {
      const again = await withSignIns([...signIns]);
      expect(await changesOf(again, attributeEarlierSignIns, attribution), reason).toEqual(nothing);
    }
    const full = await withSignIns([...many(19, {}), signIn("new", latest), signIn("too old", bob)]);
    expect(await full.run(attributeEarlierSignIns, attribution)).toHaveLength(20);
    const long = await withSignIns([...many(20, {}), signIn("new", latest)]);
    expect(Object.keys((await changesOf(long, attributeEarlierSignIns, attribution)).changes).sort()).toEqual(
      ["new", ...Array.from({ length: 19 }, (_, n) => `many ${n + 1}`)].map((id) => `signIns ${id}`).sort(),
    );
  });
});

describe("a statement about authorization requests", () => {
  const signIns = [signIn("one"), signIn("two", { browserHash: "another" })];

  it("claims one that is not claimed, for the browser of its sign-in alone", async () => {
    const claim = { stateHash: "open", browserHash: "browser", now: at(7) };
    const requests = [
      ...[request("open"), request("further"), request("claimed", { claimedAt: at(5) })],
      request("of another browser", { signInId: "two" }),
    ];
    const db = await withSignIns(signIns, requests);
    for (const stateHash of ["claimed", "of another browser", "unknown"]) {
      expect(await changesOf(db, claimAuthorizationRequest, { ...claim, stateHash }), stateHash).toEqual(
        nothing,
      );
    }
    expect(await changesOf(db, claimAuthorizationRequest, claim)).toEqual({
      rows: [{ scope: "snsapi_base", expiresAt: at(100) }],
      changes: { "authorizationRequests open": { claimedAt: at(7) } },
    });
  });

  it("finds the last one of a sign-in, and whether its browser has another sign-in", async () => {
    const db = await withSignIns(signIns, [
      request("b", { createdAt: at(3), page: "last" }),
      request("a", { createdAt: at(2), page: "first" }),
      request("c", { createdAt: at(4), signInId: "two" }),
    ]);
    const last = { outcome: null, page: "last", errcode: null };
    expect(await db.run(findLastAuthorizationRequest, { signInId: "one" })).toEqual([last]);
    expect(await db.run(findAuthorizationRequest, { stateHash: "a" })).toMatchObject([
      { otherSignInId: null },
    ]);
    await addRows(db, "signIns", [signIn("three")]);
    expect(await db.run(findAuthorizationRequest, { stateHash: "a" })).toMatchObject([
      { signInId: "one", page: "first", otherSignInId: "three" },
    ]);
  });

  it("ends one unless it ended well, or gives up one that was claimed and never ended", async () => {
    const claimedAt = at(49);
    const requests = [
      request("open", { claimedAt }),
      request("further", { claimedAt }),
      request("failed", { claimedAt, outcome: "failed" }),
      request("signed in", { claimedAt, outcome: "signed_in" }),
      request("bound", { claimedAt, outcome: "bound" }),
      request("claimed later", { claimedAt: at(50) }),
      request("unclaimed"),
    ];
    const end = { outcome: "blocked", page: "blocked", errcode: "40029" } as const;
    for (const stateHash of ["open", "failed"]) {
      const db = await withSignIns(signIns, requests);
      expect(await changesOf(db, finishAuthorizationRequest, { stateHash, ...end })).toEqual({
        ...{ rows: [{ signInId: "one" }], changes: { [`authorizationRequests ${stateHash}`]: end } },
      });
    }
    const db = await withSignIns(signIns, requests);
    for (const stateHash of ["signed in", "bound"]) {
      expect(await changesOf(db, finishAuthorizationRequest, { stateHash, ...end }), stateHash).toEqual(
        nothing,
      );
    }
    const claimedBefore = at(50);
    for (const stateHash of ["failed", "signed in", "claimed later", "unclaimed"]) {
      const values = { stateHash, claimedBefore };
      expect(await changesOf(db, abandonAuthorizationRequest, values), stateHash).toEqual(nothing);
    }
    expect(await changesOf(db, abandonAuthorizationRequest, { stateHash: "open", claimedBefore })).toEqual({
      rows: [{ signInId: "one" }],
      changes: { "authorizationRequests open": { outcome: "failed", page: "used" } },
    });
  });
});

describe("a statement that ends sign-ins", () => {
  it("ends one unless it ended well, and leaves what is known of its browser", async () => {
    const signIns = [
      signIn("open"),
      signIn("further"),
      signIn("failed", { outcome: "failed", browserUserId: "bob" }),
      signIn("signed in", { outcome: "signed_in" }),
      signIn("bound", { outcome: "bound" }),
    ];
    const end = { outcome: "blocked", openid: "o", userId: "alice" } as const;
    const values = { ...end, browserUserId: "alice", now: at(9) };
    const db = await withSignIns(signIns);
    expect(await changesOf(db, finishSignIn, { id: "open", ...values })).toEqual({
      rows: [{ id: "open" }],
      changes: { "signIns open": { ...end, browserUserId: "alice", outcomeAt: at(9) } },
    });
    expect(await changesOf(db, finishSignIn, { id: "failed", ...values })).toEqual({
      ...{ rows: [{ id: "failed" }], changes: { "signIns failed": { ...end, outcomeAt: at(9) } } },
    });
    for (const id of ["signed in", "bound"]) {
      expect(await changesOf(db, finishSignIn, { id, ...values }), id).toEqual(nothing);
    }
  });

  it("marks those whose time is over and that have no outcome: one, or all in batches of 500, with less of their texts", async () => {
    const signIns = [
      signIn("over", { expiresAt: at(99), userAgent: "a".repeat(257), returnTo: `/${"b".repeat(512)}` }),
      signIn("over, short", {
        expiresAt: at(99),
        userAgent: "a".repeat(256),
        returnTo: `/${"b".repeat(511)}`,
      }),
      signIn("just over", { expiresAt: at(100) }),
      signIn("open", { expiresAt: at(101) }),
      signIn("over and ended", { expiresAt: at(99), outcome: "failed", userAgent: "a".repeat(257) }),
    ];
    const db = await withSignIns(signIns);
    for (const id of ["open", "over and ended"]) {
      expect(await changesOf(db, abandonSignIn, { id, now: at(100) }), id).toEqual(nothing);
    }
    const abandoned = (expiresAt: Date) => ({ outcome: "abandoned", outcomeAt: expiresAt });
    expect(await changesOf(db, abandonSignIn, { id: "just over", now: at(100) })).toEqual({
      rows: [{ appId: "wx1", createdAt: at(0) }],
      changes: { "signIns just over": abandoned(at(100)) },
    });
    const again = await withSignIns(signIns);
    const marking = { now: at(100), defaultReturnTo: "/account" };
    const { rows, changes } = await changesOf(again, abandonSignIns, marking);
    expect(rows.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      ["over", "over, short"].map((id) => ({ id, appId: "wx1", createdAt: at(0) })),
    );
    expect(changes).toEqual({
      "signIns over": { ...abandoned(at(99)), userAgent: "a".repeat(256), returnTo: "/account" },
      "signIns over, short": abandoned(at(99)),
    });
    await addRows(again, "signIns", many(501, { expiresAt: at(99) }));
    expect(await again.run(abandonSignIns, marking)).toHaveLength(500);
    expect(await again.run(abandonSignIns, marking)).toHaveLength(1);
  });
});

describe("a statement that deletes sign-ins", () => {
  const deleted = (...ids: string[]) => Object.fromEntries(ids.map((id) => [`signIns ${id}`, "deleted"]));

  it("forgets those that no callback reached, and what a browser without a user was refused, in batches of 500", async () => {
    const over = { expiresAt: at(99) };
    const db = await withSignIns([
      signIn("abandoned", { ...over, outcome: "abandoned", browserUserId: "alice" }),
      signIn("abandoned long ago", { expiresAt: at(5), outcome: "abandoned" }),
      signIn("abandoned now", { expiresAt: at(100), outcome: "abandoned" }),
      signIn("refused", { ...over, outcome: "refused" }),
      signIn("expired", { ...over, outcome: "expired" }),
      signIn("refused now", { expiresAt: at(100), outcome: "refused" }),
      signIn("refused long ago", { expiresAt: at(10), outcome: "refused" }),
      signIn("refused, of a user", { ...over, outcome: "refused", browserUserId: "alice" }),
      signIn("failed", { ...over, outcome: "failed" }),
      signIn("open", over),
    ]);
    const values = { after: at(10), before: at(100) };
    expect((await changesOf(db, deleteUnfinishedSignIns, values)).changes).toEqual(
      deleted("abandoned", "abandoned long ago", "refused", "expired"),
    );
    await addRows(db, "signIns", many(501, { ...over, outcome: "abandoned" }));
    expect(await db.run(deleteUnfinishedSignIns, values)).toHaveLength(500);
    expect(await db.run(deleteUnfinishedSignIns, values)).toHaveLength(1);
  });

  it("forgets all that began before a time, in batches of 500", async () => {
    const db = await withSignIns([
      signIn("old", { createdAt: at(49), expiresAt: at(900), outcome: "signed_in", ...alice }),
      signIn("old and over", { createdAt: at(49), expiresAt: at(50) }),
      signIn("young", { createdAt: at(50), expiresAt: at(51) }),
    ]);
    expect((await changesOf(db, deleteSignInsBefore, { before: at(50) })).changes).toEqual(
      deleted("old", "old and over"),
    );
    await addRows(db, "signIns", many(501, { createdAt: at(49) }));
    expect(await db.run(deleteSignInsBefore, { before: at(50) })).toHaveLength(500);
    expect(await db.run(deleteSignInsBefore, { before: at(50) })).toHaveLength(1);
  });
});
