import { describe, expect, it } from "vitest";
import type { WeChatOAuthClient } from "../src/index.js";
import {
  accessToken,
  clientAnswering,
  failureOf,
  globalToken,
  openid,
  operationsOf,
  tokenAnswer,
} from "./fake-wechat.js";

/** Each argument whose value comes from WeChat, and a call with another value in its place. */
const calls: [string, string, (client: WeChatOAuthClient, value: never) => Promise<unknown>][] = [
  ["exchangeCode", "code", (client, code) => client.exchangeCode({ code } as never)],
  ["refreshTokens", "refreshToken", (client, refreshToken) => client.refreshTokens(refreshToken)],
  ["getUserInfo", "accessToken", (client, accessToken) => client.getUserInfo({ accessToken, openid })],
  ["getUserInfo", "openid", (client, openid) => client.getUserInfo({ accessToken, openid })],
  [
    "checkAccessToken",
    "accessToken",
    (client, accessToken) => client.checkAccessToken({ accessToken, openid }),
  ],
  ["checkAccessToken", "openid", (client, openid) => client.checkAccessToken({ accessToken, openid })],
  ["exchangeJsCode", "jsCode", (client, jsCode) => client.exchangeJsCode(jsCode)],
  ["getJsapiTicket", "accessToken", (client, accessToken) => client.getJsapiTicket(accessToken)],
  ["getFollower", "accessToken", (client, accessToken) => client.getFollower({ accessToken, openid })],
  ["getFollower", "openid", (client, openid) => client.getFollower({ accessToken: globalToken, openid })],
  [
    "listFollowers",
    "accessToken",
    (client, accessToken) => client.listFollowers({ accessToken, openids: [openid] }),
  ],
  [
    "listFollowers",
    "openid",
    (client, other) => client.listFollowers({ accessToken: globalToken, openids: [openid, other] }),
  ],
  [
    "getRequest",
    "accessToken",
    (client, accessToken) => operationsOf(client).getRequest({ accessToken, rid: "r" }),
  ],
  ["getRequest", "rid", (client, rid) => operationsOf(client).getRequest({ accessToken: globalToken, rid })],
  [
    "getQuota",
    "accessToken",
    (client, accessToken) => operationsOf(client).getQuota({ accessToken, cgiPath: "/x" }),
  ],
  ["clearQuota", "accessToken", (client, accessToken) => operationsOf(client).clearQuota(accessToken)],
  [
    "listApiDomainIps",
    "accessToken",
    (client, accessToken) => operationsOf(client).listApiDomainIps(accessToken),
  ],
  [
    "listCallbackIps",
    "accessToken",
    (client, accessToken) => operationsOf(client).listCallbackIps(accessToken),
  ],
  [
    "checkCallback",
    "accessToken",
    (client, accessToken) => operationsOf(client).checkCallback({ accessToken, action: "dns" }),
  ],
];

const invalidValues = [
  "",
  undefined,
  null,
  4_815_162_342,
  true,
  ["61_inList"],
  { token: "61_inPart" },
  Symbol("61_symbol"),
];

describe("a call with an invalid argument", () => {
  it.each(calls)("rejects before any request: %s without its %s", async (_, name, call) => {
    for (const value of invalidValues) {
      const reports: unknown[] = [];
      const { client, requests } = clientAnswering([tokenAnswer], {
        onCall: (report) => reports.push(report),
      });
      const failure = await failureOf(call(client, value as never));
      expect(failure).toBeInstanceOf(TypeError);
      expect(failure.message).toMatch(new RegExp(`^${name} must be .+: .+`));
      expect(failure.message).not.toMatch(/61_|4815162342|Symbol/);
      expect([requests, reports]).toEqual([[], []]);
    }
  });

  it.each(["", undefined, null, "oAbCd", {}, [], Array(101).fill(openid)])(
    "rejects before any request: listFollowers with %j for openids",
    async (openids) => {
      const { client, requests } = clientAnswering([{ user_info_list: [] }]);
      const failure = await failureOf(client.listFollowers({ accessToken: globalToken, openids } as never));
      expect(failure).toBeInstanceOf(TypeError);
      expect(failure.message).toBe("openids must be 1 to 100");
      expect(requests).toEqual([]);
    },
  );

  it.each(["", undefined, null, 7, {}, "cgi-bin/token"])(
    "rejects before any request: getQuota with %j for cgiPath",
    async (cgiPath) => {
      const { client, requests } = clientAnswering([{}]);
      const failure = await failureOf(
        operationsOf(client).getQuota({ accessToken: globalToken, cgiPath } as never),
      );
      expect(failure).toEqual(new TypeError("cgiPath must begin with a slash"));
      expect(requests).toEqual([]);
    },
  );

  it("rejects instead of throwing, even without any argument", async () => {
    const { client, requests } = clientAnswering([{}]);
    const methods = new Set(calls.map(([method]) => method));
    expect(methods.size).toBe(14);
    for (const method of methods) {
      const owner = method in client ? client : operationsOf(client);
      const call = (owner as unknown as Record<string, () => Promise<unknown>>)[method];
      expect(await failureOf(call?.call(owner) as Promise<unknown>)).toBeInstanceOf(TypeError);
    }
    expect(requests).toEqual([]);
  });
});
