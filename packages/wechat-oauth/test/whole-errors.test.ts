import { describe, expect, it } from "vitest";
import {
  mpVerifyFile,
  officialAccountAuthorizeUrl,
  type WeChatOAuthOptions,
  wxLoginOptions,
} from "../src/index.js";
import { TokenKeeper, type TokenKeeperOptions, TokenUnavailableError } from "../src/keeper.js";
import { AccountOperations } from "../src/operations.js";
import { accessToken, appId, clientAnswering, failureOf, globalToken, openid } from "./fake-wechat.js";

// Every error as a whole: its words, its fields and its cause.

const state = "abc123";
const link = { appId, redirectUri: "https://app.example/callback", state };
const official = (change: object) => () =>
  officialAccountAuthorizeUrl({ ...link, scope: "snsapi_base", ...change });
const embedded = (change: object) => () => wxLoginOptions({ id: "qr", ...link, ...change });
const client = (options: Partial<WeChatOAuthOptions>) => () => clientAnswering([{}], options);
const source = { key: "k", fetch: async () => ({ value: "t", expiresInSeconds: 7200 }) };
const keeper = (options: object) => () => new TokenKeeper({ source, ...options } as TokenKeeperOptions);
const asked = { accessToken: globalToken };
const call =
  (path: string, query: object = {}) =>
  () =>
    clientAnswering([{}]).client.call({ path, query } as never);

describe("an invalid argument", () => {
  it.each<[string, () => unknown]>([
    ["appId is empty", official({ appId: "" })],
    ["state must be 1 to 128 letters and digits", official({ state: "a-b" })],
    ["redirectUri must be an absolute http or https URL", official({ redirectUri: "/callback" })],
    ["redirectUri must not contain a code or state parameter", official({ redirectUri: "http://a/?code=1" })],
    ["id is empty", embedded({ id: "" })],
    ["redirectUri must not contain a #", embedded({ redirectUri: "http://a/#b" })],
    ["href must be an https URL or data:text/css;base64,…", embedded({ href: "http://a/b.css" })],
    ["name must be like MP_verify_AbCdEfGh01234567.txt", () => mpVerifyFile("x.txt", "x")],
    [
      "content must be the 16 characters in the file's name",
      () => mpVerifyFile("MP_verify_HzPnYOUNdYYAAAAA.txt", "x"),
    ],
    ["appId is empty", client({ appId: "" })],
    ["appSecret is empty", client({ appSecret: "" })],
    ["apiUrl must be an http or https base URL", client({ apiUrl: "ftp://a" })],
    ["apiUrl must be an http or https base URL", client({ apiUrl: "https://a/?b" })],
    ["apiUrl must not hold a user name or password", client({ apiUrl: "https://user@a" })],
    ["apiUrl must not hold a user name or password", client({ apiUrl: "https://:word@a" })],
    ["timeoutMs must be a whole number above 0", client({ timeoutMs: 0 })],
    ["maxResponseBytes must be a whole number above 0", client({ maxResponseBytes: 1.5 })],
    [
      "fetch and transport cannot be combined",
      client({ transport: async () => ({ httpStatus: 200, text: "" }) }),
    ],
    [
      "client must be a WeChatOAuthClient of the same copy of this package",
      () => new AccountOperations({} as never),
    ],
    [
      "cgiPath must begin with a slash",
      () => operations().getQuota({ ...asked, cgiPath: "cgi-bin" as never }),
    ],
    [
      "rid must be a non-empty string: check where it comes from",
      () => operations().getRequest({ ...asked, rid: "" }),
    ],
    [
      "jsCode must be a non-empty string: check where it comes from",
      () => clientAnswering([{}]).client.exchangeJsCode(""),
    ],
    [
      "refreshToken must be a non-empty string: check where it comes from",
      () => clientAnswering([{}]).client.refreshTokens(""),
    ],
    ["openids must be 1 to 100", () => clientAnswering([{}]).client.listFollowers({ ...asked, openids: [] })],
    [
      "path must be one of WeChat's, such as cgi-bin/menu/create, without host and query",
      call("https://a/b"),
    ],
    [
      "anOddName must be a non-empty string: check where it comes from",
      call("cgi-bin/x", { an_odd_name: "" }),
    ],
    ["source.key is empty", keeper({ source: { ...source, key: "" } })],
    ["seal and open must be given together", keeper({ seal: String })],
    ["seal and open must be given together", keeper({ open: String })],
    ["waitMs must be a number of milliseconds, at least 1", keeper({ waitMs: 0 })],
    ["leaseMs must be a number of milliseconds, at least 1", keeper({ leaseMs: 2 ** 31 })],
    ["recheckMs must be a number of milliseconds, at least 0", keeper({ recheckMs: -1 })],
  ])("is a TypeError that says: %s", async (message, use) => {
    const error = await failureOf((async () => use())());
    expect([error.constructor, error.message, error.cause]).toEqual([TypeError, message, undefined]);
  });

  it("is at its limit still a valid one", () => {
    for (const options of [{ waitMs: 1 }, { leaseMs: 2 ** 31 - 1 }, { recheckMs: 0 }]) keeper(options)();
    expect(official({ state: "a".repeat(128) })).not.toThrow();
  });
});

const operations = () => new AccountOperations(clientAnswering([{}]).client);

describe("a failed call", () => {
  const rid = "637ec754-5b28c0ef-058e9cba";
  const failure = async (reply: unknown) => {
    const error = await failureOf(clientAnswering([reply]).client.getUserInfo({ accessToken, openid }));
    const { stack: _, ...fields } = error as Error & Record<string, unknown>;
    return { ...fields, message: error.message, cause: (error.cause as Error | undefined)?.message };
  };
  const common = { endpoint: "sns/userinfo", attempt: 1, cause: undefined };
  const unusable = { ...common, name: "ResponseError", httpStatus: 200 };

  it.each<[string, unknown, object]>([
    [
      "a refusal",
      { errcode: 48001, errmsg: `api unauthorized, rid: ${rid}` },
      {
        ...common,
        name: "WeChatApiError",
        errcode: 48001,
        errmsg: "api unauthorized",
        rid,
        message: "sns/userinfo refused: errcode 48001 (api unauthorized)",
      },
    ],
    [
      "a refusal of an address",
      { errcode: 40164, errmsg: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist" },
      {
        ...common,
        name: "WeChatApiError",
        errcode: 40164,
        errmsg: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
        rid: undefined,
        callerIp: "203.0.113.7",
        message:
          "sns/userinfo refused: errcode 40164 (invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist)",
      },
    ],
    [
      "a lost connection",
      new Error("reset"),
      {
        ...common,
        name: "NetworkError",
        code: "NETWORK",
        cause: "reset",
        message: "sns/userinfo gave no answer: NETWORK",
      },
    ],
    [
      "a gateway's page",
      new Response("<html>", { status: 502 }),
      {
        ...unusable,
        code: "HTTP_STATUS",
        httpStatus: 502,
        message: "sns/userinfo gave an unusable answer: HTTP_STATUS (HTTP 502)",
      },
    ],
    [
      "a redirect",
      new Response(null, { status: 399 }),
      {
        ...unusable,
        code: "HTTP_STATUS",
        httpStatus: 399,
        message: "sns/userinfo gave an unusable answer: HTTP_STATUS (HTTP 399), a redirect, not followed",
      },
    ],
    [
      "text",
      "oops",
      {
        ...unusable,
        code: "BAD_JSON",
        message: "sns/userinfo gave an unusable answer: BAD_JSON (HTTP 200), 4 characters that are not JSON",
      },
    ],
    [
      "another person's profile",
      { openid: "oX" },
      {
        ...unusable,
        code: "BAD_SHAPE",
        message:
          "sns/userinfo gave an unusable answer: BAD_SHAPE (HTTP 200), openid is not the requested one",
      },
    ],
    [
      "a long answer",
      "x".repeat(262_145),
      {
        ...unusable,
        code: "TOO_LARGE",
        message: "sns/userinfo gave an unusable answer: TOO_LARGE (HTTP 200), more than 262144 bytes",
      },
    ],
  ])("is an error with these fields and no others: %s", async (_what, reply, expected) => {
    expect(await failure(reply)).toEqual(expected);
  });
});

describe("an unavailable token", () => {
  it("is an error with its reason, the end of the pause, a refusal and a cause without its words", () => {
    const cause = Object.assign(new Error("SET 61_token"), { code: "ECONNRESET", name: "ReplyError" });
    const refusal = { errcode: 40001, errmsg: "no" };
    const error = new TokenUnavailableError("STORE", 1_700_000_000_000, cause, refusal);
    const { stack: _, ...fields } = { ...error } as Record<string, unknown>;
    expect({ ...fields, message: error.message }).toEqual({
      name: "TokenUnavailableError",
      message: "no token: STORE",
      reason: "STORE",
      retryAtMs: 1_700_000_000_000,
      refusal,
    });
    const { name, message, code, cause: inner } = error.cause as Error & { code: string };
    expect({ name, message, code, inner }).toEqual({
      name: "ReplyError",
      message: "(its message may hold the token)",
      code: "ECONNRESET",
      inner: undefined,
    });
    const plain = new TokenUnavailableError("DEADLINE");
    expect([plain.retryAtMs, plain.cause, "refusal" in plain]).toEqual([undefined, undefined, false]);
  });
});
