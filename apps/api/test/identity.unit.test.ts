import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findSession } from "../src/domain/sessions.js";
import { type DomainHarness, profile, startDomainHarness, token } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

/** A sign-in whose token answer names these, and whose it is. */
async function userAfter(fields: object): Promise<string | undefined> {
  harness.answers.access_token = { ...token, ...fields };
  return harness.userOf(await harness.receiveCallback(await harness.startSignIn()));
}
const conflicts = () => rowsOf(harness.db, "identityConflicts");
const lastHop = async () => (await harness.timeline()).at(-1);

describe("a unionid that changes", () => {
  const [before, after] = ["uUnionBefore", "uUnionAfter"];

  it("T74: signs in as before, is noted once, and joins nobody", async () => {
    const userId = await userAfter({ unionid: before });
    expect(await userAfter({ unionid: before })).toBe(userId);
    expect(await conflicts()).toEqual([]);
    expect(await lastHop()).toEqual(["signed_in", null]);

    expect(await userAfter({ unionid: after })).toBe(userId);
    expect(await lastHop()).toEqual(["signed_in", "identity conflict"]);
    expect(await conflicts()).toMatchObject([{ group: "demo", unionid: after, userId, otherUserId: userId }]);
    expect(await userAfter({ unionid: after })).toBe(userId);
    expect(await lastHop()).toEqual(["signed_in", null]);
    expect(await conflicts()).toHaveLength(1);
    expect(harness.loggedEvents.filter((event) => event === "identity_conflict")).toHaveLength(1);
    expect(await rowsOf(harness.db, "bindings")).toMatchObject([{ unionid: before }]);
    expect(await rowsOf(harness.db, "unions")).toMatchObject([{ unionid: before, userId }]);
  });

  it("T74: to that of another user names that user, and moves neither", async () => {
    const userId = await userAfter({ unionid: before });
    const otherUserId = await userAfter({ openid: "oBob", unionid: after });
    expect(await userAfter({ unionid: after })).toBe(userId);
    expect(await conflicts()).toMatchObject([{ unionid: after, userId, otherUserId }]);
    expect(await userAfter({ openid: "oBob", unionid: after })).toBe(otherUserId);
  });
});

describe("a known person", () => {
  it("is not made again: only the time of the last sign-in moves", async () => {
    const userId = await userAfter({});
    const [made] = await rowsOf(harness.db, "users");
    expect(made?.lastSignInAt).toEqual(made?.createdAt);
    harness.advance(5);
    expect(await userAfter({})).toBe(userId);
    const [seen] = await rowsOf(harness.db, "users");
    expect(seen?.createdAt).toEqual(made?.createdAt);
    expect(seen?.lastSignInAt).toEqual(harness.deps.now());
    expect((await harness.timeline()).filter(([kind]) => kind === "user_created")).toHaveLength(1);
    expect(await findSession(harness.deps, await harness.signIn())).toMatchObject({ userId });
  });

  it("T61: is found by a nickname however its letters are written", async () => {
    harness.answers.userinfo = { ...profile, nickname: "ＡLICE" };
    await harness.receiveCallback(await harness.startSignIn("web"));
    expect(await rowsOf(harness.db, "bindings")).toMatchObject([
      { nickname: "ＡLICE", nicknameFolded: "alice" },
    ]);
  });
});

describe("what an operator reads of a sign-in", () => {
  const durations = async () =>
    (await rowsOf(harness.db, "signInEvents")).flatMap(({ kind, durationMs }) =>
      durationMs === null ? [] : [{ kind, isSensible: durationMs >= 0 && durationMs < 500 }],
    );

  it("is how long WeChat took for each call, answered or not", async () => {
    await harness.receiveCallback(await harness.startSignIn("web"));
    expect(await durations()).toEqual([
      { kind: "exchanged", isSensible: true },
      { kind: "userinfo", isSensible: true },
    ]);
    harness.answers.access_token = { errcode: 40029, errmsg: "no" };
    await harness.receiveCallback(await harness.startSignIn("web"));
    expect((await durations()).at(-1)).toEqual({ kind: "exchange_failed", isSensible: true });
  });

  it("T72: is which call disagreed, and about what", async () => {
    harness.answers.access_token = { ...token, unionid: "uUnionOfAlice" };
    harness.answers.userinfo = { ...profile, unionid: "uUnionOfMallory" };
    await harness.receiveCallback(await harness.startSignIn("web"));
    expect(await lastHop()).toEqual(["userinfo_failed", "BAD_SHAPE"]);
    expect(await rowsOf(harness.db, "apiFailures")).toMatchObject([
      { endpoint: "sns/userinfo", errcode: "BAD_SHAPE", errmsg: expect.stringContaining("another unionid") },
    ]);
  });
});
