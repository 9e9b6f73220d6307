import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { authorizeUrl, call, exchange, getCode, getGlobalToken, open, post } from "./phone.js";

// Two people have signed in to each of two Official Accounts. A command acts on what it names, and on nothing else.

const START = Date.UTC(2026, 0, 31, 4);
const callback = "http://app.example/callback";
const one = { ...demoOfficialAccount, testAccount: false };
const two = {
  ...one,
  appId: "wx51a0b1c2d3e4f509",
  appSecret: "5d0c1a7e0000000000000000000000d4",
  name: "Two",
};
const people = ["alice", "emoji"] as const;
const apps = { one, two };

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ apps: [one, two], callbackHosts: ["app.example"], now: () => START });
});
afterAll(() => simulator.close());

interface Held {
  code: string;
  access_token: string;
  refresh_token: string;
  openid: string;
}
type Pair = `${(typeof people)[number]} in ${keyof typeof apps}`;
let held: Record<Pair, Held>;
let globalTokens: Record<keyof typeof apps, string>;

const pairs = people.flatMap((person) =>
  (["one", "two"] as const).map((name) => ({
    pair: `${person} in ${name}` as Pair,
    person,
    name,
    app: apps[name],
  })),
);
const signInUrl = (appid: string) => authorizeUrl(simulator, { appid, redirect_uri: callback });
const codeFor = (person: string, { appId }: typeof one) =>
  getCode(simulator, person, { appid: appId, redirect_uri: callback });

beforeEach(async () => {
  simulator.reset();
  simulator.settings({ recentLogin: true });
  held = {} as typeof held;
  for (const { pair, person, app } of pairs) {
    const { appId: appid, appSecret: secret } = app;
    const { body } = await exchange(simulator, await codeFor(person, app), { appid, secret });
    held[pair] = { ...(body as unknown as Held), code: await codeFor(person, app) };
  }
  globalTokens = { one: await getGlobalToken(simulator, one), two: await getGlobalToken(simulator, two) };
});

/** What one person is to one app, by calls and visits. */
interface Standing {
  auth: unknown;
  refresh: unknown;
  follows: unknown;
  /** Whether a visit shows the consent page, redirects silently, or shows an error page. */
  visit: string;
  /** The errcode of an exchange, which is made last because it issues tokens. */
  code: unknown;
}
const untouched: Standing = { auth: 0, refresh: undefined, follows: 1, visit: "silent", code: undefined };

async function standings(): Promise<Record<Pair, Standing>> {
  const found = {} as Record<Pair, Standing>;
  for (const { pair, person, name, app } of pairs) {
    const { appId: appid, appSecret: secret } = app;
    const { code, access_token, refresh_token, openid } = held[pair];
    const asked = { appid, grant_type: "refresh_token", refresh_token };
    const visit = await open(signInUrl(appid), { cookie: `simulator_person=${person}` });
    const follower = await call(simulator, "/cgi-bin/user/info", {
      access_token: globalTokens[name],
      openid,
    });
    found[pair] = {
      auth: (await call(simulator, "/sns/auth", { access_token, openid })).body.errcode,
      refresh: (await call(simulator, "/sns/oauth2/refresh_token", asked)).body.errcode,
      follows: follower.body.subscribe ?? follower.body.errcode,
      visit: visit.status === 302 ? "silent" : (visit.headers.get("x-simulator-reason") ?? "asks"),
      code: (await exchange(simulator, code, { appid, secret })).body.errcode,
    };
  }
  return found;
}

describe("a command about one of two people and one of two apps", () => {
  it("leaves everything as it was if there is none", async () => {
    expect(await standings()).toEqual(Object.fromEntries(pairs.map(({ pair }) => [pair, untouched])));
  });

  it.each<[string, () => unknown, Partial<Record<Pair, Partial<Standing>>>]>([
    [
      "revoke",
      () => simulator.revoke("alice", one.appId),
      { "alice in one": { auth: 50001, refresh: 40030, visit: "asks" } },
    ],
    [
      "change-password",
      () => simulator.changePassword("alice"),
      { "alice in one": { auth: 42007, refresh: 42007 }, "alice in two": { auth: 42007, refresh: 42007 } },
    ],
    ["unfollow", () => simulator.unfollow("alice", one.appId), { "alice in one": { follows: 0 } }],
    [
      "unfollow everywhere",
      () => simulator.updatePerson("alice", { follows: false }),
      { "alice in one": { follows: 0 }, "alice in two": { follows: 0 } },
    ],
    [
      "follow everywhere, after changes of single accounts",
      () => {
        simulator.unfollow("alice", one.appId);
        simulator.unfollow("emoji", one.appId);
        simulator.updatePerson("alice", { follows: true });
      },
      { "emoji in one": { follows: 0 } },
    ],
    [
      "delete",
      () => simulator.deletePerson("alice"),
      {
        "alice in one": { auth: 50002, refresh: 40030, follows: 40003, visit: "asks", code: 50002 },
        "alice in two": { auth: 50002, refresh: 40030, follows: 40003, visit: "asks", code: 50002 },
      },
    ],
    [
      "change-password after revoke, which keeps the first reason",
      () => {
        simulator.revoke("emoji", two.appId);
        simulator.changePassword("emoji");
      },
      {
        "emoji in one": { auth: 42007, refresh: 42007 },
        "emoji in two": { auth: 50001, refresh: 40030, visit: "asks" },
      },
    ],
    [
      "end of an access token",
      () => simulator.endToken(held["emoji in two"].access_token),
      { "emoji in two": { auth: 42001 } },
    ],
    [
      "end of a refresh token",
      () => simulator.endToken(held["emoji in two"].refresh_token),
      { "emoji in two": { refresh: 42002 } },
    ],
    [
      "end of a code",
      () => simulator.endToken(held["alice in two"].code),
      { "alice in two": { code: 40029 } },
    ],
    [
      "end of a global token",
      () => simulator.endToken(globalTokens.two),
      { "alice in two": { follows: 40001 }, "emoji in two": { follows: 40001 } },
    ],
    [
      "ban of an app",
      () => simulator.updateApp(two.appId, { banned: true }),
      {
        "alice in two": { visit: "the account is banned" },
        "emoji in two": { visit: "the account is banned" },
      },
    ],
    [
      "snapshot",
      () => simulator.updatePerson("emoji", { snapshot: true }),
      {}, // those who consented recently see no snapshot page
    ],
    [
      "new authorization with the switch newAuthorizationEndsOld",
      async () => {
        simulator.settings({ newAuthorizationEndsOld: true });
        const { appId: appid, appSecret: secret } = one;
        await exchange(simulator, await codeFor("alice", one), { appid, secret });
        simulator.settings({ newAuthorizationEndsOld: false });
      },
      { "alice in one": { auth: 40001, refresh: 40030 } },
    ],
  ])("acts on nothing else: %s", async (_title, command, changed) => {
    await command();
    expect(await standings()).toEqual(
      Object.fromEntries(pairs.map(({ pair }) => [pair, { ...untouched, ...changed[pair] }])),
    );
  });
});

describe("the list of credentials", () => {
  const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

  it("has every code, token and ticket of two people and two apps, newest first within each kind", async () => {
    const { body } = await call(simulator, "/cgi-bin/ticket/getticket", {
      access_token: globalTokens.one,
      type: "wx_card",
    });
    const { appId: appid, appSecret: secret } = two;
    const classic = await call(simulator, "/cgi-bin/token", {
      grant_type: "client_credential",
      appid,
      secret,
    });
    simulator.revoke("emoji", one.appId);
    const spent = simulator.tokens().filter(({ kind, state }) => kind === "code" && state === "spent");
    const common = { snapshot: false, state: "alive" };
    const ofPerson = ({ app, person }: (typeof pairs)[number]) => ({
      ...common,
      appId: app.appId,
      personId: person,
      purpose: "snsapi_userinfo",
    });
    const newestFirst = [...pairs].reverse();
    expect(simulator.tokens()).toEqual([
      {
        ...common,
        kind: "global_token",
        value: classic.body.access_token,
        appId: two.appId,
        purpose: "token",
        endsAt: at(7200),
      },
      ...(["two", "one"] as const).map((name) => ({
        ...common,
        kind: "global_token",
        value: globalTokens[name],
        appId: apps[name].appId,
        purpose: "stable_token",
        endsAt: at(7200),
      })),
      {
        ...common,
        kind: "ticket",
        value: body.ticket,
        appId: one.appId,
        purpose: "wx_card",
        endsAt: at(7200),
      },
      ...newestFirst.flatMap((each) => {
        const state = each.pair === "emoji in one" ? "revoked" : "alive";
        const { access_token, refresh_token } = held[each.pair];
        return [
          { ...ofPerson(each), state, kind: "access_token", value: access_token, endsAt: at(7200) },
          { ...ofPerson(each), state, kind: "refresh_token", value: refresh_token, endsAt: at(30 * 86_400) },
        ];
      }),
      ...newestFirst.map((each, index) => ({
        ...ofPerson(each),
        state: "spent",
        kind: "code",
        value: spent[index]?.value,
        endsAt: at(300),
      })),
      ...newestFirst.map((each) => ({
        ...ofPerson(each),
        kind: "code",
        value: held[each.pair].code,
        endsAt: at(300),
      })),
    ]);
  });

  it("is sorted by the end of a code, not by its issue", async () => {
    simulator.reset();
    const first = await codeFor("alice", one);
    simulator.advance(10);
    const second = await codeFor("alice", one);
    simulator.endToken(second);
    expect(simulator.tokens().map(({ value, state, endsAt }) => ({ value, state, endsAt }))).toEqual([
      { value: first, state: "alive", endsAt: at(300) },
      { value: second, state: "expired", endsAt: at(10) },
    ]);
  });
});

describe("the state over HTTP", () => {
  it("is complete for two apps, with each person's ids in each app, and has no secret", async () => {
    simulator.updateApp(two.appId, { openPlatform: "another", messageUrl: "https://two.example/push" });
    simulator.updatePerson("emoji", { unionid: false });
    simulator.fail("userinfo", { kind: "delay", ms: 5 }, { share: 0.5 });
    simulator.fail("authorize", { kind: "errcode", errcode: 10009 }, 3);
    simulator.advance(90);
    const state = (await (await fetch(`${simulator.url}/_simulator/state`)).json()) as Record<
      string,
      unknown
    >;
    expect(state).toEqual({ ...simulator.state() });
    const identitiesOf = (person: string) =>
      Object.fromEntries(
        [one, two].map(({ appId }) => {
          const { nickname: _, ...ids } = simulator.person(person, appId);
          return [appId, ids];
        }),
      );
    const [alice, emoji] = state.people as [Record<string, unknown>, Record<string, unknown>];
    const common = { follows: true, snapshot: false, highRisk: false };
    expect([alice, emoji]).toEqual([
      {
        ...common,
        id: "alice",
        nickname: "林小满",
        headimgurl: "/mmopen/vi_32/simulated-alice/132",
        unionid: true,
        identities: identitiesOf("alice"),
      },
      {
        ...common,
        id: "emoji",
        nickname: "🦊 Foxy 🎉👩‍👩‍👧",
        headimgurl: "/mmopen/vi_32/simulated-emoji/132",
        unionid: false,
        identities: identitiesOf("emoji"),
      },
    ]);
    const ids = Object.values(identitiesOf("alice"));
    expect(new Set(ids.flatMap(({ openid, unionid }) => [openid, unionid])).size).toBe(4);
    expect(Object.values(identitiesOf("emoji")).map(({ unionid }) => unionid)).toEqual([
      undefined,
      undefined,
    ]);
    const app = {
      kind: "official_account",
      testAccount: false,
      callbackHosts: ["app.example"],
      scopes: ["snsapi_base", "snsapi_userinfo"],
      banned: false,
      componentAppIds: [],
      ipAllowList: null,
      verifyFile: expect.stringMatching(/^MP_verify_[A-Za-z0-9]{16}\.txt$/),
      limits: {
        daily: {
          token: 2000,
          stable_token: 500_000,
          user_info: 5_000_000,
          getticket: 1_000_000,
          user_info_batchget: 1_000_000,
          rid_get: 1_000_000,
          quota_get: 1_000_000,
          clear_quota: 1_000_000,
          get_api_domain_ip: 1_000_000,
          getcallbackip: 1_000_000,
          callback_check: 1_000_000,
        },
        perMinute: { access_token: 50_000, refresh_token: 50_000, userinfo: 50_000, stable_token: 10_000 },
        forcedRefreshesPerDay: 20,
        forcedRefreshPauseSeconds: 30,
        changeOverSeconds: 300,
        jsCodesPerPersonAndMinute: 100,
        quotaClearsPerMonth: 10,
      },
    };
    expect(state.apps).toEqual([
      { ...app, appId: one.appId, name: one.name, openPlatform: "demo-open-platform", messageUrl: null },
      {
        ...app,
        appId: two.appId,
        name: "Two",
        openPlatform: "another",
        messageUrl: "https://two.example/push",
      },
    ]);
    const [first, second] = state.apps as { verifyFile: string }[];
    expect(first?.verifyFile).not.toBe(second?.verifyFile);
    expect(state).toMatchObject({
      now: new Date(START + 90_000).toISOString(),
      liveCodes: 4,
      faults: [
        { endpoint: "userinfo", fault: { kind: "delay", ms: 5 }, share: 0.5 },
        { endpoint: "authorize", fault: { kind: "errcode", errcode: 10009 }, remaining: 3 },
      ],
    });
    expect(Object.keys(state).sort()).toEqual(["apps", "faults", "liveCodes", "now", "people", "settings"]);
  });
});

describe("a reset", () => {
  it("forgets everything that was issued, counted, planned and changed", async () => {
    const before = await call(simulator, "/cgi-bin/ticket/getticket", {
      access_token: globalTokens.one,
      type: "jsapi",
    });
    const refused = await call(simulator, "/cgi-bin/user/info", { access_token: globalTokens.one });
    simulator.unfollow("alice", one.appId);
    simulator.updateApp(one.appId, { limits: { quotaClearsPerMonth: 1 }, banned: true });
    const clear = async () =>
      (
        await post(
          simulator,
          "/cgi-bin/clear_quota",
          { access_token: await getGlobalToken(simulator, one) },
          { appid: one.appId },
        )
      ).body.errcode;
    await clear();
    simulator.fail("auth", { kind: "http_502" });
    simulator.reset();
    expect(simulator.tokens()).toEqual([]);
    expect(simulator.requests()).toEqual([]);
    expect(simulator.calls("auth") + simulator.calls("access_token")).toBe(0);
    expect(simulator.faults()).toEqual([]);
    simulator.updateApp(one.appId, { limits: { quotaClearsPerMonth: 1 } });
    expect([await clear(), await clear()]).toEqual([0, 48006]);
    const access_token = await getGlobalToken(simulator, one);
    const ticket = await call(simulator, "/cgi-bin/ticket/getticket", { access_token, type: "jsapi" });
    expect(ticket.body.ticket).not.toBe(before.body.ticket);
    const rid = /rid: (\S+)$/.exec(String(refused.body.errmsg))?.[1];
    expect((await post(simulator, "/cgi-bin/openapi/rid/get", { access_token }, { rid })).body.errcode).toBe(
      76001,
    );
    const { openid } = simulator.person("alice", one.appId);
    const follower = await call(simulator, "/cgi-bin/user/info", { access_token, openid });
    expect(follower.body.subscribe).toBe(1);
    expect((await open(signInUrl(one.appId), { cookie: "simulator_person=alice" })).status).toBe(200);
  });
});
