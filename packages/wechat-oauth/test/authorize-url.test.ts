import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createState, officialAccountAuthorizeUrl, websiteAuthorizeUrl } from "../src/index.js";

const appId = "wx0123456789abcdef";
const state = "3a6eb0790f39ac87c94f3856b2dd2c5d";

const stateText = fc.string({
  unit: fc.constantFrom(..."ABCXYZabcxyz0189"),
  minLength: 1,
  maxLength: 128,
});
/** A redirect_uri with any text in its parameters, including blanks, emoji and separators. */
const redirectUri = fc
  .string({ unit: "binary", maxLength: 40 })
  .map((value) => `https://www.example.com/cb?to=${new URLSearchParams({ v: value })}&x=a b`);

/** The query's names in order, not decoded. */
function parameterNames(url: string): string[] {
  const query = url.slice(url.indexOf("?") + 1, url.indexOf("#"));
  return query.split("&").map((pair) => pair.slice(0, pair.indexOf("=")));
}

describe("the authorize link of an Official Account", () => {
  it("matches WeChat's document in every parameter", () => {
    const redirectUri = "https://www.example.com/callback?a=1&b=2";
    expect(officialAccountAuthorizeUrl({ appId, redirectUri, scope: "snsapi_base", state })).toBe(
      "https://open.weixin.qq.com/connect/oauth2/authorize" +
        "?appid=wx0123456789abcdef" +
        "&redirect_uri=https%3A%2F%2Fwww.example.com%2Fcallback%3Fa%3D1%26b%3D2" +
        "&response_type=code" +
        "&scope=snsapi_base" +
        "&state=3a6eb0790f39ac87c94f3856b2dd2c5d" +
        "&connect_redirect=1" +
        "#wechat_redirect",
    );
  });

  it.each([
    [{}, "&connect_redirect=1"],
    [{ forcePopup: false }, "&forcePopup=false&connect_redirect=1"],
    [{ forceSnapShot: true, forcePopup: true }, "&forcePopup=true&forceSnapShot=true&connect_redirect=1"],
    [{ forceSnapShot: true, connectRedirect: false }, "&forceSnapShot=true"],
    [{ connectRedirect: false }, ""],
  ])("has each optional parameter as it was given, in this order: %j", (options, added) => {
    const link = { appId, redirectUri: "https://www.example.com/", scope: "snsapi_base", state } as const;
    expect(officialAccountAuthorizeUrl({ ...link, ...options })).toBe(
      "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0123456789abcdef" +
        `&redirect_uri=https%3A%2F%2Fwww.example.com%2F&response_type=code&scope=snsapi_base&state=${state}` +
        `${added}#wechat_redirect`,
    );
  });

  it("has optional parameters between the state and the fragment, where WeChat expects them", () => {
    expect(
      officialAccountAuthorizeUrl({
        appId,
        redirectUri: "https://www.example.com/",
        scope: "snsapi_userinfo",
        state,
        forcePopup: true,
        forceSnapShot: false,
        openUrl: "http://127.0.0.1:4010/",
      }),
    ).toBe(
      "http://127.0.0.1:4010/connect/oauth2/authorize" +
        "?appid=wx0123456789abcdef" +
        "&redirect_uri=https%3A%2F%2Fwww.example.com%2F" +
        "&response_type=code" +
        "&scope=snsapi_userinfo" +
        "&state=3a6eb0790f39ac87c94f3856b2dd2c5d" +
        "&forcePopup=true" +
        "&forceSnapShot=false" +
        "&connect_redirect=1" +
        "#wechat_redirect",
    );
  });

  it("keeps order and values for any redirect_uri", () => {
    fc.assert(
      fc.property(redirectUri, stateText, (redirectUri, state) => {
        const url = officialAccountAuthorizeUrl({ appId, redirectUri, scope: "snsapi_userinfo", state });
        expect(parameterNames(url)).toEqual([
          "appid",
          "redirect_uri",
          "response_type",
          "scope",
          "state",
          "connect_redirect",
        ]);
        expect(new URL(url).searchParams.get("redirect_uri")).toBe(redirectUri);
        expect(new URL(url).searchParams.get("state")).toBe(state);
        expect(new URL(url).hash).toBe("#wechat_redirect");
        // A query serializer would have written the blank as "+".
        expect(url).toContain("%20b");
      }),
    );
  });
});

describe("the authorize link of a website app", () => {
  it("matches WeChat's document in every parameter", () => {
    const redirectUri = "https://www.example.com/callback";
    expect(websiteAuthorizeUrl({ appId, redirectUri, state, lang: "en" })).toBe(
      "https://open.weixin.qq.com/connect/qrconnect" +
        "?appid=wx0123456789abcdef" +
        "&redirect_uri=https%3A%2F%2Fwww.example.com%2Fcallback" +
        "&response_type=code" +
        "&scope=snsapi_login" +
        "&state=3a6eb0790f39ac87c94f3856b2dd2c5d" +
        "&lang=en" +
        "#wechat_redirect",
    );
  });

  it("sets a language only on request", () => {
    const url = websiteAuthorizeUrl({ appId, redirectUri: "https://www.example.com/", state });
    expect(parameterNames(url)).toEqual(["appid", "redirect_uri", "response_type", "scope", "state"]);
    expect(url).toContain(`&state=${state}#`);
  });

  it.each(["http://localhost:4000/cb", "HTTPS://www.example.com/cb"])(
    "accepts %s, and a base URL with any number of trailing slashes",
    (redirectUri) => {
      const url = websiteAuthorizeUrl({ appId, redirectUri, state, openUrl: "http://127.0.0.1:4010//" });
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:4010\/connect\/qrconnect\?/);
      expect(new URL(url).searchParams.get("redirect_uri")).toBe(redirectUri);
    },
  );
});

describe("a link that WeChat would refuse or garble", () => {
  const good = { appId, redirectUri: "https://www.example.com/cb", state } as const;

  it.each([
    ["an empty appId", { appId: "" }, "appId"],
    ["an empty state", { state: "" }, "state"],
    ["a state of 129 characters", { state: "a".repeat(129) }, "state"],
    ["a state with a hyphen", { state: "a-b" }, "state"],
    ["a state that ends in a line break", { state: "abc\n" }, "state"],
    ["a relative redirectUri", { redirectUri: "/cb" }, "redirectUri"],
    ["a redirectUri of another scheme", { redirectUri: "javascript:alert(1)" }, "redirectUri"],
    ["a redirectUri of a scheme that ends alike", { redirectUri: "xhttps://example.com/" }, "redirectUri"],
    ["a redirectUri that does not parse", { redirectUri: "https://" }, "redirectUri"],
    [
      "a redirectUri with a state parameter",
      { redirectUri: "https://www.example.com/?state=1" },
      "redirectUri",
    ],
    [
      "a redirectUri with a code parameter",
      { redirectUri: "https://www.example.com/?code=1" },
      "redirectUri",
    ],
  ])("is refused with a TypeError: %s", (_, change, named) => {
    expect(() => websiteAuthorizeUrl({ ...good, ...change })).toThrow(TypeError);
    expect(() => officialAccountAuthorizeUrl({ ...good, scope: "snsapi_base", ...change })).toThrow(named);
  });
});

describe("a fresh state", () => {
  it("has 128 random bits as 32 hex characters", () => {
    expect(createState()).toMatch(/^[0-9a-f]{32}$/);
  });

  it("never repeats, and varies in every bit", () => {
    const states = Array.from({ length: 1000 }, createState);
    expect(new Set(states).size).toBe(1000);
    for (let position = 0; position < 32; position++) {
      expect(new Set(states.map((state) => state[position])).size).toBe(16);
    }
  });
});
