import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newSecret } from "../src/domain/key-ring.js";
import type { Browser } from "./support/browser.js";
import { send } from "./support/raw-http.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

async function signedIn(person = "alice"): Promise<Browser> {
  const browser = system.browser({ person });
  await browser.signIn();
  if (!browser.session) throw new Error(`${person} was not signed in`);
  return browser;
}

describe("the server's cookies", () => {
  it("have plain names under http, and are HttpOnly, SameSite=Lax and valid for the whole host [T21]", async () => {
    const browser = system.browser();
    const leaving = await browser.visit("/login/wechat");
    expect(leaving.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^wl_browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=31536000$/),
      expect.stringMatching(/^wl_browser_\w{6}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/),
    ]);
    const cookie = await sessionCookieOf(browser, system);
    expect(cookie).toMatch(/^wl_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=7776000$/);
  });

  it("have the __Host- prefix and Secure under https, and are removed with the same attributes [T21]", async () => {
    const secure = await startSecureSystem();
    const browser = secure.browser();
    const leaving = await browser.visit("/login/wechat");
    const cookie = await sessionCookieOf(browser, secure);
    const removal = await send(secure, {
      method: "POST",
      path: "/trpc/session.signOut",
      headers: {
        "content-type": "application/json",
        origin: "https://login.example.com",
        cookie: browser.cookieHeader(),
      },
      body: "{}",
    });
    expect(removal.status).toBe(200);
    const [session, browserCookie] = [cookie, leaving.headers.getSetCookie()[0] ?? ""];
    const [removed = "", signedOut = ""] = removal.headers["set-cookie"] ?? [];

    expect(session).toMatch(/^__Host-wl_session=[\w-]{43};/);
    expect(browserCookie).toMatch(/^__Host-wl_browser=[\w-]{43};/);
    expect(removed).toMatch(/^__Host-wl_session=;/);
    expect(signedOut).toMatch(/^__Host-wl_signed_out=1;/);
    for (const one of [session, browserCookie, removed, signedOut]) {
      expect(attributesOf(one)).toEqual(["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
      expect(one.length).toBeLessThan(4096);
      expect(one).not.toMatch(/Domain/i);
    }
    expect(removed).toContain("; Max-Age=0;");
    expect(signedOut).toContain("; Max-Age=31536000;");
    await secure.close();
  });

  it("are ignored under https without the prefix, as a sibling domain could set such a cookie [T21]", async () => {
    const secure = await startSecureSystem();
    const browser = secure.browser();
    await sessionCookieOf(browser, secure);
    const secret = browser.cookies.get("__Host-wl_session") ?? "";
    const planted = await send(secure, {
      path: "/trpc/session.get",
      headers: { cookie: `wl_session=${secret}` },
    });
    expect(JSON.parse(planted.text)).toMatchObject({ result: { data: null } });
    const own = await send(secure, {
      path: "/trpc/session.get",
      headers: { cookie: `__Host-wl_session=${secret}` },
    });
    expect(JSON.parse(own.text)).toMatchObject({ result: { data: { userId: expect.any(String) } } });
    await secure.close();
  });

  it("mean an anonymous caller if they are malformed, never a 5xx [T28]", async () => {
    const garbage = [
      "wl_session=",
      "wl_session=%%%",
      "wl_session",
      "=; ;;;",
      `wl_session=${"a".repeat(8000)}`,
      "wl_session=' or 1=1 --",
      `wl_session="${"a".repeat(43)}"`,
      `wl_session=${"é".repeat(20)}`,
      "__proto__=1; constructor=2",
    ];
    for (const cookie of garbage) {
      const answer = await send(system, { path: "/trpc/session.get", headers: { cookie } });
      expect(answer.status, cookie).toBe(200);
      expect(JSON.parse(answer.text)).toEqual({ result: { data: null } });
      const page = await send(system, { path: "/login/account", headers: { cookie, accept: "text/html" } });
      expect(page.status, cookie).toBe(200);
      const own = await send(system, { path: "/trpc/session.list", headers: { cookie } });
      expect(own.status, cookie).toBe(401);
    }
  });

  it("mean an anonymous caller if one is sent twice, even if both values are valid [T28]", async () => {
    const { session = "" } = await signedIn();
    const other = (await signedIn("emoji")).session ?? "";
    for (const second of [session, other, newSecret(), ""]) {
      const answer = await send(system, {
        path: "/trpc/session.get",
        headers: { cookie: `wl_session=${session}; wl_session=${second}` },
      });
      expect(JSON.parse(answer.text)).toEqual({ result: { data: null } });
    }
  });

  it("are read the same with an Authorization header of any kind [T28]", async () => {
    const cookie = (await signedIn()).cookieHeader();
    const headers = [
      "Bearer",
      "Bearer x",
      "Basic Og==",
      "Basic \u00ff",
      `Bearer ${"a".repeat(5000)}`,
      "null",
    ];
    for (const authorization of headers) {
      const known = await send(system, { path: "/trpc/session.get", headers: { cookie, authorization } });
      expect(JSON.parse(known.text)).toMatchObject({ result: { data: { userId: expect.any(String) } } });
      const unknown = await send(system, { path: "/trpc/session.get", headers: { authorization } });
      expect(JSON.parse(unknown.text)).toEqual({ result: { data: null } });
    }
  });
});

/** As in production behind a TLS proxy, with the simulator allowed by name. */
async function startSecureSystem(): Promise<System> {
  const secure = await startSystem({
    env: { PUBLIC_URL: "https://login.example.com", NODE_ENV: "production", ALLOW_SIMULATOR: "yes" },
  });
  secure.simulator.settings({ callbackHosts: ["login.example.com"] });
  return secure;
}

/** Signs in step by step and returns the session's Set-Cookie line. Redirects are sent to the local port. */
async function sessionCookieOf(browser: Browser, { url }: System): Promise<string> {
  const here = (there: URL | undefined) => new URL(`${there?.pathname}${there?.search}`, url);
  const asked = await browser.visit(here(await browser.callbackUrl()));
  const page = asked.location ? await browser.visit(here(asked.location)) : asked;
  const button = /href="(\/login\/wechat\/profile[^"]*)"/.exec(page.html)?.[1]?.replaceAll("&amp;", "&");
  const landed = await browser.visit(here(await browser.callbackUrl(button ?? "/no-button")));
  return landed.headers.getSetCookie().find((line) => line.includes("wl_session=")) ?? "";
}

function attributesOf(cookie: string): string[] {
  const [, ...attributes] = cookie.split("; ");
  return attributes.filter((attribute) => !attribute.startsWith("Max-Age=")).sort();
}
