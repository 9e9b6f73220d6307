import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  accessToken,
  appId,
  appSecret,
  clientAnswering,
  code,
  grantFor,
  openid,
  refreshToken,
  tokenAnswer,
  userInfoAnswer,
} from "./fake-wechat.js";

const appToken = { access_token: "61_global", expires_in: 7200 };

describe("a request to WeChat", () => {
  it("exchanges a grant as documented", async () => {
    const { client, requests } = clientAnswering([tokenAnswer]);
    await client.exchangeCode(await grantFor());
    expect(requests).toEqual([
      {
        url:
          "https://api.weixin.qq.com/sns/oauth2/access_token" +
          `?appid=${appId}` +
          `&secret=${appSecret}` +
          `&code=${code}` +
          "&grant_type=authorization_code",
      },
    ]);
  });

  it("refreshes tokens without the secret", async () => {
    const { client, requests } = clientAnswering([tokenAnswer]);
    await client.refreshTokens(refreshToken);
    expect(requests).toEqual([
      {
        url:
          "https://api.weixin.qq.com/sns/oauth2/refresh_token" +
          `?appid=${appId}` +
          "&grant_type=refresh_token" +
          `&refresh_token=${refreshToken}`,
      },
    ]);
  });

  it("requests a profile, with a language on request", async () => {
    const { client, requests } = clientAnswering([userInfoAnswer]);
    await client.getUserInfo({ accessToken, openid });
    await client.getUserInfo({ accessToken, openid, lang: "zh_TW" });
    const url = `https://api.weixin.qq.com/sns/userinfo?access_token=${accessToken}&openid=${openid}`;
    expect(requests.map((request) => request.url)).toEqual([url, `${url}&lang=zh_TW`]);
  });

  it("checks a token", async () => {
    const { client, requests } = clientAnswering([{ errcode: 0, errmsg: "ok" }]);
    await client.checkAccessToken({ accessToken, openid });
    const url = `https://api.weixin.qq.com/sns/auth?access_token=${accessToken}&openid=${openid}`;
    expect(requests).toEqual([{ url }]);
  });

  it("requests the stable global token by POST, with JSON and no query", async () => {
    const { client, requests } = clientAnswering([appToken]);
    await client.getStableAccessToken();
    await client.getStableAccessToken({ forceRefresh: true });
    expect(requests.map(({ body, ...request }) => ({ ...request, body: JSON.parse(body ?? "") }))).toEqual(
      [false, true].map((force_refresh) => ({
        url: "https://api.weixin.qq.com/cgi-bin/stable_token",
        method: "POST",
        contentType: "application/json",
        body: { grant_type: "client_credential", appid: appId, secret: appSecret, force_refresh },
      })),
    );
  });

  it("requests the old global token by GET", async () => {
    const { client, requests } = clientAnswering([appToken]);
    await client.getAccessToken();
    const url = `https://api.weixin.qq.com/cgi-bin/token?grant_type=client_credential&appid=${appId}&secret=${appSecret}`;
    expect(requests).toEqual([{ url }]);
  });

  it.each(["http://127.0.0.1:4010", "http://127.0.0.1:4010/", "http://127.0.0.1:4010///"])(
    "uses another base URL, with or without slashes at its end: %s",
    async (apiUrl) => {
      const { client, requests } = clientAnswering([appToken], { apiUrl });
      await client.getStableAccessToken();
      expect(requests[0]?.url).toBe("http://127.0.0.1:4010/cgi-bin/stable_token");
    },
  );

  it("writes U+FFFD for half a character, which has no bytes", async () => {
    const { client, requests } = clientAnswering([tokenAnswer]);
    await client.refreshTokens("a\ud83cb");
    expect(new URL(requests[0]?.url ?? "").searchParams.get("refresh_token")).toBe("a\ufffdb");
  });

  it("resolves the base URL like a browser", async () => {
    const { client, requests } = clientAnswering([appToken], { apiUrl: "HTTP://Localhost:80/a b/../模拟/" });
    await client.getStableAccessToken();
    expect(requests[0]?.url).toBe("http://localhost/%E6%A8%A1%E6%8B%9F/cgi-bin/stable_token");
  });

  it("cannot gain a parameter through a value", async () => {
    const tokens = fc
      .string({ unit: "binary", minLength: 1 })
      .filter((text) => /[^\p{Cc}\p{Cf}\p{Cs}\ufffd]/u.test(text)); // a text without visible characters is refused
    await fc.assert(
      fc.asyncProperty(tokens, async (token) => {
        const { client, requests } = clientAnswering([tokenAnswer]);
        await client.refreshTokens(token);
        const { searchParams, hash } = new URL(requests[0]?.url ?? "");
        expect([...searchParams.keys()]).toEqual(["appid", "grant_type", "refresh_token"]);
        expect(searchParams.get("refresh_token")).toBe(token);
        expect(hash).toBe("");
      }),
    );
  });
});

describe("a new client", () => {
  it.each([
    ["appId", { appId: "" }],
    ["appSecret", { appSecret: "" }],
    ["apiUrl", { apiUrl: "api.weixin.qq.com" }],
    ["apiUrl", { apiUrl: "https://api.weixin.qq.com/?x=1" }],
    ["apiUrl", { apiUrl: "http://127.0.0.1:99999" }],
    ["apiUrl", { apiUrl: "nothttp://api.weixin.qq.com" }],
    ["apiUrl", { apiUrl: "https://someone:s3cret@api.weixin.qq.com" }],
    ["apiUrl", { apiUrl: "https://someone@api.weixin.qq.com" }],
    ["apiUrl", { apiUrl: "https://:s3cret@api.weixin.qq.com" }],
    ["timeoutMs", { timeoutMs: 0 }],
    ["timeoutMs", { timeoutMs: Number.POSITIVE_INFINITY }],
    ["maxResponseBytes", { maxResponseBytes: -1 }],
  ])("is refused with an invalid %s, without showing its value", (name, options) => {
    expect(() => clientAnswering([], options)).toThrow(new RegExp(`^${name} [a-z0-9 ]+( URL)?$`));
  });

  it("shows no secret if it is printed or serialized", async () => {
    const { inspect } = await import("node:util");
    const { client } = clientAnswering([]);
    expect(inspect(client, { showHidden: true, depth: 9 }) + JSON.stringify(client)).not.toContain(appSecret);
  });
});
