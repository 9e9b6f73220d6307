import { errcodes } from "@wechat-login/oauth/errcodes";
import { describe, expect, it } from "vitest";
import { failurePageOf } from "../src/domain/sign-in/failure-page.js";
import type { FailurePage } from "../src/domain/sign-in/types.js";

const pageOf = (errcode: number | string): FailurePage =>
  failurePageOf({ endpoint: "sns/userinfo", errcode: String(errcode), errmsg: "", rid: null, attempt: 1 });

describe("failurePageOf", () => {
  it("chooses the page for every known errcode by who must act and what helps", () => {
    for (const { code, retry, retryOnSns = retry, whoMustAct } of errcodes) {
      const page = pageOf(code);
      const isTriedAgain = { "wechat-unavailable": "backoff", "code-rejected": "restart" }[page as string];
      if (retryOnSns === "never")
        expect(page, `${code}`).toBe(whoMustAct === "user" ? "not-allowed" : "sign-in-failed");
      else expect(isTriedAgain, `${code}`).toBe(retryOnSns === "backoff" ? "backoff" : "restart");
    }
  });

  it.each<[number | string, FailurePage]>([
    [40029, "code-rejected"],
    [40163, "code-rejected"],
    [40001, "code-rejected"],
    [42001, "code-rejected"],
    [50001, "code-rejected"],
    [40226, "not-allowed"],
    [50002, "not-allowed"],
    [43004, "not-allowed"],
    [-1, "wechat-unavailable"],
    [45009, "wechat-unavailable"],
    ["TIMEOUT", "wechat-unavailable"],
    [40125, "sign-in-failed"],
    [40164, "sign-in-failed"],
    [48001, "sign-in-failed"],
    ["BAD_SHAPE", "sign-in-failed"],
    [987654, "sign-in-failed"],
  ])("leads errcode %s to the page %s", (errcode, page) => {
    expect(pageOf(errcode)).toBe(page);
  });

  it("asks for a new sign-in by 40001 only where the person's token was refused, not the app's secret", () => {
    const failure = { errcode: "40001", errmsg: "", rid: null, attempt: 1 };
    expect(failurePageOf({ ...failure, endpoint: "sns/userinfo" })).toBe("code-rejected");
    expect(failurePageOf({ ...failure, endpoint: "sns/oauth2/access_token" })).toBe("sign-in-failed");
  });
});
