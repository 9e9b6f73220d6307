import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { profileButton, titleOf, userAgents } from "./support/browser.js";
import { rowsOf } from "./support/rows.js";
import { profileCallback } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

describe("a new person in WeChat's browser", () => {
  it("is asked on our own page first, and signed in after the click", async () => {
    const browser = system.browser({ person: "alice" });
    const asked = await browser.follow("/login/wechat?return_to=/");
    expect(asked.status).toBe(200);
    expect(browser.session).toBeUndefined();
    expect(system.simulator.calls("userinfo")).toBe(0);

    const button = profileButton(asked.html);
    expect(button).toBeDefined();
    const end = await browser.follow(button ?? "");

    expect(end.url.href).toBe(`${system.url}/login/account`);
    expect(end.html).toContain(system.simulator.person("alice", system.officialAccount.appId).nickname);
    expect(browser.session).toBeDefined();
  });

  it("is not asked if the app needs no profile", async () => {
    const plain = await startSystem({
      env: {
        WECHAT_APPS: JSON.stringify([
          { key: "oa", kind: "official_account", profile: "none", ...appOf(system) },
        ]),
      },
    });
    const browser = plain.browser();
    const end = await browser.follow("/login/wechat");
    expect(end.url.href).toBe(`${plain.url}/login/account`);
    expect(browser.session).toBeDefined();
    expect(plain.simulator.calls("userinfo")).toBe(0);
    await plain.close();
  });
});

describe("a known person", () => {
  it("is signed in again without a page, without a userinfo call and as the same user", async () => {
    await system.browser({ person: "alice" }).signIn();
    const calls = system.simulator.calls("userinfo");

    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl("/login/wechat?return_to=/orders");
    const landed = await browser.visit(callback);

    expect(landed.status).toBe(303);
    expect(landed.location?.href).toBe(`${system.url}/orders`);
    expect(system.simulator.calls("userinfo")).toBe(calls);
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
    expect(await rowsOf(system.db, "bindings")).toHaveLength(1);
  });

  it("is the same user by QR code on a desktop, joined by the unionid of the group", async () => {
    await system.browser({ person: "alice" }).signIn();
    const desktop = system.browser({ person: "alice", userAgent: userAgents.desktop });
    const end = await desktop.signIn();

    expect(end.url.href).toBe(`${system.url}/login/account`);
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
    expect(await rowsOf(system.db, "bindings")).toHaveLength(2);
  });
});

describe("the callback", () => {
  it("refuses a missing state and one that was never issued [T1]", async () => {
    const browser = system.browser();
    for (const query of ["", "?code=abc", `?code=abc&state=${"0".repeat(32)}`, "?state="]) {
      const visit = await browser.visit(`/login/wechat/callback${query}`);
      expect(visit.status).toBe(400);
      expect(visit.headers.getSetCookie()).toEqual([]);
    }
    expect(system.simulator.calls("access_token")).toBe(0);
    expect(await rowsOf(system.db, "users")).toHaveLength(0);
  });

  it("refuses a state that another browser started, and the state still works in that one [T1]", async () => {
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

  it("exchanges a code once, however often the state is used [T2]", async () => {
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

  it("refuses an expired state, also under a shorter lifetime [T3]", async () => {
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

  it("gets a state of 128 random bits in letters and digits [T4]", async () => {
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
    "shows a failure page for errcode %i, with one recorded failure [T5]",
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

  it("finishes two sign-ins of two tabs, in either order [T7]", async () => {
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

  it("finishes both sign-ins if a new browser opens two tabs at once [T7]", async () => {
    const browser = system.browser({ person: "emoji" });
    const callbacks = await Promise.all([
      browser.callbackUrl("/login/wechat"),
      browser.callbackUrl("/login/wechat"),
    ]);
    for (const callback of callbacks) {
      const asked = await browser.follow(callback);
      const button = profileButton(asked.html);
      const end = button ? await browser.follow(button) : asked;
      expect(end.url.pathname).toBe("/login/account");
      expect(browser.session).toBeDefined();
    }
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
  });

  it("shows a page with a way to retry to a person who declined, and does not call WeChat [T8]", async () => {
    const browser = system.browser();
    const leaving = await browser.visit("/login/wechat");
    const state = leaving.location?.searchParams.get("state");
    const visit = await browser.visit(`/login/wechat/callback?state=${state}`);

    expect(visit.status).toBe(200);
    expect(visit.html).toContain('href="/login/wechat');
    expect(system.simulator.calls("access_token")).toBe(0);
    expect((await rowsOf(system.db, "signIns"))[0]?.outcome).toBe("refused");
  });

  it.each([
    ["state alone", "state_only"],
    ["code=authdeny, as by old clients,", "authdeny"],
  ] as const)(
    "takes %s as declined after the page that asks, and logs no failure [T8]",
    async (_, refusal) => {
      system.simulator.settings({ refusal });
      const browser = system.browser({ person: "alice", decision: "refuse" });
      const callback = await profileCallback(browser);
      const visit = await browser.visit(callback);
      expect(visit.status).toBe(200);
      expect(visit.html).toContain('href="/login/wechat');
      expect((await browser.visit(callback)).status).toBe(200);
      // The first one is that of snsapi_base, which asks for no consent.
      expect(system.simulator.calls("access_token")).toBe(1);
      expect(await rowsOf(system.db, "apiFailures")).toEqual([]);
      expect(await rowsOf(system.db, "signIns")).toMatchObject([{ outcome: "refused" }]);
    },
  );

  it("takes code=authdeny as declined at a desktop too [T8]", async () => {
    system.simulator.settings({ refusal: "authdeny" });
    const options = { person: "alice", decision: "refuse", userAgent: userAgents.desktop } as const;
    const browser = system.browser(options);
    expect((await browser.visit(await browser.callbackUrl())).status).toBe(200);
    expect(system.simulator.calls("access_token")).toBe(0);
    expect(await rowsOf(system.db, "signIns")).toMatchObject([{ outcome: "refused" }]);
  });

  it("leaves no code in the address bar and sends no referrer [T18]", async () => {
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
