import { demoOfficialAccount, demoWebsite } from "@wechat-login/simulator";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { previewGroups } from "../src/domain/console/group-preview.js";
import { joinGroups } from "../src/domain/identity/join-groups.js";
import { completeLateUnionids } from "../src/domain/identity/late-unionids.js";
import { newId } from "../src/domain/ids.js";
import { type Browser, userAgents } from "./support/browser.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

/** The two demo apps in the settings; `group` is that of both. */
const apps = (group: string | undefined, profile: "ask" | "none" = "ask") =>
  JSON.stringify([
    { ...shown(demoOfficialAccount), key: "oa", kind: "official_account", profile, group },
    { ...shown(demoWebsite), key: "web", kind: "website", profile, group },
  ]);
const shown = ({ appId, appSecret }: { appId: string; appSecret: string }) => ({ appId, appSecret });
const { appId } = demoOfficialAccount;

let system: System;
const start = async (wechatApps: string) => {
  system = await startSystem({ env: { WECHAT_APPS: wechatApps } });
};
afterEach(() => system.close());

/** The same database and the same WeChat, with other settings. */
async function restart(wechatApps: string): Promise<void> {
  const { db, simulator, port, close } = system;
  await system.app.server.close();
  system = await startSystem({ db, simulator, port, env: { WECHAT_APPS: wechatApps } });
  const closeNew = system.close;
  system.close = async () => {
    await closeNew();
    await close();
  };
}

const phone = (person: string) => system.browser({ person });
const desktop = (person: string) => system.browser({ person, userAgent: userAgents.desktop });

async function userAfter(browser: Browser): Promise<string | undefined> {
  await browser.signIn();
  return userOf(browser);
}

const openPlatform = (name: string | null) => {
  for (const app of [demoOfficialAccount, demoWebsite])
    system.simulator.updateApp(app.appId, { openPlatform: name });
};
const complete = () => completeLateUnionids(system.app.deps);
const bindings = async () =>
  (await rowsOf(system.db, "bindings")).map(({ openid, unionid, userId }) => ({ openid, unionid, userId }));
const conflicts = async () =>
  (await rowsOf(system.db, "identityConflicts")).map(({ group, unionid, userId, otherUserId }) => ({
    ...{ group, unionid, userId, otherUserId },
  }));

describe("a person whose account joins an Open Platform account later", () => {
  beforeEach(async () => {
    await start(apps("shop"));
    openPlatform(null);
  });

  it("is one user on the phone and on the desktop, once WeChat told the unionid of a follower [T74]", async () => {
    const userId = await userAfter(phone("alice"));
    openPlatform("shop-platform");
    const { openid, unionid } = system.simulator.person("alice", appId);

    expect(await userAfter(phone("alice"))).toBe(userId);
    expect(await bindings()).toEqual([{ openid, unionid: null, userId }]);
    await complete();
    expect(await bindings()).toEqual([{ openid, unionid, userId }]);
    expect(await userAfter(desktop("alice"))).toBe(userId);
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
    expect(await conflicts()).toEqual([]);
  });

  it("is one user also if thirty desktop sign-ins begin while the unionid arrives", async () => {
    const userId = await userAfter(phone("alice"));
    openPlatform("shop-platform");
    await userAfter(phone("alice"));
    await complete();
    const users = await Promise.all(Array.from({ length: 30 }, () => userAfter(desktop("alice"))));
    expect(new Set(users)).toEqual(new Set([userId]));
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
  });

  it("is a conflict for an operator, and moved nowhere, if the desktop came first [T74]", async () => {
    const onPhone = await userAfter(phone("alice"));
    openPlatform("shop-platform");
    const onDesktop = await userAfter(desktop("alice"));
    await userAfter(phone("alice"));
    await complete();

    const { unionid } = system.simulator.person("alice", appId);
    expect(onDesktop).not.toBe(onPhone);
    expect(await conflicts()).toEqual([{ group: "shop", unionid, userId: onPhone, otherUserId: onDesktop }]);
    expect(await userAfter(phone("alice"))).toBe(onPhone);
    expect(await userAfter(desktop("alice"))).toBe(onDesktop);
  });

  it("is asked for in one call for many people, and does not touch the time of their last sign-in", async () => {
    for (const person of ["alice", "emoji"]) await userAfter(phone(person));
    openPlatform("shop-platform");
    for (const person of ["alice", "emoji"]) await userAfter(phone(person));
    const before = (await rowsOf(system.db, "bindings")).map(({ lastSignInAt }) => lastSignInAt);
    system.advance(60);
    await complete();

    expect(system.simulator.calls("user_info_batchget")).toBe(1);
    expect((await rowsOf(system.db, "bindings")).map(({ lastSignInAt }) => lastSignInAt)).toEqual(before);
    expect((await bindings()).map(({ unionid }) => unionid).sort()).toEqual(
      ["alice", "emoji"].map((person) => system.simulator.person(person, appId).unionid).sort(),
    );
  });

  it("stays without a unionid if WeChat tells none, and is not asked for again for a day", async () => {
    await userAfter(phone("alice"));
    await complete();
    expect(system.simulator.calls("user_info_batchget")).toBe(1);

    await userAfter(phone("alice"));
    await complete();
    system.advance(86_400 - 60);
    await userAfter(phone("alice"));
    await complete();
    expect(system.simulator.calls("user_info_batchget")).toBe(1);

    system.advance(120);
    openPlatform("shop-platform");
    await userAfter(phone("alice"));
    await complete();
    expect(system.simulator.calls("user_info_batchget")).toBe(2);
    expect(await bindings()).toMatchObject([{ unionid: system.simulator.person("alice", appId).unionid }]);
  });

  it("is completed although another openid of the same call is refused by WeChat", async () => {
    system.simulator.settings({ batchgetUnknown: "refused" });
    for (const person of ["alice", "emoji", "longname"]) await userAfter(phone(person));
    openPlatform("shop-platform");
    for (const person of ["alice", "emoji", "longname"]) await userAfter(phone(person));
    system.simulator.deletePerson("emoji");
    await complete();

    const unionidOf = new Map((await bindings()).map(({ openid, unionid }) => [openid, unionid]));
    for (const person of ["alice", "longname"]) {
      const { openid, unionid } = system.simulator.person(person, appId);
      expect(unionidOf.get(openid)).toBe(unionid);
    }
    expect([...unionidOf.values()].filter((unionid) => unionid === null)).toHaveLength(1);
    expect(await rowsOf(system.db, "apiFailures")).toEqual([]);
  });

  it("is asked for in five calls in one run of the job, and the rest in the next one", async () => {
    const { deps } = system.app;
    const app = deps.apps.byAppId(appId);
    if (!app) throw new Error("there is no such app");
    for (let n = 0; n < 501; n++) deps.missingUnionids.add(app, `o${n}`);
    await complete();
    expect(system.simulator.calls("user_info_batchget")).toBe(5);
    await complete();
    expect(system.simulator.calls("user_info_batchget")).toBe(6);
  });

  it("stays as it is while the account has no global token, and is asked for later", async () => {
    await userAfter(phone("alice"));
    openPlatform("shop-platform");
    await userAfter(phone("alice"));
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 });
    await complete();
    expect(await bindings()).toMatchObject([{ unionid: null }]);
    expect((await rowsOf(system.db, "apiFailures")).map(({ endpoint }) => endpoint)).toEqual([
      "cgi-bin/stable_token",
    ]);
    system.advance(601);
    await complete();
    expect(await bindings()).toMatchObject([{ unionid: null }]);
    await userAfter(phone("alice"));
    await complete();
    expect(await bindings()).toMatchObject([{ unionid: system.simulator.person("alice", appId).unionid }]);
  });

  it("is in the log when it is completed, without the person's ids", async () => {
    await userAfter(phone("alice"));
    openPlatform("shop-platform");
    await userAfter(phone("alice"));
    await complete();
    const lines = system.logLines.filter((line) => line.includes('"unionid_completed"'));
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ appId, isConflict: false }]);
    const { openid, unionid } = system.simulator.person("alice", appId);
    for (const id of [openid, unionid]) expect(lines.join()).not.toContain(id);
  });

  it("waits for ten minutes after WeChat refused, and the refusal is in the failures, with how long it took", async () => {
    await userAfter(phone("alice"));
    openPlatform("shop-platform");
    await userAfter(phone("alice"));
    system.simulator.fail("user_info_batchget", { kind: "errcode", errcode: 48001 });
    // A clock that began long ago, as that of a server does.
    const sinceStart = performance.now.bind(performance);
    const clock = vi.spyOn(performance, "now").mockImplementation(() => 1e9 + sinceStart());
    onTestFinished(() => clock.mockRestore());
    await complete();
    const failures = await rowsOf(system.db, "apiFailures");
    expect(failures).toMatchObject([
      { appId, endpoint: "cgi-bin/user/info/batchget", errcode: "48001", signInId: null },
    ]);
    expect(failures[0]?.latencyMs).toBeLessThan(60_000);

    await userAfter(phone("alice"));
    system.advance(599);
    await complete();
    expect(await bindings()).toMatchObject([{ unionid: null }]);
    system.advance(2);
    await complete();
    expect(await bindings()).toMatchObject([{ unionid: system.simulator.person("alice", appId).unionid }]);
  });
});

describe("an app that gets its group later", () => {
  /** Bindings of the Official Account that were made without a group, each with its user; every third has no unionid. */
  async function seedBindings(count: number): Promise<void> {
    const at = new Date();
    const rows = Array.from({ length: count }, (_, n) => {
      const number = String(n).padStart(5, "0");
      const id = newId(at);
      return { id, appId, openid: `o${number}`, userId: id, unionid: n % 3 === 0 ? null : `u${number}` };
    });
    for (let n = 0; n < rows.length; n += 500) {
      await system.db.consoleQuery((orm, t) =>
        orm
          .insert(t.users)
          .values(rows.slice(n, n + 500).map(({ id }) => ({ id, createdAt: at })))
          .returning({ id: t.users.id }),
      );
      await system.db.consoleQuery((orm, t) =>
        orm
          .insert(t.bindings)
          .values(
            rows.slice(n, n + 500).map((row) => ({ ...row, scope: "", createdAt: at, lastSignInAt: at })),
          )
          .returning({ id: t.bindings.id }),
      );
    }
  }

  it("joins every binding once if two processes do it at the same time, in steps of 500", async () => {
    await start(apps(undefined));
    await seedBindings(1_100);
    await restart(apps("shop"));
    await Promise.all([joinGroups(system.app.deps), joinGroups(system.app.deps)]);

    const held = (await bindings()).filter(({ unionid }) => unionid !== null);
    const unions = await rowsOf(system.db, "unions");
    expect(held).toHaveLength(733);
    expect(unions.map(({ unionid, userId }) => ({ unionid, userId }))).toEqual(
      expect.arrayContaining(held.map(({ unionid, userId }) => ({ unionid, userId }))),
    );
    expect(unions).toHaveLength(held.length);
    expect(await conflicts()).toEqual([]);
    expect(system.logLines.filter((line) => line.includes('"group_joined"')).length).toBeGreaterThan(0);
    await joinGroups(system.app.deps);
    expect(await rowsOf(system.db, "unions")).toHaveLength(held.length);
    expect(await rowsOf(system.db, "groupJoins")).toMatchObject([
      { appId, group: "shop", after: "o01099", doneAt: expect.any(Date) },
      { appId: demoWebsite.appId, group: "shop", after: "", doneAt: expect.any(Date) },
    ]);
  });

  it("goes on where a failure stopped it", async () => {
    await start(apps(undefined));
    await seedBindings(1_100);
    await restart(apps("shop"));
    const { deps } = system.app;
    let steps = 0;
    const failing: typeof deps = {
      ...deps,
      db: {
        ...deps.db,
        run: (...args) => deps.db.run(...args),
        batch: (given) => {
          if (++steps === 2) throw new Error("the process ends here");
          return deps.db.batch(given);
        },
      },
    };
    await expect(joinGroups(failing)).rejects.toThrow("the process ends here");
    expect(await rowsOf(system.db, "groupJoins")).toMatchObject([{ after: "o00499", doneAt: null }]);

    await joinGroups(deps);
    expect(await rowsOf(system.db, "unions")).toHaveLength(733);
    expect(await conflicts()).toEqual([]);
  });

  it("joins the bindings that hold a unionid, so that the desktop finds the same user", async () => {
    await start(apps(undefined));
    const userId = await userAfter(phone("alice"));
    expect(await rowsOf(system.db, "unions")).toEqual([]);

    await restart(apps("shop"));
    await joinGroups(system.app.deps);
    const { unionid } = system.simulator.person("alice", appId);
    expect(await rowsOf(system.db, "unions")).toMatchObject([{ group: "shop", unionid, userId }]);
    expect(await userAfter(desktop("alice"))).toBe(userId);
  });

  it("makes a conflict of two users who have one unionid, and joins everybody else", async () => {
    await start(apps(undefined));
    const [onPhone, onDesktop] = [await userAfter(phone("alice")), await userAfter(desktop("alice"))];
    const other = await userAfter(phone("emoji"));
    expect(onDesktop).not.toBe(onPhone);

    await restart(apps("shop"));
    await joinGroups(system.app.deps);
    const unionid = system.simulator.person("alice", appId).unionid;
    expect(await conflicts()).toEqual([{ group: "shop", unionid, userId: onDesktop, otherUserId: onPhone }]);
    expect(await userAfter(desktop("emoji"))).toBe(other);
  });

  it("joins what was made while the group was not set, once it is set again", async () => {
    await start(apps("shop"));
    await joinGroups(system.app.deps);
    await restart(apps(undefined));
    await joinGroups(system.app.deps);
    const userId = await userAfter(phone("alice"));
    expect(await rowsOf(system.db, "unions")).toEqual([]);

    await restart(apps("shop"));
    await joinGroups(system.app.deps);
    expect(await rowsOf(system.db, "unions")).toMatchObject([{ group: "shop", userId }]);
  });

  it("is told before what its group would do: who is recognized, and which users are a conflict", async () => {
    await start(apps(undefined));
    const [onPhone, onDesktop] = [await userAfter(phone("alice")), await userAfter(desktop("alice"))];
    await userAfter(phone("emoji"));
    expect(await previewGroups(system.app.deps)).toEqual([]);

    await restart(apps("shop"));
    const conflict = { userId: onPhone, otherUserId: onDesktop };
    const group = { group: "shop", apps: ["oa", "web"] };
    expect(await previewGroups(system.app.deps)).toEqual([{ ...group, joining: 1, conflicts: [conflict] }]);
    await joinGroups(system.app.deps);
    expect(await previewGroups(system.app.deps)).toEqual([{ ...group, joining: 0, conflicts: [conflict] }]);
  });

  it("is joined once: what an operator undoes later stays undone", async () => {
    await start(apps("shop"));
    await joinGroups(system.app.deps);
    await userAfter(phone("alice"));
    await system.db.consoleQuery((orm, { unions }) => orm.delete(unions).returning({ group: unions.group }));
    await joinGroups(system.app.deps);
    expect(await rowsOf(system.db, "unions")).toEqual([]);
  });
});
