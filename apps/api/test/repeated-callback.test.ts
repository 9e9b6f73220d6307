import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimAuthorizationRequest } from "../src/db/sign-ins.js";
import { hashSecret } from "../src/domain/key-ring.js";
import { handleCallback } from "../src/domain/sign-in/callback.js";
import { type Browser, profileButton } from "./support/browser.js";
import { rowsOf } from "./support/rows.js";
import { profileCallback, repeatCallback, userOf, waitForCalls } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const exchanges = () => system.simulator.calls("access_token");

describe("a callback that one browser requests twenty times at once", () => {
  it("causes one exchange, one user and one binding, and the browser is signed in [T6]", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await profileCallback(browser, "/login/wechat?return_to=/orders?page=2");
    const before = exchanges();

    const visits = await repeatCallback(browser, callback, 20);

    expect(visits.map((visit) => visit.status)).toEqual(Array(20).fill(303));
    expect(new Set(visits.map((visit) => visit.location?.href))).toEqual(
      new Set([`${system.url}/orders?page=2`]),
    );
    expect(exchanges()).toBe(before + 1);
    const users = await rowsOf(system.db, "users");
    expect(users).toHaveLength(1);
    expect(await rowsOf(system.db, "bindings")).toHaveLength(1);
    expect(await rowsOf(system.db, "sessions")).toHaveLength(1);
    expect(await userOf(browser)).toBe(users[0]?.id);
  });

  it("answers each request with the same session cookie, so that any of them may be kept [T6]", async () => {
    const browser = system.browser({ person: "alice" });
    const visits = await repeatCallback(browser, await profileCallback(browser), 20);
    const sessions = visits.map(
      (visit) => /wl_session=([^;]+)/.exec(visit.headers.getSetCookie().join())?.[1],
    );
    expect(new Set(sessions)).toEqual(new Set([browser.session]));
    expect(browser.session).toBeDefined();
  });

  it("leads a new person after the silent request to one profile page, from which the sign-in continues [T6]", async () => {
    const browser = system.browser({ person: "alice" });
    const visits = await repeatCallback(browser, await browser.callbackUrl(), 20);

    expect(visits.map((visit) => visit.status)).toEqual(Array(20).fill(303));
    expect(new Set(visits.map((visit) => visit.location?.href)).size).toBe(1);
    expect(exchanges()).toBe(1);
    expect(await rowsOf(system.db, "users")).toHaveLength(0);

    const asked = await browser.follow(visits[0]?.location ?? "");
    await browser.follow(profileButton(asked.html) ?? "");
    expect(await userOf(browser)).toBeDefined();
  });

  it("shows the same failure page each time, with one recorded failure [T6]", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl();
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40029 }, 20);
    const visits = await repeatCallback(browser, callback, 20);

    expect(visits.map((visit) => visit.status)).toEqual(Array(20).fill(400));
    expect(exchanges()).toBe(1);
    const failures = await rowsOf(system.db, "apiFailures");
    expect(failures).toHaveLength(1);
    for (const visit of visits) expect(visit.html).toContain(failures[0]?.signInId);
  });
});

describe("a repeated callback", () => {
  it("waits for the first callback while WeChat is slow, and gets the same result [T6]", async () => {
    await system.browser({ person: "alice" }).signIn();
    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl("/login/wechat?return_to=/orders");
    const before = exchanges();
    system.simulator.fail("access_token", { kind: "delay", ms: 300 });

    const first = browser.visit(callback);
    await waitForCalls(system.simulator, "access_token", before + 1);
    const visits = [...(await repeatCallback(browser, callback, 5)), await first];

    expect(visits.map((visit) => visit.status)).toEqual(Array(6).fill(303));
    expect(visits.map((visit) => visit.location?.pathname)).toEqual(Array(6).fill("/orders"));
    expect(exchanges()).toBe(before + 1);
    expect(await userOf(browser)).toBeDefined();
  });

  it.each([
    ["first", 0],
    ["second", 1],
  ])(
    "changes nothing if Android sends it with another code and the %s code arrives first [T6]",
    async (_, lead) => {
      await system.browser({ person: "alice" }).signIn();
      system.simulator.settings({ doubleCallback: true });
      const browser = system.browser({ person: "alice" });
      const leaving = await browser.visit("/login/wechat?return_to=/orders");
      const returning = await browser.visit(leaving.location ?? "");
      const second = returning.headers.get("x-simulator-second-location") ?? "";
      const callbacks = [returning.location?.href ?? "", second];
      expect(new URL(second).searchParams.get("code")).not.toBe(returning.location?.searchParams.get("code"));
      const before = exchanges();

      const visits = [
        await browser.visit(callbacks[lead] ?? ""),
        await browser.visit(callbacks[1 - lead] ?? ""),
      ];

      expect(visits.map((visit) => visit.location?.pathname)).toEqual(["/orders", "/orders"]);
      expect(exchanges()).toBe(before + 1);
      expect(await rowsOf(system.db, "sessions")).toHaveLength(2);
      expect(await userOf(browser)).toBeDefined();
    },
  );

  it("continues to the return address if the silent one is repeated after the sign-in succeeded [T6]", async () => {
    const browser = system.browser({ person: "alice" });
    const silent = await browser.callbackUrl("/login/wechat?return_to=/orders");
    const asked = await browser.follow(silent);
    await browser.follow(profileButton(asked.html) ?? "");
    const session = browser.session;

    const visit = await browser.visit(silent);
    expect(visit.status).toBe(303);
    expect(visit.location?.pathname).toBe("/orders");
    expect(browser.session).toBe(session);
  });

  it("ends where the first one ended after a second click on the profile page's button [T6]", async () => {
    const browser = system.browser({ person: "alice" });
    const asked = await browser.follow("/login/wechat?return_to=/orders");
    const button = profileButton(asked.html) ?? "";
    await browser.follow(button);
    const session = browser.session;
    const before = exchanges();

    const again = await browser.visit(button);
    expect(again.status).toBe(303);
    expect(again.location?.pathname).toBe("/orders");
    expect(browser.session).toBe(session);
    expect(exchanges()).toBe(before);
  });

  it("creates one user and one binding after two clicks on the profile page's button [T6]", async () => {
    const browser = system.browser({ person: "alice" });
    const asked = await browser.follow("/login/wechat");
    const button = profileButton(asked.html) ?? "";
    const callbacks = [await browser.callbackUrl(button), await browser.callbackUrl(button)];
    const visits = await Promise.all(callbacks.map((callback) => browser.visit(callback)));

    expect(visits.map((visit) => visit.status)).toEqual([303, 303]);
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
    expect(await rowsOf(system.db, "bindings")).toHaveLength(1);
    expect(await userOf(browser)).toBeDefined();
  });

  it.each([
    ["without a sign-in of its own", false],
    ["that has started a sign-in of its own", true],
  ])("is refused in a browser %s if another browser started it [T1]", async (_, begun) => {
    const browser = system.browser({ person: "alice" });
    const callback = await profileCallback(browser);
    const before = exchanges();
    const stranger = system.browser({ person: "emoji" });
    if (begun) await stranger.callbackUrl();

    expect((await stranger.visit(callback)).status).toBe(403);
    // The state still works in the browser that started the sign-in.
    expect((await browser.visit(callback)).status).toBe(303);
    expect((await stranger.visit(callback)).status).toBe(403);
    expect(stranger.session).toBeUndefined();
    expect(exchanges()).toBe(before + 1);
  });

  it("shows the same failure page as the page's own address, to this browser only", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl();
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40163 });
    const first = await browser.visit(callback);
    const [signIn] = await rowsOf(system.db, "signIns");
    for (const address of [callback, `/login/ended/${signIn?.id}`]) {
      const again = await browser.visit(address);
      expect(again.status).toBe(first.status);
      expect(again.html).toBe(first.html);
    }
    const stranger = system.browser();
    expect((await stranger.visit(`/login/ended/${signIn?.id}`)).location?.pathname).toBe("/");
  });
});

describe("a callback repeated after the session ended", () => {
  it.each(["session.signOut", "session.signOutEverywhere"])(
    "does not sign in again (%s) [T2, T5]",
    async (procedure) => {
      const browser = system.browser({ person: "alice" });
      const silent = await browser.callbackUrl();
      const asked = await browser.follow(silent);
      const callback = await browser.callbackUrl(profileButton(asked.html) ?? "");
      await browser.visit(callback);
      expect((await browser.mutate(procedure)).status).toBe(200);
      const before = exchanges();

      for (const old of [silent, callback]) {
        const visit = await browser.visit(old);
        expect(visit.status).toBe(410);
        expect(browser.session).toBeUndefined();
      }
      const tap = await browser.visit(profileButton(asked.html) ?? "");
      expect(tap.status).toBe(410);
      expect(exchanges()).toBe(before);
      expect(await rowsOf(system.db, "sessions")).toHaveLength(0);
    },
  );

  it("does not revive a session that expired [T2]", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await profileCallback(browser);
    await browser.visit(callback);
    system.advance(system.settings.sessionIdleSeconds + 1);

    const visit = await browser.visit(callback);
    expect(visit.status).toBe(410);
    expect(await userOf(browser)).toBeUndefined();
  });
});

describe("a callback whose process died half-way", () => {
  async function unfinishedCallback(browser: Browser): Promise<URL> {
    const callback = await browser.callbackUrl("/login/wechat?return_to=/orders");
    const claimed = await system.db.run(claimAuthorizationRequest, {
      stateHash: hashSecret(callback.searchParams.get("state") ?? ""),
      browserHash: hashSecret(browser.cookies.get("wl_browser") ?? ""),
      now: new Date(),
    });
    expect(claimed).toHaveLength(1);
    return callback;
  }

  it("is restarted once, by the next request after 9 s, and the old code is never exchanged [T6]", async () => {
    await system.browser({ person: "alice" }).signIn();
    const browser = system.browser({ person: "alice" });
    const callback = await unfinishedCallback(browser);
    const before = exchanges();
    system.advance(10);

    const visits = await repeatCallback(browser, callback, 20);
    const restarted = visits.filter((visit) => visit.status === 302);
    expect(restarted).toHaveLength(1);
    expect(restarted[0]?.location?.origin).toBe(system.simulator.url);
    expect(visits.filter((visit) => visit.status === 410)).toHaveLength(19);
    expect(exchanges()).toBe(before);

    const end = await browser.follow(restarted[0]?.location ?? "");
    expect(end.url.pathname).toBe("/orders");
    expect(await userOf(browser)).toBeDefined();
    expect((await browser.visit(callback)).status).not.toBe(302);
  });

  it("is restarted by only one of twenty simultaneous requests [T6]", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await unfinishedCallback(browser);
    system.advance(10);
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        handleCallback(system.app.deps, {
          params: callback.searchParams,
          browserSecrets: [browser.cookies.get("wl_browser") ?? ""],
          sessionSecret: undefined,
          visitor: { ip: "127.0.0.1", source: "127.0.0.1", userAgent: undefined },
        }),
      ),
    );
    expect(results.filter((result) => result.kind === "restart")).toHaveLength(1);
  });
});
