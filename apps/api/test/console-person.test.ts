import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../src/domain/ids.js";
import { collectOwnData } from "../src/domain/people/own-data.js";
import type { Browser } from "./support/browser.js";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows, rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

// What an operator reads and exports of one person, and how many conflicts the navigation counts.

let system: System;
let operator: Console;
let alice: Browser;
let userId: string;
/** A user who was merged into Alice: their id is hers no more. */
const merged = newId(new Date(0));

beforeAll(async () => {
  system = await startSystem();
  operator = await seedOperator(system, "operator");
  alice = system.browser({ person: "alice" });
  await alice.signIn();
  await system.browser({ person: "emoji" }).signIn();
  userId = (await userOf(alice)) ?? "";
  await addRows(system.db, "users", [{ id: merged, createdAt: new Date(0), mergedInto: userId }]);
});
afterAll(() => system.close());
beforeEach(() => system.advance(60));

const entriesOf = async (event: string) =>
  (await rowsOf(system.db, "auditLog"))
    .filter((entry) => entry.event === event)
    .map(({ target, result }) => [target, result]);

describe("the export of a person", () => {
  it("is the file that the person could download, and of no other person [T50]", async () => {
    const own = JSON.parse((await alice.visit("/login/account/data")).html) as Record<string, unknown>;
    const { data } = await operator.mutate<Record<string, unknown>>("people.export", { userId });
    expect({ ...data, exportedAt: own.exportedAt }).toEqual(own);
    expect(JSON.stringify(data)).toContain(
      system.simulator.person("alice", system.officialAccount.appId).openid,
    );
    for (const unknown of [merged, newId(new Date(1))]) {
      expect((await operator.mutate("people.export", { userId: unknown })).status).toBe(404);
    }
    expect(await entriesOf("people.export")).toEqual([[userId, "ok"]]);
  });

  it("has the newest 5,000 sign-ins, and says whether there are older ones", async () => {
    const { deps } = system.app;
    const exported = async (count: number) => {
      const stored = Array.from({ length: count }, (_, n) => ({ id: String(n), appId: "wx1" }));
      const run: typeof deps.db.run = async (statement, values) =>
        statement.name === "list_own_sign_ins"
          ? (stored.slice(0, (values as { limit: number }).limit) as never)
          : deps.db.run(statement, values);
      const data = await collectOwnData({ ...deps, db: { ...deps.db, run } }, userId);
      return [data.signIns.length, data.signIns.at(-1)?.id, data.olderSignInsLeftOut];
    };
    expect([await exported(5_000), await exported(5_001)]).toEqual([
      [5_000, "4999", false],
      [5_000, "4999", true],
    ]);
  });
});

describe("the profile that an operator refreshes", () => {
  const refresh = () => operator.mutate<{ result: string }>("people.refreshProfile", { userId });
  const nicknames = async () => (await rowsOf(system.db, "bindings")).map(({ nickname }) => nickname);

  it("is what WeChat has now, asked once a minute, and recorded with the result [T50]", async () => {
    const before = await nicknames();
    system.simulator.updatePerson("alice", { nickname: "Alice NEW" });
    expect((await refresh()).data).toEqual({ result: "updated" });
    const now = await nicknames();
    expect(now.filter((name) => !before.includes(name))).toEqual(["Alice NEW"]);
    expect((await refresh()).status).toBe(429);
    system.advance(60);
    expect((await refresh()).data).toEqual({ result: "unchanged" });
    system.advance(60);
    system.simulator.fail("refresh_token", { kind: "errcode", errcode: 42002 });
    expect((await refresh()).data).toEqual({ result: "not_allowed" });
    expect((await operator.mutate("people.refreshProfile", { userId: merged })).status).toBe(404);
    expect(await entriesOf("people.refresh_profile")).toEqual([
      [userId, "ok"],
      [userId, "ok"],
      [userId, "refused"],
    ]);
    const [line] = system.logLines.filter((text) => text.includes('"event":"profile_read"'));
    expect(JSON.parse(line ?? "")).toMatchObject({ userId, msg: "an operator asked to read a profile" });
  });
});

describe("blocking a person twice", () => {
  it("tells the second of two operators that the first one was faster, and is recorded once", async () => {
    const block = () => operator.mutate("people.block", { userId, reason: "sells fakes" });
    const unblock = () => operator.mutate("people.unblock", { userId });
    const blocks = await Promise.all([block(), block()]);
    expect(blocks.map(({ status, error }) => [status, error?.data.appCode]).sort()).toEqual([
      [200, undefined],
      [409, "already_blocked"],
    ]);
    expect((await unblock()).status).toBe(200);
    expect((await unblock()).error?.data.appCode).toBe("already_active");
    expect(await entriesOf("people.block")).toEqual([[userId, "ok"]]);
    expect(await entriesOf("people.unblock")).toEqual([[userId, "ok"]]);
  });
});

describe("the only WeChat account of a person", () => {
  it("is removed by an operator only if they say so", async () => {
    const bindings = async () => (await rowsOf(system.db, "bindings")).filter((row) => row.userId === userId);
    const [only] = await bindings();
    const unbind = (about: object = {}) =>
      operator.mutate("people.unbind", { userId, bindingId: only?.id, ...about });
    for (const about of [{}, { allowLast: false }]) {
      const { status, error } = await unbind(about);
      expect([status, error?.data.appCode]).toEqual([409, "last_binding"]);
    }
    expect(await bindings()).toEqual([only]);
    expect((await unbind({ allowLast: true })).data).toEqual({ ok: true });
    expect([await bindings(), await entriesOf("people.unbind")]).toEqual([[], [[only?.id, "ok"]]]);
    const again = await unbind({ allowLast: true });
    expect([again.status, again.error?.data.appCode]).toEqual([404, "not_found"]);
  });
});

describe("the count of conflicts", () => {
  it("is of the open ones, up to 99", async () => {
    const counted = async () => (await operator.query("conflicts.countOpen")).data;
    const conflict = (number: number, isResolved = false) => ({
      id: newId(new Date(number)),
      ...{ group: "shop", unionid: `u${number}`, userId, otherUserId: merged, createdAt: new Date(number) },
      ...(isResolved && { resolvedAt: new Date(number), resolution: "kept_apart" as const }),
    });
    expect(await counted()).toEqual({ count: 0, isMore: false });
    const open = Array.from({ length: 99 }, (_, number) => conflict(number));
    await addRows(system.db, "identityConflicts", [...open, conflict(200, true)]);
    expect(await counted()).toEqual({ count: 99, isMore: false });
    await addRows(system.db, "identityConflicts", [conflict(201)]);
    expect(await counted()).toEqual({ count: 99, isMore: true });
  });
});
