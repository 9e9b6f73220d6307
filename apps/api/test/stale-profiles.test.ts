import { demoOfficialAccount } from "@wechat-login/simulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refreshStaleProfiles } from "../src/domain/identity/stale-profiles.js";
import { WaitingPeople } from "../src/domain/identity/waiting-people.js";
import { type Browser, userAgents } from "./support/browser.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

const day = 86_400;

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const phone = (person: string): Browser => system.browser({ person });
const refresh = () => refreshStaleProfiles(system.app.deps);
const profiles = async () =>
  (await rowsOf(system.db, "bindings")).map(({ nickname, nicknameFolded, avatarUrl, profileAt }) => ({
    ...{ nickname, nicknameFolded, avatarUrl },
    age: Math.round((system.app.deps.now().getTime() - (profileAt?.getTime() ?? 0)) / 1000 / day),
  }));
const tokens = async () => (await rowsOf(system.db, "userTokens"))[0];
const failures = async () =>
  (await rowsOf(system.db, "apiFailures")).map(({ endpoint, errcode }) => `${endpoint} ${errcode}`);
const calls = () => ({
  refresh: system.simulator.calls("refresh_token"),
  userinfo: system.simulator.calls("userinfo"),
});
const pictureOf = (size: string) => expect.stringMatching(new RegExp(`/simulated-alice/${size}$`));

/** Alice signed in long ago, has another nickname now, and comes back without a page. */
async function returnAfter(days: number): Promise<void> {
  await phone("alice").signIn();
  system.simulator.updatePerson("alice", { nickname: "Alice NEW" });
  system.advance(days * day);
  await phone("alice").signIn();
}

/** Alice and another person return after a week, Alice first; both have another nickname now. */
async function twoReturn(): Promise<void> {
  await phone("emoji").signIn();
  await returnAfter(7);
  system.simulator.updatePerson("emoji", { nickname: "Emoji NEW" });
  await phone("emoji").signIn();
}
const nicknames = async () => (await rowsOf(system.db, "bindings")).map(({ nickname }) => nickname).sort();

describe("a profile that is older than PROFILE_MAX_AGE_DAYS", () => {
  it("is read again after a silent sign-in, with the tokens of the last consent, both of them refreshed", async () => {
    await returnAfter(7);
    const [before, tokensBefore] = [await profiles(), await tokens()];
    expect(before).toEqual([expect.objectContaining({ nickname: "林小满", age: 7 })]);
    expect(calls()).toEqual({ refresh: 0, userinfo: 1 });

    await refresh();
    expect(await profiles()).toEqual([
      { nickname: "Alice NEW", nicknameFolded: "alice new", avatarUrl: pictureOf("132"), age: 0 },
    ]);
    expect(calls()).toEqual({ refresh: 1, userinfo: 2 });
    const after = await tokens();
    expect(after?.accessToken).not.toBe(tokensBefore?.accessToken);
    expect(after?.refreshToken).not.toBe(tokensBefore?.refreshToken);
    expect(after?.refreshExpiresAt).toEqual(tokensBefore?.refreshExpiresAt);
    expect(after?.expiresAt.getTime()).toBeGreaterThan(system.app.deps.now().getTime());
    expect(await failures()).toEqual([]);
  });

  it("is read again a week later with the refreshed tokens", async () => {
    await returnAfter(7);
    await refresh();
    system.simulator.updatePerson("alice", { nickname: "Alice NEWER" });
    system.advance(7 * day);
    await phone("alice").signIn();
    await refresh();
    expect(calls()).toEqual({ refresh: 2, userinfo: 3 });
    expect(await profiles()).toEqual([expect.objectContaining({ nickname: "Alice NEWER", age: 0 })]);
    expect(await failures()).toEqual([]);
  });

  it("is read by one of two processes that noticed it at the same time", async () => {
    await returnAfter(7);
    const { deps } = system.app;
    const app = deps.apps.byAppId(system.officialAccount.appId);
    if (!app) throw new Error("there is no such app");
    const processes = [1, 2].map(() => {
      const staleProfiles = new WaitingPeople();
      staleProfiles.add(app, system.simulator.person("alice", app.appId).openid);
      return refreshStaleProfiles({ ...deps, staleProfiles });
    });
    await Promise.all(processes);
    expect(calls()).toEqual({ refresh: 1, userinfo: 2 });
  });

  it("keeps its nickname if WeChat's answer has none", async () => {
    await returnAfter(7);
    const { openid } = system.simulator.person("alice", system.officialAccount.appId);
    system.simulator.fail("userinfo", { kind: "body", body: JSON.stringify({ openid, privilege: [] }) });
    await refresh();
    expect(calls()).toEqual({ refresh: 1, userinfo: 2 });
    expect(await profiles()).toEqual([expect.objectContaining({ nickname: "林小满", age: 7 })]);
  });

  it("is read for the next person after one whose tokens are dead", async () => {
    await twoReturn();
    system.simulator.changePassword("alice");
    await refresh();
    expect(await nicknames()).toEqual(["Emoji NEW", "林小满"]);
    expect(await failures()).toEqual(["sns/oauth2/refresh_token 42007"]);
  });

  it("waits for ten minutes after WeChat did not answer for another person of the app", async () => {
    await twoReturn();
    system.simulator.fail("userinfo", { kind: "reset", when: "before" }, 2);
    await refresh();
    system.advance(599);
    await refresh();
    expect(await nicknames()).toEqual(expect.not.arrayContaining(["Emoji NEW"]));
    expect(calls().refresh).toBe(1);
    const [failure] = await rowsOf(system.db, "apiFailures");
    expect(failure).toMatchObject({
      endpoint: "sns/userinfo",
      openid: expect.stringMatching(/^o/),
      signInId: null,
    });
    expect(failure?.latencyMs).toBeLessThan(20_000);
    system.advance(2);
    await refresh();
    expect(await nicknames()).toEqual(["Emoji NEW", "林小满"]);
  });

  it("is read for fifty people in one run of the job", async () => {
    const { deps } = system.app;
    const [app] = deps.apps.all;
    if (!app) throw new Error("there is no app");
    for (let n = 0; n < 51; n++) deps.staleProfiles.add(app, `o${n}`);
    await refresh();
    expect(deps.staleProfiles.take(deps.now(), 100)?.openids).toEqual(["o50"]);
  });

  it("is left alone at six days, and read only once although several sign-ins notice it", async () => {
    await returnAfter(6);
    await refresh();
    expect(calls()).toEqual({ refresh: 0, userinfo: 1 });
    system.advance(day);
    for (let n = 0; n < 3; n++) await phone("alice").signIn();
    await Promise.all([refresh(), refresh()]);
    await phone("alice").signIn();
    await refresh();
    expect(calls()).toEqual({ refresh: 1, userinfo: 2 });
  });

  it("stays if the person changed their password, and their tokens are marked as refused", async () => {
    await returnAfter(7);
    system.simulator.changePassword("alice");
    await refresh();
    expect(await failures()).toEqual(["sns/oauth2/refresh_token 42007"]);
    expect(await profiles()).toEqual([expect.objectContaining({ nickname: "林小满", age: 7 })]);
    expect(await tokens()).toMatchObject({ refusedErrcode: "42007" });

    system.advance(2 * day);
    await phone("alice").signIn();
    await refresh();
    expect(calls()).toEqual({ refresh: 1, userinfo: 1 });
  });

  it("is tried again after a day, at the next sign-in, if WeChat did not answer", async () => {
    await returnAfter(7);
    system.simulator.fail("refresh_token", { kind: "reset", when: "before" });
    await refresh();
    expect(await profiles()).toEqual([expect.objectContaining({ nickname: "林小满" })]);
    expect(await tokens()).toMatchObject({ refusedErrcode: null });

    await phone("alice").signIn();
    system.advance(600);
    await refresh();
    expect(calls().refresh).toBe(1);
    system.advance(day);
    await phone("alice").signIn();
    await refresh();
    expect(await profiles()).toEqual([expect.objectContaining({ nickname: "Alice NEW" })]);
  });

  it("is out of reach after the thirty days of the refresh token: nothing is called", async () => {
    await returnAfter(30);
    await refresh();
    expect(calls()).toEqual({ refresh: 0, userinfo: 1 });
    expect(await profiles()).toEqual([expect.objectContaining({ nickname: "林小满", age: 30 })]);
  });

  it("stays if WeChat's answer is about another openid", async () => {
    await returnAfter(7);
    system.simulator.fail("refresh_token", {
      kind: "body",
      body: JSON.stringify({
        access_token: "another-token",
        expires_in: 7200,
        refresh_token: "another-refresh",
        openid: "oAnotherPerson00000000000000",
        scope: "snsapi_userinfo",
      }),
    });
    const before = await tokens();
    await refresh();
    expect(await profiles()).toEqual([expect.objectContaining({ nickname: "林小满", age: 7 })]);
    expect(await tokens()).toEqual(before);
  });

  it("belongs to one person: the profile and the tokens of another one stay", async () => {
    await phone("emoji").signIn();
    const other = (await rowsOf(system.db, "bindings"))[0];
    await returnAfter(7);
    const [otherTokens] = (await rowsOf(system.db, "userTokens")).filter(
      (row) => row.bindingId === other?.id,
    );
    await refresh();
    expect((await rowsOf(system.db, "bindings")).find(({ id }) => id === other?.id)).toEqual(other);
    expect((await rowsOf(system.db, "userTokens")).find((row) => row.bindingId === other?.id)).toEqual(
      otherTokens,
    );
  });

  it("brings no unionid to an app without a group", async () => {
    await system.close();
    const app = { ...demoOfficialAccount, key: "oa", kind: "official_account" };
    const { appId, appSecret, key, kind } = app;
    system = await startSystem({ env: { WECHAT_APPS: JSON.stringify([{ appId, appSecret, key, kind }]) } });
    await returnAfter(7);
    await refresh();
    expect(await profiles()).toEqual([expect.objectContaining({ nickname: "Alice NEW" })]);
    expect(await rowsOf(system.db, "unions")).toEqual([]);
  });

  it("brings a missing unionid too, so that the desktop finds the same user", async () => {
    const { appId } = system.officialAccount;
    system.simulator.updateApp(appId, { openPlatform: null });
    system.simulator.updateApp(system.website.appId, { openPlatform: null });
    await phone("alice").signIn();
    for (const { appId } of system.simulator.apps)
      system.simulator.updateApp(appId, { openPlatform: "shop" });
    system.advance(7 * day);
    const browser = phone("alice");
    await browser.signIn();
    await refresh();
    const desktop = system.browser({ person: "alice", userAgent: userAgents.desktop });
    await desktop.signIn();
    expect(await userOf(desktop)).toBe(await userOf(browser));
  });
});
