import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import {
  demoMiniProgram,
  demoOfficialAccount,
  demoWebsite,
  type Simulator,
  startSimulator,
} from "../src/index.js";
import { listErrcodes } from "../src/protocol/errcodes.js";
import {
  type Asked,
  call,
  exchange,
  getCode,
  getGlobalToken,
  getTokens,
  post,
  type Said,
  type Tokens,
} from "./phone.js";

// What WeChat answers to each mistake, and the simulator's reason for it in both languages.

let simulator: Simulator;
const other = { ...demoOfficialAccount, appId: "wx51a0b1c2d3e4f509" };
beforeAll(async () => {
  simulator = await startSimulator({
    now: () => Date.UTC(2026, 0, 31, 4),
    apps: [demoOfficialAccount, other, demoWebsite, demoMiniProgram],
  });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId: appid, appSecret: secret } = demoOfficialAccount;
const mini = {
  appid: demoMiniProgram.appId,
  secret: demoMiniProgram.appSecret,
  grant_type: "authorization_code",
};
const client = { grant_type: "client_credential", appid, secret };
const sns = (path: string, asked: Asked = {}) => call(simulator, `/sns/${path}`, asked);
const session = (js_code: string, asked: Asked = {}) => sns("jscode2session", { ...mini, js_code, ...asked });
const refresh = (refresh_token: string, asked: Asked = {}) =>
  sns("oauth2/refresh_token", { appid, grant_type: "refresh_token", refresh_token, ...asked });
const token = (asked: Asked = {}) => call(simulator, "/cgi-bin/token", { ...client, ...asked });
const stable = (asked: object = {}) => post(simulator, "/cgi-bin/stable_token", {}, { ...client, ...asked });
const account = async (path: string, asked: Asked = {}, app = demoOfficialAccount) =>
  call(simulator, `/cgi-bin/${path}`, { access_token: await getGlobalToken(simulator, app), ...asked });
const send = async (path: string, body: unknown, app = demoOfficialAccount) =>
  post(simulator, `/cgi-bin/${path}`, { access_token: await getGlobalToken(simulator, app) }, body);
const jsCode = () => simulator.createJsCode("emoji", demoMiniProgram.appId);
const ask = async (
  prepare: (tokens: Tokens) => unknown,
  call: (tokens: Tokens) => Promise<Said>,
  asked: Asked = {},
) => {
  const tokens = await getTokens(simulator, "emoji", asked);
  await prepare(tokens);
  return call(tokens);
};
const auth = ({ access_token, openid }: Pick<Tokens, "access_token" | "openid">) =>
  sns("auth", { access_token, openid });
const info = ({ access_token, openid }: Tokens) => sns("userinfo", { access_token, openid });
const renew = ({ refresh_token }: Tokens) => refresh(refresh_token);
const limits = (patch: object, app = demoOfficialAccount) =>
  simulator.updateApp(app.appId, { limits: patch });
const nothing = () => undefined;
const revoke = () => simulator.revoke("emoji", appid);
const supersede = async () => {
  simulator.settings({ newAuthorizationEndsOld: true });
  await getTokens(simulator, "emoji");
};
const ridOf = ({ body }: Said) => /rid: (\S+)$/.exec(String(body.errmsg))?.[1];

const MISTAKES: (() => Promise<unknown>)[] = [
  // an exchange
  () => exchange(simulator, "x", { appid: "" }),
  () => exchange(simulator, "x", { secret: "" }),
  () => exchange(simulator, ""),
  () => exchange(simulator, "x", { grant_type: "x" }),
  () => exchange(simulator, "x", { appid: "wx0" }),
  () => exchange(simulator, "x", { secret: "x" }),
  () => exchange(simulator, "x"),
  async () => exchange(simulator, await getCode(simulator), { appid: other.appId }),
  () => exchange(simulator, jsCode(), mini),
  async () => {
    const code = await getCode(simulator);
    simulator.advance(300);
    return exchange(simulator, code);
  },
  async () => {
    const code = await getCode(simulator);
    await exchange(simulator, code);
    return exchange(simulator, code);
  },
  async () => {
    const code = await getCode(simulator, "emoji");
    simulator.deletePerson("emoji");
    return exchange(simulator, code);
  },
  () => {
    limits({ perMinute: { access_token: 0 } });
    return exchange(simulator, "x");
  },
  () => {
    limits({ daily: { access_token: 0 } });
    return exchange(simulator, "x");
  },
  // a mini program's
  () => session(""),
  () => session("x"),
  async () => session(await getCode(simulator), { appid, secret }),
  () => {
    limits({ jsCodesPerPersonAndMinute: 0 }, demoMiniProgram);
    return session(jsCode());
  },
  () => {
    simulator.updatePerson("emoji", { highRisk: true });
    return session(jsCode());
  },
  // a refresh
  () => refresh("x", { appid: "" }),
  () => refresh(""),
  () => refresh("x", { grant_type: "x" }),
  () => refresh("x", { appid: "wx0" }),
  () => refresh("x"),
  () => ask(nothing, ({ refresh_token }) => refresh(refresh_token, { appid: other.appId })),
  () => ask(() => simulator.changePassword("emoji"), renew),
  () => ask(revoke, renew),
  () => ask(() => simulator.deletePerson("emoji"), renew),
  () => ask(supersede, renew),
  () => ask(() => simulator.advance(30 * 86_400), renew),
  // a web token
  () => sns("auth", { openid: "o" }),
  () => sns("userinfo", { access_token: "61_x" }),
  () => sns("userinfo", { access_token: "x", openid: "o" }),
  () => sns("userinfo", { access_token: "61_x", openid: "o" }),
  async () => sns("userinfo", { access_token: await getGlobalToken(simulator), openid: "o" }),
  () => ask(() => simulator.changePassword("emoji"), info),
  () => ask(() => simulator.deletePerson("emoji"), auth),
  () => ask(revoke, auth),
  () => ask(supersede, auth),
  () => ask(() => simulator.advance(7200), auth),
  () => ask(nothing, ({ access_token }) => auth({ access_token, openid: "oX" })),
  () => ask(nothing, info, { scope: "snsapi_base" }),
  async () => {
    simulator.settings({ snapshotUserinfo: "48001" });
    return info(await getTokens(simulator, "snapshot"));
  },
  () => ask(() => limits({ perMinute: { userinfo: 0 } }), info),
  // a global token
  () => token({ appid: "" }),
  () => token({ secret: "" }),
  () => token({ grant_type: "x" }),
  () => token({ appid: "wx0" }),
  () => token({ secret: "x" }),
  () => {
    limits({ daily: { token: 0 } });
    return token();
  },
  () => {
    simulator.setIpAllowList(appid, ["192.0.2.1"]);
    return stable();
  },
  () => {
    limits({ forcedRefreshesPerDay: 0 });
    return stable({ force_refresh: true });
  },
  () => {
    limits({ daily: { stable_token: 0 } });
    return stable();
  },
  () => post(simulator, "/cgi-bin/stable_token", {}, ""),
  () => post(simulator, "/cgi-bin/stable_token", {}, "{"),
  () => post(simulator, "/cgi-bin/token", client, "{}"),
  () => call(simulator, "/cgi-bin/stable_token", client),
  // its use
  () => call(simulator, "/cgi-bin/getcallbackip", {}),
  () => call(simulator, "/cgi-bin/getcallbackip", { access_token: "x" }),
  () => call(simulator, "/cgi-bin/getcallbackip", { access_token: "61_x" }),
  async () =>
    call(simulator, "/cgi-bin/getcallbackip", { access_token: (await getTokens(simulator)).access_token }),
  async () => {
    const access_token = await getGlobalToken(simulator);
    simulator.advance(7200);
    return call(simulator, "/cgi-bin/getcallbackip", { access_token });
  },
  async () => {
    const access_token = await getGlobalToken(simulator);
    await stable({ force_refresh: true });
    return call(simulator, "/cgi-bin/getcallbackip", { access_token });
  },
  () => account("ticket/getticket", { type: "x" }),
  () => account("ticket/getticket", { type: "jsapi" }, demoWebsite),
  () => account("user/info"),
  () => account("user/info", { openid: "oX" }),
  () => send("user/info/batchget", {}),
  () => send("user/info/batchget", { user_list: [] }),
  () => {
    simulator.settings({ batchgetUnknown: "refused" });
    return send("user/info/batchget", { user_list: [{ openid: "oX" }] });
  },
  () => send("openapi/rid/get", { rid: "x" }),
  () => send("openapi/rid/get", { rid: "61725984-6126f6f9-040f19c4" }),
  async () => send("openapi/rid/get", { rid: ridOf(await account("user/info")) }, other),
  () => send("openapi/quota/get", { cgi_path: "x" }),
  () => send("openapi/quota/get", { cgi_path: "/sns/auth" }),
  () => send("openapi/quota/get", { cgi_path: "/x" }),
  () => send("clear_quota", {}),
  () => send("clear_quota", { appid: other.appId }),
  () => {
    limits({ quotaClearsPerMonth: 0 });
    return send("clear_quota", { appid });
  },
  () => send("callback/check", { action: "x" }),
  () => send("callback/check", { action: "all", check_operator: "x" }),
  () => send("callback/check", { action: "all", check_operator: "CAP" }),
  () => sns("nowhere"),
  () => call(simulator, "/cgi-bin/nowhere", {}),
];

it("says in both languages why WeChat refused a call", async () => {
  const lines: string[] = [];
  for (const mistake of MISTAKES) {
    simulator.reset();
    await mistake();
    // The log of an unknown path is written after its answer.
    await expect.poll(() => simulator.requests().at(-1)?.reason).toBeDefined();
    const {
      method,
      path,
      errcode,
      answer = "{}",
      person,
      reason,
    } = simulator.requests().at(-1) ?? expect.fail();
    const { errmsg } = JSON.parse(answer) as { errmsg?: string };
    const said = String(errmsg).replace(/[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}/g, "RID");
    lines.push(
      [`${method} ${path} ${errcode} ${said}`, person, reason?.en, reason?.zh].filter(Boolean).join("\n  "),
    );
  }
  expect(lines.join("\n")).toMatchSnapshot();
});

it("answers each errcode that is planned with WeChat's words for it, and one that WeChat does not have with words of its own", async () => {
  const words: Record<string, unknown> = {};
  for (const errcode of [...listErrcodes().map((one) => one.errcode), 12345]) {
    simulator.fail("access_token", { kind: "errcode", errcode });
    const { body } = await call(simulator, "/sns/oauth2/access_token", { appid, secret });
    expect(body.errcode).toBe(errcode);
    words[errcode] = String(body.errmsg).replace(/,? rid: .*/, "");
  }
  expect(words).toMatchSnapshot();
});
