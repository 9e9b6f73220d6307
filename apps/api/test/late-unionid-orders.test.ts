import { demoOfficialAccount, demoWebsite } from "@wechat-login/simulator";
import { afterEach, describe, expect, it } from "vitest";
import { joinGroups } from "../src/domain/identity/join-groups.js";
import { completeLateUnionids } from "../src/domain/identity/late-unionids.js";
import { mergeUsers } from "../src/domain/identity/merges.js";
import { newId } from "../src/domain/ids.js";
import { type Browser, userAgents } from "./support/browser.js";
import { visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

// In whatever order Alice's unionid and the settings arrive, she is one user in the end: by herself where WeChat's answers join
// her two accounts, by one decision of an operator where two users had been made already.

let system: System;
let close: () => Promise<void>;
afterEach(() => close());

interface Settings {
  group?: string;
  profile?: "ask" | "none";
}
const appsOf = ({ group, profile = "ask" }: Settings) => {
  const shown = ({ appId, appSecret }: { appId: string; appSecret: string }) => ({ appId, appSecret });
  return JSON.stringify([
    { ...shown(demoOfficialAccount), key: "oa", kind: "official_account", profile, group },
    { ...shown(demoWebsite), key: "web", kind: "website", group },
  ]);
};

async function start(settings: Settings): Promise<void> {
  system = await startSystem({ env: { WECHAT_APPS: appsOf(settings) } });
  close = system.close;
}
/** The same database and the same WeChat, with other settings. */
async function restart(settings: Settings): Promise<void> {
  const { db, simulator, port } = system;
  const closeFirst = close;
  await system.app.server.close();
  const second = await startSystem({ db, simulator, port, env: { WECHAT_APPS: appsOf(settings) } });
  system = second;
  close = async () => {
    await second.close();
    await closeFirst();
  };
}

const phone = () => system.browser({ person: "alice" });
const desktop = () => system.browser({ person: "alice", userAgent: userAgents.desktop });
async function userAfter(browser: Browser): Promise<string | undefined> {
  await browser.signIn();
  return userOf(browser);
}
const openPlatform = (name: string | null) =>
  system.simulator.updateApp(demoOfficialAccount.appId, { openPlatform: name });
/** That of the demo website from the start. */
const platform = "demo-open-platform";
const complete = () => completeLateUnionids(system.app.deps);

/** Each order ends with the users that it made, the first one first. */
const orders: [name: string, merges: number, order: () => Promise<(string | undefined)[]>][] = [
  [
    "the account joins the Open Platform account after the phone, and the desktop comes last",
    0,
    async () => {
      await start({ group: "shop" });
      openPlatform(null);
      const users = [await userAfter(phone())];
      openPlatform(platform);
      users.push(await userAfter(phone()));
      await complete();
      return users;
    },
  ],
  [
    "the account joins the Open Platform account after the phone and the desktop",
    1,
    async () => {
      await start({ group: "shop" });
      openPlatform(null);
      const users = [await userAfter(phone()), await userAfter(desktop())];
      openPlatform(platform);
      await userAfter(phone());
      await complete();
      return users;
    },
  ],
  [
    "the group is set after the phone, and the desktop comes last",
    0,
    async () => {
      await start({});
      const users = [await userAfter(phone())];
      await restart({ group: "shop" });
      await joinGroups(system.app.deps);
      return users;
    },
  ],
  [
    "the group is set after the phone and the desktop",
    1,
    async () => {
      await start({});
      const users = [await userAfter(phone()), await userAfter(desktop())];
      await restart({ group: "shop" });
      await joinGroups(system.app.deps);
      return users;
    },
  ],
  [
    "the website comes first, and the account tells the unionid with the profile",
    0,
    async () => {
      await start({ group: "shop" });
      return [await userAfter(desktop())];
    },
  ],
  [
    "the website comes first, and the account tells the unionid of a follower later",
    1,
    async () => {
      await start({ group: "shop", profile: "none" });
      const users = [await userAfter(desktop()), await userAfter(phone())];
      await complete();
      return users;
    },
  ],
  [
    "the account tells the unionid of a follower, and the desktop comes last",
    0,
    async () => {
      await start({ group: "shop", profile: "none" });
      const users = [await userAfter(phone())];
      await complete();
      return users;
    },
  ],
];

describe("a person whose unionid comes late", () => {
  it.each(orders)(
    "is one user on thirty browsers at once, if %s, after merges: %i [T74, T117]",
    async (_, merges, order) => {
      const made = [...new Set(await order())];
      expect(made).toHaveLength(1 + merges);
      const conflicts = await rowsOf(system.db, "identityConflicts");
      expect(conflicts.map(({ userId, otherUserId }) => [userId, otherUserId].sort())).toEqual(
        merges === 0 ? [] : [[...made].sort()],
      );
      const [into = "", from] = made;
      if (from !== undefined) {
        const by = { operatorId: newId(new Date(0)), visitor };
        await mergeUsers(system.app.deps, {
          fromUserId: from,
          intoUserId: into,
          reason: "both are hers",
          by,
        });
      }

      const browsers = Array.from({ length: 30 }, (_, n) => (n % 2 ? phone() : desktop()));
      const users = await Promise.all(browsers.map(userAfter));
      expect(new Set(users)).toEqual(new Set([into]));
      const stored = await rowsOf(system.db, "users");
      expect(stored.filter(({ mergedInto }) => mergedInto === null).map(({ id }) => id)).toEqual([into]);
      const unions = await rowsOf(system.db, "unions");
      const { unionid } = system.simulator.person("alice", demoOfficialAccount.appId);
      expect(unions.map((row) => [row.unionid, row.userId])).toEqual([[unionid, into]]);
      const open = (await rowsOf(system.db, "identityConflicts")).filter(({ resolvedAt }) => !resolvedAt);
      expect(open).toEqual([]);
    },
  );
});
