import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WeChatOAuthClient } from "../src/index.js";
import {
  appId,
  appSecret,
  clientAnswering,
  globalToken,
  operationsOf,
  accessToken as webToken,
} from "./fake-wechat.js";

const accessToken = globalToken;
const ok = { errcode: 0, errmsg: "ok" };
const badShape = { name: "ResponseError", code: "BAD_SHAPE" };
const urlOf = (path: string) => `https://api.weixin.qq.com/cgi-bin/${path}?access_token=${globalToken}`;

describe("getJsapiTicket", () => {
  it("returns the ticket and its lifetime", async () => {
    const { client, requests } = clientAnswering([
      { ...ok, ticket: "kgt8ON7yVITDhtdwci0qefQ", expires_in: 7200 },
    ]);
    expect(await client.getJsapiTicket(accessToken)).toEqual({
      ticket: "kgt8ON7yVITDhtdwci0qefQ",
      expiresInSeconds: 7200,
    });
    expect(requests).toEqual([{ url: `${urlOf("ticket/getticket")}&type=jsapi` }]);
  });

  it.each([{}, { ticket: "" }, { ticket: "t", expires_in: 0 }])(
    "refuses an incomplete answer: %j",
    async (fields) => {
      const { client } = clientAnswering([{ ...ok, ...fields }]);
      await expect(client.getJsapiTicket(accessToken)).rejects.toMatchObject(badShape);
    },
  );
});

describe("getRequest", () => {
  const rid = "61725984-6126f6f9-040f19c4";
  const request = {
    invoke_time: 1_635_156_704,
    cost_in_ms: 30,
    request_url: "/cgi-bin/user/info?openid=oAbc",
    request_body: "",
    response_body: '{"errcode":40003,"errmsg":"invalid openid"}',
    client_ip: "203.0.113.7",
  };
  const getRequest = (fields: object) =>
    operationsOf(clientAnswering([{ ...ok, request: { ...request, ...fields } }]).client).getRequest({
      accessToken,
      rid,
    });

  it("returns WeChat's record of a request by its rid", async () => {
    const { client, requests } = clientAnswering([{ ...ok, request }]);
    expect(await operationsOf(client).getRequest({ accessToken, rid })).toEqual({
      invokedAt: new Date("2021-10-25T10:11:44Z"),
      durationMs: 30,
      requestUrl: "/cgi-bin/user/info?openid=oAbc",
      requestBody: "",
      responseBody: '{"errcode":40003,"errmsg":"invalid openid"}',
      clientIp: "203.0.113.7",
    });
    expect(requests).toMatchObject([
      { url: urlOf("openapi/rid/get"), method: "POST", body: `{"rid":"${rid}"}` },
    ]);
  });

  it.each([
    ["the app secret in the URL", { request_url: `/cgi-bin/token?appid=${appId}&secret=${appSecret}` }],
    [
      "the account's token in the URL",
      { request_url: `/cgi-bin/user/info?access_token=${globalToken}&openid=oAbc` },
    ],
    ["the account's token in an address", { client_ip: `x ${globalToken}` }],
    ["the app secret in an unknown place", { request_url: `/cgi-bin/token?appid=${appSecret}` }],
    ["another secret in the URL", { request_url: "/cgi-bin/token?secret=0ther5ecret&grant_type=x" }],
    ["a token in a form", { request_body: "access_token=0ther5ecret&x=1" }],
    ["a secret in a body", { request_body: '{"appid":"wx","secret": "0ther5ecret"}' }],
    ["a fresh token in the answer", { response_body: '{"access_token":"0ther5ecret","expires_in":7200}' }],
    ["a ticket in the answer", { response_body: '{"errcode":0,"ticket" : "0ther5ecret"}' }],
    ["a session key with a slash", { response_body: '{"session_key":"0ther\\/5ecret=="}' }],
    ["an answer that was cut", { response_body: '{"refresh_token":"0ther5ecr' }],
    ["JSON inside JSON", { request_body: '"{\\"secret\\":\\"0ther5ecret\\"}"' }],
  ])("does not show %s", async (_, fields) => {
    const text = JSON.stringify(await getRequest(fields));
    for (const secret of [appSecret, globalToken, "0ther", "5ecr"]) expect(text).not.toContain(secret);
    expect(text).toContain("***");
  });

  it("never shows a token, with any text around it", async () => {
    const token = fc.stringMatching(/^[A-Za-z0-9_-]{12,40}$/);
    const name = fc.constantFrom(
      "access_token",
      "refresh_token",
      "secret",
      "code",
      "js_code",
      "ticket",
      "session_key",
    );
    const value = fc.string({ unit: "binary" });
    await fc.assert(
      fc.asyncProperty(name, token, value, value, async (name, token, before, after) => {
        const { requestUrl, requestBody } = await getRequest({
          request_url: `/x?before=${encodeURIComponent(before)}&${name}=${token}&after=${encodeURIComponent(after)}`,
          request_body: JSON.stringify({ before, [name]: token, after }),
        });
        expect(requestUrl.includes(`${name}=${token}`) || requestBody.includes(`"${name}":"${token}"`)).toBe(
          false,
        );
      }),
    );
  });

  it("masks any text in bounded time", async () => {
    for (const filler of ["\\", '"', '\\"', "&", "?code", '"token', "a", '"token":"', " "]) {
      const startedAt = performance.now();
      await getRequest({ request_body: filler.repeat(50_000 / filler.length) });
      expect(performance.now() - startedAt).toBeLessThan(1000);
    }
  });

  it("accepts long or missing texts, but no missing time", async () => {
    expect((await getRequest({ request_body: "x".repeat(100_000) })).requestBody).toHaveLength(100_000);
    expect(await getRequest({ request_body: undefined, client_ip: undefined })).toMatchObject({
      requestBody: "",
      clientIp: "",
    });
    for (const invoke_time of [undefined, 0, "soon", 9_007_199_254_740_991]) {
      await expect(getRequest({ invoke_time })).rejects.toMatchObject(badShape);
    }
    const { client } = clientAnswering([ok]);
    await expect(operationsOf(client).getRequest({ accessToken, rid })).rejects.toMatchObject(badShape);
  });
});

describe("getQuota and clearQuota", () => {
  const quota = { daily_limit: 2000, used: 12, remain: 1988 };

  it("return and reset the daily quota of a path", async () => {
    const { client, requests } = clientAnswering([{ ...ok, quota }]);
    expect(await operationsOf(client).getQuota({ accessToken, cgiPath: "/cgi-bin/token" })).toEqual({
      dailyLimit: 2000,
      used: 12,
      remaining: 1988,
    });
    expect(requests).toMatchObject([
      { url: urlOf("openapi/quota/get"), body: '{"cgi_path":"/cgi-bin/token"}' },
    ]);
  });

  it("return short-term limits if WeChat sends them", async () => {
    const rate_limit = { call_count: 100, refresh_second: 60 };
    const { client } = clientAnswering([
      { ...ok, quota, rate_limit, component_rate_limit: { call_count: 0, refresh_second: 0 } },
    ]);
    expect(await operationsOf(client).getQuota({ accessToken, cgiPath: "/cgi-bin/token" })).toMatchObject({
      rateLimit: { callCount: 100, refreshSeconds: 60 },
      componentRateLimit: { callCount: 0, refreshSeconds: 0 },
    });
  });

  it("return no short-term limits if WeChat sends null", async () => {
    const { client } = clientAnswering([{ ...ok, quota, rate_limit: null, component_rate_limit: null }]);
    const found = await operationsOf(client).getQuota({ accessToken, cgiPath: "/cgi-bin/token" });
    expect(Object.keys(found)).toEqual(["dailyLimit", "used", "remaining"]);
  });

  it("refuse a path without a slash and an answer without a quota", async () => {
    const { client, requests } = clientAnswering([ok]);
    const cgiPath = "cgi-bin/token" as "/";
    await expect(operationsOf(client).getQuota({ accessToken, cgiPath })).rejects.toThrow(TypeError);
    expect(requests).toEqual([]);
    await expect(
      operationsOf(client).getQuota({ accessToken, cgiPath: "/cgi-bin/token" }),
    ).rejects.toMatchObject(badShape);
  });

  it("clear the counts for this app without a retry, because WeChat allows ten a month", async () => {
    const { client, requests } = clientAnswering([{ errcode: -1, errmsg: "system error" }, ok]);
    await expect(operationsOf(client).clearQuota(accessToken)).rejects.toMatchObject({
      errcode: -1,
      attempt: 1,
    });
    expect(requests).toMatchObject([
      { url: urlOf("clear_quota"), method: "POST", body: `{"appid":"${appId}"}` },
    ]);
    expect(await operationsOf(client).clearQuota(accessToken)).toBeUndefined();
    await expect(operationsOf(clientAnswering([{}]).client).clearQuota(accessToken)).rejects.toMatchObject(
      badShape,
    );
  });
});

describe("listApiDomainIps and listCallbackIps", () => {
  it.each([
    ["listApiDomainIps", "get_api_domain_ip"],
    ["listCallbackIps", "getcallbackip"],
  ] as const)("return the addresses that WeChat lists: %s", async (method, path) => {
    const { client, requests } = clientAnswering([{ ip_list: ["203.0.113.7", "198.51.100.0/24"] }]);
    expect(await operationsOf(client)[method](accessToken)).toEqual(["203.0.113.7", "198.51.100.0/24"]);
    expect(requests).toEqual([{ url: urlOf(path) }]);
  });

  it.each([{}, { ip_list: [] }, { ip_list: "203.0.113.7" }])(
    "refuse an answer without addresses: %j",
    async (answer) => {
      const { client } = clientAnswering([answer]);
      await expect(operationsOf(client).listApiDomainIps(accessToken)).rejects.toMatchObject(badShape);
    },
  );
});

describe("checkCallback", () => {
  it("returns WeChat's findings in WeChat's units", async () => {
    const { client, requests } = clientAnswering([
      {
        dns: [{ ip: "203.0.113.7", real_operator: "UNICOM" }],
        ping: [{ ip: "203.0.113.7", from_operator: "UNICOM", package_loss: "0%", time: "23.079ms" }],
      },
    ]);
    expect(await operationsOf(client).checkCallback({ accessToken, action: "all" })).toEqual({
      dns: [{ ip: "203.0.113.7", realOperator: "UNICOM" }],
      ping: [{ ip: "203.0.113.7", fromOperator: "UNICOM", packageLoss: "0%", time: "23.079ms" }],
    });
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({ action: "all", check_operator: "DEFAULT" });
  });

  it("returns only the requested checks", async () => {
    const { client, requests } = clientAnswering([{ dns: [] }]);
    const found = await operationsOf(client).checkCallback({
      accessToken,
      action: "dns",
      operator: "CHINANET",
    });
    expect(found).toEqual({ dns: [], ping: [] });
    expect(requests[0]?.body).toBe('{"action":"dns","check_operator":"CHINANET"}');
  });
});

describe("exchangeJsCode", () => {
  const session = { openid: "oMiniMiniMiniMiniMiniMiniMin", session_key: "tiihtNczf5v6AKRyjwEUhQ==" };

  it("returns an openid and a session key for a js_code", async () => {
    const { client, requests } = clientAnswering([{ ...session, unionid: "oUnIoNid0123456789ABCDEFGHIJ" }]);
    expect(await client.exchangeJsCode("0a1JsCode")).toEqual({
      openid: session.openid,
      sessionKey: session.session_key,
      unionid: "oUnIoNid0123456789ABCDEFGHIJ",
    });
    const query = `appid=${appId}&secret=${appSecret}&js_code=0a1JsCode&grant_type=authorization_code`;
    expect(requests).toEqual([{ url: `https://api.weixin.qq.com/sns/jscode2session?${query}` }]);
  });

  it("is never retried and refuses an answer without openid or session key", async () => {
    const { client, requests } = clientAnswering([{ errcode: -1 }, { openid: session.openid }]);
    await expect(client.exchangeJsCode("0a1JsCode")).rejects.toMatchObject({ errcode: -1 });
    expect(requests).toHaveLength(1);
    await expect(client.exchangeJsCode("0a1JsCode")).rejects.toMatchObject(badShape);
  });

  it("shows neither js_code nor session key in an error", async () => {
    const { client } = clientAnswering([{ errcode: 40029, errmsg: `invalid code 0a1JsCode, ${webToken}` }]);
    await expect(client.exchangeJsCode("0a1JsCode")).rejects.toMatchObject({
      errmsg: "invalid code ***, ***",
    });
    const { client: other } = clientAnswering([{ ...session, openid: "" }]);
    await expect(other.exchangeJsCode("0a1JsCode")).rejects.not.toThrow(session.session_key);
  });
});

describe("a busy WeChat (errcode -1)", () => {
  const openid = "oAbCdEfGhIjKlMnOpQrStUvWxYz0";

  it.each([
    ["getJsapiTicket", (client) => client.getJsapiTicket(accessToken), { ticket: "t", expires_in: 7200 }],
    ["getFollower", (client) => client.getFollower({ accessToken, openid }), { subscribe: 0, openid }],
    [
      "listFollowers",
      (client) => client.listFollowers({ accessToken, openids: [openid] }),
      { user_info_list: [] },
    ],
    [
      "getRequest",
      (client) => operationsOf(client).getRequest({ accessToken, rid: "r" }),
      { request: { invoke_time: 1, cost_in_ms: 1 } },
    ],
    [
      "getQuota",
      (client) => operationsOf(client).getQuota({ accessToken, cgiPath: "/x" }),
      { quota: { daily_limit: 1, used: 0, remain: 1 } },
    ],
    [
      "listApiDomainIps",
      (client) => operationsOf(client).listApiDomainIps(accessToken),
      { ip_list: ["203.0.113.7"] },
    ],
    [
      "listCallbackIps",
      (client) => operationsOf(client).listCallbackIps(accessToken),
      { ip_list: ["203.0.113.7"] },
    ],
    [
      "checkCallback",
      (client) => operationsOf(client).checkCallback({ accessToken, action: "dns" }),
      { dns: [] },
    ],
  ] as [string, (client: WeChatOAuthClient) => Promise<unknown>, object][])(
    "receives the same request once more: %s",
    async (_, call, answer) => {
      const { client, requests } = clientAnswering([{ errcode: -1, errmsg: "system error" }, answer]);
      await call(client);
      expect(requests).toHaveLength(2);
      expect(requests[1]).toEqual(requests[0]);
    },
  );
});

describe("a refusal of any call", () => {
  it("shows no app secret, even if this call did not send it", async () => {
    const { client } = clientAnswering([{ errcode: 40013, errmsg: `invalid appid ${appSecret}` }]);
    const error = await operationsOf(client)
      .clearQuota(accessToken)
      .catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ errcode: 40013, errmsg: "invalid appid ***" });
    expect(String(error)).not.toContain(appSecret);
  });
});

describe("the operations of an account", () => {
  it("refuse a client that is none of this copy of the package, and say so", () => {
    const other = { appId } as unknown as WeChatOAuthClient;
    expect(() => operationsOf(other)).toThrow(
      new TypeError("client must be a WeChatOAuthClient of the same copy of this package"),
    );
  });
});
