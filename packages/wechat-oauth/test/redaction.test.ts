import { describe, expect, it } from "vitest";
import { type CallError, WeChatApiError } from "../src/index.js";
import { accessToken, clientAnswering, failureOf, grantFor, openid } from "./fake-wechat.js";

/** WeChat's errmsg after redaction of this refresh token. */
async function errmsgAfter(refreshToken: string, errmsg: string): Promise<WeChatApiError> {
  const { client } = clientAnswering([{ errcode: 40030, errmsg }]);
  const failure = await failureOf(client.refreshTokens(refreshToken));
  if (failure instanceof WeChatApiError) return failure;
  throw failure;
}

/** The cause that is kept of an error that fetch threw. */
async function causeOf(error: Error): Promise<Error & { code?: string }> {
  const { client } = clientAnswering([error]);
  return (await failureOf(client.exchangeCode(await grantFor()))).cause as Error;
}

/** A text with every byte percent-encoded. */
const percent = (text: string) =>
  [...new TextEncoder().encode(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

describe("an errmsg that contains what was sent", () => {
  it.each([
    "61_plain-token",
    "a.b*c(d)[e]",
    "小明的令牌",
    "🎉🎉🎉🎉",
    "half a pair \ud83c",
    "~\u0080\u07ff\u0800\uffff",
  ])("has *** in place of a plain or percent-encoded token: %j", async (token) => {
    expect((await errmsgAfter(token, `bad ${percent(token)} here`)).errmsg).toBe("bad *** here");
    if (/\p{Cc}/u.test(token)) return;
    expect((await errmsgAfter(token, `bad ${token} here`)).errmsg).toBe("bad *** here");
  });

  it("has *** in place of a percent-encoded token with a control character", async () => {
    expect((await errmsgAfter("tab\there", "bad tab%09here")).errmsg).toBe("bad ***");
  });

  it("has *** in place of a token with an invisible character", async () => {
    expect((await errmsgAfter("61_to\u200bken", "bad 61_to\u200bken here")).errmsg).toBe("bad *** here");
  });

  it("has *** in place of a character whose two surrogates are escaped", async () => {
    expect((await errmsgAfter("61_🎉", "bad 61_\\ud83c\\udf89 here")).errmsg).toBe("bad *** here");
  });

  it("keeps its rid even if it contains a very short code", async () => {
    const error = await errmsgAfter("6", "bad 6, rid: 637ec754-5b28c0ef-058e9cba");
    expect(error).toMatchObject({ errmsg: "bad ***", rid: "637ec754-5b28c0ef-058e9cba" });
  });

  it("is replaced as a whole by *** if no pattern covers the token's encoding", async () => {
    const escaped = [..."61_token"].map((sign) => `\\\\\\u00${sign.charCodeAt(0).toString(16)}`).join("");
    expect((await errmsgAfter("61_token", `bad ${escaped}`)).errmsg).toBe("***");
  });

  it("is changed for whole values only", async () => {
    expect((await errmsgAfter("61_token", "bad 61_toke, 61-token, 61_t0ken")).errmsg).toBe(
      "bad 61_toke, 61-token, 61_t0ken",
    );
  });

  it("does not contain the checked token either", async () => {
    const { client } = clientAnswering([{ errcode: 45011, errmsg: `slow down, ${accessToken}` }]);
    const failure = await failureOf(client.checkAccessToken({ accessToken, openid }));
    expect(failure).toMatchObject({ errcode: 45011, errmsg: "slow down, ***" });
  });
});

describe("the request id", () => {
  const rid = "637ec754-5b28c0ef-058e9cba";

  it.each([
    [`no rid:${rid}`, "no", rid],
    [`no,  rid:  ${rid}  `, "no", rid],
    ["no hint:[aBc]", "no", "aBc"],
    ["no, hints:  [  req_id:aBc  ]  ", "no", "aBc"],
    ["no, hints: [ req_id:  aBc ]", "no", "aBc"],
  ])("is found with any blanks around it: %j", async (raw, errmsg, expected) => {
    expect(await errmsgAfter("61_token", raw)).toMatchObject({ errmsg, rid: expected });
  });

  it.each(["no, rid: 637ec754-5b28c0ef", "no, hints: [ req_id: aBc ] more", "no, hints: [ req_id: aBc ]x"])(
    "is found at the end only: %j",
    async (raw) => {
      const failure = await errmsgAfter("61_token", raw);
      expect(failure.errmsg).toBe(raw);
      expect(failure.rid).toBeUndefined();
    },
  );
});

describe("an errmsg that contains a credential that was not sent", () => {
  it.each([
    [
      "access_token expired hint: 61_Qn2kZ8vTr0aBcDeFgHiJ rid is gone",
      "access_token expired hint: *** rid is gone",
    ],
    ["invalid code: 071AbCdEfGhIjKlMnOpQrStUvWxYz012", "invalid code: ***"],
    ["secret=5d0c1a7e0000000000000000000000b2&x", "secret=***&x"],
    ["openid oAbCdEfGhIjKlMnOpQrStUvWxYz0 and 01234567890123456789", "openid *** and ***"],
  ])("shows *** in its place: %j", async (raw, errmsg) => {
    expect(await errmsgAfter("61_token", raw)).toMatchObject({ errmsg });
  });

  it.each([
    "component_access_token missing",
    "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
    "api unauthorized, see https://mmbizurl.cn/s/JtxxFh33r",
    "wx0123456789abcdef may not call cgi-bin",
    "0123456789012345678 is a number of 19 digits",
  ])("shows what is none as it is: %j", async (raw) => {
    expect(await errmsgAfter("61_token", raw)).toMatchObject({ errmsg: raw });
  });
});

describe("an error of fetch", () => {
  it.each([
    [
      "Failed to parse URL from https://user:pass@proxy.example/path?ticket=unsent",
      "Failed to parse URL from (address)",
    ],
    ["no route for /sns/oauth2/access_token?secret=unsent now", "no route for (address) now"],
    ["?", "(address)"],
    ["://", "(address)"],
  ])("loses whole addresses: %j", async (message, expected) => {
    expect((await causeOf(new Error(message))).message).toBe(expected);
  });

  it("is cut to 200 characters in bounded time", async () => {
    const startedAt = performance.now();
    const cause = await causeOf(Object.assign(new Error("x".repeat(300_000)), { code: "y".repeat(300) }));
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(cause.message).toBe("x".repeat(200));
    expect(cause.code).toBe("y".repeat(200));
    const address = `http://app.example/${"x".repeat(2000)}`;
    expect((await causeOf(new Error(`no ${address} after`))).message).toBe("no (address)");
  });

  it("has no cause afterwards if it had none before", async () => {
    expect(await causeOf(new Error("reset"))).not.toHaveProperty("cause");
  });

  it("keeps at most three nested causes", async () => {
    const chain = ["1", "2", "3", "4", "5", "6"].reduceRight<Error | undefined>(
      (cause, message) => new Error(message, cause && { cause }),
      undefined,
    );
    const kept: string[] = [];
    for (let error: unknown = await causeOf(chain as Error); error instanceof Error; error = error.cause) {
      kept.push(error.message);
    }
    expect(kept).toEqual(["1", "2", "3", "4"]);
  });

  it("is kept with name and message converted to text", async () => {
    const odd = Object.assign(new Error(), { message: { a: 1 }, name: 7 }) as unknown as Error;
    expect(await causeOf(odd)).toMatchObject({ name: "7", message: "[object Object]" });
  });

  it("reveals nothing if it is not an Error", async () => {
    const { client } = clientAnswering([], {
      fetch: () => Promise.reject("https://x.example/?secret=unsent"),
    });
    const failure = (await failureOf(client.exchangeCode(await grantFor()))) as CallError;
    expect((failure.cause as Error).message).toBe("something other than an Error was thrown");
  });
});
