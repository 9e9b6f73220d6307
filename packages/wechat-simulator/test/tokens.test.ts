import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, demoWebsite, type Simulator, startSimulator } from "../src/index.js";
import { call, exchange, getCode, getTokens } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  // Time does not move unless a test moves it, so that the second before an expiry differs from the next.
  simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 31, 4) });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;
const refresh = (refresh_token: string, asked = {}) =>
  call(simulator, "/sns/oauth2/refresh_token", {
    appid: appId,
    grant_type: "refresh_token",
    refresh_token,
    ...asked,
  });
const userinfo = (access_token: string, openid: string) =>
  call(simulator, "/sns/userinfo", { access_token, openid, lang: "zh_CN" });
const auth = (access_token: string, openid: string) => call(simulator, "/sns/auth", { access_token, openid });

describe("exchanging a code", () => {
  it("returns exactly the documented fields as text/plain without a charset or errcode", async () => {
    const { status, contentType, body } = await exchange(simulator, await getCode(simulator));
    expect(status).toBe(200);
    expect(contentType).toBe("text/plain");
    expect(Object.keys(body)).toEqual([
      "access_token",
      "expires_in",
      "refresh_token",
      "openid",
      "scope",
      "unionid",
    ]);
    expect(body).toMatchObject({ expires_in: 7200, scope: "snsapi_userinfo" });
    expect(body.openid).toMatch(/^o[A-Za-z0-9_-]{27}$/);
    expect(body.unionid).toMatch(/^o[A-Za-z0-9_-]{27}$/);
    expect(body.access_token).toMatch(/^\d{2,3}_[A-Za-z0-9_-]{100,110}$/);
  });

  it("omits the unionid with snsapi_base and keeps the refresh_token", async () => {
    const tokens = await getTokens(simulator, "alice", { scope: "snsapi_base" });
    expect(Object.keys(tokens)).toEqual(["access_token", "expires_in", "refresh_token", "openid", "scope"]);
  });

  it("omits the unionid of a person without one, or of an app without an Open Platform account", async () => {
    expect(await getTokens(simulator, "noavatar")).not.toHaveProperty("unionid");
    const unbound = await startSimulator({ apps: [{ ...demoOfficialAccount, openPlatform: null }] });
    expect(await getTokens(unbound)).not.toHaveProperty("unionid");
    await unbound.close();
  });

  it("works once and then answers 40163", async () => {
    const code = await getCode(simulator);
    await exchange(simulator, code);
    const { status, contentType, body } = await exchange(simulator, code);
    expect({ status, contentType }).toEqual({ status: 200, contentType: "text/plain" });
    expect(body.errcode).toBe(40163);
    expect(body.errmsg).toMatch(/^code been used, rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/);
  });

  it("succeeds for one of thirty concurrent calls", async () => {
    const code = await getCode(simulator);
    const answers = await Promise.all(Array.from({ length: 30 }, () => exchange(simulator, code)));
    expect(answers.filter(({ body }) => body.errcode === undefined)).toHaveLength(1);
  });

  it("works for five minutes and then answers 40029", async () => {
    const [early, late] = [await getCode(simulator), await getCode(simulator)];
    simulator.advance(299);
    expect((await exchange(simulator, early)).body.errcode).toBeUndefined();
    simulator.advance(1);
    expect((await exchange(simulator, late)).body).toMatchObject({ errcode: 40029 });
  });

  it("answers 40029 to another app's code without spending it", async () => {
    const code = await getCode(simulator);
    const other = { appid: demoWebsite.appId, secret: demoWebsite.appSecret };
    expect((await exchange(simulator, code, other)).body.errcode).toBe(40029);
    expect((await exchange(simulator, code)).body.errcode).toBeUndefined();
  });

  it.each([
    [41002, { appid: "", secret: "" }],
    [41004, { secret: "", code: "" }],
    [41008, { code: "", grant_type: "" }],
    [40002, { grant_type: "code", appid: "wx0000000000000000" }],
    [40013, { appid: "wx0000000000000000", secret: "x" }],
    [40125, { secret: "x", code: "unknown" }],
    [40029, { code: "unknown" }],
  ])("checks in order: %i comes before what follows it", async (errcode, asked) => {
    expect((await exchange(simulator, await getCode(simulator), asked)).body.errcode).toBe(errcode);
  });

  it("does not spend the code with a wrong secret", async () => {
    const code = await getCode(simulator);
    await exchange(simulator, code, { secret: "x" });
    expect((await exchange(simulator, code)).body.errcode).toBeUndefined();
  });

  it("refuses with a rid whose first group is the time in unix seconds", async () => {
    const now = Date.UTC(2026, 0, 31, 8, 30) + 999;
    const frozen = await startSimulator({ now: () => now });
    const { body } = await exchange(frozen, "unknown");
    const seconds = Number.parseInt(/rid: ([0-9a-f]{8})-/.exec(String(body.errmsg))?.[1] ?? "", 16);
    expect(seconds).toBe(Math.floor(now / 1000));
    await frozen.close();
  });
});

describe("a person's identities", () => {
  it("derive from the seed, so that a test knows them before the first sign-in", async () => {
    const [one, same, other] = await Promise.all(["s1", "s1", "s2"].map((seed) => startSimulator({ seed })));
    const openidOf = (from: Simulator | undefined) => from?.person("alice", appId).openid;
    expect(openidOf(one)).toBe(openidOf(same));
    expect(openidOf(one)).not.toBe(openidOf(other));
    await Promise.all([one, same, other].map((each) => each?.close()));
  });

  it("are one openid per app and one unionid across the apps of one Open Platform account", () => {
    const inAccount = simulator.person("alice", appId);
    const onWebsite = simulator.person("alice", demoWebsite.appId);
    expect(inAccount.openid).not.toBe(onWebsite.openid);
    expect(inAccount.unionid).toBe(onWebsite.unionid);
  });

  it("are those of the token response", async () => {
    const { openid, unionid } = await getTokens(simulator, "emoji");
    expect({ openid, unionid }).toEqual({
      openid: simulator.person("emoji", appId).openid,
      unionid: simulator.person("emoji", appId).unionid,
    });
  });

  it("exist for any number of generated people, two of three of whom have a unionid", async () => {
    const crowd = Array.from({ length: 300 }, (_, number) => simulator.person(`crowd-${number}`, appId));
    expect(new Set(crowd.map(({ openid }) => openid)).size).toBe(300);
    expect(crowd.filter(({ unionid }) => unionid !== undefined)).toHaveLength(200);
    expect((await getTokens(simulator, "crowd-123456")).openid).toBe(
      simulator.person("crowd-123456", appId).openid,
    );
  });

  it("include a unionid as soon as the person has one", async () => {
    const tokens = await getTokens(simulator, "noavatar");
    simulator.updatePerson("noavatar", { unionid: true });
    const { body } = await userinfo(tokens.access_token, tokens.openid);
    expect(body.unionid).toBe(simulator.person("noavatar", appId).unionid);
  });
});

describe("a snapshot visitor", () => {
  it("gets virtual ids, and is_snapshotuser: 1 in the token response only", async () => {
    const tokens = await getTokens(simulator, "snapshot");
    const real = simulator.person("snapshot", appId);
    expect(tokens.is_snapshotuser).toBe(1);
    expect(tokens.openid).not.toBe(real.openid);
    expect(tokens.unionid).not.toBe(real.unionid);
    const { body } = await userinfo(tokens.access_token, tokens.openid);
    expect(body).not.toHaveProperty("is_snapshotuser");
    expect(body).toMatchObject({ openid: tokens.openid, unionid: tokens.unionid });
    expect(body.nickname).not.toBe(real.nickname);
  });

  it("is an ordinary person with snsapi_base, and other people do not have the field", async () => {
    const base = await getTokens(simulator, "snapshot", { scope: "snsapi_base" });
    expect(base).not.toHaveProperty("is_snapshotuser");
    expect(base.openid).toBe(simulator.person("snapshot", appId).openid);
    expect(await getTokens(simulator, "alice")).not.toHaveProperty("is_snapshotuser");
  });
});

describe("userinfo", () => {
  it("returns the profile with sex 0 and empty places, as since 2021", async () => {
    const { access_token, openid } = await getTokens(simulator, "emoji");
    const { contentType, body } = await userinfo(access_token, openid);
    expect(contentType).toBe("text/plain");
    expect(body).toEqual({
      openid,
      nickname: "🦊 Foxy 🎉👩‍👩‍👧",
      sex: 0,
      province: "",
      city: "",
      country: "",
      headimgurl: `${simulator.url}/mmopen/vi_32/simulated-emoji/132`,
      privilege: [],
      unionid: simulator.person("emoji", appId).unionid,
    });
  });

  it("has an empty headimgurl for a person without an avatar", async () => {
    const { access_token, openid } = await getTokens(simulator, "noavatar");
    expect((await userinfo(access_token, openid)).body.headimgurl).toBe("");
  });

  it("answers 48001 to a token of snsapi_base", async () => {
    const { access_token, openid } = await getTokens(simulator, "alice", { scope: "snsapi_base" });
    const { status, body } = await userinfo(access_token, openid);
    expect(status).toBe(200);
    expect(body.errcode).toBe(48001);
    expect(body.errmsg).toMatch(/^api unauthorized, rid: /);
  });

  it("distinguishes invalid tokens", async () => {
    const { access_token, openid } = await getTokens(simulator);
    const errcodeOf = async (token: string, id: string) => (await userinfo(token, id)).body.errcode;
    expect(await errcodeOf("", openid)).toBe(41001);
    expect(await errcodeOf(access_token, "")).toBe(41009);
    expect(await errcodeOf("garbage", openid)).toBe(40014);
    expect(await errcodeOf("61_neverIssued", openid)).toBe(40001);
    expect(await errcodeOf(access_token, "oAnotherPerson")).toBe(40003);
    simulator.advance(7200);
    expect(await errcodeOf(access_token, openid)).toBe(42001);
  });
});

describe("auth", () => {
  it("answers errcode 0 and errmsg ok to a valid token of this openid", async () => {
    const { access_token, openid } = await getTokens(simulator, "alice", { scope: "snsapi_base" });
    expect((await auth(access_token, openid)).body).toEqual({ errcode: 0, errmsg: "ok" });
    expect((await auth(access_token, "oAnotherPerson")).body.errcode).toBe(40003);
  });
});

describe("a refresh", () => {
  it("extends a valid access token", async () => {
    const tokens = await getTokens(simulator);
    simulator.advance(7000);
    const { body } = await refresh(tokens.refresh_token);
    expect(Object.keys(body)).toEqual(["access_token", "expires_in", "refresh_token", "openid", "scope"]);
    expect(body).toMatchObject({ access_token: tokens.access_token, expires_in: 7200 });
    simulator.advance(7000);
    expect((await auth(tokens.access_token, tokens.openid)).body.errcode).toBe(0);
  });

  it("replaces an expired access token, which stays invalid", async () => {
    const tokens = await getTokens(simulator);
    simulator.advance(7201);
    const { body } = await refresh(tokens.refresh_token);
    expect(body.access_token).not.toBe(tokens.access_token);
    expect((await auth(String(body.access_token), tokens.openid)).body.errcode).toBe(0);
    expect((await auth(tokens.access_token, tokens.openid)).body.errcode).toBe(40001);
  });

  it("is possible for 30 days after the authorization, with earlier refreshes or without", async () => {
    const tokens = await getTokens(simulator);
    simulator.advance(29 * 86_400);
    expect((await refresh(tokens.refresh_token)).body.errcode).toBeUndefined();
    simulator.advance(86_400);
    expect((await refresh(tokens.refresh_token)).body.errcode).toBe(42002);
  });

  it("is refused for missing parameters and for tokens that are unknown or of another app", async () => {
    const { refresh_token } = await getTokens(simulator);
    const errcodeOf = async (token: string, asked = {}) => (await refresh(token, asked)).body.errcode;
    expect(await errcodeOf(refresh_token, { appid: "" })).toBe(41002);
    expect(await errcodeOf("")).toBe(41003);
    expect(await errcodeOf(refresh_token, { grant_type: "x" })).toBe(40002);
    expect(await errcodeOf(refresh_token, { appid: "wx0000000000000000" })).toBe(40013);
    expect(await errcodeOf("61_unknown")).toBe(40030);
    expect(await errcodeOf(refresh_token, { appid: demoWebsite.appId })).toBe(40030);
  });
});
