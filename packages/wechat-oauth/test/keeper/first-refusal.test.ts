import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { WeChatApiError } from "../../src/index.js";
import { TokenUnavailableError } from "../../src/keeper.js";
import { Harness, hashSynchronously, rejectionOf } from "./harness.js";

hashSynchronously();

const rid = "637ec754-5b28c0ef-058e9cba";
const secret = "61_token-of-the-account";

/** The error of `use` when WeChat refuses the call and no other token can be fetched. */
async function errorAfter(call: (token: string) => Promise<unknown>): Promise<TokenUnavailableError> {
  const harness = new Harness();
  let isFirst = true;
  const fetch = async () => {
    if (!isFirst) throw new WeChatApiError("cgi-bin/stable_token", 40164, "invalid ip");
    isFirst = false;
    return { value: secret, expiresInSeconds: 7200 };
  };
  const { keeper } = harness.startInstance({ source: { key: "k", fetch, force: fetch } });
  const error = await harness.time.until(rejectionOf(keeper.use(call)));
  if (error instanceof TokenUnavailableError) return error;
  throw error;
}

describe("the error of use() after a refusal, if no new token can be fetched,", () => {
  it("has both the reason and the refusal with its rid", async () => {
    const refusal = new WeChatApiError("cgi-bin/user/info", 40001, "invalid credential", rid);
    const error = await errorAfter(async () => {
      throw refusal;
    });
    expect(error).toMatchObject({ reason: "40164", cause: { errcode: 40164 } });
    expect(error.retryAtMs).toBeGreaterThan(0);
    expect(error.refusal).toBe(refusal);
    expect(error.refusal?.rid).toBe(rid);
  });

  it("has the refusal that the call returned, with its rid and without the token", async () => {
    const error = await errorAfter(async (token) => ({
      errcode: 40001,
      errmsg: `invalid credential ${token}, rid: ${rid}`,
      url: `https://api.example/?access_token=${token}`,
    }));
    expect(error.refusal).toEqual({ errcode: 40001, errmsg: "invalid credential ***", rid });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("61_");
  });

  it("has only errcode, errmsg and rid of an error that another library threw", async () => {
    const error = await errorAfter(async (token) => {
      throw Object.assign(new Error(`GET ?access_token=${token}`), {
        errcode: 42001,
        rid: `${rid}-${token}`,
        errmsg: 7,
      });
    });
    expect(error.refusal).toEqual({ errcode: 42001, errmsg: "", rid: `${rid}-***` });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("61_");
  });

  it("has at most 64 characters of a rid", async () => {
    const error = await errorAfter(async () => ({ errcode: 40014, errmsg: "x", rid: "r".repeat(65) }));
    expect(error.refusal).toEqual({ errcode: 40014, errmsg: "x", rid: "r".repeat(64) });
  });

  it("is another one for each of two concurrent callers, with its own refusal", async () => {
    const harness = new Harness();
    const { keeper } = harness.startInstance();
    await harness.time.until(keeper.get());
    harness.account.errcode = -1;
    const errors = await harness.time.until(
      Promise.all(
        ["a", "b"].map((errmsg) => rejectionOf(keeper.use(async () => ({ errcode: 40014, errmsg })))),
      ),
    );
    expect(errors).toMatchObject([{ refusal: { errmsg: "a" } }, { refusal: { errmsg: "b" } }]);
    expect(harness.account.fetches).toBe(2);
  });

  it("differs from that of get(), which has no refusal", async () => {
    expect(new TokenUnavailableError("DEADLINE")).not.toHaveProperty("refusal");
  });
});
