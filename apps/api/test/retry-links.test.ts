import { demoOfficialAccount, demoWebsite, type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Browser,
  linksOf,
  profileButton,
  shownLink,
  titleOf,
  userAgents,
  type Visit,
} from "./support/browser.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";
import { tokenResponse } from "./support/wechat-responses.js";

// Two Official Accounts and a website app: a retry link that forgets its app leads to the wrong one.

const clinicAppId = "wx51a0b1c2d3e4f503";
const appOf = (key: string, app: typeof demoOfficialAccount | typeof demoWebsite, appId = app.appId) => ({
  key,
  kind: app.kind,
  appId,
  appSecret: app.appSecret,
  profile: "none",
});

let system: System;
let simulator: Simulator;
async function start(env: Record<string, string> = {}): Promise<void> {
  simulator = await startSimulator({
    apps: [demoOfficialAccount, { ...demoOfficialAccount, appId: clinicAppId }, demoWebsite],
  });
  const apps = [
    appOf("shop", demoOfficialAccount),
    appOf("clinic", demoOfficialAccount, clinicAppId),
    appOf("web", demoWebsite),
  ];
  system = await startSystem({
    simulator,
    env: { WECHAT_APPS: JSON.stringify(apps), ...env },
  });
}
beforeEach(() => start());
afterEach(async () => {
  await system.close();
  await simulator.close();
});

/** The address behind the main or the secondary action of a failure page. */
function retryOf(visit: Visit): URL {
  const [, href] = /<a class="(?:button primary|quiet optional)" href="([^"]*)"/.exec(visit.html) ?? [];
  if (href === undefined) throw new Error(`no retry link on "${titleOf(visit.html)}"`);
  return new URL(href.replaceAll("&amp;", "&"), visit.url);
}

/** Follows a retry link as far as it goes, and says for which app WeChat was asked. */
async function pressRetry(browser: Browser, page: Visit): Promise<{ appId: string | null; end: Visit }> {
  const first = await browser.visit(retryOf(page));
  const appId = first.location?.searchParams.get("appid") ?? null;
  return { appId, end: await browser.follow(first.location ?? first.url) };
}

const bindings = async () => (await rowsOf(system.db, "bindings")).map(({ appId }) => appId);

describe("the retry link of a failure page", () => {
  it.each([
    ["the second Official Account inside WeChat", userAgents.wechatAndroid, "clinic", clinicAppId],
    ["a website app on a phone's own browser", userAgents.safariIphone, "web", demoWebsite.appId],
  ])("keeps %s and the destination after a rejected code", async (_, userAgent, key, appId) => {
    const browser = system.browser({ userAgent });
    const callback = await browser.callbackUrl(`/login/wechat?app=${key}&return_to=/orders`);
    simulator.fail("access_token", { kind: "errcode", errcode: 40029 });
    const retried = await pressRetry(browser, await browser.visit(callback));
    expect(retried.appId).toBe(appId);
    expect(retried.end.url.pathname).toBe("/orders");
    expect(await bindings()).toEqual([appId]);
    expect(await userOf(browser)).toBeDefined();
  });

  it("keeps the app and the destination after every kind of failure, even after a reload", async () => {
    const failures: [string, (callback: URL) => void][] = [
      ["expired", () => system.advance(601)],
      ["refused", (callback) => callback.searchParams.delete("code")],
      ["snapshot", () => answerOnce({ is_snapshotuser: 1 })],
      ["wechat-unavailable", () => refuseOnce(-1)],
      ["sign-in-failed", () => refuseOnce(40125)],
      ["not-allowed", () => refuseOnce(40226)],
    ];
    for (const [name, fail] of failures) {
      const browser = system.browser();
      const callback = await browser.callbackUrl("/login/wechat?app=clinic&return_to=/x");
      fail(callback);
      const failed = await browser.visit(callback);
      expect(retryOf(failed).search, name).toBe("?return_to=%2Fx&app=clinic&tap=1");
      const self = /rel="canonical" href="([^"]*)"/.exec(failed.html)?.[1] ?? "";
      expect(retryOf(await browser.visit(self)).search, name).toBe("?return_to=%2Fx&app=clinic&tap=1");
    }
  });

  it("keeps the app and the destination on the page for a link that was already used", async () => {
    const browser = system.browser();
    const callback = await browser.callbackUrl("/login/wechat?app=clinic&return_to=/x");
    await browser.visit(callback);
    browser.cookies.delete("wl_session");
    system.advance(61);
    expect(retryOf(await browser.visit(callback)).search).toBe("?return_to=%2Fx&app=clinic&tap=1");
  });

  it("keeps the app and the destination in another browser, which gets no session [T1]", async () => {
    const callback = await system.browser().callbackUrl("/login/wechat?app=clinic&return_to=/orders");
    const other = system.browser({ person: "emoji" });
    const page = await other.visit(callback);
    expect(page.status).toBe(403);
    expect(other.session).toBeUndefined();
    expect(await rowsOf(system.db, "sessions")).toEqual([]);
    // The number of the sign-in itself, which operators find; its own page is for the browser that began it.
    const [signIn] = await rowsOf(system.db, "signIns");
    expect(page.html).toContain(`id="number" data-label="Request number">${signIn?.id}<`);
    expect(page.html).toContain('<link rel="canonical" href="/login/wechat/callback">');

    const retried = await pressRetry(other, page);
    expect(retried.appId).toBe(clinicAppId);
    expect(retried.end.url.pathname).toBe("/orders");
  });

  it("leads to the page that says to open the link in WeChat if the callback was opened outside it", async () => {
    const callback = await system.browser().callbackUrl("/login/wechat?app=shop&return_to=/orders/77");
    const safari = system.browser({ userAgent: userAgents.safariIphone });
    const page = await safari.visit(callback);
    const { html } = await safari.visit(retryOf(page));
    expect(titleOf(html)).toBe("Open this page in WeChat");
    expect(shownLink(html)).toBe(`${system.url}/login/wechat?return_to=%2Forders%2F77`);
  });

  it("leads to the same address if the start of a sign-in was rate-limited", async () => {
    await system.close();
    await simulator.close();
    await start({ RATE_LIMIT: "3" });
    const browser = system.browser();
    const asked = "/login/wechat?app=clinic&return_to=/x";
    let visit = await browser.visit(asked);
    while (visit.status !== 429) visit = await browser.visit(asked);
    expect(retryOf(visit).pathname + retryOf(visit).search).toBe(asked);
  });

  it("leads to the same callback if that was rate-limited, without its code in the page", async () => {
    await system.close();
    await simulator.close();
    await start({ RATE_LIMIT: "3" });
    const browser = system.browser();
    const callback = await browser.callbackUrl("/login/wechat?app=clinic&return_to=/x");
    const other = system.browser();
    for (let status = 0; status !== 429; ) ({ status } = await other.visit(callback));
    const limited = await browser.visit(callback);
    expect(limited.status).toBe(429);
    expect(limited.html).not.toContain(callback.searchParams.get("code"));
    expect(retryOf(limited).href).toBe(callback.href);
    system.advance(61);
    expect((await browser.visit(retryOf(limited))).location?.pathname).toBe("/x");
  });
});

describe("the page for a blocked person", () => {
  const block = () =>
    system.db.consoleQuery((orm, t) => orm.update(t.users).set({ status: "blocked" }).returning());

  it("keeps the app and the destination for another WeChat account", async () => {
    const start = "/login/wechat?app=web&return_to=/x";
    const browser = system.browser({ userAgent: userAgents.safariIphone });
    await browser.follow(start);
    await block();
    const page = await browser.follow(start);
    expect([page.status, titleOf(page.html)]).toEqual([403, "This account cannot sign in"]);
    expect(linksOf(page.html)).toEqual({
      "Use another WeChat account": "/login/wechat?return_to=%2Fx&app=web&tap=1",
    });
  });

  it("leads nowhere within WeChat, which has one account only", async () => {
    await system.browser().follow("/login/wechat?app=clinic");
    await block();
    const page = await system.browser().follow("/login/wechat?app=clinic&return_to=/x");
    expect([page.status, titleOf(page.html)]).toEqual([403, "This account cannot sign in"]);
    expect(linksOf(page.html)).toEqual({ "Use another WeChat account": "" });
  });
});

describe("the profile page", () => {
  it("leads on to the destination once the person is signed in, as after pressing Back", async () => {
    await system.close();
    system = await startSystem({ simulator });
    const browser = system.browser();
    const page = await browser.follow("/login/wechat?return_to=/orders");
    expect(page.url.pathname).toMatch(/^\/login\/profile\//);
    const id = page.url.pathname.split("/").at(-1);
    expect(linksOf(page.html)).toEqual({
      ...{ Continue: `/login/wechat/profile?sign_in=${id}`, "Not now": "/" },
      "By continuing you agree to the privacy notice ": "",
    });
    expect((await browser.follow(profileButton(page.html) ?? "")).url.pathname).toBe("/orders");

    const back = await browser.visit(page.url);
    expect([back.status, back.location?.pathname]).toEqual([303, "/orders"]);
    browser.cookies.delete("wl_session");
    expect(titleOf((await browser.visit(page.url)).html)).toBe("This link has already been used");
  });

  it("is shown in the browser that began the sign-in; another browser is told that it has expired", async () => {
    await system.close();
    system = await startSystem({ simulator });
    const page = await system.browser().follow("/login/wechat?return_to=/orders");
    const other = await system.browser().visit(page.url);
    expect([other.status, titleOf(other.html)]).toEqual([410, "This sign-in has expired"]);
    expect(other.html).not.toContain("orders");
  });

  it("is replaced by the failure page on which its sign-in ended", async () => {
    await system.close();
    system = await startSystem({ simulator });
    const browser = system.browser();
    const page = await browser.follow("/login/wechat?return_to=/orders");
    const callback = await browser.callbackUrl(profileButton(page.html));
    callback.searchParams.delete("code");
    expect(titleOf((await browser.visit(callback)).html)).toBe("You did not give permission");
    expect(titleOf((await browser.visit(page.url)).html)).toBe("You did not give permission");
  });
});

describe("a person who refuses, goes back and agrees", () => {
  it("is offered to start again, and is not told that permission was refused", async () => {
    const browser = system.browser();
    const callback = await browser.callbackUrl("/login/wechat?app=clinic&return_to=/x");
    const refusal = new URL(callback);
    refusal.searchParams.delete("code");
    expect(titleOf((await browser.visit(refusal)).html)).toBe("You did not give permission");
    expect(titleOf((await browser.visit(refusal)).html)).toBe("You did not give permission");

    const agreed = await browser.visit(callback);
    expect(agreed.status).toBe(410);
    expect(titleOf(agreed.html)).toBe("This link has already been used");
    expect(retryOf(agreed).search).toBe("?return_to=%2Fx&app=clinic&tap=1");
    const self = /rel="canonical" href="([^"]*)"/.exec(agreed.html)?.[1] ?? "";
    expect(titleOf((await browser.visit(self)).html)).toBe("This link has already been used");
    expect(simulator.calls("access_token")).toBe(0);
    expect(await rowsOf(system.db, "signIns")).toMatchObject([{ outcome: "refused" }]);
  });
});

const refuseOnce = (errcode: number) => simulator.fail("access_token", { kind: "errcode", errcode });
const answerOnce = (fields: Record<string, unknown>) =>
  simulator.fail("access_token", { kind: "body", body: tokenResponse(fields) });
