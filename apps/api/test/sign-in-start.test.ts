import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { userAgents } from "./support/browser.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

/** A request with headers that `fetch` cannot set, such as Host. */
function rawGet(
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; location: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: "localhost", port: system.port, path, headers: { ...headers } };
    const asking = request(options, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, location: answer.headers.location ?? "" });
    });
    asking.once("error", reject).end();
  });
}

const redirectUriOf = (location: string) => new URL(location).searchParams.get("redirect_uri");

describe("the redirect_uri", () => {
  const forgedHeaders: Record<string, string>[] = [
    { host: "evil.example" },
    { host: "evil.example:80" },
    { host: "localhost:1" },
    { "x-forwarded-host": "evil.example" },
    { "x-forwarded-proto": "https", "x-forwarded-port": "8443" },
    { "x-forwarded-host": "evil.example", "x-forwarded-for": "127.0.0.1" },
    { forwarded: "for=127.0.0.1;host=evil.example;proto=https" },
    { "x-original-host": "evil.example", "x-host": "evil.example", "x-forwarded-server": "evil.example" },
    { "x-original-url": "/evil", "x-rewrite-url": "/evil", "x-forwarded-prefix": "/evil" },
    { origin: "https://evil.example", referer: "https://evil.example/" },
  ];

  it.each([{}, { TRUST_PROXY: "1" }, { TRUST_PROXY: "127.0.0.1,::1" }])(
    "comes from PUBLIC_URL and never from a header (%j) [T16]",
    async (env) => {
      await system.close();
      system = await startSystem({ env });
      for (const forged of forgedHeaders) {
        for (const agent of [userAgents.wechatAndroid, userAgents.desktop]) {
          const { status, location } = await rawGet("/login/wechat", { "user-agent": agent, ...forged });
          expect(status).toBe(302);
          expect(new URL(location).origin).toBe(system.simulator.url);
          expect(redirectUriOf(location)).toBe(`${system.url}/login/wechat/callback`);
        }
      }
    },
  );

  it("is the configured address, whichever address the request was sent to [T16]", async () => {
    await system.close();
    system = await startSystem({ env: { PUBLIC_URL: "https://login.example.com" } });
    const { location } = await rawGet("/login/wechat", { "user-agent": userAgents.wechatIos });
    expect(redirectUriOf(location)).toBe("https://login.example.com/login/wechat/callback");
  });

  it("is never taken from an absolute URL in the request line [T16]", async () => {
    const { status, location } = await rawGet("http://evil.example/login/wechat", {
      "user-agent": userAgents.wechatAndroid,
    });
    if (status === 302) expect(redirectUriOf(location)).toBe(`${system.url}/login/wechat/callback`);
    else expect(status).toBe(404);
  });

  it("has the same origin as the link that a page offers to copy, which is PUBLIC_URL [T16]", async () => {
    await system.close();
    system = await startSystem({ env: { PUBLIC_URL: "https://login.example.com" } });
    const visit = await system.browser({ userAgent: userAgents.safariIphone }).visit("/login/wechat");
    expect(visit.html.replaceAll("<wbr>", "")).toContain("https://login.example.com/login/wechat");
    expect(visit.html).not.toContain(`localhost:${system.port}`);
  });
});

describe("starting a sign-in", () => {
  it.each(["HEAD", "POST", "PUT", "DELETE"])("does nothing by %s [T33]", async (method) => {
    const visit = await system.browser().visit("/login/wechat", { method });
    expect(visit.status).toBeGreaterThanOrEqual(400);
    expect(visit.status).toBeLessThan(500);
    expect(await rowsOf(system.db, "signIns")).toHaveLength(0);
  });

  it("selects the app by its key", async () => {
    const browser = system.browser({ userAgent: userAgents.wechatAndroid });
    const byKey = await browser.visit("/login/wechat?app=web");
    expect(byKey.location?.searchParams.get("appid")).toBe(system.website.appId);
  });
});

describe("signing in while signed in", () => {
  it("notes whose session the browser has, and sets no cookie but that of the new one", async () => {
    const browser = system.browser({ person: "alice" });
    await browser.signIn();
    const userId = await userOf(browser);
    // It is known by its session alone.
    for (const name of [...browser.cookies.keys()]) {
      if (name.startsWith("wl_browser")) browser.cookies.delete(name);
    }
    const callback = await browser.callbackUrl();
    const last = (await rowsOf(system.db, "signIns")).sort((a, b) => (a.id < b.id ? -1 : 1)).at(-1);
    expect(last).toMatchObject({ browserUserId: userId, outcome: null });
    const landed = await browser.visit(callback);
    expect(landed.headers.getSetCookie()).toEqual([expect.stringMatching(/^wl_session=[\w-]{43};/)]);
  });

  it("replaces another person's session: the old one answers 401, and the two are not merged [T9]", async () => {
    const alice = system.browser({ person: "alice" });
    await alice.signIn();
    const aliceId = await userOf(alice);
    const copied = alice.copy();

    const emoji = alice.copy({ person: "emoji" });
    await emoji.signIn();
    const emojiId = await userOf(emoji);

    expect(emojiId).toBeDefined();
    expect(emojiId).not.toBe(aliceId);
    expect(emoji.session).not.toBe(copied.session);
    expect((await copied.query("session.list")).status).toBe(401);
    expect(await rowsOf(system.db, "sessions")).toHaveLength(1);
    expect(await rowsOf(system.db, "users")).toHaveLength(2);
    expect((await rowsOf(system.db, "bindings")).map((binding) => binding.userId).sort()).toEqual(
      [aliceId, emojiId].sort(),
    );
  });

  it("replaces this browser's session of the same person and leaves those of other browsers [T9]", async () => {
    const elsewhere = system.browser({ person: "alice" });
    await elsewhere.signIn();
    const browser = system.browser({ person: "alice" });
    await browser.signIn();
    const copied = browser.copy();
    await browser.signIn();

    expect((await copied.query("session.list")).status).toBe(401);
    expect(await userOf(elsewhere)).toBe(await userOf(browser));
    expect(await rowsOf(system.db, "sessions")).toHaveLength(2);
  });

  it("keeps the existing session if it fails [T9]", async () => {
    const browser = system.browser({ person: "alice" });
    await browser.signIn();
    const callback = await browser.callbackUrl();
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40029 });
    expect((await browser.visit(callback)).status).toBe(400);
    expect(await userOf(browser)).toBeDefined();
  });

  it("is not undone by repeating the previous person's callback [T9]", async () => {
    const browser = system.browser({ person: "alice" });
    await browser.signIn();
    const callback = await browser.callbackUrl();
    await browser.visit(callback);
    const emoji = browser.copy({ person: "emoji" });
    await emoji.signIn();
    const emojiId = await userOf(emoji);

    const again = await emoji.visit(callback);
    expect(again.status).toBe(303);
    expect(await userOf(emoji)).toBe(emojiId);
  });
});
