import { describe, expect, it } from "vitest";
import {
  asGlobalAccessToken,
  asWebAccessToken,
  CallError,
  NetworkError,
  ResponseError,
  WeChatApiError,
  WeChatOAuthError,
} from "../src/index.js";
import { accessToken, clientAnswering, failureOf, globalToken, openid } from "./fake-wechat.js";

const busy = { errcode: -1, errmsg: "system error, rid: 6326ffdf-41c7c0d8-5a6bb364" };

describe("an error of a call", () => {
  it.each([
    ["a refusal", { errcode: 40014, errmsg: "no" }, WeChatApiError],
    ["no connection", new Error("reset"), NetworkError],
    ["no JSON", "<html>", ResponseError],
  ])("is a CallError that names its endpoint and its attempt: %s", async (_, reply, kind) => {
    const call = (replies: unknown[]) =>
      failureOf(clientAnswering(replies).client.getUserInfo({ accessToken, openid }));
    for (const [replies, attempt] of [
      [[reply], 1],
      [[busy, reply], 2],
    ] as const) {
      const failure = await call([...replies]);
      expect(failure).toBeInstanceOf(kind);
      expect(failure).toBeInstanceOf(CallError);
      expect(failure).toBeInstanceOf(WeChatOAuthError);
      expect(failure).toMatchObject({ endpoint: "sns/userinfo", attempt });
    }
  });

  it("has the attempt and the rid of the second busy answer", async () => {
    const again = { errcode: -1, errmsg: "system error, rid: 6326ffe0-00000000-00000000" };
    const { client } = clientAnswering([busy, again]);
    const failure = await failureOf(client.getUserInfo({ accessToken, openid }));
    expect(failure).toMatchObject({ errcode: -1, attempt: 2, rid: "6326ffe0-00000000-00000000" });
  });

  it.each([
    [new Error("reset"), "sns/userinfo gave no answer: NETWORK"],
    [new Response("", { status: 502 }), "sns/userinfo gave an unusable answer: HTTP_STATUS (HTTP 502)"],
    [
      new Response("", { status: 302 }),
      "sns/userinfo gave an unusable answer: HTTP_STATUS (HTTP 302), a redirect, not followed",
    ],
  ])("has a message that names the endpoint and what came: %j", async (reply, message) => {
    const failure = await failureOf(clientAnswering([reply]).client.getUserInfo({ accessToken, openid }));
    expect(failure.message).toBe(message);
  });

  it("keeps its information if its fields are copied into a log", async () => {
    const { client } = clientAnswering([{ errcode: 40029, errmsg: "no, rid: 637ec754-5b28c0ef-058e9cba" }]);
    expect({ ...(await failureOf(client.checkAccessToken({ accessToken, openid }))) }).toEqual({
      name: "WeChatApiError",
      endpoint: "sns/auth",
      attempt: 1,
      errcode: 40029,
      errmsg: "no",
      rid: "637ec754-5b28c0ef-058e9cba",
    });
  });
});

describe("callerIp of a refusal with 40164 (the server is not on the allow-list)", () => {
  const refusal = async (errcode: number, errmsg: string) =>
    failureOf(clientAnswering([{ errcode, errmsg }]).client.getStableAccessToken());

  it.each([
    [
      "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 5fab84d2-00000000-00000000",
      "203.0.113.7",
    ],
    ["invalid ip 203.0.113.7, not in whitelist hint: [aBc]", "203.0.113.7"],
    ["invalid ip 2001:db8::7, not in whitelist", "2001:db8::7"],
    [
      "invalid ip 2001:0db8:85a3:0000:0000:8a2e:0370:7334, not in whitelist",
      "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    ],
    ["invalid ip ::1, not in whitelist", "::1"],
  ])("is the address to add: %s", async (errmsg, callerIp) => {
    expect(await refusal(40164, errmsg)).toMatchObject({ callerIp });
  });

  it.each(["not in whitelist", "invalid ip", "invalid ip dead, not in whitelist", "invalid ip <b>, x"])(
    "is absent if the errmsg contains no address: %s",
    async (errmsg) => {
      const failure = await refusal(40164, errmsg);
      expect(failure).toMatchObject({ name: "WeChatApiError", errcode: 40164 });
      expect(failure).not.toHaveProperty("callerIp");
    },
  );

  it("is absent for another errcode", async () => {
    expect(await refusal(45035, "invalid ip 203.0.113.7")).not.toHaveProperty("callerIp");
  });
});

describe("the two types of tokens", () => {
  it("are plain strings for a database, a log or JSON", () => {
    expect(JSON.stringify([accessToken, globalToken])).toBe(`["${accessToken}","${globalToken}"]`);
  });

  it("are restored from storage by functions with a name to search for", () => {
    expect(asWebAccessToken("61_stored")).toBe("61_stored");
    expect(asGlobalAccessToken("61_stored")).toBe("61_stored");
  });
});

describe("the errmsg of a refusal", () => {
  it.each([
    [499, 499],
    [500, 500],
    [501, 500],
    [5000, 500],
  ])("is cut to 500 characters: %i become %i, and the rid after them is kept", async (length, kept) => {
    const errmsg = `${"x".repeat(length)}, rid: 637ec754-5b28c0ef-058e9cba`;
    const failure = await failureOf(
      clientAnswering([{ errcode: 48001, errmsg }]).client.getStableAccessToken(),
    );
    expect(failure).toMatchObject({
      errcode: 48001,
      errmsg: "x".repeat(kept),
      rid: "637ec754-5b28c0ef-058e9cba",
      message: `cgi-bin/stable_token refused: errcode 48001 (${"x".repeat(kept)})`,
    });
  });
});
