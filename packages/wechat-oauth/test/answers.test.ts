import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResponseError, WeChatApiError, WeChatOAuthError } from "../src/index.js";
import {
  accessToken,
  clientAnswering,
  failureOf,
  grantFor,
  openid,
  refreshToken,
  tokenAnswer,
  unionid,
  userInfoAnswer,
} from "./fake-wechat.js";

const exchange = async (reply: unknown) => clientAnswering([reply]).client.exchangeCode(await grantFor());
const userInfo = (reply: unknown) => clientAnswering([reply]).client.getUserInfo({ accessToken, openid });
const check = (reply: unknown) => clientAnswering([reply]).client.checkAccessToken({ accessToken, openid });
const badShape = { name: "ResponseError", code: "BAD_SHAPE", httpStatus: 200 };

describe("tokens", () => {
  it("have the answer's fields, with units in their names", async () => {
    expect(await exchange({ ...tokenAnswer, unionid, scope: "snsapi_login,snsapi_userinfo" })).toEqual({
      accessToken,
      expiresInSeconds: 7200,
      refreshToken,
      openid,
      unionid,
      scope: ["snsapi_login", "snsapi_userinfo"],
      isSnapshotUser: false,
    });
  });

  it.each([{}, { unionid: "" }, { unionid: " " }, { unionid: null }])(
    "have no unionid if WeChat sends none: %j",
    async (field) => {
      expect(await exchange({ ...tokenAnswer, ...field })).not.toHaveProperty("unionid");
    },
  );

  it.each([
    [1, true],
    ["1", true],
    [0, false],
    ["", false],
    [undefined, false],
  ])("have isSnapshotUser from is_snapshotuser: %j is %s", async (is_snapshotuser, expected) => {
    expect(await exchange({ ...tokenAnswer, is_snapshotuser })).toMatchObject({ isSnapshotUser: expected });
  });

  it("are accepted with errcode 0 and numbers as text", async () => {
    expect(await exchange({ ...tokenAnswer, errcode: "0", errmsg: "ok", expires_in: "7200" })).toMatchObject({
      expiresInSeconds: 7200,
    });
  });

  it.each([
    ...["access_token", "openid"].flatMap((name) =>
      [undefined, null, "", "  ", 7, {}].map((value) => ({ [name]: value })),
    ),
    ...["refresh_token", "scope"].flatMap((name) => [7, {}].map((value) => ({ [name]: value }))),
    ...[0, -1, "", "0", "soon", 1.5].map((expires_in) => ({ expires_in })),
    { errcode: null },
    { errcode: "busy" },
  ])("are refused as a whole if one field is invalid: %j", async (field) => {
    await expect(exchange({ ...tokenAnswer, ...field })).rejects.toMatchObject(badShape);
  });

  it.each([undefined, null, "", "  "])(
    "have no refreshToken and no scope if WeChat sends none: %j",
    async (value) => {
      const tokens = await exchange({ ...tokenAnswer, refresh_token: value, scope: value });
      expect(tokens).not.toHaveProperty("refreshToken");
      expect(tokens).toMatchObject({ openid, accessToken, scope: [] });
    },
  );

  it.each([undefined, null])("have no expiresInSeconds if WeChat sends none: %j", async (expires_in) => {
    const tokens = await exchange({ ...tokenAnswer, expires_in });
    expect(tokens).not.toHaveProperty("expiresInSeconds");
    expect(tokens).toMatchObject({ openid, accessToken });
  });

  it("are refused if a field is longer than WeChat's longest", async () => {
    const openid = "o".repeat(4097);
    await expect(exchange({ ...tokenAnswer, openid })).rejects.toMatchObject(badShape);
  });
});

describe("a profile", () => {
  it("has the answer's fields, without sex and place, which WeChat leaves empty for everyone", async () => {
    expect(await userInfo({ ...userInfoAnswer, unionid, privilege: ["chinaunicom"] })).toEqual({
      openid,
      nickname: "小明🎉",
      avatarUrl: "https://thirdwx.qlogo.cn/mmopen/vi_32/XXXX/132",
      unionid,
      privilege: ["chinaunicom"],
    });
  });

  it("is refused if it is about another person", async () => {
    await expect(userInfo({ ...userInfoAnswer, openid: "oMallory" })).rejects.toMatchObject(badShape);
    const otherCase = openid.toLowerCase();
    await expect(userInfo({ ...userInfoAnswer, openid: otherCase })).rejects.toMatchObject(badShape);
  });

  it.each([
    ["http://thirdwx.qlogo.cn/a/0", "https://thirdwx.qlogo.cn/a/0"],
    ["HTTP://thirdwx.qlogo.cn/a/0", "https://thirdwx.qlogo.cn/a/0"],
    ["http://thirdwx.qlogo.cn/?at=http://127.0.0.1/a", "https://thirdwx.qlogo.cn/?at=http://127.0.0.1/a"],
    ["http://127.0.0.1", "http://127.0.0.1"],
    ["", undefined],
    [undefined, undefined],
    ["javascript:alert(1)", undefined],
    ["//thirdwx.qlogo.cn/a/0", undefined],
  ])("has an avatar URL that is https or of this machine, or none: %s", async (headimgurl, expected) => {
    expect((await userInfo({ ...userInfoAnswer, headimgurl })).avatarUrl).toBe(expected);
  });

  it.each([
    ["", ""],
    ["  ", "  "],
    ["小\u0014明\u007f\u0085", "小明"],
    ["👨‍👩‍👧", "👨‍👩‍👧"],
    ["<b>", "<b>"],
  ])("keeps the nickname %j except for control characters", async (nickname, expected) => {
    expect((await userInfo({ ...userInfoAnswer, nickname })).nickname).toBe(expected);
  });

  it.each([undefined, null])("has no nickname if WeChat sends none: %j", async (nickname) => {
    const profile = await userInfo({ ...userInfoAnswer, nickname });
    expect(profile).not.toHaveProperty("nickname");
    expect(profile).toMatchObject({ openid });
  });

  it.each([[7], [true], [[]], [["小明"]], [{ length: 1 }]])(
    "is refused if the nickname is no text: %j",
    async (nickname) => {
      await expect(userInfo({ ...userInfoAnswer, nickname })).rejects.toMatchObject(badShape);
    },
  );
});

describe("checkAccessToken", () => {
  it("returns true for errcode 0", async () => {
    expect(await check({ errcode: 0, errmsg: "ok" })).toBe(true);
  });

  it.each([40001, 40003, 40014, 42001, "42001"])("returns false for errcode %s", async (errcode) => {
    expect(await check({ errcode, errmsg: "no" })).toBe(false);
  });

  it.each([45011, 41001, 50002])(
    "throws for errcode %s, which does not concern the token",
    async (errcode) => {
      await expect(check({ errcode, errmsg: "no" })).rejects.toMatchObject({ errcode });
    },
  );

  it("throws if the answer has no errcode", async () => {
    await expect(check({})).rejects.toMatchObject(badShape);
  });
});

describe("a global token", () => {
  it.each(["getStableAccessToken", "getAccessToken"] as const)("comes from %s", async (method) => {
    const { client } = clientAnswering([{ access_token: "61_global", expires_in: 6999 }]);
    expect(await client[method]()).toEqual({ accessToken: "61_global", expiresInSeconds: 6999 });
  });
});

describe("the text of an answer", () => {
  it("is read as UTF-8 with any content type", async () => {
    const body = new TextEncoder().encode(JSON.stringify(userInfoAnswer));
    const response = new Response(body, { headers: { "content-type": "text/html; charset=ISO-8859-1" } });
    expect(await userInfo(response)).toMatchObject({ nickname: "小明🎉" });
  });

  it("may contain bytes that are not UTF-8", async () => {
    const [before, after] = JSON.stringify({ ...userInfoAnswer, nickname: "ab" }).split("ab");
    const encode = (text = "") => [...new TextEncoder().encode(text)];
    const body = Uint8Array.from([...encode(`${before}a`), 0xff, 0xfe, ...encode(`b${after}`)]);
    expect(await userInfo(body)).toMatchObject({ nickname: "a\ufffd\ufffdb" });
  });

  it("may contain raw control characters inside strings and line breaks between them", async () => {
    const body = JSON.stringify({ ...userInfoAnswer, nickname: '小X明 "\\' }, null, "\t").replace(
      "X",
      "\u0014\n",
    );
    expect(await userInfo(body)).toMatchObject({ nickname: '小明 "\\' });
  });

  it("may begin with a byte order mark", async () => {
    expect(await userInfo(`\ufeff${JSON.stringify(userInfoAnswer)}`)).toMatchObject({ openid });
  });

  it.each(["", "ok", "<html></html>", '{"openid":"o', "{'errcode':0}", "\u0014"])(
    "is BAD_JSON if it is not JSON: %j",
    async (body) => {
      await expect(userInfo(body)).rejects.toMatchObject({ code: "BAD_JSON", httpStatus: 200 });
    },
  );

  it.each(["null", "[]", "7", '"ok"', "true", "[{}]"])(
    "is BAD_SHAPE if it is not an object: %s",
    async (body) => {
      await expect(userInfo(body)).rejects.toMatchObject(badShape);
    },
  );
});

describe("success and failure", () => {
  it.each([40029, "40029", -1, "-1"])(
    "are distinguished by errcode alone: %j is a failure",
    async (errcode) => {
      const failure = await failureOf(exchange({ ...tokenAnswer, errcode, errmsg: "no" }));
      expect(failure).toBeInstanceOf(WeChatApiError);
      expect(failure).toMatchObject({ errcode: Number(errcode) });
    },
  );

  it.each([299, 400, 503])("do not depend on the HTTP status if there is an errcode: %i", async (status) => {
    const body = JSON.stringify({ errcode: 40029, errmsg: "invalid code" });
    await expect(exchange(new Response(body, { status }))).rejects.toMatchObject({ errcode: 40029 });
  });

  it.each([
    [201, JSON.stringify(tokenAnswer)],
    [500, JSON.stringify({ errcode: 0, errmsg: "ok" })],
    [502, "<html>Bad Gateway</html>"],
    [404, ""],
  ])("depend on the HTTP status if there is no errcode: %i is HTTP_STATUS", async (status, body) => {
    const failure = { name: "ResponseError", code: "HTTP_STATUS", httpStatus: status };
    await expect(exchange(new Response(body, { status }))).rejects.toMatchObject(failure);
  });
});

describe("an exchange on a snapshot page", () => {
  it("is no one: it has neither openid nor tokens", async () => {
    expect(await exchange({ ...tokenAnswer, unionid, is_snapshotuser: 1 })).toEqual({ isSnapshotUser: true });
  });

  it("is not mistaken for a person when its tokens are refreshed", async () => {
    const { client } = clientAnswering([{ ...tokenAnswer, is_snapshotuser: 1 }]);
    await expect(client.refreshTokens(refreshToken)).rejects.toMatchObject(badShape);
  });
});

describe("a code or token of a few letters", () => {
  it("does not make an honest answer invalid that contains it by chance", async () => {
    const { client } = clientAnswering([{ ...tokenAnswer, scope: "snsapi_base" }]);
    const grant = await grantFor("snsapi");
    expect(await client.exchangeCode(grant)).toMatchObject({ openid, scope: ["snsapi_base"] });
  });

  it("is found in the answer from 8 characters on", async () => {
    const { client } = clientAnswering([{ ...tokenAnswer, scope: "snsapi_base" }]);
    await expect(client.exchangeCode(await grantFor("snsapi_b"))).rejects.toMatchObject(badShape);
  });
});

describe("exchangeCode, whatever WeChat answers", () => {
  const field = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(openid, "7200", 7200, 0, "0", 40029, "", "snsapi_base", null),
  );
  const names = ["access_token", "expires_in", "refresh_token", "openid", "scope", "errcode", "unionid"];
  const answer = fc.oneof(
    fc.dictionary(fc.constantFrom(...names, "__proto__", "is_snapshotuser", "errmsg"), field),
    fc.dictionary(fc.constantFrom(...names), field).map((fields) => ({ ...tokenAnswer, ...fields })),
    fc.jsonValue(),
  );

  it("returns complete tokens or throws an error of this library", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          answer.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        async (body) => {
          const outcome = await exchange(body).catch((error: unknown) => error);
          if (outcome instanceof Error) {
            expect(outcome).toBeInstanceOf(WeChatOAuthError);
            expect(outcome instanceof WeChatApiError || outcome instanceof ResponseError).toBe(true);
            return;
          }
          const tokens = outcome as Awaited<ReturnType<typeof exchange>>;
          if (tokens.isSnapshotUser) return;
          expect(tokens.openid.trim()).not.toBe("");
          expect(tokens.accessToken.trim()).not.toBe("");
          if ("expiresInSeconds" in tokens) expect(tokens.expiresInSeconds).toBeGreaterThan(0);
          if ("refreshToken" in tokens) expect(tokens.refreshToken?.trim()).toBeTruthy();
          if ("unionid" in tokens) expect(tokens.unionid?.trim()).toBeTruthy();
        },
      ),
      { numRuns: 500 },
    );
  });
});
