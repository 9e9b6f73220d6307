import { demoOfficialAccount, demoWebsite, startSimulator } from "@wechat-login/simulator";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Browser, userAgents } from "./support/browser.js";
import { expectNoUserStored } from "./support/expect-no-user.js";
import { rowsOf } from "./support/rows.js";
import { profileCallback, userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";
import { profileResponse, tokenResponse } from "./support/wechat-responses.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const phone = (person: string) => system.browser({ person });
const desktop = (person: string) => system.browser({ person, userAgent: userAgents.desktop });

/** Signs in and returns the user that the server reports. */
async function userAfter(browser: Browser, start?: string): Promise<string> {
  await browser.signIn(start);
  const userId = await userOf(browser);
  if (userId === undefined) throw new Error("this browser did not end signed in");
  return userId;
}

/** Expects no orphans: each row that references a user references an existing one. */
async function expectConsistent(): Promise<void> {
  const users = new Set((await rowsOf(system.db, "users")).map((user) => user.id));
  for (const table of ["bindings", "unions", "sessions"] as const) {
    for (const row of await rowsOf(system.db, table)) expect(users).toContain(row.userId);
  }
}

const block = (userId: string) =>
  system.db.consoleQuery((orm, { users }) =>
    orm.update(users).set({ status: "blocked" }).where(eq(users.id, userId)).returning({ id: users.id }),
  );

describe("a person's identity", () => {
  it("never comes from an openid, unionid, token or profile that the browser sends [T72]", async () => {
    await userAfter(phone("emoji"));
    const victim = system.simulator.person("emoji", system.officialAccount.appId);
    const browser = phone("alice");
    const callback = await profileCallback(browser);
    for (const [name, value] of Object.entries({ ...victim, access_token: "stolen", is_snapshotuser: "0" })) {
      callback.searchParams.set(name, value);
    }
    await browser.visit(callback, {
      headers: { cookie: `${browser.cookieHeader()}; openid=${victim.openid}`, "x-openid": victim.openid },
    });

    const { openid } = system.simulator.person("alice", system.officialAccount.appId);
    const own = (await rowsOf(system.db, "bindings")).find((binding) => binding.openid === openid);
    expect(await userOf(browser)).toBe(own?.userId);
    expect(await rowsOf(system.db, "users")).toHaveLength(2);
  });

  it.each([
    ["another openid", { openid: "oAnotherPerson00000000000000" }],
    ["another unionid", { unionid: "uAnotherPerson00000000000000" }],
  ])("is refused if the profile has %s than the token response [T72]", async (_, other) => {
    const browser = phone("alice");
    const callback = await profileCallback(browser);
    const unionid = "uFirstPersonFirstPersonFirst1";
    system.simulator.fail("access_token", { kind: "body", body: tokenResponse({ unionid }) });
    system.simulator.fail("userinfo", { kind: "body", body: profileResponse({ unionid, ...other }) });
    const visit = await browser.visit(callback);

    expect(visit.status).toBe(424);
    await expectNoUserStored(system, browser);
    expect(await rowsOf(system.db, "apiFailures")).toMatchObject([{ errcode: "BAD_SHAPE" }]);
  });
});

describe("the key of a person", () => {
  const openid = "oSameTextInTwoAppsAndTwoCase";

  async function signInAs(browser: Browser, fields: Record<string, unknown>): Promise<string | undefined> {
    const callback = await browser.callbackUrl();
    system.simulator.fail("access_token", { kind: "body", body: tokenResponse(fields) });
    await browser.visit(callback);
    return userOf(browser);
  }

  beforeEach(async () => {
    await system.close();
    system = await startSystem({ env: { WECHAT_APPS: apps({ profile: "none" }) } });
  });

  it("is the openid within its app: the same openid in two apps is two people [T73]", async () => {
    const inWeChat = await signInAs(phone("alice"), { openid, scope: "snsapi_base" });
    const byQr = await signInAs(desktop("alice"), { openid, scope: "snsapi_login" });
    expect(inWeChat).toBeDefined();
    expect(byQr).toBeDefined();
    expect(byQr).not.toBe(inWeChat);
  });

  it("is exact: openids that differ by case or in their last character are different people [T73]", async () => {
    const spellings = [openid, openid.toLowerCase(), openid.toUpperCase(), openid.slice(0, -1)];
    const users = new Set<string | undefined>();
    for (const spelling of spellings) {
      users.add(await signInAs(phone("alice"), { openid: spelling, scope: "snsapi_base" }));
    }
    expect(users).not.toContain(undefined);
    expect(users.size).toBe(spellings.length);
  });

  it("is unrelated to the same openid in another app, even if that person is blocked [T73]", async () => {
    const inWeChat = await signInAs(phone("alice"), { openid, scope: "snsapi_base" });
    await block(inWeChat ?? "");
    expect(await signInAs(phone("alice"), { openid, scope: "snsapi_base" })).toBeUndefined();
    expect(await signInAs(desktop("alice"), { openid, scope: "snsapi_login" })).toBeDefined();
  });

  it("survives a change of unionid: the new one is recorded as a conflict and joins no one [T74]", async () => {
    await system.close();
    const groups = { oa: "demo", web: "demo" };
    system = await startSystem({ env: { WECHAT_APPS: apps({ profile: "none", groups }) } });
    const openid = "oMovedPerson";
    const first = { openid, unionid: "oUnionBeforeTheMove", scope: "snsapi_login" };
    const second = { ...first, unionid: "oUnionAfterTheMove" };
    const before = await signInAs(desktop("alice"), first);
    const after = await signInAs(desktop("alice"), second);
    const stranger = await signInAs(desktop("alice"), { ...second, openid: "oStranger" });

    expect(after).toBe(before);
    expect(stranger).not.toBe(before);
    expect((await rowsOf(system.db, "bindings")).find((row) => row.openid === openid)?.unionid).toBe(
      first.unionid,
    );
    const [conflict] = await rowsOf(system.db, "identityConflicts");
    expect(conflict).toMatchObject({ unionid: second.unionid, userId: before });
    await expectConsistent();
  });

  it("is never the nickname: two people of one name are two users, and a renamed person is the same user [T77]", async () => {
    await system.close();
    system = await startSystem();
    system.simulator.updatePerson("crowd-1", { nickname: "同名" });
    system.simulator.updatePerson("crowd-2", { nickname: "同名" });

    const first = await userAfter(phone("crowd-1"));
    const second = await userAfter(phone("crowd-2"));
    expect(second).not.toBe(first);
    system.simulator.updatePerson("crowd-1", { nickname: "新名" });
    expect(await userAfter(phone("crowd-1"))).toBe(first);
  });
});

describe("a unionid", () => {
  it("completes the same user if it appears late, and then joins the other app of the group [T74]", async () => {
    const atFirst = await userAfter(desktop("noavatar"));
    expect(await rowsOf(system.db, "unions")).toHaveLength(0);
    system.simulator.updatePerson("noavatar", { unionid: true });

    expect(await userAfter(desktop("noavatar"))).toBe(atFirst);
    const { unionid } = system.simulator.person("noavatar", system.website.appId);
    expect(await rowsOf(system.db, "unions")).toMatchObject([{ unionid, userId: atFirst }]);
    expect((await rowsOf(system.db, "bindings"))[0]?.unionid).toBe(unionid);

    expect(await userAfter(phone("noavatar"))).toBe(atFirst);
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
    await expectConsistent();
  });

  it("stays stored if a later answer has none [T74]", async () => {
    await userAfter(desktop("alice"));
    system.simulator.updatePerson("alice", { unionid: false });
    await userAfter(desktop("alice"));
    const [binding] = await rowsOf(system.db, "bindings");
    expect(binding?.unionid).toBeTruthy();
    expect(await rowsOf(system.db, "unions")).toHaveLength(1);
  });

  it("counts as absent if it is empty or blank, and joins no one [T74]", async () => {
    const users = new Set<string>();
    for (const [openid, unionid] of [
      ["oOne", ""],
      ["oTwo", ""],
      ["oThree", "  "],
      ["oFour", null],
      ["oFive", "null"],
      ["oSix", "null"],
      ["oSeven", "0"],
      ["oEight", "0"],
    ]) {
      const browser = phone("alice");
      const callback = await profileCallback(browser);
      system.simulator.fail("access_token", { kind: "body", body: tokenResponse({ openid, unionid }) });
      system.simulator.fail("userinfo", { kind: "body", body: profileResponse({ openid, unionid }) });
      await browser.visit(callback);
      users.add((await userOf(browser)) ?? "");
    }
    expect(users).not.toContain("");
    expect(users.size).toBe(8);
    expect(await rowsOf(system.db, "unions")).toHaveLength(0);
  });

  it.each([
    ["of different groups", { oa: "one", web: "two" }],
    ["without a group", { oa: undefined, web: undefined }],
    ["of which one has no group", { oa: "one", web: undefined }],
  ])("does not join apps %s [T74]", async (_, groups) => {
    await system.close();
    system = await startSystem({ env: { WECHAT_APPS: apps({ groups }) } });
    const inWeChat = await userAfter(phone("alice"));
    const byQr = await userAfter(desktop("alice"));
    expect(byQr).not.toBe(inWeChat);
    expect(await rowsOf(system.db, "identityConflicts")).toHaveLength(0);
    await expectConsistent();
  });

  it("is recorded once as a conflict if two users share it, and moves nothing [T74]", async () => {
    const secondWebsite = { ...demoWebsite, appId: "wx51a0b1c2d3e4f503" };
    await system.close();
    const simulator = await startSimulator({ apps: [demoOfficialAccount, demoWebsite, secondWebsite] });
    const websites = [
      {
        key: "one",
        kind: "website",
        group: "demo",
        appId: demoWebsite.appId,
        appSecret: demoWebsite.appSecret,
      },
      {
        key: "two",
        kind: "website",
        group: "demo",
        appId: secondWebsite.appId,
        appSecret: demoWebsite.appSecret,
      },
    ];
    system = await startSystem({ simulator, env: { WECHAT_APPS: JSON.stringify(websites) } });

    const one = await userAfter(desktop("noavatar"), "/login/wechat?app=one");
    const two = await userAfter(desktop("noavatar"), "/login/wechat?app=two");
    expect(two).not.toBe(one);
    simulator.updatePerson("noavatar", { unionid: true });
    expect(await userAfter(desktop("noavatar"), "/login/wechat?app=one")).toBe(one);
    for (let again = 0; again < 2; again++) {
      expect(await userAfter(desktop("noavatar"), "/login/wechat?app=two")).toBe(two);
    }

    const { unionid } = simulator.person("noavatar", demoWebsite.appId);
    expect(await rowsOf(system.db, "identityConflicts")).toMatchObject([
      { group: "demo", unionid, userId: two, otherUserId: one },
    ]);
    expect(await rowsOf(system.db, "unions")).toMatchObject([{ unionid, userId: one }]);
    expect(await rowsOf(system.db, "users")).toHaveLength(2);
    await simulator.close();
  });
});

describe("a blocked person", () => {
  it("is not signed in by the known app or by another one of the group, and nothing new is stored", async () => {
    const userId = await userAfter(phone("alice"));
    await block(userId);
    for (const browser of [phone("alice"), desktop("alice")]) {
      const visit = await browser.visit(await browser.callbackUrl());
      expect(visit.status).toBe(403);
      expect(browser.session).toBeUndefined();
    }
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
    expect(await rowsOf(system.db, "bindings")).toHaveLength(1);
  });
});

describe("thirty simultaneous first sign-ins of one person", () => {
  it("create one user and one binding [T78]", async () => {
    const browsers = Array.from({ length: 30 }, () => phone("alice"));
    const callbacks = await Promise.all(browsers.map((browser) => profileCallback(browser)));
    const visits = await Promise.all(callbacks.map((callback, n) => browsers[n]?.visit(callback)));

    expect(visits.map((visit) => visit?.status)).toEqual(Array(30).fill(303));
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
    expect(await rowsOf(system.db, "bindings")).toHaveLength(1);
    expect(await rowsOf(system.db, "sessions")).toHaveLength(30);
    await expectConsistent();
  });

  it.each(["alice", "noavatar"])(
    "leave consistent rows if they use both apps of a group (%s) [T78]",
    async (person) => {
      const browsers = Array.from({ length: 30 }, (_, n) => (n % 2 ? phone(person) : desktop(person)));
      const callbacks = await Promise.all(
        browsers.map((browser, n) => (n % 2 ? profileCallback(browser) : browser.callbackUrl())),
      );
      await Promise.all(callbacks.map((callback, n) => browsers[n]?.visit(callback)));

      const users = new Set(await Promise.all(browsers.map(userOf)));
      expect(users).not.toContain(undefined);
      // Without a unionid nothing says that the two openids are one person.
      expect(users.size).toBe(person === "alice" ? 1 : 2);
      expect(await rowsOf(system.db, "users")).toHaveLength(users.size);
      expect(await rowsOf(system.db, "bindings")).toHaveLength(2);
      expect(await rowsOf(system.db, "unions")).toHaveLength(person === "alice" ? 1 : 0);
      await expectConsistent();
    },
  );
});

function apps(about: {
  groups?: { oa: string | undefined; web: string | undefined };
  profile?: "none" | "ask";
}): string {
  const { groups = { oa: undefined, web: undefined }, profile = "ask" } = about;
  const { appId, appSecret } = demoOfficialAccount;
  const web = { appId: demoWebsite.appId, appSecret: demoWebsite.appSecret };
  return JSON.stringify([
    { key: "oa", kind: "official_account", group: groups.oa, profile, appId, appSecret },
    { key: "web", kind: "website", group: groups.web, profile, ...web },
  ]);
}
