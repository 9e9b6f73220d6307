import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newSecret } from "../src/domain/key-ring.js";
import { startProfileRequest } from "../src/domain/sign-in/start.js";
import { rowsOf } from "./support/rows.js";
import { profile, type Rules, startRules, token } from "./support/rules.js";

let rules: Rules;
beforeEach(async () => {
  rules = await startRules();
});
afterEach(() => rules.close());

const refused = (errcode: number) => ({ errcode, errmsg: "no" });

async function expectNobody(): Promise<void> {
  for (const table of ["users", "bindings", "unions", "sessions", "userTokens"] as const) {
    expect(await rowsOf(rules.db, table), table).toEqual([]);
  }
}

const block = (userId: string | undefined) =>
  rules.db.consoleQuery((orm, { users }) =>
    orm
      .update(users)
      .set({ status: "blocked" })
      .where(eq(users.id, userId ?? ""))
      .returning({ id: users.id }),
  );

describe("a profile", () => {
  it("is asked for on a page of ours first: a silent trip keeps nobody", async () => {
    const begun = await rules.begin("oa");
    const asks = { kind: "ask_profile", signInId: begun.signInId };
    expect(await rules.deliver(begun)).toEqual(asks);
    expect(await rules.deliver(begun)).toEqual(asks);
    expect(rules.asked).toEqual({ access_token: 1, userinfo: 0 });
    expect((await rules.hops()).at(-1)).toEqual(["profile_asked", null]);
    await expectNobody();

    const landing = await rules.deliver(await rules.tap(begun));
    expect(await rules.userOf(landing)).toBeDefined();
    expect(rules.asked).toEqual({ access_token: 2, userinfo: 1 });
    expect(await rowsOf(rules.db, "bindings")).toMatchObject([
      { nickname: "Alice", avatarUrl: profile.headimgurl },
    ]);
    const kinds = (await rules.hops()).map(([kind]) => kind);
    expect(kinds).toEqual(expect.arrayContaining(["userinfo", "user_created", "signed_in"]));
    expect(await rules.hops()).toContainEqual(["profile_redirect", "snsapi_userinfo"]);
  });

  it.each([
    ["oa", 0],
    ["web", 0],
  ])("is not asked for again once the person is known (%s)", async (key, times) => {
    const begun = await rules.begin(key);
    await rules.deliver(key === "web" ? begun : await rules.tap(begun));
    rules.asked.userinfo = 0;
    expect((await rules.deliver(await rules.begin(key))).kind).toBe("signed_in");
    expect(rules.asked.userinfo).toBe(times);
  });

  it("is read at once where a QR code was scanned, and anew where a known person tapped", async () => {
    expect((await rules.deliver(await rules.begin("web"))).kind).toBe("signed_in");
    expect((await rules.hops())[0]).toEqual(["started", "snsapi_login"]);
    expect(rules.asked.userinfo).toBe(1);
    await rules.deliver(await rules.tap(await rules.begin("oa")));
    rules.answers.userinfo = { ...profile, nickname: "Alicia" };
    await rules.deliver(await rules.tap(await rules.begin("oa")));
    expect((await rowsOf(rules.db, "bindings")).map(({ nickname }) => nickname).sort()).toEqual([
      "Alice",
      "Alicia",
    ]);
  });

  it("is never read for an app that needs none", async () => {
    await rules.deliver(await rules.tap(await rules.begin("plain")));
    expect(rules.asked.userinfo).toBe(0);
    expect(await rowsOf(rules.db, "bindings")).toMatchObject([{ nickname: null, profileAt: null }]);
  });

  it("T75: that WeChat refuses is a failure with the openid in its row, and keeps nobody", async () => {
    rules.answers.userinfo = refused(40003);
    const begun = await rules.tap(await rules.begin("oa"));
    expect(await rules.deliver(begun)).toMatchObject({ page: "sign-in-failed", errcode: "40003" });
    expect(await rowsOf(rules.db, "apiFailures")).toMatchObject([
      { errcode: "40003", endpoint: "sns/userinfo", openid: token.openid },
    ]);
    expect(await rowsOf(rules.db, "signIns")).toMatchObject([{ openid: token.openid, outcome: "failed" }]);
    expect((await rules.hops()).at(-1)).toEqual(["userinfo_failed", "40003"]);
    await expectNobody();
  });

  it("T76: that is unauthorized right after the tap is a snapshot; by QR it is a failure", async () => {
    rules.answers.userinfo = refused(48001);
    expect(await rules.deliver(await rules.tap(await rules.begin("oa")))).toMatchObject({
      page: "snapshot",
    });
    expect(await rowsOf(rules.db, "apiFailures")).toMatchObject([{ errcode: "48001" }]);
    expect(await rules.deliver(await rules.begin("web"))).toMatchObject({ page: "sign-in-failed" });
    await expectNobody();
  });

  it("T72: that names another unionid than the token answer is refused; a missing one is no other", async () => {
    rules.answers.access_token = { ...token, unionid: "uUnionOfAlice" };
    rules.answers.userinfo = { ...profile, unionid: "uUnionOfMallory" };
    expect(await rules.deliver(await rules.begin("web"))).toMatchObject({
      kind: "failure",
      errcode: "BAD_SHAPE",
    });
    await expectNobody();
    rules.answers.userinfo = profile;
    expect((await rules.deliver(await rules.begin("web"))).kind).toBe("signed_in");
    rules.answers.access_token = { ...token, openid: "oBob" };
    rules.answers.userinfo = { ...profile, openid: "oBob", unionid: "uUnionOfBobby" };
    expect((await rules.deliver(await rules.begin("web"))).kind).toBe("signed_in");
    expect((await rowsOf(rules.db, "unions")).map(({ unionid }) => unionid).sort()).toEqual([
      "uUnionOfAlice",
      "uUnionOfBobby",
    ]);
  });
});

describe("the second trip of a journey", () => {
  it("T1: begins for the browser of the journey only, and not once it is over", async () => {
    const begun = await rules.begin("oa");
    const { signInId, browserSecret } = begun;
    const start = (about: object) =>
      startProfileRequest(rules.deps, { signInId, browserSecrets: [browserSecret], ...about });
    expect(await start({ browserSecrets: [] })).toBeUndefined();
    expect(await start({ browserSecrets: [newSecret()] })).toBeUndefined();
    expect(await start({ signInId: "01M00000000000000000000000" })).toBeUndefined();
    expect(await start({ browserSecrets: [newSecret(), browserSecret] })).toMatch(
      /[?&]scope=snsapi_userinfo&/,
    );
    await rules.deliver(await rules.tap(begun));
    expect(await start({})).toBeUndefined();
  });

  it("T3: begins within the journey's life, and prolongs it", async () => {
    const begun = await rules.begin("oa");
    rules.advance(rules.deps.settings.stateTtlSeconds - 1);
    const second = await rules.tap(begun);
    rules.advance(rules.deps.settings.stateTtlSeconds - 1);
    expect((await rules.deliver(second)).kind).toBe("signed_in");
    const late = await rules.begin("oa");
    rules.advance(rules.deps.settings.stateTtlSeconds);
    await expect(rules.tap(late)).rejects.toThrow("the journey is over");
  });
});

describe("a blocked person", () => {
  it("is not signed in, and the journey tells why", async () => {
    await block(await rules.userOf(await rules.deliver(await rules.begin())));
    const begun = await rules.begin();
    expect(await rules.deliver(begun)).toMatchObject({ kind: "failure", page: "blocked" });
    const signIns = await rowsOf(rules.db, "signIns");
    expect(signIns.find(({ id }) => id === begun.signInId)).toMatchObject({
      outcome: "blocked",
      openid: token.openid,
    });
    expect((await rules.hops()).at(-1)).toEqual(["blocked", null]);
  });

  it("T74: is known by the unionid in another app of the group, and in no app outside it", async () => {
    rules.answers.access_token = { ...token, unionid: "uUnionOfAlice" };
    await block(await rules.userOf(await rules.deliver(await rules.begin())));
    rules.answers.userinfo = { ...profile, unionid: "uUnionOfAlice" };
    expect(await rules.deliver(await rules.begin("web"))).toMatchObject({ page: "blocked" });
    expect(await rowsOf(rules.db, "bindings")).toHaveLength(1);
    expect((await rules.deliver(await rules.begin("alone"))).kind).toBe("signed_in");
  });
});
