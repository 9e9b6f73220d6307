import { describe, expect, it } from "vitest";
import type { ErrcodeExplanation } from "../src/errcodes.js";
import { errcodes, explainErrcode } from "../src/errcodes.js";
import type { Endpoint } from "../src/errors.js";

const personal: readonly Endpoint[] = [
  "sns/oauth2/access_token",
  "sns/oauth2/refresh_token",
  "sns/userinfo",
  "sns/auth",
  "sns/jscode2session",
];
const tokens: readonly Endpoint[] = ["cgi-bin/stable_token", "cgi-bin/token"];
const ofAccount: readonly Endpoint[] = [
  ...tokens,
  "cgi-bin/ticket/getticket",
  "cgi-bin/user/info",
  "cgi-bin/user/info/batchget",
  "cgi-bin/openapi/rid/get",
  "cgi-bin/openapi/quota/get",
  "cgi-bin/clear_quota",
  "cgi-bin/get_api_domain_ip",
  "cgi-bin/getcallbackip",
  "cgi-bin/callback/check",
];

/** The codes that WeChat may answer to any call, and this library's own about a call. */
const general = [
  ...[-1000, -1, 40013, 43003, 45009, 45011, 48001, 48004, 50007, 61450, 9001002],
  ...["HTTP_STATUS", "TIMEOUT", "NETWORK", "BAD_JSON", "BAD_SHAPE", "TOO_LARGE"],
];
/** The codes that name the account, its secret or the server, which only a call for the global token gets. */
const ofTokens = [40001, 40002, 40125, 40164, 40243, 41002, 41004, 43002, 44002, 47001, 50004, 61024];
const ofGlobalToken = [40001, 40014, 41001, 42001];

function advice(code: number | string, endpoint: Endpoint) {
  const found = explainErrcode(code, endpoint) as ErrcodeExplanation;
  const { steps, causes } = found;
  return {
    ...found,
    told: [...steps.zh, ...steps.en],
    text: [...steps.zh, ...steps.en, ...causes.zh, ...causes.en],
  };
}

const pairs = (codes: readonly (number | string)[], endpoints: readonly Endpoint[]) =>
  codes.flatMap((code) => endpoints.map((endpoint): [number | string, Endpoint] => [code, endpoint]));
const everyCode = errcodes.filter(({ onPage }) => !onPage).map(({ code }) => code);

describe("the advice for a failed call", () => {
  it("never begins with a call that was not made, where the failed call decides", () => {
    for (const [code, endpoint] of pairs(everyCode, [...personal, ...ofAccount])) {
      for (const line of advice(code, endpoint).text) {
        expect(line, `${code} on ${endpoint}`).not.toMatch(/^(on|出现在) ?(sns|cgi-bin)\//i);
      }
    }
  });

  it("never tells to use stable_token for a call of stable_token itself", () => {
    for (const code of everyCode) {
      for (const line of advice(code, "cgi-bin/stable_token").told) {
        expect(line, String(code)).not.toMatch(/with stable_token|改用 stable_token/);
      }
    }
    expect(advice(45009, "cgi-bin/stable_token").steps.en[0]).toMatch(/share one token/);
    expect(advice(45009, "cgi-bin/token").steps.en[0]).toMatch(/stable_token/);
  });

  it("never speaks of tokens for the quota of a call that fetches none", () => {
    for (const endpoint of ofAccount.filter((each) => !tokens.includes(each))) {
      expect(advice(45009, endpoint).text.join(), endpoint).not.toMatch(/token/);
    }
  });

  const others = ofAccount.filter((each) => !tokens.includes(each));
  const signIn = /the person|ask people|让用户|请对方|用户稍后|exchange the same code|同一个 code/;

  it.each(tokens)(
    "never sends a person to sign in, nor refreshes a token that was just refused: %s",
    (endpoint) => {
      for (const code of [...general, ...ofTokens]) {
        const { told, retry, whoMustAct } = advice(code, endpoint);
        for (const line of told) {
          expect(line, String(code)).not.toMatch(signIn);
          expect(line, String(code)).not.toMatch(/refresh (it|the (shared|global) token)|刷新一次/);
        }
        expect(["never", "backoff"], String(code)).toContain(retry);
        expect(whoMustAct, String(code)).not.toBe("user");
      }
    },
  );

  it.each(others)("never sends a person to sign in for a call of the account: %s", (endpoint) => {
    for (const code of [...general, ...ofGlobalToken]) {
      for (const line of advice(code, endpoint).told) expect(line, String(code)).not.toMatch(signIn);
    }
  });

  it.each(personal)("never refreshes the global token for a person's call: %s", (endpoint) => {
    for (const code of [...general, 40001, 40003, 40014, 42001, 42007, 48001, 50001, 50002]) {
      const { told, retry } = advice(code, endpoint);
      for (const line of told) {
        expect(line, String(code)).not.toMatch(/(shared|global) token again|refresh the global|全局 token$/);
      }
      expect(retry, String(code)).not.toBe("token");
    }
  });

  it("says such sentences where they help, so that their absence elsewhere means something", () => {
    const said = (code: number, endpoint: Endpoint) => advice(code, endpoint).told.join("\n");
    expect(said(40029, "sns/oauth2/access_token")).toMatch(signIn);
    expect(said(40001, "cgi-bin/user/info")).toMatch(/shared token again/);
    expect(said(40001, "cgi-bin/user/info")).toMatch(/刷新一次/);
  });

  // Who must act, and what a program may retry, for the same code of five calls.
  const actors = [
    "sns/oauth2/access_token",
    "sns/userinfo",
    "sns/jscode2session",
    "cgi-bin/token",
    "cgi-bin/user/info",
  ] as const;
  it.each([
    [40001, "operator never", "developer restart", "developer restart", "operator never", "developer token"],
    [
      40014,
      "developer restart",
      "developer restart",
      "developer restart",
      "developer token",
      "developer token",
    ],
    [
      42001,
      "developer sns_refresh",
      "developer sns_refresh",
      "developer sns_refresh",
      "developer token",
      "developer token",
    ],
  ])("names who must act and what may be retried: %i", (code, ...expected) => {
    expect(
      actors.map((endpoint) => `${advice(code, endpoint).whoMustAct} ${advice(code, endpoint).retry}`),
    ).toEqual(expected);
  });

  it.each([-1, 40013, 40029, 40125, 40163, 40226, 41002, 41004, 41008, 45011])(
    "speaks of the mini program where its login failed, not of pages and links: %s",
    (code) => {
      for (const line of advice(code, "sns/jscode2session").text) {
        expect(line).not.toMatch(/callback|page|link|回调|页面|链接/);
      }
    },
  );

  it("names the AppSecret where a call that sends it gets errcode 40001", () => {
    for (const endpoint of [...tokens, "sns/oauth2/access_token"] as const) {
      expect(advice(40001, endpoint)).toMatchObject({ whoMustAct: "operator", retry: "never" });
      expect(advice(40001, endpoint).steps.en[0], endpoint).toMatch(/AppSecret/);
    }
  });

  it("is the general one for a call that is not known, and for a code that is the same for every call", () => {
    expect(explainErrcode(45009, undefined)).toBe(explainErrcode(45009));
    expect(explainErrcode(40125, "cgi-bin/token")).toEqual(explainErrcode(40125));
    expect(explainErrcode(45009, "sns/elsewhere")?.name).toBe("daily_quota_reached");
    expect(explainErrcode(99999, "cgi-bin/token")).toBeUndefined();
  });
});
