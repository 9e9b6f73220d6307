import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  demoMiniProgram,
  demoOfficialAccount,
  demoWebsite,
  type Fault,
  type LoggedRequest,
  type Simulator,
  startSimulator,
} from "../src/index.js";
import {
  authorizeUrl,
  call,
  codeOf,
  exchange,
  getCode,
  getGlobalToken,
  getTokens,
  open,
  openAs,
  post,
  qrUrl,
  type Said,
} from "./phone.js";

const START = Date.UTC(2026, 0, 31, 4);
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ now: () => START });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId, appSecret } = demoOfficialAccount;
const mini = { appid: demoMiniProgram.appId, secret: demoMiniProgram.appSecret };
const website = { appid: demoWebsite.appId, secret: demoWebsite.appSecret };
const code = { grant_type: "authorization_code" };
const client = { grant_type: "client_credential", appid: appId, secret: appSecret };
const webToken = expect.stringMatching(/^61_[\w-]{107}$/);
const globalToken = expect.stringMatching(/^61_[\w-]{154}$/);
const sns = "text/plain";
const cgi = "application/json; encoding=utf-8";

const stable = (asked: object = {}) => post(simulator, "/cgi-bin/stable_token", {}, { ...client, ...asked });
const get = async (path: string, asked: object = {}) =>
  call(simulator, `/cgi-bin/${path}`, { access_token: await getGlobalToken(simulator), ...asked });
const send = async (path: string, body: unknown, app = demoOfficialAccount) =>
  post(simulator, `/cgi-bin/${path}`, { access_token: await getGlobalToken(simulator, app) }, body);
const idsOf = (person: string, app: { appId: string }) => simulator.person(person, app.appId);
const refreshOf = (refresh_token: string, appid = appId) =>
  call(simulator, "/sns/oauth2/refresh_token", { appid, grant_type: "refresh_token", refresh_token });

describe("a success", () => {
  it.each<[string, () => Promise<Said>, string, () => Record<string, unknown>]>([
    [
      "an exchange on the QR page",
      async () => exchange(simulator, codeOf(await openAs("emoji", qrUrl(simulator))), website),
      sns,
      () => ({
        access_token: webToken,
        expires_in: 7200,
        refresh_token: webToken,
        openid: idsOf("emoji", demoWebsite).openid,
        scope: "snsapi_login",
        unionid: idsOf("emoji", demoWebsite).unionid,
      }),
    ],
    [
      "an exchange with snsapi_base",
      async () => exchange(simulator, await getCode(simulator, "emoji", { scope: "snsapi_base" })),
      sns,
      () => ({
        access_token: webToken,
        expires_in: 7200,
        refresh_token: webToken,
        openid: idsOf("emoji", demoOfficialAccount).openid,
        scope: "snsapi_base",
      }),
    ],
    [
      "an exchange on a snapshot page",
      async () => exchange(simulator, await getCode(simulator, "snapshot")),
      sns,
      () => ({
        access_token: webToken,
        expires_in: 7200,
        refresh_token: webToken,
        openid: expect.stringMatching(/^o[\w-]{27}$/),
        scope: "snsapi_userinfo",
        is_snapshotuser: 1,
        unionid: expect.stringMatching(/^o[\w-]{27}$/),
      }),
    ],
    [
      "a refresh",
      async () => refreshOf((await getTokens(simulator, "emoji")).refresh_token),
      sns,
      () => {
        const [refresh, access] = simulator
          .tokens()
          .filter(({ kind }) => kind !== "code")
          .reverse();
        return {
          access_token: access?.value,
          expires_in: 7200,
          refresh_token: refresh?.value,
          openid: idsOf("emoji", demoOfficialAccount).openid,
          scope: "snsapi_userinfo",
        };
      },
    ],
    [
      "userinfo on a snapshot page",
      async () => {
        const { access_token, openid } = await getTokens(simulator, "snapshot");
        return call(simulator, "/sns/userinfo", { access_token, openid });
      },
      sns,
      () => ({
        openid: expect.stringMatching(/^o[\w-]{27}$/),
        nickname: "虚拟用户",
        sex: 0,
        province: "",
        city: "",
        country: "",
        headimgurl: `${simulator.url}/mmopen/vi_32/simulated-virtual/132`,
        privilege: [],
        unionid: expect.stringMatching(/^o[\w-]{27}$/),
      }),
    ],
    [
      "jscode2session",
      () => {
        const js_code = simulator.createJsCode("emoji", demoMiniProgram.appId);
        return call(simulator, "/sns/jscode2session", { ...mini, js_code, ...code });
      },
      sns,
      () => ({
        openid: idsOf("emoji", demoMiniProgram).openid,
        session_key: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
        unionid: idsOf("emoji", demoMiniProgram).unionid,
      }),
    ],
    [
      "cgi-bin/token",
      () => call(simulator, "/cgi-bin/token", client),
      cgi,
      () => ({ access_token: globalToken, expires_in: 7200 }),
    ],
    ["stable_token", () => stable(), cgi, () => ({ access_token: globalToken, expires_in: 7200 })],
    [
      "getticket",
      () => get("ticket/getticket", { type: "wx_card" }),
      cgi,
      () => ({
        errcode: 0,
        errmsg: "ok",
        ticket: expect.stringMatching(/^[\w-]{86}$/),
        expires_in: 7200,
      }),
    ],
    ["clear_quota", () => send("clear_quota", { appid: appId }), cgi, () => ({ errcode: 0, errmsg: "ok" })],
    [
      "quota/get of a call without a limit per minute",
      async () => {
        await get("user/info");
        return send("openapi/quota/get", { cgi_path: "/cgi-bin/user/info" });
      },
      cgi,
      () => ({
        errcode: 0,
        errmsg: "ok",
        quota: { daily_limit: 5_000_000, used: 1, remain: 4_999_999 },
      }),
    ],
    [
      "quota/get of a call over its limit",
      async () => {
        await stable();
        await stable();
        simulator.updateApp(appId, {
          limits: { daily: { stable_token: 1 }, perMinute: { stable_token: 9 } },
        });
        simulator.settings({ quotas: false });
        return send("openapi/quota/get", { cgi_path: "/cgi-bin/stable_token" });
      },
      cgi,
      () => ({
        errcode: 0,
        errmsg: "ok",
        quota: { daily_limit: 1, used: 2, remain: 0 },
        rate_limit: { call_count: 9, refresh_second: 60 },
      }),
    ],
    [
      "get_api_domain_ip",
      () => get("get_api_domain_ip"),
      cgi,
      () => ({ ip_list: ["203.0.113.10", "198.51.100.0/24"] }),
    ],
    ["getcallbackip", () => get("getcallbackip"), cgi, () => ({ ip_list: ["203.0.113.20", "192.0.2.0/24"] })],
    ...(["dns", "ping"] as const).map(
      (action): [string, () => Promise<Said>, string, () => Record<string, unknown>] => [
        `callback/check of ${action} by one operator`,
        () => {
          simulator.updateApp(appId, { messageUrl: "https://example.com/push" });
          return send("callback/check", { action, check_operator: "CHINANET" });
        },
        cgi,
        () =>
          action === "dns"
            ? { dns: [{ ip: "203.0.113.30", real_operator: "CHINANET" }] }
            : {
                ping: [
                  {
                    ip: "203.0.113.30",
                    from_operator: "CHINANET",
                    package_loss: "0%",
                    time: "23.079ms",
                  },
                ],
              },
      ],
    ),
  ])("has exactly WeChat's fields and content type: %s", async (_title, ask, contentType, body) => {
    expect(await ask()).toEqual({ status: 200, contentType, body: body() });
  });

  it("has its fields in WeChat's order", async () => {
    const order = [
      await exchange(simulator, await getCode(simulator, "snapshot")),
      await refreshOf((await getTokens(simulator)).refresh_token),
      await get("user/info", { openid: idsOf("alice", demoOfficialAccount).openid }),
    ].map(({ body }) => Object.keys(body).join(" "));
    expect(order).toEqual([
      "access_token expires_in refresh_token openid scope is_snapshotuser unionid",
      "access_token expires_in refresh_token openid scope",
      "subscribe openid language subscribe_time unionid remark groupid tagid_list subscribe_scene qr_scene qr_scene_str",
    ]);
  });
});

describe("a refusal", () => {
  const seconds = (START / 1000).toString(16);
  const rid = `rid: ${seconds}-[0-9a-f]{8}-[0-9a-f]{8}`;

  it.each<[number, string, string, () => Promise<Said>]>([
    [40029, "invalid code", "never issued", () => exchange(simulator, "unknown")],
    [
      40029,
      "invalid code",
      "another app",
      async () => exchange(simulator, await getCode(simulator), website),
    ],
    [
      40029,
      "invalid code",
      "two different endpoints",
      async () =>
        call(simulator, "/sns/jscode2session", { ...mini, js_code: "x", ...code }).then(async () =>
          exchange(simulator, simulator.createJsCode("alice", demoMiniProgram.appId), mini),
        ),
    ],
    [40125, "invalid appsecret", "does not belong", () => exchange(simulator, "x", { secret: "x" })],
    [41008, "missing code", "js_code is missing", () => call(simulator, "/sns/jscode2session", mini)],
    [41008, "missing code", "code is missing", () => exchange(simulator, "")],
    [40030, "invalid refresh_token", "no such refresh_token", () => refreshOf("61_unknown")],
    [
      40030,
      "invalid refresh_token",
      "no such refresh_token",
      async () => refreshOf((await getTokens(simulator)).refresh_token, demoWebsite.appId),
    ],
    [41009, "missing openid", "openid is missing", () => get("user/info")],
    [40003, "invalid openid", "no person has this openid", () => get("user/info", { openid: "oX" })],
    [40097, "invalid args", "type must be", () => get("ticket/getticket", { type: "x" })],
    [47001, "data format error", "user_list is not a list", () => send("user/info/batchget", {})],
    [47001, "data format error", "not a JSON object", () => send("clear_quota", "[1]")],
    [44002, "empty post data", "body is empty", () => send("callback/check", "")],
    [40032, "invalid openid list size", "1 to 100", () => send("user/info/batchget", { user_list: [] })],
    [
      76002,
      "rid is error",
      "three groups",
      () => send("openapi/rid/get", { rid: `${seconds}-0000000g-00000000` }),
    ],
    [
      76003,
      "could not query this rid,no permission",
      "must start with a slash",
      () => send("openapi/quota/get", { cgi_path: "cgi-bin/token" }),
    ],
    [
      76021,
      "cgi_path not found, please check",
      "no such path",
      () => send("openapi/quota/get", { cgi_path: "/cgi-bin/tokens" }),
    ],
    [
      76022,
      "could not use this cgi_path,no permission",
      "/sns have no quota",
      () => send("openapi/quota/get", { cgi_path: "/sns/auth" }),
    ],
    [41002, "appid missing", "appid is missing", () => send("clear_quota", {})],
    [40013, "invalid appid", "the token's account", () => send("clear_quota", { appid: demoWebsite.appId })],
    [40202, "invalid check action", "dns, ping or all", () => send("callback/check", { action: "x" })],
    [
      40203,
      "invalid check operator",
      "CHINANET",
      () => send("callback/check", { action: "all", check_operator: "x" }),
    ],
    [
      40201,
      "invalid check url",
      "no message URL",
      () => send("callback/check", { action: "all", check_operator: "CAP" }),
    ],
    [40002, "invalid grant_type", "client_credential", () => stable({ grant_type: "x" })],
    [41004, "appsecret missing", "secret is missing", () => stable({ secret: undefined })],
    [40013, "invalid appid", "no app has this appid", () => stable({ appid: [appId] })],
    [43001, "require GET method", "is a GET", () => post(simulator, "/cgi-bin/token", client, "{}")],
    [43002, "require POST method", "is a POST", () => call(simulator, "/cgi-bin/stable_token", {})],
    [
      48001,
      "api unauthorized",
      "only an Official Account",
      () => send("user/info/batchget", {}, demoWebsite),
    ],
  ])(
    "has two fields, its errmsg and the time in its rid, and its reason only in the log: %i %s, %s",
    async (errcode, errmsg, reason, ask) => {
      const { status, contentType, body } = await ask();
      const isSns = contentType === sns;
      const pattern = `^${errmsg.replace(/[.?]/g, "\\$&")}${isSns ? "," : ""} ${rid}$`;
      expect({ status, body }).toEqual({
        status: 200,
        body: { errcode, errmsg: expect.stringMatching(new RegExp(pattern)) },
      });
      const logged = simulator.requests().at(-1);
      expect(logged?.path.startsWith(isSns ? "/sns/" : "/cgi-bin/")).toBe(true);
      expect(logged?.reason?.en).toContain(reason);
      expect(body.errmsg).not.toContain(reason);
    },
  );
});

describe("the request log", () => {
  const at = "2026-01-31T04:00:00.000Z";
  const last = (count = 1): Omit<LoggedRequest, "id">[] =>
    simulator
      .requests()
      .slice(-count)
      .map(({ id: _id, ...entry }) => entry);
  const masked = `appid=${appId}&secret=***&code=`;

  it("has every field of a call that succeeded, with its person", async () => {
    const tokens = await getTokens(simulator, "emoji");
    const [visit, exchanged] = last(2);
    expect(visit).toEqual({
      at,
      method: "GET",
      endpoint: "authorize",
      path: "/connect/oauth2/authorize",
      query: new URL(authorizeUrl(simulator)).search.slice(1),
      person: "emoji",
      status: 302,
      answer: expect.stringMatching(/^http:\/\/localhost:4000\/callback\?code=\w{32}&state=abc123$/),
    });
    const issued = new URL(visit?.answer ?? "").searchParams.get("code");
    expect(exchanged).toEqual({
      at,
      method: "GET",
      endpoint: "access_token",
      path: "/sns/oauth2/access_token",
      query: `${masked}${issued}&grant_type=authorization_code`,
      person: "emoji",
      status: 200,
      answer: JSON.stringify(tokens),
    });
  });

  it.each<
    [string, (tokens: { access_token: string; openid: string; refresh_token: string }) => Promise<unknown>]
  >([
    ["auth", (tokens) => call(simulator, "/sns/auth", { ...tokens })],
    ["userinfo", (tokens) => call(simulator, "/sns/userinfo", { ...tokens })],
    ["refresh_token", ({ refresh_token }) => refreshOf(refresh_token)],
    ["user_info", ({ openid }) => get("user/info", { openid })],
    [
      "jscode2session",
      () => {
        const js_code = simulator.createJsCode("emoji", demoMiniProgram.appId);
        return call(simulator, "/sns/jscode2session", { ...mini, js_code, ...code });
      },
    ],
    [
      "jscode2session",
      () => {
        simulator.updatePerson("emoji", { highRisk: true });
        const js_code = simulator.createJsCode("emoji", demoMiniProgram.appId);
        return call(simulator, "/sns/jscode2session", { ...mini, js_code, ...code });
      },
    ],
    [
      "jscode2session",
      () => {
        simulator.updateApp(demoMiniProgram.appId, { limits: { jsCodesPerPersonAndMinute: 0 } });
        const js_code = simulator.createJsCode("emoji", demoMiniProgram.appId);
        return call(simulator, "/sns/jscode2session", { ...mini, js_code, ...code });
      },
    ],
  ])("has the person whom a call of %s was about", async (endpoint, ask) => {
    const { access_token, openid, refresh_token } = await getTokens(simulator, "emoji");
    await ask({ access_token, openid, refresh_token });
    expect(last()).toMatchObject([{ endpoint, person: "emoji" }]);
  });

  it("has every field of a call that was refused", async () => {
    const { body } = await exchange(simulator, "unknown");
    expect(last()).toEqual([
      {
        at,
        method: "GET",
        endpoint: "access_token",
        path: "/sns/oauth2/access_token",
        query: `${masked}unknown&grant_type=authorization_code`,
        status: 200,
        answer: JSON.stringify(body),
        errcode: 40029,
        rid: /rid: (\S+)$/.exec(String(body.errmsg))?.[1],
        reason: {
          en: "this code was never issued, or is too old to be kept",
          zh: "从未发出过此 code，或签发太久、已不再记录",
        },
      },
    ]);
  });

  it.each<[Fault, Partial<LoggedRequest>]>([
    [
      { kind: "errcode", errcode: 45011 },
      {
        errcode: 45011,
        rid: expect.any(String),
        reason: { en: "planned fault", zh: "预设的故障" },
        answer: expect.stringContaining('{"errcode":45011,"errmsg":"api minute-quota reach limit'),
      },
    ],
    [{ kind: "reset", when: "before" }, { status: 0 }],
    [
      { kind: "reset", when: "after" },
      { status: 0, answer: expect.stringContaining("40163"), ...usedCode() },
    ],
    [{ kind: "http_502" }, { status: 502, answer: expect.stringContaining("502 Bad Gateway") }],
    [{ kind: "invalid_json" }, { answer: "this is not JSON <!--" }],
    [
      { kind: "body", body: "<$SECRET>", status: 418 },
      { status: 418, answer: "<$SECRET>" },
    ],
    [
      { kind: "truncated_json" },
      { answer: expect.stringMatching(/"errmsg":"code been used.*\}$/), ...usedCode() },
    ],
    [
      { kind: "delay", ms: 0 },
      { answer: expect.stringContaining("40163"), ...usedCode() },
    ],
    [
      { kind: "slow_drip", ms: 1 },
      { answer: expect.stringContaining("40163"), ...usedCode() },
    ],
  ])("has every field of a call that a fault hit: %j", async (fault, expected) => {
    const used = await getCode(simulator);
    await exchange(simulator, used);
    simulator.fail("access_token", fault);
    await exchange(simulator, used).catch(() => {});
    expect(last()).toEqual([
      {
        at,
        method: "GET",
        endpoint: "access_token",
        path: "/sns/oauth2/access_token",
        query: `${masked}${used}&grant_type=authorization_code`,
        status: 200,
        fault: fault.kind,
        ...expected,
      },
    ]);
  });

  it("has the body of a POST, a person's refusal, an error page and an unknown path", async () => {
    await stable({ secret: "x" });
    await openAs("emoji", authorizeUrl(simulator), "refuse");
    await open(authorizeUrl(simulator, { scope: "" }));
    await fetch(`${simulator.url}/sns/nowhere?x=1`, { method: "POST" });
    const page = { at, method: "GET", endpoint: "authorize", path: "/connect/oauth2/authorize", status: 200 };
    expect(last(4)).toEqual([
      {
        at,
        method: "POST",
        endpoint: "stable_token",
        path: "/cgi-bin/stable_token",
        query: "",
        body: JSON.stringify({ ...client, secret: "***" }),
        status: 200,
        answer: expect.stringContaining('"errcode":40125'),
        errcode: 40125,
        rid: expect.any(String),
        reason: { en: "the secret does not belong to this app", zh: "secret 与该应用不符" },
      },
      {
        ...page,
        query: new URL(authorizeUrl(simulator)).search.slice(1),
        person: "emoji",
        reason: { en: "the person refused", zh: "该用户拒绝了授权" },
      },
      {
        ...page,
        query: new URL(authorizeUrl(simulator, { scope: "" })).search.slice(1),
        errcode: 10010,
        reason: { en: "scope is missing", zh: "缺少 scope" },
      },
      {
        at,
        method: "POST",
        endpoint: "unknown_path",
        path: "/sns/nowhere",
        query: "x=1",
        status: 200,
        errcode: 40066,
        reason: { en: "the simulated WeChat has no such path", zh: "模拟的微信没有这个路径" },
      },
    ]);
  });

  it("has the visits of the QR page and the phone, with the person who scanned", async () => {
    const page = await (await open(qrUrl(simulator))).text();
    const uuid = /data-uuid="([^"]+)"/.exec(page)?.[1];
    simulator.settings({ qrPollSeconds: 0 });
    await openAs("emoji", `${simulator.url}/connect/confirm?uuid=${uuid}`);
    await fetch(`${simulator.url}/connect/l/qrconnect?uuid=${uuid}`);
    await openAs("emoji", `${simulator.url}/connect/confirm?uuid=${uuid}`);
    const common = { at, method: "GET", status: 200, query: `uuid=${uuid}` };
    expect(last(4)).toEqual([
      {
        ...common,
        endpoint: "qrconnect",
        path: "/connect/qrconnect",
        query: new URL(qrUrl(simulator)).search.slice(1),
      },
      { ...common, endpoint: "qr_confirm", path: "/connect/confirm", person: "emoji" },
      { ...common, endpoint: "qr_poll", path: "/connect/l/qrconnect" },
      {
        ...common,
        endpoint: "qr_confirm",
        path: "/connect/confirm",
        reason: {
          en: "this QR code is unknown, expired or already used",
          zh: "此二维码不存在、已过期或已处理过",
        },
      },
    ]);
  });

  it("shows a whole record of a refused call to its own account", async () => {
    const asked = { user_list: [] };
    const token = await getGlobalToken(simulator);
    const refused = await post(simulator, "/cgi-bin/user/info/batchget", { access_token: token }, asked);
    const rid = /rid: (\S+)$/.exec(String(refused.body.errmsg))?.[1];
    const { body } = await send("openapi/rid/get", { rid });
    const { request } = body as { request: Record<string, unknown> };
    expect(request).toEqual({
      invoke_time: START / 1000,
      cost_in_ms: expect.any(Number),
      request_url: `${simulator.url}/cgi-bin/user/info/batchget?access_token=${token}`,
      request_body: JSON.stringify(asked),
      response_body: JSON.stringify(refused.body),
      client_ip: "127.0.0.1",
    });
    expect(request.cost_in_ms).toBeLessThan(60_000); // ms, and not the time of day
    expect(request.cost_in_ms).toBeGreaterThan(0);
  });

  function usedCode(): Partial<LoggedRequest> {
    return {
      errcode: 40163,
      rid: expect.any(String),
      reason: {
        en: "this code was exchanged before; a code works once",
        zh: "此 code 已换取过；每个 code 只能用一次",
      },
    };
  }
});
