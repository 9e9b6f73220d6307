import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  buildSimulator,
  demoMiniProgram,
  demoOfficialAccount,
  type Simulator,
  startSimulator,
} from "../src/index.js";
import { call, exchange, getCode, getGlobalToken, getTokens, post } from "./phone.js";

const START = Date.UTC(2026, 0, 31, 4); // noon in China, on a full minute
let simulator: Simulator;
beforeAll(async () => {
  // Time does not move unless a test moves it, so that no minute ends by itself.
  simulator = await startSimulator({ now: () => START });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId, appSecret } = demoOfficialAccount;
const credentials = { grant_type: "client_credential", appid: appId, secret: appSecret };
const fetchToken = async () => (await call(simulator, "/cgi-bin/token", credentials)).body;
const forceToken = async () =>
  (await post(simulator, "/cgi-bin/stable_token", {}, { ...credentials, force_refresh: true })).body;

describe("the quota per minute", () => {
  it("refuses further calls with 45011 without spending a code, and resets with the next minute", async () => {
    simulator.updateApp(appId, { limits: { perMinute: { access_token: 1 } } });
    const [first, second] = [await getCode(simulator), await getCode(simulator)];
    expect((await exchange(simulator, first)).body.errcode).toBeUndefined();
    const { errcode, errmsg } = (await exchange(simulator, second)).body;
    expect(errcode).toBe(45011);
    expect(errmsg).toMatch(/^api minute-quota reach limit, must slower, retry next minute, rid: /);
    simulator.advance(59);
    expect((await exchange(simulator, second)).body.errcode).toBe(45011);
    simulator.advance(1);
    expect((await exchange(simulator, second)).body.errcode).toBeUndefined();
  });

  it("is counted per endpoint and app", async () => {
    simulator.updateApp(appId, { limits: { perMinute: { userinfo: 1, refresh_token: 0 } } });
    const { access_token, openid, refresh_token } = await getTokens(simulator);
    const ask = async () => (await call(simulator, "/sns/userinfo", { access_token, openid })).body.errcode;
    expect([await ask(), await ask()]).toEqual([undefined, 45011]);
    const refresh = { appid: appId, grant_type: "refresh_token", refresh_token };
    expect((await call(simulator, "/sns/oauth2/refresh_token", refresh)).body.errcode).toBe(45011);
    expect((await call(simulator, "/sns/auth", { access_token, openid })).body.errcode).toBe(0);
  });

  it("applies to global calls as well", async () => {
    simulator.updateApp(appId, { limits: { perMinute: { token: 1 } } });
    await fetchToken();
    const { errcode, errmsg } = await fetchToken();
    expect(errcode).toBe(45011);
    expect(errmsg).toMatch(/retry next minute rid: /);
  });

  const jsCode = (person: string) => simulator.createJsCode(person, demoMiniProgram.appId);
  const session = async (js_code: string) => {
    const { appId: appid, appSecret: secret } = demoMiniProgram;
    const sent = { appid, secret, js_code, grant_type: "authorization_code" };
    return (await call(simulator, "/sns/jscode2session", sent)).body.errcode;
  };

  it("is counted for the app at jscode2session, of all people together, and a refused call does not spend its code", async () => {
    simulator.updateApp(demoMiniProgram.appId, { limits: { perMinute: { jscode2session: 1 } } });
    const kept = jsCode("emoji");
    expect([await session(jsCode("alice")), await session(kept)]).toEqual([undefined, 45011]);
    simulator.advance(60);
    expect(await session(kept)).toBeUndefined();
  });

  it("is 100 per person at jscode2session, and a refused call does not spend its code", async () => {
    simulator.updateApp(demoMiniProgram.appId, { limits: { jsCodesPerPersonAndMinute: 1 } });
    await session(jsCode("alice"));
    const kept = jsCode("alice");
    expect(await session(kept)).toBe(45011);
    expect(await session(jsCode("emoji"))).toBeUndefined();
    simulator.advance(60);
    expect(await session(kept)).toBeUndefined();
  });
});

describe("the quota per day", () => {
  it("can be lowered, refuses further calls with 45009, and resets at midnight in China", async () => {
    simulator.updateApp(appId, { limits: { daily: { token: 2 } } });
    await fetchToken();
    await fetchToken();
    expect((await fetchToken()).errcode).toBe(45009);
    simulator.advance(12 * 3600 - 1);
    expect((await fetchToken()).errcode).toBe(45009);
    simulator.advance(1);
    expect((await fetchToken()).errcode).toBeUndefined();
  });

  it("can be switched off with all others for load tests", async () => {
    simulator.updateApp(appId, { limits: { daily: { token: 0 } } });
    simulator.settings({ quotas: false });
    expect((await fetchToken()).errcode).toBeUndefined();
  });

  it("is returned by openapi/quota/get as used and remaining, with the limit per minute if there is one", async () => {
    const access_token = await getGlobalToken(simulator);
    await fetchToken();
    const ask = async (cgi_path: unknown) =>
      (await post(simulator, "/cgi-bin/openapi/quota/get", { access_token }, { cgi_path })).body;
    expect(await ask("/cgi-bin/token")).toEqual({
      errcode: 0,
      errmsg: "ok",
      quota: { daily_limit: 200, used: 1, remain: 199 },
    });
    expect(await ask("/cgi-bin/stable_token")).toMatchObject({
      quota: { daily_limit: 500_000, used: 1, remain: 499_999 },
      rate_limit: { call_count: 10_000, refresh_second: 60 },
    });
    expect(await ask("/cgi-bin/user/info")).toMatchObject({ quota: { daily_limit: 5_000_000 } });
    expect((await ask("/cgi-bin/nowhere")).errcode).toBe(76021);
    expect((await ask("/sns/userinfo")).errcode).toBe(76022);
    expect((await ask("https://api.weixin.qq.com/cgi-bin/token")).errcode).toBe(76003);
  });

  it("is reset by clear_quota, which works ten times a month and then answers 48006", async () => {
    simulator.updateApp(appId, { limits: { daily: { token: 1 } } });
    const access_token = await getGlobalToken(simulator);
    const clear = async (body: unknown = { appid: appId }) =>
      (await post(simulator, "/cgi-bin/clear_quota", { access_token }, body)).body;
    await fetchToken();
    expect((await fetchToken()).errcode).toBe(45009);
    expect(await clear()).toEqual({ errcode: 0, errmsg: "ok" });
    expect((await fetchToken()).errcode).toBeUndefined();
    expect((await clear({})).errcode).toBe(41002);
    expect((await clear({ appid: demoMiniProgram.appId })).errcode).toBe(40013);
    for (let count = 1; count < 10; count += 1) await clear();
    expect((await clear()).errcode).toBe(48006);
  });
});

describe("forced refreshes", () => {
  it("have limits that a test can lower", async () => {
    simulator.updateApp(appId, { limits: { forcedRefreshesPerDay: 1, forcedRefreshPauseSeconds: 0 } });
    expect((await forceToken()).errcode).toBeUndefined();
    expect((await forceToken()).errcode).toBe(45009);
  });

  it("return the current token and are not counted if they follow each other too soon", async () => {
    simulator.updateApp(appId, { limits: { forcedRefreshesPerDay: 1 } });
    const { access_token } = await forceToken();
    simulator.advance(29);
    expect(await forceToken()).toMatchObject({ access_token, expires_in: 7171 });
  });
});

describe("the change-over of global tokens", () => {
  it("lasts as long as the app's limits say on both endpoints", async () => {
    simulator.updateApp(appId, { limits: { changeOverSeconds: 10 } });
    const works = async (access_token: unknown) =>
      (await call(simulator, "/cgi-bin/getcallbackip", { access_token: String(access_token) })).body.errcode;
    const classic = (await fetchToken()).access_token;
    await fetchToken();
    simulator.advance(9);
    expect(await works(classic)).toBeUndefined();
    simulator.advance(1);
    expect(await works(classic)).toBe(40001);
    const stable = await getGlobalToken(simulator);
    simulator.advance(7189);
    expect(await getGlobalToken(simulator)).toBe(stable);
    simulator.advance(1);
    expect(await getGlobalToken(simulator)).not.toBe(stable);
    expect(await works(stable)).toBeUndefined();
  });
});

describe("the IP allow-list", () => {
  const elsewhere = ["203.0.113.9"];

  it("is checked on both token endpoints, and the refusal contains the caller's address", async () => {
    simulator.setIpAllowList(appId, elsewhere);
    const expected = /^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: /;
    for (const body of [await fetchToken(), await forceToken()]) {
      expect(body.errcode).toBe(40164);
      expect(body.errmsg).toMatch(expected);
    }
    simulator.setIpAllowList(appId, [...elsewhere, "127.0.0.1"]);
    expect((await fetchToken()).errcode).toBeUndefined();
  });

  it("allows no address if it is empty, and any if there is none", async () => {
    simulator.setIpAllowList(appId, []);
    expect((await fetchToken()).errcode).toBe(40164);
    simulator.setIpAllowList(appId, null);
    expect((await fetchToken()).errcode).toBeUndefined();
  });

  it("is checked after the secret, and not for mini programs or /sns", async () => {
    simulator.setIpAllowList(appId, elsewhere);
    simulator.setIpAllowList(demoMiniProgram.appId, elsewhere);
    const wrong = await call(simulator, "/cgi-bin/token", { ...credentials, secret: "x" });
    expect(wrong.body.errcode).toBe(40125);
    expect(await getGlobalToken(simulator, demoMiniProgram)).toBeTypeOf("string");
    expect((await getTokens(simulator)).openid).toBeTypeOf("string");
  });
});

describe("an address that is not on the allow-list", () => {
  it.each([
    ["192.0.2.7", "invalid ip 192.0.2.7 ipv6 ::ffff:192.0.2.7"],
    ["::ffff:192.0.2.7", "invalid ip 192.0.2.7 ipv6 ::ffff:192.0.2.7"],
    ["2001:db8::7", "invalid ip 2001:db8::7 ipv6 2001:db8::7"],
  ])("is named as WeChat names it: %s", async (remoteAddress, named) => {
    const app = buildSimulator({ apps: [{ ...demoOfficialAccount, ipAllowList: ["192.0.2.1"] }] });
    const query = credentials;
    const { body } = await app.inject({ url: "/cgi-bin/token", query, remoteAddress });
    expect(JSON.parse(body)).toEqual({
      errcode: 40164,
      errmsg: expect.stringMatching(new RegExp(`^${named}, not in whitelist rid: `)),
    });
    await app.close();
  });
});
