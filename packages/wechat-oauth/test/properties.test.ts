import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CallError,
  officialAccountAuthorizeUrl,
  readCallback,
  type WeChatOAuthClient,
  websiteAuthorizeUrl,
} from "../src/index.js";
import {
  accessToken,
  appId,
  appSecret,
  clientAnswering,
  code,
  failureOf,
  globalToken,
  grantFor,
  openid,
  operationsOf,
  refreshToken,
  tokenAnswer,
  tokensOf,
  unionid,
  userInfoAnswer,
} from "./fake-wechat.js";

const stateText = fc.stringMatching(/^[A-Za-z0-9]{1,128}$/);
const codeText = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const redirectUri = fc
  .tuple(
    fc.webUrl(),
    fc.dictionary(fc.constantFrom("a", "to", "名"), fc.string({ unit: "binary", maxLength: 20 })),
    fc.constantFrom("", "#", "#/route?x=1"),
  )
  .map(([url, query, fragment]) => `${url}?${new URLSearchParams(query)}${fragment}`);

/** The callback that WeChat makes from a link: its redirect_uri with code and state before the fragment. */
function sentBackTo(link: string, code: string): string {
  const { searchParams } = new URL(link);
  const [target = "", ...fragment] = (searchParams.get("redirect_uri") ?? "").split("#");
  const separator = target.includes("?") ? "&" : "?";
  const query = `${separator}code=${code}&state=${searchParams.get("state")}`;
  return [target + query, ...fragment].join("#");
}

describe("a link and its callback", () => {
  const extras = fc.record(
    { forcePopup: fc.boolean(), forceSnapShot: fc.boolean(), connectRedirect: fc.boolean() },
    { requiredKeys: [] },
  );

  it("keep WeChat's parameters in WeChat's order, with one fragment, for any options", () => {
    fc.assert(
      fc.property(redirectUri, stateText, extras, (redirectUri, state, extras) => {
        const scope = "snsapi_userinfo";
        const link = officialAccountAuthorizeUrl({ appId, redirectUri, scope, state, ...extras });
        const [, query = "", fragment, ...more] = link.split(/[?#]/);
        expect([fragment, more]).toEqual(["wechat_redirect", []]);
        const names = query.split("&").map((pair) => pair.split("=")[0]);
        expect(names).toEqual([
          ...["appid", "redirect_uri", "response_type", "scope", "state"],
          ...(extras.forcePopup === undefined ? [] : ["forcePopup"]),
          ...(extras.forceSnapShot === undefined ? [] : ["forceSnapShot"]),
          ...(extras.connectRedirect === false ? [] : ["connect_redirect"]),
        ]);
      }),
    );
  });

  it("match: the callback contains the state of the link and the granted code", async () => {
    await fc.assert(
      fc.asyncProperty(redirectUri, stateText, codeText, async (redirectUri, state, code) => {
        for (const link of [
          officialAccountAuthorizeUrl({ appId, redirectUri, scope: "snsapi_base", state }),
          websiteAuthorizeUrl({ appId, redirectUri, state }),
        ]) {
          const claimState = (returned: string) => (returned === state ? { redirectUri } : undefined);
          const callback = await readCallback(sentBackTo(link, code), { claimState });
          expect(callback).toEqual({ kind: "grant", code, state, claim: { redirectUri } });
        }
      }),
    );
  });
});

describe("a grant", () => {
  it("is returned exactly for one valid, known state and one valid code", async () => {
    const name = fc.constantFrom("code", "state", "x");
    const value = fc.oneof(stateText, codeText, fc.string({ unit: "binary" }), fc.constant(""));
    const pairs = fc.array(fc.tuple(name, value), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(pairs, fc.boolean(), async (pairs, isKnown) => {
        const callback = await readCallback(`/cb?${new URLSearchParams(pairs)}`, {
          claimState: () => isKnown || undefined,
        });
        const all = (wanted: string) => pairs.filter(([name]) => name === wanted).map(([, value]) => value);
        const isClean = (values: string[], pattern: RegExp) =>
          values.length === 1 && pattern.test(values[0] ?? "");
        expect(callback.kind === "grant").toBe(
          isKnown && isClean(all("state"), /^[A-Za-z0-9]{1,128}$/) && isClean(all("code"), /^[\w-]{1,512}$/),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the client, for any values in an answer", () => {
  const nickname = fc.string({ unit: "binary" });
  const read = (body: unknown) => clientAnswering([body]).client.getUserInfo({ accessToken, openid });

  it("returns the same result for any JSON notation", async () => {
    await fc.assert(
      fc.asyncProperty(nickname, fc.constantFrom("", " ", "\t\n"), async (nickname, space) => {
        const plain = JSON.stringify({ ...userInfoAnswer, unionid, nickname });
        // JSON escapes characters below U+0020; WeChat has been observed to send them raw.
        const raw = plain.replace(/\\u00([01][0-9a-f])/g, (_, hex) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        );
        const expected = await read(plain);
        for (const body of [
          raw,
          `\ufeff${plain}`,
          space + plain + space,
          new TextEncoder().encode(plain),
          plain.replace("{", '{"errcode":0,"errmsg":"ok",'),
          plain.replace("{", '{"errcode":"0",'),
          plain.replaceAll("/", "\\/"),
        ]) {
          expect(await read(body)).toEqual(expected);
        }
      }),
    );
  });

  it("removes nothing but control characters from a nickname", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (nickname) => {
        const info = await read({ ...userInfoAnswer, nickname });
        expect(info.nickname).toBe(nickname.replace(/\p{Cc}/gu, ""));
      }),
    );
  });

  it("accepts expires_in as a number and as text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 * 86_400 }), async (expires_in) => {
        for (const spelled of [expires_in, String(expires_in)]) {
          const { client } = clientAnswering([{ ...tokenAnswer, expires_in: spelled }]);
          expect((await tokensOf(client.exchangeCode(await grantFor()))).expiresInSeconds).toBe(expires_in);
        }
      }),
    );
  });
});

describe("every method of the client", () => {
  const jsCode = "0a1JsCodeJsCodeJsCodeJsCodeJsCod";
  /** Each call, and the values of its request that must never be shown. */
  const calls: [string, (client: WeChatOAuthClient) => Promise<unknown>, string[]][] = [
    ["exchangeCode", async (client) => client.exchangeCode(await grantFor()), [appSecret, code]],
    ["refreshTokens", (client) => client.refreshTokens(refreshToken), [refreshToken]],
    ["getUserInfo", (client) => client.getUserInfo({ accessToken, openid }), [accessToken]],
    ["checkAccessToken", (client) => client.checkAccessToken({ accessToken, openid }), [accessToken]],
    ["exchangeJsCode", (client) => client.exchangeJsCode(jsCode), [appSecret, jsCode]],
    ["getStableAccessToken", (client) => client.getStableAccessToken(), [appSecret]],
    ["getAccessToken", (client) => client.getAccessToken(), [appSecret]],
    ["getJsapiTicket", (client) => client.getJsapiTicket(globalToken), [globalToken]],
    [
      "call",
      (client) => client.call({ path: "cgi-bin/tags/get", accessToken: globalToken, secrets: [code] }),
      [globalToken, code],
    ],
    ["getFollower", (client) => client.getFollower({ accessToken: globalToken, openid }), [globalToken]],
    [
      "listFollowers",
      (client) => client.listFollowers({ accessToken: globalToken, openids: [openid] }),
      [globalToken],
    ],
    [
      "getRequest",
      (client) => operationsOf(client).getRequest({ accessToken: globalToken, rid: "r" }),
      [globalToken],
    ],
    [
      "getQuota",
      (client) => operationsOf(client).getQuota({ accessToken: globalToken, cgiPath: "/cgi-bin/token" }),
      [globalToken],
    ],
    ["clearQuota", (client) => operationsOf(client).clearQuota(globalToken), [globalToken]],
    ["listApiDomainIps", (client) => operationsOf(client).listApiDomainIps(globalToken), [globalToken]],
    ["listCallbackIps", (client) => operationsOf(client).listCallbackIps(globalToken), [globalToken]],
    [
      "checkCallback",
      (client) => operationsOf(client).checkCallback({ accessToken: globalToken, action: "all" }),
      [globalToken],
    ],
  ];
  const secrets = [appSecret, code, accessToken, refreshToken, globalToken, jsCode];

  it("is covered by these properties", () => {
    const { client } = clientAnswering([]);
    const methods = [client, operationsOf(client)].flatMap((owner) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(owner)).filter((name) => name !== "constructor"),
    );
    expect(calls.map(([name]) => name).sort()).toEqual(methods.sort());
  });

  const names = [
    ...["errcode", "errmsg", "access_token", "expires_in", "refresh_token", "openid", "scope", "nickname"],
    ...[
      "session_key",
      "ticket",
      "subscribe",
      "remark",
      "user_info_list",
      "request",
      "quota",
      "ip_list",
      "dns",
    ],
  ];
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(openid, 0, 1, "1", 7200, -1, 40001, "", null, [], {}),
    fc.constantFrom(...secrets),
    fc.constantFrom(...secrets).map((secret) => `x ${secret}\u0001 ${encodeURIComponent(secret)}`),
    fc.jsonValue(),
  );
  const fields = fc.dictionary(fc.constantFrom(...names, "__proto__"), leaf);
  const reply = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fields.map((answer) => JSON.stringify(answer)),
    fc
      .tuple(fields, fields)
      .map(([outer, inner]) => JSON.stringify({ ...outer, request: inner, quota: inner })),
    fields.map((inner) => JSON.stringify({ user_info_list: [inner], dns: [inner], ping: [inner] })),
  );

  it.each(calls)(
    "returns a value or an error of this library for any bytes, without showing what was sent: %s",
    async (_, call, sent) => {
      await fc.assert(
        fc.asyncProperty(reply, async (reply) => {
          const reports: unknown[] = [];
          const { client } = clientAnswering([reply], { onCall: (report) => reports.push(report) });
          const failure = await failureOf(call(client)).catch(() => undefined);
          if (failure !== undefined) expect(failure).toBeInstanceOf(CallError);
          const shown = inspect([failure, reports], { depth: 20, showHidden: true }).toLowerCase();
          for (const secret of sent) expect(shown).not.toContain(secret.toLowerCase());
        }),
        { numRuns: 60 },
      );
    },
  );
});
