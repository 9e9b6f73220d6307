import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  demoMiniProgram,
  demoOfficialAccount,
  demoWebsite,
  type Simulator,
  startSimulator,
} from "../src/index.js";
import { call, getGlobalToken, getTokens, lastReason, post } from "./phone.js";

let simulator: Simulator;
let token: string;
beforeAll(async () => {
  // Time does not move unless a test moves it, so that the second before an expiry differs from the next.
  simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 31, 4) });
});
beforeEach(async () => {
  simulator.reset();
  token = await getGlobalToken(simulator);
});
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;
const get = (path: string, asked = {}) =>
  call(simulator, `/cgi-bin/${path}`, { access_token: token, ...asked });
const send = (path: string, body: unknown, asked = {}) =>
  post(simulator, `/cgi-bin/${path}`, { access_token: token, ...asked }, body);
const openidOf = (person: string) => simulator.person(person, appId).openid;

describe("every call with a global token", () => {
  it.each([
    ["GET", "ticket/getticket"],
    ["GET", "user/info"],
    ["POST", "user/info/batchget"],
    ["POST", "openapi/rid/get"],
    ["POST", "openapi/quota/get"],
    ["POST", "clear_quota"],
    ["GET", "get_api_domain_ip"],
    ["GET", "getcallbackip"],
    ["POST", "callback/check"],
  ])("is checked for its token and its method: %s %s", async (method, path) => {
    const ask = (asked: object) => (method === "GET" ? get(path, asked) : send(path, {}, asked));
    const errcodeOf = async (access_token: string) => (await ask({ access_token })).body.errcode;
    const { contentType, body } = await ask({ access_token: "" });
    expect(contentType).toBe("application/json; encoding=utf-8");
    expect(body.errmsg).toMatch(/^access_token missing rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/);
    expect(body.errcode).toBe(41001);
    expect(await errcodeOf("garbage")).toBe(40014);
    expect(await errcodeOf("61_neverIssued")).toBe(40001);
    expect(await errcodeOf((await getTokens(simulator)).access_token)).toBe(40001);
    expect(lastReason(simulator)).toMatch(/a person's web token/);
    const other = method === "GET" ? await send(path, {}) : await get(path);
    expect(other.body.errcode).toBe(method === "GET" ? 43001 : 43002);
    simulator.advance(7200);
    expect(await errcodeOf(token)).toBe(42001);
  });

  it.each([
    ["GET", "ticket/getticket"],
    ["GET", "user/info"],
    ["POST", "user/info/batchget"],
    ["POST", "openapi/rid/get"],
    ["POST", "clear_quota"],
    ["GET", "get_api_domain_ip"],
    ["GET", "getcallbackip"],
    ["POST", "callback/check"],
  ])("takes one call of its own quota: %s %s", async (method, path) => {
    const ask = () => (method === "GET" ? get(path) : send(path, {}));
    const quota = async () => (await send("openapi/quota/get", { cgi_path: `/cgi-bin/${path}` })).body.quota;
    expect(await quota()).toMatchObject({ used: 0 });
    expect((await ask()).body.errcode).not.toBe(45009);
    expect(await quota()).toMatchObject({ used: 1 });
  });

  it.each(["openapi/rid/get", "openapi/quota/get", "clear_quota", "callback/check", "user/info/batchget"])(
    "takes a JSON object only: POST %s",
    async (path) => {
      expect((await send(path, "")).body.errcode).toBe(44002);
      for (const noObject of ["[]", "null", "1", '"x"', "{"]) {
        expect((await send(path, noObject)).body.errcode, noObject).toBe(47001);
      }
    },
  );

  it.each(["61_a b", "x61_abc", "6_abc", "6111_abc", "61_"])(
    "is refused with 40014 for a token like %s",
    async (text) => {
      expect((await get("getcallbackip", { access_token: text })).body.errcode).toBe(40014);
    },
  );

  it("is refused with 40001 if a newer token has replaced its token", async () => {
    const old = token;
    await post(
      simulator,
      "/cgi-bin/stable_token",
      {},
      {
        grant_type: "client_credential",
        appid: appId,
        secret: demoOfficialAccount.appSecret,
        force_refresh: true,
      },
    );
    expect((await get("getcallbackip", { access_token: old })).body.errcode).toBe(40001);
    expect(lastReason(simulator)).toMatch(/newer token/);
  });
});

describe("ticket/getticket", () => {
  it("returns errcode 0, a ticket and expires_in, and the same ticket until it expires", async () => {
    const { body } = await get("ticket/getticket", { type: "jsapi" });
    expect(Object.keys(body)).toEqual(["errcode", "errmsg", "ticket", "expires_in"]);
    expect(body).toMatchObject({ errcode: 0, errmsg: "ok", expires_in: 7200 });
    simulator.advance(100);
    const again = await get("ticket/getticket", { type: "jsapi" });
    expect(again.body).toEqual({ ...body, expires_in: 7100 });
    expect((await get("ticket/getticket", { type: "wx_card" })).body.ticket).not.toBe(body.ticket);
  });

  it("refuses another type and an app that is not an Official Account", async () => {
    expect((await get("ticket/getticket", { type: "x" })).body.errcode).toBe(40097);
    token = await getGlobalToken(simulator, demoWebsite);
    expect((await get("ticket/getticket", { type: "jsapi" })).body.errcode).toBe(48001);
  });
});

describe("user/info", () => {
  it("returns the subscription of a follower without a profile or errcode", async () => {
    const { body } = await get("user/info", { openid: openidOf("alice"), lang: "zh_CN" });
    expect(body).toEqual({
      subscribe: 1,
      openid: openidOf("alice"),
      language: "zh_CN",
      subscribe_time: 1_600_000_000,
      unionid: simulator.person("alice", appId).unionid,
      remark: "",
      groupid: 0,
      tagid_list: [],
      subscribe_scene: "ADD_SCENE_QR_CODE",
      qr_scene: 0,
      qr_scene_str: "",
    });
  });

  it("returns only three fields for a non-follower", async () => {
    simulator.unfollow("alice", appId);
    const { body } = await get("user/info", { openid: openidOf("alice") });
    expect(body).toEqual({ subscribe: 0, openid: openidOf("alice"), tagid_list: [] });
  });

  it("returns subscribe_time, and a non-follower's unionid by the switch nonFollowerUnionid", async () => {
    simulator.unfollow("alice", appId);
    simulator.settings({ nonFollowerUnionid: true });
    const { unionid } = simulator.person("alice", appId);
    expect((await get("user/info", { openid: openidOf("alice") })).body).toMatchObject({
      subscribe: 0,
      unionid,
    });
    simulator.advance(60);
    simulator.follow("alice", appId);
    const { body } = await get("user/info", { openid: openidOf("alice") });
    expect(body.subscribe_time).toBe(Date.UTC(2026, 0, 31, 4, 1) / 1000);
  });

  it("returns when a person began to follow all accounts again", async () => {
    simulator.updatePerson("alice", { follows: false });
    simulator.advance(60);
    simulator.updatePerson("alice", { follows: true });
    const { body } = await get("user/info", { openid: openidOf("alice") });
    expect(body.subscribe_time).toBe(Date.UTC(2026, 0, 31, 4, 1) / 1000);
  });

  it("finds a generated person whose openid was issued", async () => {
    const { body } = await get("user/info", { openid: openidOf("crowd-7") });
    expect(body).toMatchObject({ subscribe: 1, openid: openidOf("crowd-7") });
  });

  it("finds a named person whose openid an earlier simulator issued", async () => {
    const earlier = await startSimulator();
    const { openid } = earlier.person("emoji", appId);
    await earlier.close();
    expect((await get("user/info", { openid })).body).toMatchObject({ subscribe: 1, openid });
    expect((await get("user/info", { openid: `${openid.slice(0, -1)}_` })).body.errcode).toBe(40003);
  });

  it("refuses a missing openid and one of another account", async () => {
    expect((await get("user/info")).body.errcode).toBe(41009);
    const { openid } = simulator.person("alice", demoWebsite.appId);
    expect((await get("user/info", { openid })).body.errcode).toBe(40003);
  });
});

describe("user/info/batchget", () => {
  const batch = (...openids: string[]) =>
    send("user/info/batchget", { user_list: openids.map((openid) => ({ openid, lang: "zh_CN" })) });

  it("returns the same objects in a list without errcode", async () => {
    simulator.unfollow("emoji", appId);
    const { body } = await batch(openidOf("alice"), openidOf("emoji"));
    expect(Object.keys(body)).toEqual(["user_info_list"]);
    expect(body.user_info_list).toEqual([
      (await get("user/info", { openid: openidOf("alice") })).body,
      { subscribe: 0, openid: openidOf("emoji"), tagid_list: [] },
    ]);
  });

  it("leaves out an unknown openid, or refuses the whole call by the switch batchgetUnknown", async () => {
    const { body } = await batch("oUnknown", openidOf("alice"));
    expect(body.user_info_list).toMatchObject([{ openid: openidOf("alice") }]);
    simulator.settings({ batchgetUnknown: "refused" });
    expect((await batch("oUnknown", openidOf("alice"))).body.errcode).toBe(40003);
  });

  it("accepts 1 to 100 people as JSON only", async () => {
    const hundred = Array.from({ length: 100 }, (_, number) => openidOf(`crowd-${number}`));
    expect((await batch(...hundred)).body.user_info_list).toHaveLength(100);
    expect((await batch(...hundred, openidOf("alice"))).body.errcode).toBe(40032);
    const { errcode, errmsg } = (await batch()).body;
    expect(errcode).toBe(40032);
    expect(errmsg).toMatch(/^invalid openid list size rid: /);
    expect((await send("user/info/batchget", "<xml>")).body.errcode).toBe(47001);
    expect((await send("user/info/batchget", "")).body.errcode).toBe(44002);
  });
});

describe("openapi/rid/get", () => {
  const ridOf = (body: Record<string, unknown>) => /rid: ([0-9a-f-]+)$/.exec(String(body.errmsg))?.[1] ?? "";
  const look = (rid: string) => send("openapi/rid/get", { rid });

  it("returns the details of the account's own refused /cgi-bin calls", async () => {
    const startedAt = performance.now();
    const refused = (await get("user/info", { openid: "oUnknown" })).body;
    const longestMs = performance.now() - startedAt;
    const { body } = await look(ridOf(refused));
    const { cost_in_ms } = body.request as { cost_in_ms: number };
    expect(cost_in_ms).toBeLessThanOrEqual(Math.ceil(longestMs));
    expect(body).toEqual({
      errcode: 0,
      errmsg: "ok",
      request: {
        invoke_time: Date.UTC(2026, 0, 31, 4) / 1000,
        cost_in_ms: expect.any(Number),
        request_url: `${simulator.url}/cgi-bin/user/info?access_token=${token}&openid=oUnknown`,
        request_body: "",
        response_body: JSON.stringify(refused),
        client_ip: "127.0.0.1",
      },
    });
    expect(simulator.requests().map(({ rid }) => rid)).toContain(ridOf(refused));
  });

  it("includes the body of a POST, and planned faults", async () => {
    const sent = { user_list: [] };
    const { body } = await look(ridOf((await send("user/info/batchget", sent)).body));
    expect(body.request).toMatchObject({ request_body: JSON.stringify(sent) });
    simulator.fail("getticket", { kind: "errcode", errcode: -1 });
    const planned = (await get("ticket/getticket", { type: "jsapi" })).body;
    expect((await look(ridOf(planned))).body.errcode).toBe(0);
  });

  it("does not find rids of /sns, unknown ones and those older than seven days", async () => {
    const sns = (await call(simulator, "/sns/auth", {})).body;
    const answer = (await look(ridOf(sns))).body;
    expect(answer.errcode).toBe(76001);
    expect(answer.errmsg).toMatch(/^rid not found, please check rid: /);
    expect((await look("61725984-6126f6f9-040f19c4")).body.errcode).toBe(76001);
    const old = ridOf((await get("user/info")).body);
    simulator.advance(7 * 86_400 - 1);
    token = await getGlobalToken(simulator);
    expect((await look(old)).body.errcode).toBe(0);
    simulator.advance(1);
    expect((await look(old)).body.errcode).toBe(76001);
  });

  it("finds a call that was refused because its token had ended", async () => {
    simulator.advance(7200);
    const expired = (await get("user/info")).body;
    token = await getGlobalToken(simulator);
    expect([expired.errcode, (await look(ridOf(expired))).body.errcode]).toEqual([42001, 0]);
  });

  it("answers 76003 to another account's rid and 76002 to a malformed one", async () => {
    const own = ridOf((await get("user/info")).body);
    token = await getGlobalToken(simulator, demoWebsite);
    expect((await look(own)).body.errcode).toBe(76003);
    expect((await look("not-a-rid")).body.errcode).toBe(76002);
    expect((await send("openapi/rid/get", {})).body.errcode).toBe(76002);
  });
});

describe("the list of WeChat's addresses", () => {
  it.each(["get_api_domain_ip", "getcallbackip"])("may contain CIDR blocks: %s", async (path) => {
    const { body } = await get(path);
    expect(Object.keys(body)).toEqual(["ip_list"]);
    expect(body.ip_list).toContainEqual(expect.stringMatching(/\/\d+$/));
  });
});

describe("callback/check", () => {
  const check = (asked: object) =>
    send("callback/check", { action: "all", check_operator: "DEFAULT", ...asked });

  it("returns DNS and ping results, or one of them", async () => {
    simulator.updateApp(appId, { messageUrl: "https://example.com/wechat" });
    const { body } = await check({});
    expect(body).toEqual({
      dns: [{ ip: expect.any(String), real_operator: "UNICOM" }],
      ping: [{ ip: expect.any(String), from_operator: "UNICOM", package_loss: "0%", time: "23.079ms" }],
    });
    expect(Object.keys((await check({ action: "dns" })).body)).toEqual(["dns"]);
    expect(Object.keys((await check({ action: "ping" })).body)).toEqual(["ping"]);
  });

  it("refuses an account without a message URL, an unknown action and an unknown operator", async () => {
    expect((await check({})).body.errcode).toBe(40201);
    expect((await check({ action: "x" })).body.errcode).toBe(40202);
    expect((await check({ check_operator: "x" })).body.errcode).toBe(40203);
    expect((await check({ action: ["dns"] })).body.errcode).toBe(40202);
    expect((await check({ check_operator: ["CAP"] })).body.errcode).toBe(40203);
  });

  it.each(["CHINANET", "UNICOM", "CAP"])("asks by %s", async (operator) => {
    simulator.updateApp(appId, { messageUrl: "https://example.com/wechat" });
    const { body } = await check({ check_operator: operator, action: "dns" });
    expect(body).toEqual({ dns: [{ ip: expect.any(String), real_operator: operator }] });
  });
});

describe("an unknown path of /cgi-bin", () => {
  it("is answered with errcode 40066 as JSON", async () => {
    const { contentType, body } = await get("nowhere");
    expect(contentType).toBe("application/json; encoding=utf-8");
    expect(body.errcode).toBe(40066);
  });
});

describe("a mini program's account", () => {
  it("has a global token and no followers", async () => {
    token = await getGlobalToken(simulator, demoMiniProgram);
    expect((await get("get_api_domain_ip")).body.errcode).toBeUndefined();
    expect((await get("user/info", { openid: "oX" })).body.errcode).toBe(48001);
  });
});
