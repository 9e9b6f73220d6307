import type { Fault } from "@wechat-login/simulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Tables } from "../src/db/schema.js";
import { maxCallbacks } from "../src/http/callback-limit.js";
import { titleOf } from "./support/browser.js";
import { expectNoUserStored } from "./support/expect-no-user.js";
import { rowsOf } from "./support/rows.js";
import { profileCallback, userOf, waitForCalls } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";
import { profileResponse, tokenResponse } from "./support/wechat-responses.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

/** Expects a failure page, one recorded failure, no user, no leaked secret, and that the next sign-in works. */
async function expectCleanFailure(
  endpoint: "access_token" | "userinfo",
  fault: Fault,
  { errcode, status, times = 1 }: { errcode: string; status: number; times?: number },
): Promise<void> {
  const browser = system.browser({ person: "alice" });
  const callback = await profileCallback(browser);
  system.simulator.fail(endpoint, fault, times);
  const visit = await browser.visit(callback);
  system.simulator.clearFaults();

  expect(visit.status).toBe(status);
  expect(titleOf(visit.html)).not.toBe("");
  expect(visit.html).toContain(errcode);
  await expectNoUserStored(system, browser);
  const [signIn] = await rowsOf(system.db, "signIns");
  expect(signIn?.outcome).toBe("failed");
  const { appId } = system.officialAccount;
  // Only a profile that WeChat was too busy to give is asked for again; a connection that is cut is no attempt of its own.
  const isRepeated = endpoint === "userinfo" && errcode === "-1";
  const failures = await rowsOf(system.db, "apiFailures");
  expect(failures).toEqual([
    {
      ...{ id: expect.stringMatching(/^[0-9A-Z]{26}$/), at: expect.any(Date), appId, errcode },
      ...(endpoint === "userinfo"
        ? { endpoint: "sns/userinfo", openid: system.simulator.person("alice", appId).openid }
        : { endpoint: "sns/oauth2/access_token", openid: null }),
      ...{ attempt: isRepeated ? 2 : 1, latencyMs: expect.any(Number), signInId: signIn?.id },
      ...{ errmsg: expect.any(String), rid: failures[0]?.rid, answer: failures[0]?.answer },
      request: JSON.stringify(
        endpoint === "userinfo"
          ? { method: "GET", path: "sns/userinfo", parameters: { access_token: "***", openid: "***" } }
          : {
              ...{ method: "GET", path: "sns/oauth2/access_token" },
              parameters: { appid: appId, secret: "***", code: "***", grant_type: "authorization_code" },
            },
      ),
    },
  ]);
  await expectNoSecretAnywhere(visit.html, callback);

  await browser.signIn();
  expect(await userOf(browser)).toBeDefined();
}

const allTables = (): (keyof Tables)[] => [
  ...([
    "users",
    "bindings",
    "unions",
    "identityConflicts",
    "signIns",
    "authorizationRequests",
    "signInEvents",
  ] as const),
  ...(["sessions", "userTokens", "appTokens", "apiFailures", "apiCallCounts", "auditLog"] as const),
];

async function expectNoSecretAnywhere(html: string, callback: URL): Promise<void> {
  const kept = await Promise.all(allTables().map((table) => rowsOf(system.db, table)));
  const everything = [html, JSON.stringify(kept), ...system.logLines].join("\n");
  expect(everything).not.toContain(system.officialAccount.appSecret);
  for (const name of ["code", "state"]) {
    const secret = callback.searchParams.get(name) ?? "";
    expect(secret.length, name).toBeGreaterThanOrEqual(16);
    expect(everything).not.toContain(secret);
  }
  // What may be seen is there: the app in the rows, the event in the log.
  expect(JSON.stringify(kept)).toContain(system.officialAccount.appId);
  expect(system.logLines.join("")).toContain('"event":"sign_in_ended"');
}

const unusable: [string, Fault, string][] = [
  ["a connection cut before the call", { kind: "reset", when: "before" }, "NETWORK"],
  ["a connection cut after the call", { kind: "reset", when: "after" }, "NETWORK"],
  ["a gateway's 502 page", { kind: "http_502" }, "HTTP_STATUS"],
  ["text that is not JSON", { kind: "invalid_json" }, "BAD_JSON"],
  ["JSON cut in the middle", { kind: "truncated_json" }, "BAD_JSON"],
  ["more than 256 KB", { kind: "oversized" }, "TOO_LARGE"],
  ["an empty body", { kind: "body", body: "" }, "BAD_JSON"],
  ["null", { kind: "body", body: "null" }, "BAD_SHAPE"],
  ["a list", { kind: "body", body: "[]" }, "BAD_SHAPE"],
  ["an empty object", { kind: "body", body: "{}" }, "BAD_SHAPE"],
  ["success without fields", { kind: "body", body: '{"errcode":0,"errmsg":"ok"}' }, "BAD_SHAPE"],
  ["an errcode that is not a number", { kind: "body", body: '{"errcode":"busy"}' }, "BAD_SHAPE"],
  ["a good answer under 500", { kind: "body", body: tokenResponse(), status: 500 }, "HTTP_STATUS"],
  [
    "a token that expires in 300,000 years",
    { kind: "body", body: tokenResponse({ expires_in: 1e13 }) },
    "BAD_SHAPE",
  ],
  ["an openid that is the code", { kind: "body", body: tokenResponse({ openid: "$CODE" }) }, "BAD_SHAPE"],
  ["a redirect", { kind: "body", body: "", status: 302 }, "HTTP_STATUS"],
  [
    "the page of a captive portal that repeats the request",
    { kind: "body", body: "<html>?secret=$SECRET&code=$CODE</html>", contentType: "text/html" },
    "BAD_JSON",
  ],
];

describe("a code exchange without a usable answer", () => {
  it.each(unusable)(
    "(%s) leads to a failure page and one recorded failure, and the next sign-in works [T80, T83]",
    (_, fault, errcode) => expectCleanFailure("access_token", fault, { errcode, status: 424 }),
  );

  it("is never retried, because the code may be spent [T83]", async () => {
    const browser = system.browser();
    const callback = await browser.callbackUrl();
    system.simulator.fail("access_token", { kind: "errcode", errcode: -1 });
    const visit = await browser.visit(callback);
    expect(visit.status).toBe(424);
    expect(system.simulator.calls("access_token")).toBe(1);
  });
});

describe("a profile request without a usable answer", () => {
  it.each(unusable)(
    "(%s) leads to a failure page, one recorded failure and no half-made user [T75, T80, T83]",
    (_, fault, errcode) =>
      // Twice, because a call on a kept-alive connection that is cut is retried once.
      expectCleanFailure("userinfo", fault, { errcode, status: 424, times: 2 }),
  );

  it("is retried once if a kept-alive connection is cut [T83]", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await profileCallback(browser);
    system.simulator.fail("userinfo", { kind: "reset", when: "before" });
    await browser.visit(callback);
    expect(await userOf(browser)).toBeDefined();
    expect(await rowsOf(system.db, "apiFailures")).toHaveLength(0);
  });

  it("is retried once, and only once, if WeChat is busy [T83]", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await profileCallback(browser);
    system.simulator.fail("userinfo", { kind: "errcode", errcode: -1 });
    await browser.visit(callback);
    expect(await userOf(browser)).toBeDefined();
    expect(system.simulator.calls("userinfo")).toBe(2);
    expect(await rowsOf(system.db, "apiFailures")).toHaveLength(0);
  });

  it("counts as one failure if WeChat is busy twice [T83]", async () => {
    await expectCleanFailure(
      "userinfo",
      { kind: "errcode", errcode: -1 },
      { errcode: "-1", status: 424, times: 2 },
    );
  });
});

describe("a refusal by WeChat", () => {
  it.each([
    [-1, 424],
    [-1000, 424],
    [40001, 424], // on an exchange: the AppSecret is wrong, so that signing in again would not help
    [40013, 424],
    [40029, 400],
    [40125, 424],
    [40163, 400],
    [40226, 403],
    [41002, 424],
    [41008, 400],
    [42003, 400],
    [45011, 424],
    [48001, 424],
    [48004, 424],
    [50002, 403],
    [61450, 424],
    [99999, 424],
    [2_000_000_000, 424],
  ])(
    "leads with errcode %i to a page with status %i and one recorded failure [T80]",
    async (errcode, status) => {
      const body = JSON.stringify({ errcode, errmsg: "no, rid: 637ec754-5b28c0ef-058e9cba" });
      await expectCleanFailure("access_token", { kind: "body", body }, { errcode: String(errcode), status });
      const [failure] = await rowsOf(system.db, "apiFailures");
      expect(failure).toMatchObject({ errmsg: "no", rid: "637ec754-5b28c0ef-058e9cba" });
    },
  );

  it("is recorded without the secret and the code that it repeats [T64, T80]", async () => {
    const body = '{"errcode":40125,"errmsg":"invalid appsecret $SECRET, code $CODE"}';
    await expectCleanFailure("access_token", { kind: "body", body }, { errcode: "40125", status: 424 });
    const [failure] = await rowsOf(system.db, "apiFailures");
    expect(failure?.errmsg).toBe("invalid appsecret ***, code ***");
  });

  it("puts no markup from its errmsg into the page [T52, T80]", async () => {
    const browser = system.browser();
    const callback = await browser.callbackUrl();
    const errmsg = "<script>alert(1)</script>";
    system.simulator.fail("access_token", { kind: "body", body: JSON.stringify({ errcode: 99999, errmsg }) });
    const visit = await browser.visit(callback);
    expect(visit.html).toContain(">99999</span>");
    expect(visit.html).not.toContain("alert(1)");
    // An operator reads it, and the console shows it as text.
    expect(await rowsOf(system.db, "apiFailures")).toMatchObject([{ errcode: "99999", errmsg }]);
  });

  it("is recognized under HTTP 500 and with an errcode sent as text [T82]", async () => {
    const body = '{"errcode":"40029","errmsg":"invalid code"}';
    await expectCleanFailure(
      "access_token",
      { kind: "body", body, status: 500 },
      { errcode: "40029", status: 400 },
    );
  });
});

describe("a successful answer in an odd form", () => {
  const openid = "oTestTestTestTestTestTestTest";

  it.each([
    ["labelled as HTML", "text/html; charset=gbk", {}],
    ["labelled as a file", "application/octet-stream", {}],
    ["with numbers sent as text", "text/plain", { expires_in: "7200" }],
    ["with errcode 0 beside it", "text/plain", { errcode: 0, errmsg: "ok" }],
    ["with errcode 0 sent as text", "text/plain", { errcode: "0" }],
    ["with unknown fields", "text/plain", { quickly: { added: ["by", "WeChat"] } }],
  ])("is accepted %s [T82]", async (_, contentType, fields) => {
    const browser = system.browser({ person: "alice" });
    const callback = await profileCallback(browser);
    system.simulator.fail("access_token", { kind: "body", body: tokenResponse(fields), contentType });
    system.simulator.fail("userinfo", {
      kind: "body",
      body: profileResponse({ sex: "1", nickname: "小明🎉", privilege: null }),
      contentType,
    });
    const visit = await browser.visit(callback);
    expect(visit.status).toBe(303);
    expect(await rowsOf(system.db, "bindings")).toMatchObject([{ openid, nickname: "小明🎉" }]);
    expect(await userOf(browser)).toBeDefined();
  });

  it("is accepted with invalid UTF-8 and with control characters in the nickname [T82]", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await profileCallback(browser);
    system.simulator.fail("access_token", { kind: "broken_utf8" });
    const body = profileResponse({
      openid: system.simulator.person("alice", system.officialAccount.appId).openid,
      nickname: "line-break",
    }).replace("line-break", "line\n\u0014break");
    system.simulator.fail("userinfo", { kind: "body", body });
    await browser.visit(callback);
    expect(await userOf(browser)).toBeDefined();
    expect((await rowsOf(system.db, "bindings"))[0]?.nickname).toBe("linebreak");
  });
});

describe("a WeChat that hangs or is unreachable", () => {
  // Takes as long as the real deadline of 5 s, which the test clock cannot shorten.
  it("delays no other request and ends at the deadline, and the next sign-in works [T81, T84]", async () => {
    const waiting = system.browser({ person: "alice" });
    const callback = await profileCallback(waiting);
    const asked = system.simulator.calls("access_token");
    system.simulator.fail("access_token", { kind: "delay", ms: 60_000 });
    let over = false;
    const hanging = waiting.visit(callback).finally(() => {
      over = true;
    });
    await waitForCalls(system.simulator, "access_token", asked + 1);

    const other = system.browser({ person: "emoji" });
    expect((await other.visit("/healthz")).status).toBe(200);
    await other.signIn();
    expect(await userOf(other)).toBeDefined();
    expect(over).toBe(false);

    const visit = await hanging;
    expect(visit.status).toBe(424);
    expect(visit.html).toContain("TIMEOUT");
    expect(waiting.session).toBeUndefined();
    expect(await rowsOf(system.db, "apiFailures")).toMatchObject([{ errcode: "TIMEOUT" }]);
    await waiting.signIn();
    expect(await userOf(waiting)).toBeDefined();
  });

  it("holds 100 callbacks, and the next one is told to come back, with nothing of it spent [T84]", async () => {
    await system.close();
    system = await startSystem({ env: { RATE_LIMIT: "off" } });
    const { simulator } = system;
    const callbacks = await Promise.all(
      Array.from({ length: maxCallbacks + 1 }, async () => {
        const browser = system.browser({ person: "alice" });
        return { browser, callback: await browser.callbackUrl() };
      }),
    );
    const last = callbacks.pop();
    if (!last) throw new Error("there are no callbacks");
    simulator.fail("access_token", { kind: "delay", ms: 60_000 }, maxCallbacks);
    const gone = new AbortController();
    const [first, ...held] = callbacks.map(({ browser, callback }, n) =>
      browser.visit(callback, n === 0 ? { signal: gone.signal } : {}),
    );
    await waitForCalls(simulator, "access_token", maxCallbacks);

    const refused = await last.browser.visit(last.callback);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(refused.headers.get("content-type")).toContain("text/html");
    expect(simulator.calls("access_token")).toBe(maxCallbacks);
    expect((await last.browser.visit("/healthz")).status).toBe(200);

    // A browser that goes away leaves its place.
    gone.abort();
    await expect(first).rejects.toThrow();
    const isRefused = async () => (await last.browser.visit("/login/wechat/callback")).status === 503;
    await expect.poll(isRefused).toBe(false);

    expect(new Set((await Promise.all(held)).map(({ status }) => status))).toEqual(new Set([424]));
    await last.browser.signIn(last.callback.href);
    expect(await userOf(last.browser)).toBeDefined();
  });

  it("leads to a failure page while it is unreachable, and sign-ins work again afterwards [T80]", async () => {
    const { simulator } = system;
    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl();
    simulator.fail("access_token", { kind: "reset", when: "before" }, 3);
    for (let attempt = 0; attempt < 3; attempt++) {
      const visit = await browser.visit(attempt === 0 ? callback : await browser.callbackUrl());
      expect(visit.status).toBe(424);
    }
    await browser.signIn();
    expect(await userOf(browser)).toBeDefined();
  });
});
