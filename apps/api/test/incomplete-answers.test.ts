import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Browser, userAgents } from "./support/browser.js";
import { expectNoUserStored } from "./support/expect-no-user.js";
import { accounts, makeOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { profileCallback, userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";
import { profileResponse, tokenResponse } from "./support/wechat-responses.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const phone = () => system.browser({ person: "alice" });
const desktop = () => system.browser({ person: "alice", userAgent: userAgents.desktop });

/** Finishes a sign-in for which WeChat gives these answers. */
async function signInWith(
  browser: Browser,
  callback: URL,
  fields: { tokens?: Record<string, unknown>; profile?: Record<string, unknown> },
) {
  system.simulator.fail("access_token", { kind: "body", body: tokenResponse(fields.tokens) });
  if (fields.profile) {
    system.simulator.fail("userinfo", { kind: "body", body: profileResponse(fields.profile) });
  }
  return browser.visit(callback);
}

/** What the log says about incomplete answers. */
const missingLogged = () =>
  system.logLines
    .map((line) => JSON.parse(line) as { event?: string; endpoint?: string; missing?: string[] })
    .filter(({ event }) => event === "incomplete_answer")
    .map(({ endpoint, missing }) => [endpoint, missing]);

describe("a token response that lacks a field", () => {
  it.each([
    ["scope", undefined],
    ["scope", ""],
    ["refresh_token", undefined],
    ["refresh_token", null],
    ["expires_in", undefined],
  ])("signs a new person in if it is %s (%j), and is logged", async (name, value) => {
    const browser = phone();
    const tokens = { [name]: value };
    const visit = await signInWith(browser, await profileCallback(browser), { tokens, profile: {} });
    expect(visit.status).toBe(303);
    expect(await userOf(browser)).toBeDefined();
    expect(missingLogged()).toEqual([["sns/oauth2/access_token", [name]]]);
    expect(await rowsOf(system.db, "apiFailures")).toEqual([]);
    const events = await rowsOf(system.db, "signInEvents");
    expect(
      events.find(({ kind, detail }) => kind === "exchanged" && detail?.includes("missing"))?.detail,
    ).toContain(`missing: ${name}`);
  });

  it("is still recognized as a snapshot visitor's [T76]", async () => {
    const browser = phone();
    const tokens = { scope: undefined, refresh_token: undefined, is_snapshotuser: 1 };
    const visit = await signInWith(browser, await profileCallback(browser), { tokens });
    expect(visit.status).toBe(403);
    await expectNoUserStored(system, browser);
  });

  it("creates no user if WeChat then refuses the profile [T75]", async () => {
    const browser = phone();
    const callback = await profileCallback(browser);
    system.simulator.fail("access_token", { kind: "body", body: tokenResponse({ scope: undefined }) });
    system.simulator.fail("userinfo", { kind: "errcode", errcode: 40003 });
    expect((await browser.visit(callback)).status).toBe(424);
    await expectNoUserStored(system, browser);
  });

  it("leaves the stored scope as it is, which a complete response fills in", async () => {
    const { openid } = system.simulator.person("alice", system.officialAccount.appId);
    const first = phone();
    await signInWith(first, await profileCallback(first), {
      tokens: { openid, scope: undefined },
      profile: { openid },
    });
    expect(await rowsOf(system.db, "bindings")).toMatchObject([{ scope: "" }]);
    await phone().signIn();
    expect(await rowsOf(system.db, "bindings")).toMatchObject([{ scope: "snsapi_base" }]);
    const last = phone();
    await signInWith(last, await last.callbackUrl(), { tokens: { openid, scope: undefined } });
    expect(await rowsOf(system.db, "bindings")).toMatchObject([{ scope: "snsapi_base" }]);
  });
});

describe("a person's tokens without a refresh token", () => {
  it("are stored until the access token expires, and the console says that there is no refresh token", async () => {
    const browser = desktop();
    await signInWith(browser, await browser.callbackUrl(), {
      tokens: { refresh_token: undefined, scope: "snsapi_login" },
      profile: {},
    });
    const console = await makeOperator(system);
    const list = async () =>
      (await console.query<{ items: Record<string, unknown>[] }>("tokens.listUsers", {})).data?.items;
    expect(await list()).toMatchObject([{ state: "fresh", refreshExpiresAt: null, scope: "snsapi_login" }]);
    system.advance(7201);
    await console.signIn(accounts.owner); // the operator's own session has ended as well
    expect(await list()).toMatchObject([{ state: "dead", refreshExpiresAt: null }]);
  });

  it("do not replace tokens with a valid refresh token, and are replaced by such", async () => {
    const { openid } = system.simulator.person("alice", system.website.appId);
    const incomplete = async () => {
      const browser = desktop();
      const tokens = { openid, refresh_token: undefined, scope: "snsapi_login" };
      const profile = { openid };
      const known = (await rowsOf(system.db, "bindings")).length > 0;
      return signInWith(browser, await browser.callbackUrl(), known ? { tokens } : { tokens, profile });
    };
    await incomplete();
    const [before] = await rowsOf(system.db, "userTokens");
    await desktop().signIn();
    const [complete] = await rowsOf(system.db, "userTokens");
    expect(complete?.refreshExpiresAt.getTime()).toBeGreaterThan(before?.refreshExpiresAt.getTime() ?? 0);
    expect((await incomplete()).status).toBe(303);
    expect(await rowsOf(system.db, "userTokens")).toEqual([complete]);
  });

  it("are not stored if their lifetime is missing too", async () => {
    const browser = desktop();
    await signInWith(browser, await browser.callbackUrl(), {
      tokens: { refresh_token: undefined, expires_in: undefined },
      profile: {},
    });
    expect(await userOf(browser)).toBeDefined();
    expect(await rowsOf(system.db, "userTokens")).toEqual([]);
  });
});

describe("a profile without a nickname", () => {
  it.each([undefined, null])("signs a new person in, and is logged: %s", async (nickname) => {
    const browser = desktop();
    const visit = await signInWith(browser, await browser.callbackUrl(), { profile: { nickname } });
    expect(visit.status).toBe(303);
    expect(await userOf(browser)).toBeDefined();
    expect(missingLogged()).toEqual([["sns/userinfo", ["nickname"]]]);
    expect(await rowsOf(system.db, "bindings")).toMatchObject([{ nickname: null, nicknameFolded: null }]);
    expect((await browser.follow("/")).status).toBe(200);
  });

  it("leaves the stored nickname and avatar as they are [T75]", async () => {
    await phone().signIn();
    const [before] = await rowsOf(system.db, "bindings");
    expect(before?.nickname).toBeTruthy();
    const { openid } = system.simulator.person("alice", system.officialAccount.appId);
    const browser = phone();
    const start = await browser.visit("/login/wechat?tap=1");
    // The profile of a known person is read again when the sign-in asks for it, as a click on the page's button does.
    const signInId = (await rowsOf(system.db, "signIns")).at(-1)?.id ?? "";
    expect(start.location).toBeDefined();
    const callback = await browser.callbackUrl(`/login/wechat/profile?sign_in=${signInId}`);
    await signInWith(browser, callback, {
      tokens: { openid },
      profile: { openid, nickname: undefined, headimgurl: undefined },
    });
    expect(await userOf(browser)).toBeDefined();
    expect(system.simulator.calls("userinfo")).toBe(2);
    const [after] = await rowsOf(system.db, "bindings");
    expect(after).toMatchObject({
      nickname: before?.nickname,
      nicknameFolded: before?.nicknameFolded,
      avatarUrl: before?.avatarUrl,
    });
  });
});
