import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Browser, userAgents } from "./support/browser.js";
import { expectNoUserStored } from "./support/expect-no-user.js";
import { rowsOf } from "./support/rows.js";
import { profileCallback, userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";
import { tokenResponse } from "./support/wechat-responses.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const phone = (person: string) => system.browser({ person });
const desktop = (person: string) => system.browser({ person, userAgent: userAgents.desktop });

describe("a snapshot user", () => {
  it("is not signed in or stored, and the page explains how to continue [T76]", async () => {
    const browser = phone("snapshot");
    const visit = await browser.visit(await profileCallback(browser));

    expect(visit.status).toBe(403);
    expect(visit.html).toContain("使用完整服务");
    await expectNoUserStored(system, browser);
    expect(await rowsOf(system.db, "signIns")).toMatchObject([
      { outcome: "snapshot", openid: null, userId: null },
    ]);
    expect(system.simulator.calls("userinfo")).toBe(0);
  });

  it.each([
    ["a number", 1],
    ["text", "1"],
  ])("is recognized if is_snapshotuser is sent as %s [T76, T82]", async (_, mark) => {
    const browser = phone("alice");
    const callback = await profileCallback(browser);
    system.simulator.fail("access_token", { kind: "body", body: tokenResponse({ is_snapshotuser: mark }) });
    expect((await browser.visit(callback)).status).toBe(403);
    await expectNoUserStored(system, browser);
  });

  it.each([
    ["inside WeChat", phone, profileCallback],
    ["on a desktop", desktop, (browser: Browser) => browser.callbackUrl()],
  ])(
    "is not assumed %s for errcode 48001 alone, which an account without the right gets",
    async (...given) => {
      const [, browserOf, callbackOf] = given;
      const browser = browserOf("alice");
      const callback = await callbackOf(browser);
      system.simulator.fail("userinfo", { kind: "errcode", errcode: 48001 });
      const visit = await browser.visit(callback);
      expect(visit.status).toBe(424);
      expect(visit.html).not.toContain("使用完整服务");
      await expectNoUserStored(system, browser);
      expect(await rowsOf(system.db, "signIns")).toMatchObject([{ outcome: "failed" }]);
      expect(await rowsOf(system.db, "apiFailures")).toMatchObject([
        { errcode: "48001", openid: expect.stringMatching(/^o/) },
      ]);
    },
  );

  it("signs in normally after switching to the full page [T76]", async () => {
    const browser = phone("alice");
    const callback = await profileCallback(browser);
    system.simulator.fail("access_token", { kind: "body", body: tokenResponse({ is_snapshotuser: 1 }) });
    await browser.visit(callback);
    await browser.signIn("/login/wechat?tap=1");
    expect(await userOf(browser)).toBeDefined();
  });
});

describe("a WeChat answer without a usable identity", () => {
  it.each([
    ["lacks the openid", { openid: undefined }],
    ["has an empty openid", { openid: "" }],
    ["has a number as openid", { openid: 12345 }],
    ["is complete but has an errcode", { errcode: 40029, errmsg: "invalid code" }],
    ["lacks the access token", { access_token: undefined }],
  ])("creates no user if the token response %s [T75]", async (_, fields) => {
    const browser = phone("alice");
    const callback = await profileCallback(browser);
    system.simulator.fail("access_token", { kind: "body", body: tokenResponse(fields) });
    const visit = await browser.visit(callback);
    expect(visit.status).toBeGreaterThanOrEqual(400);
    expect(visit.status).toBeLessThan(500);
    await expectNoUserStored(system, browser);
    expect(await rowsOf(system.db, "apiFailures")).toHaveLength(1);
  });

  it("creates no user and stores no empty id if the profile cannot be read [T75]", async () => {
    const browser = phone("alice");
    const callback = await profileCallback(browser);
    system.simulator.fail("userinfo", { kind: "errcode", errcode: 40003 });
    expect((await browser.visit(callback)).status).toBe(424);
    await expectNoUserStored(system, browser);
  });

  it("leaves the stored profile unchanged if a later sign-in reads none [T75]", async () => {
    const { nickname } = system.simulator.person("alice", system.officialAccount.appId);
    const first = phone("alice");
    await first.signIn();
    const [before] = await rowsOf(system.db, "bindings");
    await phone("alice").signIn();
    const [after] = await rowsOf(system.db, "bindings");
    expect(after).toMatchObject({ nickname, avatarUrl: before?.avatarUrl, scope: "snsapi_userinfo" });
    expect(before?.avatarUrl).toMatch(/\/simulated-alice\/132$/);
  });
});
