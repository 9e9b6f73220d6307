import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asWebAccessToken, type CallReport, WeChatApiError } from "../src/index.js";
import {
  accessToken,
  appSecret,
  clientAnswering,
  code,
  failureOf,
  globalToken,
  grantFor,
  openid,
  refreshToken,
  tokenAnswer,
  userInfoAnswer,
} from "./fake-wechat.js";

/** Everything that a log could print of an error: fields, causes, hidden properties, stacks. */
const printed = (value: unknown) => inspect(value, { depth: 20, showHidden: true, maxStringLength: null });

/** A text with every byte percent-encoded. */
const percentOf = (text: string) =>
  [...new TextEncoder().encode(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

async function exchangeFailure(reply: unknown): Promise<{ failure: Error; reports: CallReport[] }> {
  const reports: CallReport[] = [];
  const { client } = clientAnswering([reply], { onCall: (call) => reports.push(call) });
  return { failure: await failureOf(client.exchangeCode(await grantFor())), reports };
}

describe("the request id in an errmsg", () => {
  it.each([
    ["invalid code, rid: 637ec754-5b28c0ef-058e9cba", "invalid code", "637ec754-5b28c0ef-058e9cba"],
    ["invalid appid rid: 60472705-5b28c0ef-058e9cba", "invalid appid", "60472705-5b28c0ef-058e9cba"],
    ["missing code, hints: [ req_id: jCbezQaLRa-yh_Wxa ]", "missing code", "jCbezQaLRa-yh_Wxa"],
    ["invalid openid list size hint: [aBc]", "invalid openid list size", "aBc"],
    ["x hint: [aBc] rid: 60472705-5b28c0ef-058e9cba", "x", "60472705-5b28c0ef-058e9cba"],
  ])("is moved to its own field: %s", async (raw, errmsg, rid) => {
    const { failure } = await exchangeFailure({ errcode: 40029, errmsg: raw });
    expect(failure).toMatchObject({
      errmsg,
      rid,
      name: "WeChatApiError",
      endpoint: "sns/oauth2/access_token",
    });
    expect(failure.message).toBe(`sns/oauth2/access_token refused: errcode 40029 (${errmsg})`);
  });

  it.each(["system error", "rid: none", "rid: 637ec754-5b28c0ef-058e9cba and more", "hints: []"])(
    "is absent without a valid tail: %s",
    async (raw) => {
      const { failure } = await exchangeFailure({ errcode: -1, errmsg: raw });
      expect((failure as WeChatApiError).rid).toBeUndefined();
    },
  );

  it.each([undefined, null, 7, {}])("is absent without an errmsg: %j", async (errmsg) => {
    const { failure } = await exchangeFailure({ errcode: 40029, errmsg });
    expect(failure).toMatchObject({ errcode: 40029, errmsg: "" });
  });

  it("is found in bounded time, and a long errmsg is cut", async () => {
    for (const filler of [", ", " ", "hints: [ ", "%", "\\"]) {
      const startedAt = performance.now();
      const { failure } = await exchangeFailure({
        errcode: 40029,
        errmsg: filler.repeat(100_000 / filler.length),
      });
      expect((failure as WeChatApiError).errmsg.length).toBeLessThanOrEqual(500);
      expect(performance.now() - startedAt).toBeLessThan(1000);
    }
  });
});

describe("a value that was sent", () => {
  const percent = (text: string) =>
    [...text].map((letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");

  it.each([
    ["unchanged", (secret: string) => secret],
    ["in capitals", (secret: string) => secret.toUpperCase()],
    ["percent-encoded", percent],
    ["with a control character inside", (secret: string) => `${secret.slice(0, 9)}\u0000${secret.slice(9)}`],
    ["where a cut would fall", (secret: string) => "x".repeat(490) + secret],
    ["in place of the request id", (secret: string) => `no, hints: [ req_id: ${secret} ]`],
    ["inside the request's URL", (secret: string) => `GET /sns/oauth2/access_token?secret=${secret}&x=1`],
  ])("does not appear in an error if WeChat echoes it %s", async (_, echo) => {
    for (const value of [appSecret, code]) {
      const { failure, reports } = await exchangeFailure({ errcode: 40125, errmsg: echo(value) });
      const text = printed([failure, reports]).toLowerCase();
      expect(text).not.toContain(value.toLowerCase());
      expect(text).not.toContain(value.slice(0, 10).toLowerCase());
      expect(text).not.toContain(percent(value));
    }
  });

  it.each(["openid", "unionid", "scope", "access_token"])(
    "makes a successful answer invalid if %s contains the app secret in any encoding",
    async (field) => {
      const answer = {
        access_token: "a",
        expires_in: 7200,
        refresh_token: "r",
        openid,
        scope: "snsapi_base",
      };
      const middle = `${appSecret.slice(0, 9)}\u0001${appSecret.slice(9)}`;
      for (const echo of [appSecret, appSecret.toUpperCase(), middle, code]) {
        const { failure } = await exchangeFailure({ ...answer, [field]: `x${echo}` });
        expect(failure).toMatchObject({ name: "ResponseError", code: "BAD_SHAPE" });
        expect(printed(failure)).not.toContain(appSecret);
      }
    },
  );

  describe("found in a successful answer", () => {
    const escaped = (text: string) =>
      [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    const half = appSecret.length / 2;
    const broken = (by: string) => appSecret.slice(0, half) + by + appSecret.slice(half);
    /** JSON's encodings of the secret, without the quotes. */
    const encodings = [
      appSecret,
      appSecret.toUpperCase(),
      percent(appSecret),
      percent(appSecret).toUpperCase(),
      percent(percent(appSecret)),
      percent(appSecret).replaceAll("%", "%25252525"),
      percent(appSecret).replaceAll("%", "%\u0000"),
      escaped(appSecret).replaceAll("\\", "\\\\\\\\"),
      escaped(appSecret),
      escaped(percent(appSecret)),
      `\\${escaped(appSecret).replaceAll("\\", "\\\\")}`,
      ...["\u0000", "\n", "\u007f", "\u0085", "\u200b", "\u00ad", "\u202e", "\ufeff"].map(broken),
      ...["\\n", "\\t", "\\b", "\\f", "\\r", "\\u0000", "\\u200b", "\\ud800"].map(broken),
    ];

    const places: [string, (echo: string) => string][] = [
      ["a field", (echo) => `"x":"${echo}"`],
      ["a name", (echo) => `"${echo}":0`],
      ["a list", (echo) => `"x":[0,"${echo}"]`],
      ["a part", (echo) => `"x":{"y":{"z":"${echo}"}}`],
      ["a part's name", (echo) => `"x":{"${echo}":null}`],
      ["a list of parts", (echo) => `"x":[[{"y":"${echo}"}]]`],
      ["__proto__", (echo) => `"__proto__":{"x":"${echo}"}`],
      ["a name that comes twice", (echo) => `"x":"${echo}","x":""`],
      ["the errmsg of errcode 0", (echo) => `"errcode":0,"errmsg":"ok ${echo}"`],
      ["the innermost of nested lists", (echo) => `"x":${"[".repeat(20_000)}"${echo}"${"]".repeat(20_000)}`],
    ];

    it.each(places)("makes the answer invalid at any depth, in any encoding: %s", async (_, place) => {
      const whole = JSON.stringify(tokenAnswer).slice(1);
      for (const echo of encodings) {
        const { failure } = await exchangeFailure(`{${place(`to ${echo}.`)},${whole}`);
        expect(failure, echo).toMatchObject({ name: "ResponseError", code: "BAD_SHAPE" });
        expect(failure.message).toMatch(/it contains what was sent$/);
      }
    });

    it("makes the answer invalid also in a follower's remark", async () => {
      const info = { subscribe: 1, openid, remark: `x ${globalToken}` };
      const { client } = clientAnswering([{ user_info_list: [info] }]);
      const failure = await failureOf(client.listFollowers({ accessToken: globalToken, openids: [openid] }));
      expect(failure).toMatchObject({ code: "BAD_SHAPE" });
    });

    it.each([
      "61_abc/y//z",
      '61_abc"y',
      "61_abc\\y",
      "61_abc\ty",
      "小明🎉小明🎉",
      "61_abc\ud83cy",
      "61_abc y",
    ])("makes the answer invalid also if JSON or a query must encode it: %j", async (token) => {
      const accessToken = asWebAccessToken(token);
      for (const echo of [token, token.toUpperCase(), percentOf(token)]) {
        for (const body of [{ city: [`x${echo}`] }, { [echo]: 0 }]) {
          const plain = JSON.stringify({ ...userInfoAnswer, nickname: "Ming", ...body });
          for (const reply of [plain, plain.replaceAll("/", "\\/")]) {
            const { client } = clientAnswering([reply]);
            const failure = await failureOf(client.getUserInfo({ accessToken, openid }));
            expect(failure).toMatchObject({ code: "BAD_SHAPE" });
          }
        }
      }
    });

    it.each([
      { nickname: "100% \ud83c\udf89 \\ 小\u200b明\u0014 %zz %41 \\u0041" },
      { nickname: appSecret.slice(1), city: percent(appSecret.slice(1)) },
      { x: [appSecret.slice(0, half), appSecret.slice(half)] },
      { headimgurl: "https://thirdwx.qlogo.cn/a%2Fb/132" },
    ])("does not make another text invalid: %j", async (fields) => {
      const body = JSON.stringify({ ...userInfoAnswer, ...fields });
      for (const reply of [body, body.replaceAll("/", "\\/")]) {
        const { client } = clientAnswering([reply]);
        expect(await client.getUserInfo({ accessToken, openid })).toMatchObject({ openid });
      }
    });

    it("is detected in bounded time", async () => {
      for (const filler of [
        "%",
        "%25",
        "%2",
        "\\\\",
        "\\u0035",
        "\\u",
        "5",
        "5ec2",
        "\u00ad",
        "{}",
        "[",
        '"":',
      ]) {
        const startedAt = performance.now();
        const text = filler.repeat(250_000 / filler.length);
        await exchangeFailure(`{"x":"${text.replaceAll('"', '\\"')}","y":"\\u0020"}`);
        await exchangeFailure(`{"x":${text}`);
        expect(performance.now() - startedAt, filler).toBeLessThan(1000);
      }
    });
  });

  it("does not appear in the error of any other call", async () => {
    const echo = { errcode: 40001, errmsg: `no ${accessToken} ${refreshToken} ${appSecret}` };
    const { client } = clientAnswering([echo]);
    const failures = await Promise.all([
      failureOf(client.refreshTokens(refreshToken)).then((failure) => [failure, refreshToken]),
      failureOf(client.getUserInfo({ accessToken, openid })).then((failure) => [failure, accessToken]),
      failureOf(client.getStableAccessToken()).then((failure) => [failure, appSecret]),
      failureOf(client.getAccessToken()).then((failure) => [failure, appSecret]),
    ]);
    for (const [failure, value] of failures) expect(printed(failure)).not.toContain(value);
  });

  it("does not appear in an error with any text around it or any characters in it", async () => {
    const value = fc.string({ unit: "grapheme", minLength: 8, maxLength: 60 });
    const around = fc.string({ unit: "binary", maxLength: 600 });
    await fc.assert(
      fc.asyncProperty(value, around, around, async (token, before, after) => {
        const errmsg = `${before}${token}${after}`;
        const { client } = clientAnswering([{ errcode: 40030, errmsg }]);
        const failure = (await failureOf(client.refreshTokens(token))) as WeChatApiError;
        expect(failure).toBeInstanceOf(WeChatApiError);
        expect(failure.errmsg + failure.message + failure.rid).not.toContain(token);
      }),
    );
  });
});

describe("a token that WeChat sent", () => {
  it.each([
    ["cut off", `{"access_token":"${accessToken}","refresh_token":"${refreshToken}"`],
    ["followed by other text", `{"access_token":"${accessToken}"}<`],
    [
      "of the wrong shape",
      JSON.stringify({ access_token: accessToken, refresh_token: refreshToken, openid: "" }),
    ],
  ])("does not appear in an error if the answer is %s", async (_, body) => {
    const { failure, reports } = await exchangeFailure(body);
    expect(printed([failure, reports])).not.toContain(accessToken.slice(0, 8));
    expect(printed([failure, reports])).not.toContain(refreshToken.slice(0, 8));
  });
});

describe("an error of fetch", () => {
  const url = `https://api.weixin.qq.com/sns/oauth2/access_token?appid=a&secret=${appSecret}&code=${code}`;

  it("is kept as a cause with its reason", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:443"), { code: "ECONNREFUSED" });
    const { failure, reports } = await exchangeFailure(new TypeError("fetch failed", { cause: refused }));
    expect(failure).toMatchObject({
      name: "NetworkError",
      code: "NETWORK",
      endpoint: "sns/oauth2/access_token",
      cause: {
        name: "TypeError",
        message: "fetch failed",
        cause: { message: "connect ECONNREFUSED 127.0.0.1:443", code: "ECONNREFUSED" },
      },
    });
    expect(reports).toMatchObject([{ outcome: "failed", code: "NETWORK" }]);
  });

  it("loses its URL and its request", async () => {
    const error = Object.assign(new TypeError(`Failed to parse URL from ${url}`), {
      input: url,
      request: { url },
      cause: Object.assign(new Error("Invalid URL", { cause: `at ${url}` }), { input: url, code: url }),
    });
    const { failure } = await exchangeFailure(error);
    const text = printed(failure);
    expect(text).toContain("Failed to parse URL from (address)");
    expect(text).not.toContain("?appid=");
    expect(text).not.toContain(appSecret);
    expect(text).not.toContain(code);
  });

  it("may be its own cause", async () => {
    const error = new Error("around and around");
    error.cause = error;
    expect((await exchangeFailure(error)).failure).toMatchObject({ code: "NETWORK" });
  });

  it("shows nothing of an invalid address with Node's fetch", async () => {
    const client = clientAnswering([], {
      apiUrl: "http://localhost",
      fetch: (url, init) => fetch(url.replace("localhost", "localhost:99999"), init),
    }).client;
    const failure = await failureOf(client.exchangeCode(await grantFor()));
    expect(failure).toMatchObject({ name: "NetworkError", code: "NETWORK" });
    expect(printed(failure)).not.toContain(appSecret);
    expect(printed(failure)).not.toContain("?appid=");
  });
});
