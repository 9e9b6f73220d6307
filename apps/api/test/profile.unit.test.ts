import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { later } from "../src/domain/deps.js";
import { newSecret } from "../src/domain/key-ring.js";
import { startProfileRequest } from "../src/domain/sign-in/start.js";
import { type DomainHarness, profile, startDomainHarness, token } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const refused = (errcode: number) => ({ errcode, errmsg: "no" });

async function expectNoUserStored(): Promise<void> {
  for (const table of ["users", "bindings", "unions", "sessions", "userTokens"] as const) {
    expect(await rowsOf(harness.db, table), table).toEqual([]);
  }
}

const block = (userId: string | undefined) =>
  harness.db.consoleQuery((orm, { users }) =>
    orm
      .update(users)
      .set({ status: "blocked" })
      .where(eq(users.id, userId ?? ""))
      .returning({ id: users.id }),
  );

describe("a profile", () => {
  it("is first asked for on our own page: the silent request stores no user", async () => {
    const started = await harness.startSignIn("oa");
    const asks = { kind: "ask_profile", signInId: started.signInId };
    expect(await harness.handleCallback(started)).toEqual(asks);
    expect(await harness.handleCallback(started)).toEqual(asks);
    expect(harness.calls).toEqual({ access_token: 1, userinfo: 0 });
    expect((await harness.timeline()).at(-1)).toEqual(["profile_asked", null]);
    await expectNoUserStored();

    const result = await harness.handleCallback(await harness.requestProfile(started));
    expect(await harness.userOf(result)).toBeDefined();
    expect(harness.calls).toEqual({ access_token: 2, userinfo: 1 });
    expect(await rowsOf(harness.db, "bindings")).toMatchObject([
      { nickname: "Alice", avatarUrl: profile.headimgurl },
    ]);
    const kinds = (await harness.timeline()).map(([kind]) => kind);
    expect(kinds).toEqual(expect.arrayContaining(["userinfo", "user_created", "signed_in"]));
    expect(await harness.timeline()).toContainEqual(["profile_redirect", "snsapi_userinfo"]);
  });

  it.each([
    ["oa", 0],
    ["web", 0],
  ])("is not requested again once the person is known (%s)", async (key, times) => {
    const started = await harness.startSignIn(key);
    await harness.handleCallback(key === "web" ? started : await harness.requestProfile(started));
    harness.calls.userinfo = 0;
    expect((await harness.handleCallback(await harness.startSignIn(key))).kind).toBe("signed_in");
    expect(harness.calls.userinfo).toBe(times);
  });

  it("is read at once after a QR code, and again if a known person clicks the button", async () => {
    expect((await harness.handleCallback(await harness.startSignIn("web"))).kind).toBe("signed_in");
    expect((await harness.timeline())[0]).toEqual(["started", "snsapi_login"]);
    expect(harness.calls.userinfo).toBe(1);
    await harness.handleCallback(await harness.requestProfile(await harness.startSignIn("oa")));
    harness.answers.userinfo = { ...profile, nickname: "Alicia" };
    await harness.handleCallback(await harness.requestProfile(await harness.startSignIn("oa")));
    expect((await rowsOf(harness.db, "bindings")).map(({ nickname }) => nickname).sort()).toEqual([
      "Alice",
      "Alicia",
    ]);
  });

  it("is never read for an app that needs none", async () => {
    await harness.handleCallback(await harness.requestProfile(await harness.startSignIn("plain")));
    expect(harness.calls.userinfo).toBe(0);
    expect(await rowsOf(harness.db, "bindings")).toMatchObject([{ nickname: null, profileAt: null }]);
  });

  it("causes one recorded failure with the openid, and no user, if WeChat refuses it [T75]", async () => {
    harness.answers.userinfo = refused(40003);
    const started = await harness.requestProfile(await harness.startSignIn("oa"));
    expect(await harness.handleCallback(started)).toMatchObject({
      page: "sign-in-failed",
      errcode: "40003",
    });
    expect(await rowsOf(harness.db, "apiFailures")).toMatchObject([
      { errcode: "40003", endpoint: "sns/userinfo", openid: token.openid },
    ]);
    expect(await rowsOf(harness.db, "signIns")).toMatchObject([{ openid: token.openid, outcome: "failed" }]);
    expect((await harness.timeline()).at(-1)).toEqual(["userinfo_failed", "40003"]);
    await expectNoUserStored();
  });

  it.each(["oa", "web"])(
    "causes one recorded failure with the openid, and no user, if app %s may not read profiles (48001)",
    async (key) => {
      harness.answers.userinfo = refused(48001);
      const started = await harness.startSignIn(key);
      const last = key === "oa" ? await harness.requestProfile(started) : started;
      expect(await harness.handleCallback(last)).toMatchObject({ page: "sign-in-failed", errcode: "48001" });
      const { openid } = token;
      expect(await rowsOf(harness.db, "apiFailures")).toMatchObject([{ errcode: "48001", openid }]);
      expect(await rowsOf(harness.db, "signIns")).toMatchObject([{ openid, outcome: "failed" }]);
      await expectNoUserStored();
    },
  );

  it("is refused if its unionid differs from the token response's, and accepted without a unionid [T72]", async () => {
    harness.answers.access_token = { ...token, unionid: "uUnionOfAlice" };
    harness.answers.userinfo = { ...profile, unionid: "uUnionOfMallory" };
    expect(await harness.handleCallback(await harness.startSignIn("web"))).toMatchObject({
      kind: "failure",
      errcode: "BAD_SHAPE",
    });
    await expectNoUserStored();
    harness.answers.userinfo = profile;
    expect((await harness.handleCallback(await harness.startSignIn("web"))).kind).toBe("signed_in");
    harness.answers.access_token = { ...token, openid: "oBob" };
    harness.answers.userinfo = { ...profile, openid: "oBob", unionid: "uUnionOfBobby" };
    expect((await harness.handleCallback(await harness.startSignIn("web"))).kind).toBe("signed_in");
    expect((await rowsOf(harness.db, "unions")).map(({ unionid }) => unionid).sort()).toEqual([
      "uUnionOfAlice",
      "uUnionOfBobby",
    ]);
  });
});

describe("the second authorization request of a sign-in", () => {
  it("starts only for the browser of the sign-in, and not after it has ended [T1]", async () => {
    const started = await harness.startSignIn("oa");
    const { signInId, browserSecret } = started;
    const start = (about: object) =>
      startProfileRequest(harness.deps, {
        ...{ signInId, browserSecrets: [browserSecret], sessionSecret: undefined, ...about },
      });
    expect(await start({ browserSecrets: [] })).toBeUndefined();
    expect(await start({ browserSecrets: [newSecret()] })).toBeUndefined();
    expect(await start({ signInId: "01M00000000000000000000000" })).toBeUndefined();
    expect(await start({ browserSecrets: [newSecret(), browserSecret] })).toMatch(
      /[?&]scope=snsapi_userinfo&/,
    );
    await harness.handleCallback(await harness.requestProfile(started));
    expect(await start({})).toBeUndefined();
  });

  it("starts within the lifetime of the sign-in, and extends it [T3]", async () => {
    const started = await harness.startSignIn("oa");
    harness.advance(harness.deps.settings.stateTtlSeconds - 1);
    const second = await harness.requestProfile(started);
    harness.advance(harness.deps.settings.stateTtlSeconds - 1);
    expect((await harness.handleCallback(second)).kind).toBe("signed_in");
    const late = await harness.startSignIn("oa");
    harness.advance(harness.deps.settings.stateTtlSeconds);
    await expect(harness.requestProfile(late)).rejects.toThrow("the sign-in is over");
  });

  it("does not start after it was refused as too late, although the clock is set back, and one that was not refused does [T89]", async () => {
    const { deps } = harness;
    const [late, other, foreign] = [
      await harness.startSignIn("oa"),
      await harness.startSignIn("oa"),
      await harness.startSignIn("oa"),
    ];
    const ttl = deps.settings.stateTtlSeconds;
    const asked = deps.now();
    harness.advance(ttl);
    await expect(harness.requestProfile(late)).rejects.toThrow("the sign-in is over");
    await expect(
      harness.requestProfile({ ...foreign, browserSecret: late.browserSecret }),
      "another browser ends nothing",
    ).rejects.toThrow("the sign-in is over");
    harness.advance(-ttl);
    await expect(harness.requestProfile(late)).rejects.toThrow("the sign-in is over");
    for (const { signInId } of [other, foreign]) {
      const [row] = (await rowsOf(harness.db, "signIns")).filter(({ id }) => id === signInId);
      expect(row).toMatchObject({ outcome: null, outcomeAt: null });
    }
    expect((await harness.handleCallback(await harness.requestProfile(other))).kind).toBe("signed_in");
    const [row] = (await rowsOf(harness.db, "signIns")).filter(({ id }) => id === late.signInId);
    expect(row).toMatchObject({ outcome: "abandoned", outcomeAt: later(asked, ttl) });
    await deps.callCounts.flush(harness.db);
    const counted = (await rowsOf(harness.db, "apiCallCounts")).filter(
      ({ errcode }) => errcode === "abandoned",
    );
    expect(counted.map(({ endpoint, calls }) => [endpoint, calls])).toEqual([["sign_in", 1]]);
  });
});

describe("a blocked person", () => {
  it("is not signed in, and the sign-in records why", async () => {
    await block(await harness.userOf(await harness.handleCallback(await harness.startSignIn())));
    const started = await harness.startSignIn();
    expect(await harness.handleCallback(started)).toMatchObject({ kind: "failure", page: "blocked" });
    const signIns = await rowsOf(harness.db, "signIns");
    expect(signIns.find(({ id }) => id === started.signInId)).toMatchObject({
      outcome: "blocked",
      openid: token.openid,
    });
    expect((await harness.timeline()).at(-1)).toEqual(["blocked", null]);
  });

  it("is recognized by unionid in another app of the group, and in no app outside it [T74]", async () => {
    harness.answers.access_token = { ...token, unionid: "uUnionOfAlice" };
    await block(await harness.userOf(await harness.handleCallback(await harness.startSignIn())));
    harness.answers.userinfo = { ...profile, unionid: "uUnionOfAlice" };
    expect(await harness.handleCallback(await harness.startSignIn("web"))).toMatchObject({
      page: "blocked",
    });
    expect(await rowsOf(harness.db, "bindings")).toHaveLength(1);
    expect((await harness.handleCallback(await harness.startSignIn("alone"))).kind).toBe("signed_in");
  });
});

describe("an answer of WeChat that lacks fields", () => {
  /** What was logged about it, without the app and the sign-in, which are checked here. */
  async function signInWith(tokens: object, userinfo: object) {
    const logged: object[] = [];
    harness.deps.log = { ...harness.deps.log, warn: (fields) => void logged.push(fields) };
    const started = await harness.requestProfile(await harness.startSignIn("oa"));
    harness.answers.access_token = tokens;
    harness.answers.userinfo = userinfo;
    const { kind } = await harness.handleCallback(started);
    const about = { event: "incomplete_answer", appId: harness.app("oa").appId, signInId: started.signInId };
    const details = (await harness.timeline()).filter(
      ([name]) => name === "exchanged" || name === "userinfo",
    );
    return { kind, logged, details, about };
  }

  it("is logged and stands in the timeline, and the person is signed in", async () => {
    const { openid, access_token } = token;
    const { kind, logged, details, about } = await signInWith({ openid, access_token }, { openid });
    expect(kind).toBe("signed_in");
    expect(logged).toEqual([
      { ...about, endpoint: "sns/oauth2/access_token", missing: ["scope", "refresh_token", "expires_in"] },
      { ...about, endpoint: "sns/userinfo", missing: ["nickname"] },
    ]);
    expect(details).toEqual([
      ["exchanged", "missing: scope; missing: refresh_token; missing: expires_in"],
      ["userinfo", "missing: nickname"],
    ]);
  });

  it("names only what is missing, beside the scopes", async () => {
    const { refresh_token: _, ...rest } = token;
    const { logged, details, about } = await signInWith(
      { ...rest, scope: "snsapi_base,snsapi_userinfo" },
      profile,
    );
    expect(logged).toEqual([{ ...about, endpoint: "sns/oauth2/access_token", missing: ["refresh_token"] }]);
    expect(details).toEqual([
      ["exchanged", "snsapi_base,snsapi_userinfo; missing: refresh_token"],
      ["userinfo", null],
    ]);
  });

  it("is unlike a complete one, about which nothing is logged", async () => {
    const { logged, details } = await signInWith(token, profile);
    expect([logged, details]).toEqual([
      [],
      [
        ["exchanged", token.scope],
        ["userinfo", null],
      ],
    ]);
  });
});
