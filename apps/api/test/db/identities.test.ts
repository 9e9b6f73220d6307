import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import type { WeChatApp } from "../../src/domain/apps.js";
import type { Deps } from "../../src/domain/deps.js";
import { type Identity, resolveIdentity } from "../../src/domain/identity/identity.js";
import { type TestDatabase, testDatabase } from "../support/engine.js";
import { rowsOf } from "../support/rows.js";
import { at } from "./rows.js";

const app = (appId: string, group?: string): WeChatApp => ({
  key: appId,
  kind: "website",
  appId,
  appSecret: "secret",
  group,
  profile: "ask",
  verifyFiles: [],
});

describe("identities", () => {
  let db: Database;
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
    db = await database.open();
  });
  afterEach(() => db.close().then(database.remove));

  const resolve = (identity: Pick<Identity, "app" | "openid"> & Partial<Identity>) =>
    resolveIdentity({ db, now: () => at(0) } as Deps, {
      unionid: undefined,
      scope: "snsapi_login",
      profile: undefined,
      ...identity,
    });

  /** Expects that all references are valid and that each user has a binding. */
  async function expectConsistent() {
    const users = (await rowsOf(db, "users")).map((user) => user.id).sort();
    const bound = new Set((await rowsOf(db, "bindings")).map((binding) => binding.userId));
    expect([...bound].sort()).toEqual(users);
    for (const union of await rowsOf(db, "unions")) expect(users).toContain(union.userId);
  }

  it("become one user for thirty simultaneous sign-ins of one person through two apps of a group [T78]", async () => {
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, n) => {
        const openid = n % 2 ? "oInOne" : "oInTwo";
        return resolve({ app: app(n % 2 ? "wx1" : "wx2", "group"), openid, unionid: "u" });
      }),
    );
    expect(new Set(results.map((result) => result.userId)).size).toBe(1);
    expect(results.filter((result) => result.isNewUser)).toHaveLength(1);
    expect(results.filter((result) => result.isConflict)).toHaveLength(0);
    expect(await rowsOf(db, "bindings")).toHaveLength(2);
    await expectConsistent();
  });

  it("become one user for thirty simultaneous sign-ins of one person, half of them with a unionid [T78]", async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        resolve({ app: app("wx1", "group"), openid: "o", unionid: n % 2 ? "u" : undefined }),
      ),
    );
    expect(await rowsOf(db, "users")).toHaveLength(1);
    expect(await rowsOf(db, "bindings")).toMatchObject([{ unionid: "u" }]);
    expect(await rowsOf(db, "unions")).toHaveLength(1);
    await expectConsistent();
  });

  it("become thirty users for thirty people at once [T78]", async () => {
    const people = Array.from({ length: 30 }, (_, n) => ({ openid: `o${n}`, unionid: `u${n}` }));
    const results = await Promise.all(
      people.map((person) => resolve({ app: app("wx1", "group"), ...person })),
    );
    expect(new Set(results.map((result) => result.userId)).size).toBe(30);
    await expectConsistent();
  });

  it("are recorded once as a conflict if two users share a unionid, and neither moves, even thirty times at once [T74]", async () => {
    const one = await resolve({ app: app("wx1", "group"), openid: "o1" });
    const two = await resolve({ app: app("wx2", "group"), openid: "o2" });
    expect((await resolve({ app: app("wx1", "group"), openid: "o1", unionid: "u" })).isConflict).toBe(false);
    const met = await Promise.all(
      Array.from({ length: 30 }, () => resolve({ app: app("wx2", "group"), openid: "o2", unionid: "u" })),
    );
    expect(new Set(met.map((result) => result.userId))).toEqual(new Set([two.userId]));
    expect(met.filter((result) => result.isConflict)).toHaveLength(1);
    expect(await rowsOf(db, "identityConflicts")).toMatchObject([
      { userId: two.userId, otherUserId: one.userId },
    ]);
    expect(await rowsOf(db, "unions")).toMatchObject([{ unionid: "u", userId: one.userId }]);
    await expectConsistent();
  });

  it("are joined or recorded as a conflict if a unionid appears during a sign-in through another app [T74]", async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 15; round++) {
      const [known, union] = [`o-known-${round}`, `u-of-round-${round}`];
      const before = await resolve({ app: app("wx1", "group"), openid: known });
      const late = () => resolve({ app: app("wx1", "group"), openid: known, unionid: union });
      const elsewhere = () =>
        resolve({ app: app("wx2", "group"), openid: `o-else-${round}`, unionid: union });
      // The result depends on which is first, and either may be.
      const met = await Promise.all(
        [late(), elsewhere(), late(), elsewhere()].sort(() => (round % 2 ? -1 : 1)),
      );
      const users = new Set(met.map((result) => result.userId));
      expect(users).toContain(before.userId);
      const conflicts = (await rowsOf(db, "identityConflicts")).filter(({ unionid }) => unionid === union);
      expect([users.size, conflicts.length]).toEqual(users.size === 1 ? [1, 0] : [2, 1]);
      const bound = (await rowsOf(db, "bindings")).find(({ openid }) => openid === known);
      expect(bound).toMatchObject({ userId: before.userId, unionid: union });
      outcomes.add(users.size === 1 ? "joined" : "noted");
    }
    expect([...outcomes]).not.toEqual([]);
    await expectConsistent();
  });

  it("are joined by a unionid within its group only, and never without a group [T74]", async () => {
    const users = new Set<string>();
    for (const [appId, group] of [
      ["wx1", "one"],
      ["wx2", "two"],
      ["wx3", undefined],
      ["wx4", undefined],
    ] as const) {
      users.add((await resolve({ app: app(appId, group), openid: "o", unionid: "u" })).userId);
    }
    expect(users.size).toBe(4);
  });

  it("keep profile, scope and unionid through a silent sign-in [T75]", async () => {
    const profile = { nickname: "小明", avatarUrl: "https://thirdwx.qlogo.cn/1/132" };
    await resolve({ app: app("wx1", "group"), openid: "o", unionid: "u", scope: "snsapi_userinfo", profile });
    await resolve({ app: app("wx1", "group"), openid: "o", scope: "snsapi_base" });
    expect(await rowsOf(db, "bindings")).toMatchObject([
      { ...profile, nicknameFolded: "小明", unionid: "u", scope: "snsapi_userinfo", profileAt: at(0) },
    ]);
  });

  it("get the newest profile, even if its avatar was removed", async () => {
    const profile = { nickname: "小明", avatarUrl: "https://thirdwx.qlogo.cn/1/132" };
    await resolve({ app: app("wx1"), openid: "o", profile });
    await resolve({ app: app("wx1"), openid: "o", profile: { nickname: "", avatarUrl: undefined } });
    expect(await rowsOf(db, "bindings")).toMatchObject([{ nickname: "", avatarUrl: null }]);
  });
});
