import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Browser, Visit } from "./support/browser.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeEach(async () => {
  // Off, because the property tests send more requests than one source may send in a minute.
  system = await startSystem({ env: { RATE_LIMIT: "off" } });
});
afterEach(() => system.close());

/** A browser with a started sign-in, and the two parameters that would finish it. */
async function startSignIn(): Promise<{ browser: Browser; callback: URL; code: string; state: string }> {
  const browser = system.browser({ person: "alice" });
  const callback = await browser.callbackUrl();
  const { code = "", state = "" } = Object.fromEntries(callback.searchParams);
  return { browser, callback, code, state };
}

function expectRefused(visit: Visit, browser: Browser): void {
  expect(visit.status).toBeGreaterThanOrEqual(400);
  expect(visit.status).toBeLessThan(500);
  expect(visit.headers.get("content-type")).toContain("text/html");
  expect(visit.headers.getSetCookie()).toEqual([]);
  expect(browser.session).toBeUndefined();
  expect(system.simulator.calls("access_token")).toBe(0);
}

describe("a malformed callback", () => {
  it("gets a 4xx page without a call to WeChat, and does not spend the state [T12]", async () => {
    const { browser, callback, code, state } = await startSignIn();
    const malformed = [
      "",
      `code=${code}`,
      `code=${code}&state=`,
      `code=${code}&state=${state}&state=${state}`,
      `code=${code}&code=${code}&state=${state}`,
      `code=${code}&code=&state=${state}`,
      `code=${code}&state=${state}&state=`,
      `code[]=${code}&state[]=${state}`,
      `code=${code}%26grant_type%3Drefresh_token&state=${state}`,
      `code=${code}%23&state=${state}`,
      `code=${code}%00&state=${state}`,
      `code=${code}%0d%0aX-Injected:1&state=${state}`,
      `code=${"A".repeat(513)}&state=${state}`,
      `code=${code}&state=${state}%00`,
      `code=${code}&state=%20${state}`,
      `code=${code}&state=${"a".repeat(129)}`,
      `code=${code}&state=${state.replace(/./, "\uff10")}`,
      `code=%ff%fe&state=${state}`,
      `code=%E0%A4%A&state=${state}`,
      `code=%u0041&state=${state}`,
      `CODE=${code}&STATE=${state}`,
      `code=${code};state=${state}`,
      `%&state=%`,
      `__proto__[code]=${code}&__proto__[state]=${state}`,
    ];
    for (const query of malformed) {
      expectRefused(await browser.visit(`/login/wechat/callback?${query}`), browser);
    }
    expect(await rowsOf(system.db, "apiFailures")).toHaveLength(0);

    const visit = await browser.visit(callback);
    expect(visit.status).toBe(303);
    expect(system.simulator.calls("access_token")).toBe(1);
  });

  it("gets a 4xx page, for generated queries [T12]", async () => {
    const { browser } = await startSignIn();
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.stringMatching(/^[0-9a-f]{32}$/),
      fc.constantFrom("", "null", "undefined", "__proto__", "%", "%00", "'", "<script>", "..", "//", "\\"),
    );
    const name = fc.oneof({ weight: 4, arbitrary: fc.constantFrom("code", "state") }, text);
    const raw = fc.stringMatching(/^[!-~]{0,60}$/);
    const query = fc.oneof(
      fc.array(fc.tuple(name, text), { maxLength: 5 }).map((pairs) => new URLSearchParams(pairs).toString()),
      raw.map((piece) => piece.replaceAll("#", "")),
    );
    await fc.assert(
      fc.asyncProperty(query, async (given) => {
        expectRefused(await browser.visit(`/login/wechat/callback?${given}`), browser);
      }),
      { numRuns: 150 },
    );
  });

  it("is refused if its code has unexpected characters, and the state stays valid [T12]", async () => {
    const { browser, callback, state } = await startSignIn();
    const strange = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }).filter((code) => {
      return !/^[A-Za-z0-9_-]+$/.test(code);
    });
    await fc.assert(
      fc.asyncProperty(strange, async (code) => {
        const query = new URLSearchParams({ code, state });
        expectRefused(await browser.visit(`/login/wechat/callback?${query}`), browser);
      }),
      { numRuns: 60 },
    );
    expect((await browser.visit(callback)).status).toBe(303);
  });
});

describe("the request to WeChat", () => {
  it("has exactly appid, secret, code and grant_type, whatever else the callback had [T12]", async () => {
    const { browser, callback, code } = await startSignIn();
    for (const [name, value] of [
      ["appid", "wx0000000000000000"],
      ["secret", "another"],
      ["grant_type", "refresh_token"],
      ["unionid", "uStranger"],
      ["redirect_uri", "https://evil.example"],
    ] as const) {
      callback.searchParams.append(name, value);
    }
    await browser.visit(callback);

    const request = system.simulator.requests().find(({ endpoint }) => endpoint === "access_token");
    expect(request?.method).toBe("GET");
    expect([...new URLSearchParams(request?.query)]).toEqual([
      ["appid", system.officialAccount.appId],
      ["secret", "***"],
      ["code", code],
      ["grant_type", "authorization_code"],
    ]);
  });
});

describe("a prefetch by the browser", () => {
  it.each([
    { "sec-purpose": "prefetch" },
    { "sec-purpose": "prefetch;prerender" },
    { purpose: "prefetch" },
    { "x-moz": "prefetch" },
    { "sec-purpose": "Prefetch" },
  ])("neither begins a sign-in nor spends a code: %j [T11]", async (headers) => {
    const { browser, callback } = await startSignIn();
    const begun = (await rowsOf(system.db, "signIns")).length;
    for (const address of [callback.href, "/login/wechat", "/login/account"]) {
      const visit = await browser.visit(address, { headers });
      expect([visit.status, visit.headers.get("cache-control")]).toEqual([503, "no-store"]);
    }
    expect(system.simulator.calls("access_token")).toBe(0);
    expect(await rowsOf(system.db, "signIns")).toHaveLength(begun);
    // What begins nothing may be read ahead.
    expect((await browser.visit("/healthz", { headers })).status).toBe(200);
    await browser.signIn(callback.href);
    expect(await userOf(browser)).toBeDefined();
  });
});

describe("a callback by another method than GET", () => {
  it.each(["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])(
    "(%s) does nothing, and the callback still works afterwards [T11]",
    async (method) => {
      const { browser, callback } = await startSignIn();
      const visit = await browser.visit(callback, { method });
      expect(visit.status).toBeGreaterThanOrEqual(400);
      expect(visit.status).toBeLessThan(500);
      expect(visit.headers.getSetCookie()).toEqual([]);
      expect(system.simulator.calls("access_token")).toBe(0);

      await browser.signIn(callback.href);
      expect(await userOf(browser)).toBeDefined();
    },
  );

  it("does nothing if a form posts the parameters or a header names another method [T11]", async () => {
    const { browser, callback } = await startSignIn();
    for (const init of [
      { method: "POST", body: callback.searchParams },
      { method: "POST", headers: { "x-http-method-override": "GET" }, body: callback.searchParams },
    ]) {
      const visit = await browser.visit(`${callback.pathname}?_method=GET`, init);
      expect(visit.status).toBeGreaterThanOrEqual(400);
      expect(visit.status).toBeLessThan(500);
    }
    expect(system.simulator.calls("access_token")).toBe(0);
  });
});
