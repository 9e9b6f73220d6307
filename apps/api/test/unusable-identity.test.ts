import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { userAgents } from "./support/browser.js";
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

describe("a snapshot visitor", () => {
  it("T76: is not signed in and nothing is kept; the page says how to go on", async () => {
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
  ])("T76, T82: is one whether is_snapshotuser comes as %s", async (_, mark) => {
    const browser = phone("alice");
    const callback = await profileCallback(browser);
    system.simulator.fail("access_token", { kind: "body", body: tokenResponse({ is_snapshotuser: mark }) });
    expect((await browser.visit(callback)).status).toBe(403);
    await expectNoUserStored(system, browser);
  });

  it("T76: is who may not be read right after the consent (48001), though the mark is missing", async () => {
    const browser = phone("alice");
    const callback = await profileCallback(browser);
    system.simulator.fail("userinfo", { kind: "errcode", errcode: 48001 });
    const visit = await browser.visit(callback);
    expect(visit.status).toBe(403);
    expect(visit.html).toContain("使用完整服务");
    await expectNoUserStored(system, browser);
    // An account that lost the right to read profiles is answered the same: operators see it by the row.
    expect(await rowsOf(system.db, "apiFailures")).toMatchObject([{ errcode: "48001", openid: null }]);
  });

  it("is nobody at a desktop: there 48001 is a failure like any other", async () => {
    const browser = desktop("alice");
    const callback = await browser.callbackUrl();
    system.simulator.fail("userinfo", { kind: "errcode", errcode: 48001 });
    const visit = await browser.visit(callback);
    expect(visit.status).toBe(424);
    expect(visit.html).not.toContain("使用完整服务");
    await expectNoUserStored(system, browser);
    expect(await rowsOf(system.db, "apiFailures")).toHaveLength(1);
  });

  it("T76: signs in like anybody once the full page is used", async () => {
    const browser = phone("alice");
    const callback = await profileCallback(browser);
    system.simulator.fail("access_token", { kind: "body", body: tokenResponse({ is_snapshotuser: 1 }) });
    await browser.visit(callback);
    await browser.signIn("/login/wechat?tap=1");
    expect(await userOf(browser)).toBeDefined();
  });
});

describe("an answer that is not a person", () => {
  it.each([
    ["without an openid", { openid: undefined }],
    ["with an empty openid", { openid: "" }],
    ["with a number for an openid", { openid: 12345 }],
    ["with an errcode beside a whole answer", { errcode: 40029, errmsg: "invalid code" }],
    ["without an access token", { access_token: undefined }],
  ])("T75: makes no user (a token answer %s)", async (_, fields) => {
    const browser = phone("alice");
    const callback = await profileCallback(browser);
    system.simulator.fail("access_token", { kind: "body", body: tokenResponse(fields) });
    const visit = await browser.visit(callback);
    expect(visit.status).toBeGreaterThanOrEqual(400);
    expect(visit.status).toBeLessThan(500);
    await expectNoUserStored(system, browser);
    expect(await rowsOf(system.db, "apiFailures")).toHaveLength(1);
  });

  it("T75: leaves no user and no empty id when the profile cannot be read", async () => {
    const browser = phone("alice");
    const callback = await profileCallback(browser);
    system.simulator.fail("userinfo", { kind: "errcode", errcode: 40003 });
    expect((await browser.visit(callback)).status).toBe(424);
    await expectNoUserStored(system, browser);
  });

  it("T75: leaves the profile as it is when a later sign-in reads none, or an empty one fails", async () => {
    const { nickname } = system.simulator.person("alice", system.officialAccount.appId);
    const first = phone("alice");
    await first.signIn();
    const [before] = await rowsOf(system.db, "bindings");
    await phone("alice").signIn();
    const [after] = await rowsOf(system.db, "bindings");
    expect(after).toMatchObject({ nickname, avatarUrl: before?.avatarUrl, scope: "snsapi_userinfo" });
    expect(before?.avatarUrl).toMatch(/^https:/);
  });
});
