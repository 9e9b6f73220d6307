import { NetworkError, type ReceivedAnswer, ResponseError, WeChatApiError } from "@wechat-login/oauth";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { failureRecords, readFailure, recordFailure } from "../src/domain/failures/failures.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: DomainHarness["deps"];
beforeAll(async () => {
  harness = await startDomainHarness();
  deps = harness.deps;
});
afterAll(() => harness.close());
beforeEach(() => harness.advance(60));

const endpoint = "sns/userinfo";

describe("a failed call to WeChat", () => {
  const because = { cause: new Error("getaddrinfo ENOTFOUND api.weixin.qq.com") };
  it.each<[unknown, object | undefined]>([
    [
      new WeChatApiError(endpoint, 40_001, "invalid credential", "637ec754-5b28c0ef-058e9cba"),
      { errcode: "40001", errmsg: "invalid credential", rid: "637ec754-5b28c0ef-058e9cba" },
    ],
    [new WeChatApiError(endpoint, -1, "system error"), { errcode: "-1", errmsg: "system error", rid: null }],
    [
      new NetworkError(endpoint, "NETWORK", because),
      {
        errcode: "NETWORK",
        errmsg: "sns/userinfo gave no answer: NETWORK (getaddrinfo ENOTFOUND api.weixin.qq.com)",
        rid: null,
      },
    ],
    [
      new NetworkError(endpoint, "TIMEOUT"),
      { errcode: "TIMEOUT", errmsg: "sns/userinfo gave no answer: TIMEOUT", rid: null },
    ],
    [
      new ResponseError(endpoint, "BAD_SHAPE", 200, "openid is missing"),
      {
        errcode: "BAD_SHAPE",
        errmsg: "sns/userinfo gave an unusable answer: BAD_SHAPE (HTTP 200), openid is missing",
        rid: null,
      },
    ],
    [new Error("the database is gone"), undefined],
    ["a text", undefined],
  ])("is read from the error of the library, with its cause: %s", (error, expected) => {
    const shared = { endpoint, attempt: 1, request: undefined, answer: undefined };
    expect(readFailure(error)).toEqual(expected && { ...shared, ...expected });
  });

  const failure = { endpoint, errcode: "40001", errmsg: "no", rid: null, attempt: 2 };
  const newest = async () =>
    (await rowsOf(deps.db, "apiFailures")).find(({ at }) => at.getTime() === deps.now().getTime());

  it("is stored with what was sent and what came back as JSON, whom it was about, and its time in whole milliseconds", async () => {
    const request = { method: "GET", path: endpoint, parameters: { lang: "zh_CN" } } as const;
    const answer: ReceivedAnswer = { httpStatus: 200, body: '{"errcode":40001}' };
    const about = { appId: "wx1", openid: "oAlice", signInId: "SIGN-IN", latencyMs: 12.5 };
    await deps.db.batch(failureRecords(deps, { ...failure, rid: "a-rid", request, answer }, about));
    expect(await newest()).toEqual({
      ...{ id: expect.stringMatching(/^[0-9A-Z]{26}$/), at: deps.now(), appId: "wx1", endpoint },
      ...{ errcode: "40001", errmsg: "no", rid: "a-rid", openid: "oAlice", attempt: 2, latencyMs: 13 },
      ...{ signInId: "SIGN-IN", request: JSON.stringify(request), answer: JSON.stringify(answer) },
    });
  });

  it("has nothing in place of what is not known", async () => {
    await deps.db.batch(failureRecords(deps, failure, { appId: "wx1", latencyMs: 0.4 }));
    const nothing = { rid: null, openid: null, signInId: null, request: null, answer: null, latencyMs: 0 };
    expect(await newest()).toMatchObject({ ...nothing, attempt: 2 });
  });

  it("keeps the openid of a binding that is there, and none of a person who was erased at this moment", async () => {
    const at = deps.now();
    await addRows(deps.db, "users", [{ id: "ann", createdAt: at }]);
    const row = { scope: "", createdAt: at, lastSignInAt: at, userId: "ann", appId: "wx1" };
    await addRows(deps.db, "bindings", [{ ...row, id: "hers", openid: "oAnn" }]);
    const storedOf = async (openid: string | null, appId = "wx1") => {
      harness.advance(1);
      await recordFailure(deps, failure, { appId, openid, latencyMs: 1 });
      return (await newest())?.openid;
    };
    expect([await storedOf("oAnn"), await storedOf("oAnn", "wx2"), await storedOf("oGone")]).toEqual([
      ...["oAnn", null, null],
    ]);
    expect(await storedOf(null)).toBeNull();
  });
});
