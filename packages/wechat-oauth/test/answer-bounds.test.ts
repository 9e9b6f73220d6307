import { describe, expect, it } from "vitest";
import {
  accessToken,
  clientAnswering,
  globalToken,
  grantFor,
  openid,
  tokenAnswer,
  userInfoAnswer,
} from "./fake-wechat.js";

const exchange = async (field: object) =>
  clientAnswering([{ ...tokenAnswer, ...field }]).client.exchangeCode(await grantFor());
const userInfo = (field: object) =>
  clientAnswering([{ ...userInfoAnswer, ...field }]).client.getUserInfo({ accessToken, openid });
const raw = async (body: string) => clientAnswering([body]).client.exchangeCode(await grantFor());

const badShape = { name: "ResponseError", code: "BAD_SHAPE" };

describe("an openid", () => {
  it.each(["o", "o".repeat(128), "oA0-_"])(
    "may be any text of WeChat's alphabet, to 128: %s",
    async (openid) => {
      expect(await exchange({ openid })).toMatchObject({ openid });
    },
  );

  it.each(["o".repeat(129), " oAlice", "oAlice ", "oAl ice", "o张", "张o", "oAlice\u0000", "<b>"])(
    "that no WeChat would give is refused: %j",
    async (openid) => {
      await expect(exchange({ openid })).rejects.toMatchObject(badShape);
    },
  );

  it("is not mended where a raw control character stands in it", async () => {
    const body = JSON.stringify(tokenAnswer).replace(openid, `${openid}\u0001`);
    await expect(raw(body)).rejects.toMatchObject(badShape);
  });
});

describe("a unionid", () => {
  it.each(["u".repeat(10), "u".repeat(128)])("has 10 characters to 128: %s", async (unionid) => {
    expect(await exchange({ unionid })).toMatchObject({ unionid });
    expect(await userInfo({ unionid })).toMatchObject({ unionid });
  });

  it.each([
    ...["null", "0", "unknown", "u".repeat(9), "u".repeat(129)],
    ...[" uuuuuuuuuu", "uuuuuuuuuu ", "uuuuu uuuuu", 12_345_678_901, ["uuuuuuuuuu"], {}],
  ])("that is a placeholder or odd joins nobody to anybody: %j", async (unionid) => {
    expect(await exchange({ unionid })).not.toHaveProperty("unionid");
    expect(await userInfo({ unionid })).not.toHaveProperty("unionid");
  });
});

describe("a text", () => {
  it("may be as long as 4096 characters, and not one longer", async () => {
    const longest = "t".repeat(4096);
    expect(await exchange({ access_token: longest })).toMatchObject({ accessToken: longest });
    expect(await userInfo({ nickname: longest })).toMatchObject({ nickname: longest });
    await expect(exchange({ access_token: `${longest}t` })).rejects.toMatchObject(badShape);
    await expect(userInfo({ nickname: `${longest}t` })).rejects.toMatchObject(badShape);
  });
});

describe("a life", () => {
  const longest = 30 * 86_400;

  it.each([1, longest, String(longest)])("may be from a second to 30 days: %j", async (expires_in) => {
    expect(await exchange({ expires_in })).toMatchObject({ expiresInSeconds: Number(expires_in) });
  });

  it.each([0, longest + 1, " 7200", "7200 ", "0x1c20", "7.2e3", "7200.0", [7200], ["7200"], true, null])(
    "of another sort is refused, although JavaScript could make a number of it: %j",
    async (expires_in) => {
      await expect(exchange({ expires_in })).rejects.toMatchObject(badShape);
    },
  );
});

describe("an avatar", () => {
  it.each([
    ["https://thirdwx.qlogo.cn/a?from=http://b", "https://thirdwx.qlogo.cn/a?from=http://b"],
    ["javascript:'https://thirdwx.qlogo.cn'", undefined],
    ["  ", undefined],
    [null, undefined],
  ])("is judged by how its address begins: %j", async (headimgurl, expected) => {
    expect((await userInfo({ headimgurl })).avatarUrl).toBe(expected);
  });

  it("that is no text is refused", async () => {
    await expect(userInfo({ headimgurl: 7 })).rejects.toMatchObject(badShape);
  });
});

describe("a list", () => {
  it.each([
    [["chinaunicom", 7, null, ["nested"]], ["chinaunicom"]],
    ["chinaunicom", []],
    [undefined, []],
  ])("holds the texts of what came, if a list came: %j", async (privilege, expected) => {
    expect((await userInfo({ privilege })).privilege).toEqual(expected);
  });
});

describe("a count", () => {
  const quota = (fields: object) =>
    clientAnswering([
      { errcode: 0, quota: { daily_limit: 1000, used: 1, remain: 999, ...fields } },
    ]).client.getQuota({ accessToken: globalToken, cgiPath: "/cgi-bin/token" });

  it.each([0, "7"])("may be %j", async (used) => {
    expect(await quota({ used })).toMatchObject({ used: Number(used) });
  });

  it.each([undefined, null, -1, 1.5, "x"])("of another sort is refused: %j", async (used) => {
    await expect(quota({ used })).rejects.toMatchObject(badShape);
  });

  it("is left out of a list where it is none", async () => {
    const follower = { subscribe: 1, openid, tagid_list: [1, "x", null, "2"] };
    const { client } = clientAnswering([follower]);
    expect(await client.getFollower({ accessToken: globalToken, openid })).toMatchObject({ tagIds: [1, 2] });
  });
});

describe("an answer that is no object", () => {
  it.each(["null", "[]", "7", '"ok"', "true", "[{}]"])("is called that: %s", async (body) => {
    await expect(raw(body)).rejects.toThrow("not a JSON object");
  });
});
