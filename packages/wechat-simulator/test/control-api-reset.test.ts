import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { DEFAULT_SETTINGS } from "../src/stores/settings.js";
import { call, exchange, getCode, getGlobalToken, getTokens, post, type Said } from "./phone.js";

// The state at start, as a whole, and what a reset forgets.

const START = Date.UTC(2026, 0, 31, 4);
const { appId: appid, appSecret: secret } = demoOfficialAccount;
const credentials = { grant_type: "client_credential", appid, secret };
const once = {
  daily: { token: 1 },
  perMinute: { access_token: 1 },
  forcedRefreshesPerDay: 1,
  forcedRefreshPauseSeconds: 0,
  quotaClearsPerMonth: 1,
};

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    now: () => START,
    apps: [{ ...demoOfficialAccount, limits: once }],
    settings: { refusal: "authdeny", qrLifeSeconds: 60 },
  });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

describe("the state at start", () => {
  it("has seven people with their peculiarities", () => {
    const person = {
      headimgurl: expect.stringMatching(/^\/mmopen\/vi_32\/simulated-[a-z]+\/132$/),
      unionid: true,
      follows: true,
      snapshot: false,
      highRisk: false,
    };
    expect(simulator.state().people.map(({ identities: _, ...own }) => own)).toEqual([
      { ...person, id: "alice", nickname: "林小满" },
      { ...person, id: "emoji", nickname: "🦊 Foxy 🎉👩‍👩‍👧" },
      { ...person, id: "noavatar", nickname: "无头像", headimgurl: "", unionid: false },
      {
        ...person,
        id: "longname",
        nickname: `\u202Eevil \u200B\u200D<b>&"'</b> Z\u0351\u036B\u0343a\u0322\u0328l\u0337g\u0321o ${"很长的名字".repeat(12)}`,
      },
      { ...person, id: "snapshot", nickname: "快照访客", snapshot: true },
      { ...person, id: "control", nickname: "控制\u0014字符\u001f" },
      { ...person, id: "bigavatar", nickname: "大头像", headimgurl: "/mmopen/vi_32/simulated-bigavatar/0" },
    ]);
  });

  it("has the settings that it was started with, and the default of each other one", () => {
    expect(DEFAULT_SETTINGS).toEqual({
      refusal: "nothing",
      doubleCallback: false,
      sameCode: false,
      fromMenu: false,
      recentLogin: false,
      emptyState: "refused",
      stateAlphabet: "alphanumeric",
      parameterOrder: "strict",
      errmsgTail: "rid",
      quotas: true,
      expiredCode: 40029,
      usedCode: 40163,
      wrongSecretSpendsCode: false,
      refreshKeepsAccessToken: true,
      refreshSlides: false,
      newAuthorizationEndsOld: false,
      revokedErrcode: 50001,
      snapshotFlag: true,
      snapshotUserinfo: "virtual",
      nonFollowerUnionid: false,
      batchgetUnknown: "left_out",
      qrPollSeconds: 25,
      qrLifeSeconds: 300,
    });
    const atStart = { ...DEFAULT_SETTINGS, refusal: "authdeny", qrLifeSeconds: 60 };
    expect(simulator.state().settings).toEqual(atStart);
    simulator.settings({ refusal: "state_only", qrLifeSeconds: 1, quotas: false });
    simulator.reset();
    expect(simulator.state().settings).toEqual(atStart);
  });
});

describe("a reset", () => {
  it("restores the whole state at start", async () => {
    const atStart = simulator.state();
    simulator.updatePerson("alice", { nickname: "x", follows: false });
    simulator.updatePerson("crowd-1", { nickname: "x" });
    simulator.createPerson({ id: "bob" });
    simulator.deletePerson("emoji");
    simulator.settings({ doubleCallback: true, callbackHosts: [] });
    simulator.updateApp(appid, { banned: true, limits: { daily: { token: 7 } } });
    simulator.fail("userinfo", { kind: "http_502" });
    simulator.advance(1000);
    simulator.reset();
    expect(simulator.state()).toEqual(atStart);
    expect(simulator.person("crowd-1", appid).nickname).not.toBe("x");
  });

  it("forgets every code, token, ticket and rid", async () => {
    const rules = { limits: { perMinute: { access_token: 5 } } };
    simulator.updateApp(appid, rules);
    const { access_token, refresh_token, openid } = await getTokens(simulator);
    const code = await getCode(simulator);
    const globalToken = await getGlobalToken(simulator);
    const refused = await call(simulator, "/cgi-bin/user/info", { access_token: globalToken });
    const rid = /rid: (.*)$/.exec(String(refused.body.errmsg))?.[1];
    await call(simulator, "/cgi-bin/ticket/getticket", { access_token: globalToken, type: "jsapi" });
    const refresh = { appid, grant_type: "refresh_token", refresh_token };
    /** The errcode of each, of which none has an effect on another. */
    const answers = async () => ({
      auth: (await call(simulator, "/sns/auth", { access_token, openid })).body.errcode,
      refresh: (await call(simulator, "/sns/oauth2/refresh_token", refresh)).body.errcode,
      code: (await exchange(simulator, code)).body.errcode,
      global: (await call(simulator, "/cgi-bin/getcallbackip", { access_token: globalToken })).body.errcode,
      rid: (
        await post(
          simulator,
          "/cgi-bin/openapi/rid/get",
          { access_token: await getGlobalToken(simulator) },
          { rid },
        )
      ).body.errcode,
    });
    expect(simulator.tokens().map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      "global_token alive",
      "ticket alive",
      "access_token alive",
      "refresh_token alive",
      "code spent",
      "code alive",
    ]);
    expect(await answers()).toEqual({ auth: 0, rid: 0 });
    simulator.reset();
    expect(simulator.tokens()).toEqual([]);
    expect(await answers()).toEqual({ auth: 40001, refresh: 40030, code: 40029, global: 40001, rid: 76001 });
  });

  it.each<[string, unknown, number, () => Promise<Said>]>([
    ["exchanges a minute", undefined, 45011, async () => exchange(simulator, await getCode(simulator))],
    ["tokens a day", undefined, 45009, () => call(simulator, "/cgi-bin/token", credentials)],
    [
      "forced refreshes a day",
      undefined,
      45009,
      () => post(simulator, "/cgi-bin/stable_token", {}, { ...credentials, force_refresh: true }),
    ],
    [
      "calls of clear_quota a month",
      0,
      48006,
      async () =>
        post(simulator, "/cgi-bin/clear_quota", { access_token: await getGlobalToken(simulator) }, { appid }),
    ],
  ])("begins the count anew of %s", async (_count, first, second, make) => {
    const twice = async () => [(await make()).body.errcode, (await make()).body.errcode];
    expect(await twice()).toEqual([first, second]);
    simulator.reset();
    expect(await twice()).toEqual([first, second]);
  });
});
