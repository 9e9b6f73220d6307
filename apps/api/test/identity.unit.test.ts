import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { type Params, required, statement } from "../src/db/statement.js";
import { completionOf, findPerson, type Identity, resolveIdentity } from "../src/domain/identity/identity.js";
import { findSession } from "../src/domain/sessions/sessions.js";
import { type DomainHarness, profile, startDomainHarness, token } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

/** Signs in with these fields in the token response, and returns the user. */
async function userAfter(fields: object): Promise<string | undefined> {
  harness.answers.access_token = { ...token, ...fields };
  return harness.userOf(await harness.handleCallback(await harness.startSignIn()));
}
const conflicts = () => rowsOf(harness.db, "identityConflicts");
const lastStep = async () => (await harness.timeline()).at(-1);

describe("a person whose unionid changes", () => {
  const [before, after] = ["uUnionBefore", "uUnionAfter"];

  it("stays the same user, and the change is recorded once as a conflict and joins no one [T74]", async () => {
    const userId = await userAfter({ unionid: before });
    expect(await userAfter({ unionid: before })).toBe(userId);
    expect(await conflicts()).toEqual([]);
    expect(await lastStep()).toEqual(["signed_in", null]);

    expect(await userAfter({ unionid: after })).toBe(userId);
    expect(await lastStep()).toEqual(["signed_in", "identity conflict"]);
    expect(await conflicts()).toMatchObject([{ group: "demo", unionid: after, userId, otherUserId: userId }]);
    expect(await userAfter({ unionid: after })).toBe(userId);
    expect(await lastStep()).toEqual(["signed_in", null]);
    expect(await conflicts()).toHaveLength(1);
    expect(harness.loggedEvents.filter((event) => event === "identity_conflict")).toHaveLength(1);
    expect(await rowsOf(harness.db, "bindings")).toMatchObject([{ unionid: before }]);
    expect(await rowsOf(harness.db, "unions")).toMatchObject([{ unionid: before, userId }]);
  });

  it("stays the same user if the new unionid is another user's, whom the conflict names [T74]", async () => {
    const userId = await userAfter({ unionid: before });
    const otherUserId = await userAfter({ openid: "oBob", unionid: after });
    expect(await userAfter({ unionid: after })).toBe(userId);
    expect(await conflicts()).toMatchObject([{ unionid: after, userId, otherUserId }]);
    expect(await userAfter({ openid: "oBob", unionid: after })).toBe(otherUserId);
  });
});

describe("a known person", () => {
  it("is not created again: only the time of the last sign-in changes", async () => {
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

  it("is found by a nickname in any case and width [T61]", async () => {
    harness.answers.userinfo = { ...profile, nickname: "ＡLICE" };
    await harness.handleCallback(await harness.startSignIn("web"));
    expect(await rowsOf(harness.db, "bindings")).toMatchObject([
      { nickname: "ＡLICE", nicknameFolded: "alice" },
    ]);
  });
});

describe("what an answer of WeChat changes for a person", () => {
  const [own, other] = ["uUnionOfAlice", "uUnionOfBob"];
  const identity = (fields: Partial<Identity> = {}): Identity => ({
    ...{ app: harness.app("oa"), openid: token.openid, unionid: undefined, scope: "snsapi_base" },
    ...{ profile: undefined, ...fields },
  });
  const known = () => findPerson(harness.deps, harness.app("oa"), token.openid);
  const resolve = (fields?: Partial<Identity>, db = harness.db) =>
    resolveIdentity({ ...harness.deps, db }, identity(fields));
  const changes = async (fields: Partial<Identity>) =>
    completionOf(harness.deps, identity({ known: await known(), ...fields }))?.map(
      (step) => step.statement.name,
    );

  it("is written as their session opens, unless it has to be found out first whose the unionid is [T74]", async () => {
    expect(await changes({}), "a person who is not known").toBeUndefined();
    await resolve({ unionid: own });
    expect(await changes({})).toEqual(["touch_binding"]);
    expect(await changes({ unionid: own })).toEqual(["touch_binding"]);
    expect(await changes({ unionid: own, known: undefined })).toBeUndefined();
    expect(await changes({ unionid: other })).toBeUndefined();
    const profileOf = { nickname: "Alice", avatarUrl: undefined };
    expect(await changes({ unionid: own, profile: profileOf })).toEqual([
      ...["lock_binding", "insert_binding_completed", "complete_binding"],
    ]);
    // Their own unionid is another user's now: an operator decides.
    const { userId } = await resolve({ openid: "oBob" });
    await harness.db.consoleQuery((orm, { unions }) => orm.update(unions).set({ userId }).returning());
    expect(await changes({})).toEqual(["touch_binding"]);
    expect(await changes({ unionid: own })).toBeUndefined();
  });

  it("is a conflict where another process gives the unionid to another user meanwhile [T74]", async () => {
    const bob = await resolve({ openid: "oBob" });
    const giveUnion = statement("give_union", (orm, { unions }, p: Params<{ userId: string }>) =>
      orm
        .update(unions)
        .set({ userId: sql`${p.userId}` })
        .returning({ userId: unions.userId }),
    );
    const batch = (async (steps) => {
      const at = steps.findIndex((step) => step.statement.name === "insert_conflict_of_binding");
      const given = required(giveUnion.with({ userId: bob.userId }));
      const results = await harness.db.batch([...steps.slice(0, at), given, ...steps.slice(at)]);
      return results.toSpliced(at, 1);
    }) as Database["batch"];
    const alice = await resolve({ unionid: own }, { ...harness.db, batch });
    expect(alice).toEqual({
      ...{ userId: expect.any(String), bindingId: expect.any(String), isNewUser: true, isConflict: true },
    });
    expect(await conflicts()).toMatchObject([{ userId: alice.userId, otherUserId: bob.userId }]);
  });

  it("is tried again where another sign-in was faster, and not after another failure of the database", async () => {
    const away = new Error("the database is away");
    let failures = 0;
    const batch: Database["batch"] = (steps) =>
      failures++ === 0 ? Promise.reject(away) : harness.db.batch(steps);
    await expect(resolve({}, { ...harness.db, batch })).rejects.toBe(away);
    expect(await known()).toBeUndefined();
    const made = await resolve();
    expect(made).toMatchObject({ isNewUser: true, isConflict: false });
    expect(await resolve()).toEqual({ ...made, isNewUser: false });
  });
});

describe("the timeline of a sign-in", () => {
  const durations = async () =>
    (await rowsOf(harness.db, "signInEvents")).flatMap(({ kind, durationMs }) =>
      durationMs === null ? [] : [{ kind, isSensible: durationMs >= 0 && durationMs < 500 }],
    );

  it("has the duration of each call to WeChat, successful or not", async () => {
    await harness.handleCallback(await harness.startSignIn("web"));
    expect(await durations()).toEqual([
      { kind: "exchanged", isSensible: true },
      { kind: "userinfo", isSensible: true },
    ]);
    harness.answers.access_token = { errcode: 40029, errmsg: "no" };
    await harness.handleCallback(await harness.startSignIn("web"));
    expect((await durations()).at(-1)).toEqual({ kind: "exchange_failed", isSensible: true });
  });

  it("names the call whose answer contradicts the other one, and the field [T72]", async () => {
    harness.answers.access_token = { ...token, unionid: "uUnionOfAlice" };
    harness.answers.userinfo = { ...profile, unionid: "uUnionOfMallory" };
    await harness.handleCallback(await harness.startSignIn("web"));
    expect(await lastStep()).toEqual(["userinfo_failed", "BAD_SHAPE"]);
    expect(await rowsOf(harness.db, "apiFailures")).toMatchObject([
      {
        ...{ endpoint: "sns/userinfo", errcode: "BAD_SHAPE", openid: token.openid, latencyMs: 0, attempt: 1 },
        errmsg: "sns/userinfo names another unionid than the token answer",
      },
    ]);
    expect(await rowsOf(harness.db, "signIns")).toMatchObject([{ outcome: "failed", openid: token.openid }]);
  });
});
