import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { profileButton, titleOf, userAgents } from "./support/browser.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

describe("a new person inside WeChat", () => {
  it("is asked on a page of ours first, and signed in after the tap", async () => {
    const browser = system.browser({ person: "alice" });
    const asked = await browser.follow("/login/wechat?return_to=/");
    expect(asked.status).toBe(200);
    expect(browser.session).toBeUndefined();
    expect(system.simulator.calls("userinfo")).toBe(0);

    const button = profileButton(asked.html);
    expect(button).toBeDefined();
    const end = await browser.follow(button ?? "");

    expect(end.url.href).toBe(`${system.url}/`);
    expect(end.html).toContain(system.simulator.person("alice", system.officialAccount.appId).nickname);
    expect(browser.session).toBeDefined();
  });

  it("is asked nothing where the app needs no profile", async () => {
    const plain = await startSystem({
      env: {
        WECHAT_APPS: JSON.stringify([
          { key: "oa", kind: "official_account", profile: "none", ...appOf(system) },
        ]),
      },
    });
    const browser = plain.browser();
    const end = await browser.follow("/login/wechat");
    expect(end.url.href).toBe(`${plain.url}/`);
    expect(browser.session).toBeDefined();
    expect(plain.simulator.calls("userinfo")).toBe(0);
    await plain.close();
  });
});

describe("a known person", () => {
  it("comes back without a page, without a userinfo call and as the same user", async () => {
    await system.browser({ person: "alice" }).signIn();
    const calls = system.simulator.calls("userinfo");

    const browser = system.browser({ person: "alice" });
    const hops = await browser.callbackUrl("/login/wechat?return_to=/orders");
    const landed = await browser.visit(hops);

    expect(landed.status).toBe(303);
    expect(landed.location?.href).toBe(`${system.url}/orders`);
    expect(system.simulator.calls("userinfo")).toBe(calls);
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
    expect(await rowsOf(system.db, "bindings")).toHaveLength(1);
  });

  it("is the same user by QR on a desktop, joined by the unionid of the group", async () => {
    await system.browser({ person: "alice" }).signIn();
    const desktop = system.browser({ person: "alice", userAgent: userAgents.desktop });
    const end = await desktop.signIn();

    expect(end.url.href).toBe(`${system.url}/`);
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
    expect(await rowsOf(system.db, "bindings")).toHaveLength(2);
  });
});

describe("the callback", () => {
  it("T1: logs nobody in without a state, or with one that was not issued", async () => {
    const browser = system.browser();
    for (const query of ["", "?code=abc", `?code=abc&state=${"0".repeat(32)}`, "?state="]) {
      const visit = await browser.visit(`/login/wechat/callback${query}`);
      expect(visit.status).toBe(400);
      expect(visit.headers.getSetCookie()).toEqual([]);
    }
    expect(system.simulator.calls("access_token")).toBe(0);
    expect(await rowsOf(system.db, "users")).toHaveLength(0);
  });

  it("T1: logs nobody in when the state was issued to another browser, and leaves it good for that one", async () => {
    const victim = system.browser({ person: "alice" });
    const attacker = system.browser({ person: "emoji" });
    const callback = await attacker.callbackUrl();

    for (const other of [victim, system.browser()]) {
      const visit = await other.visit(callback);
      expect(visit.status).toBe(403);
      expect(other.session).toBeUndefined();
    }
    expect(system.simulator.calls("access_token")).toBe(0);

    const asked = await attacker.visit(callback);
    expect(asked.status).toBe(303);
    expect(system.simulator.calls("access_token")).toBe(1);
  });

  it("T2: exchanges a code once, however often the state is used", async () => {
    await system.browser({ person: "alice" }).signIn();
    const exchanges = system.simulator.calls("access_token");
    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl("/login/wechat?return_to=/orders");
    const first = await browser.visit(callback);
    const session = browser.session;
    const again = await browser.visit(callback);
    callback.searchParams.set("code", "0".repeat(32));
    const withAnotherCode = await browser.visit(callback);

    expect(system.simulator.calls("access_token")).toBe(exchanges + 1);
    for (const visit of [first, again, withAnotherCode]) {
      expect(visit.status).toBe(303);
      expect(visit.location?.pathname).toBe("/orders");
    }
    expect(browser.session).toBe(session);
  });

  it("T3: does not accept a state after its life, also across a restart", async () => {
    const browser = system.browser();
    const callback = await browser.callbackUrl();
    system.advance(601);
    const late = await browser.visit(callback);
    expect(late.status).toBe(410);
    expect(system.simulator.calls("access_token")).toBe(0);

    const short = await startSystem({ env: { STATE_TTL_SECONDS: "5" } });
    const quick = short.browser();
    const soon = await quick.callbackUrl();
    short.advance(6);
    expect((await quick.visit(soon)).status).toBe(410);
    await short.close();
  });

  it("T4: sends a state of 128 random bits, letters and digits only", async () => {
    const states = new Set<string>();
    for (let round = 0; round < 20; round++) {
      const { location } = await system.browser().visit("/login/wechat");
      const state = location?.searchParams.get("state") ?? "";
      expect(state).toMatch(/^[0-9a-f]{32}$/);
      states.add(state);
    }
    expect(states.size).toBe(20);
  });

  it.each([40029, 40163])(
    "T5: shows a failure page for errcode %i, with one row in the log",
    async (errcode) => {
      const browser = system.browser();
      const callback = await browser.callbackUrl();
      system.simulator.fail("access_token", { kind: "errcode", errcode });
      const visit = await browser.visit(callback);

      expect(visit.status).toBe(400);
      expect(titleOf(visit.html)).not.toBe("");
      expect(visit.html).toContain(String(errcode));
      expect(browser.session).toBeUndefined();
      const failures = await rowsOf(system.db, "apiFailures");
      expect(failures).toHaveLength(1);
      expect(failures[0]).toMatchObject({ errcode: String(errcode), endpoint: "sns/oauth2/access_token" });
      const [signIn] = await rowsOf(system.db, "signIns");
      expect(failures[0]?.signInId).toBe(signIn?.id);
      expect(visit.html).toContain(signIn?.id);
    },
  );

  it("T7: finishes two sign-ins that two tabs began, in either order", async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const browser = system.browser({ person: "emoji" });
      const callbacks = [
        await browser.callbackUrl("/login/wechat?return_to=/a"),
        await browser.callbackUrl("/login/wechat?return_to=/b"),
      ];
      for (const tab of order) {
        const callback = callbacks[tab];
        if (!callback) throw new Error("there are two tabs");
        const asked = await browser.follow(callback);
        const button = profileButton(asked.html);
        const end = button ? await browser.follow(button) : asked;
        expect(end.url.pathname).toBe(tab === 0 ? "/a" : "/b");
      }
      expect(browser.cookieHeader().length).toBeLessThan(400);
    }
  });

  it("T7: finishes both when a fresh browser opens two tabs in the same moment", async () => {
    const browser = system.browser({ person: "emoji" });
    const callbacks = await Promise.all([
      browser.callbackUrl("/login/wechat"),
      browser.callbackUrl("/login/wechat"),
    ]);
    for (const callback of callbacks) {
      const asked = await browser.follow(callback);
      const button = profileButton(asked.html);
      const end = button ? await browser.follow(button) : asked;
      expect(end.url.pathname).toBe("/");
      expect(browser.session).toBeDefined();
    }
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
  });

  it("T8: shows a calm page to whoever refused, and calls nobody", async () => {
    const browser = system.browser();
    const leaving = await browser.visit("/login/wechat");
    const state = leaving.location?.searchParams.get("state");
    const visit = await browser.visit(`/login/wechat/callback?state=${state}`);

    expect(visit.status).toBe(200);
    expect(visit.html).toContain('href="/login/wechat');
    expect(system.simulator.calls("access_token")).toBe(0);
    expect((await rowsOf(system.db, "signIns"))[0]?.outcome).toBe("refused");
  });

  it("T18: leaves no code in the address bar and tells no referrer", async () => {
    await system.browser({ person: "alice" }).signIn();
    const browser = system.browser({ person: "alice" });
    const visit = await browser.visit(await browser.callbackUrl());
    expect(visit.status).toBe(303);
    expect(visit.location?.search).toBe("");
    expect(visit.headers.get("referrer-policy")).toBe("no-referrer");
    expect(visit.headers.get("cache-control")).toBe("no-store");
  });
});

function appOf({ officialAccount: { appId, appSecret } }: System) {
  return { appId, appSecret };
}
