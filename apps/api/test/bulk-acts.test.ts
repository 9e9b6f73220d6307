import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { MergeError } from "../src/domain/identity/merges.js";
import { newId } from "../src/domain/ids.js";
import { forEachOf } from "../src/trpc/bulk.js";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows, rowsOf } from "./support/rows.js";
import { seedPerson } from "./support/seed.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
let console: Console;
beforeAll(async () => {
  system = await startSystem();
  console = await seedOperator(system);
});
afterAll(() => system.close());

const at = new Date("2026-03-01T12:00:00.000Z");

let users: string[];
beforeEach(async () => {
  const known = new Set((await rowsOf(system.db, "users")).map(({ id }) => id));
  for (const person of ["one", "other"]) {
    const openid = `o-${newId(new Date())}`;
    await seedPerson(system.db, {
      ...{ at, appId: system.officialAccount.appId, nickname: person, openid },
      tokenExpiresAt: new Date(Date.now() + 3_600_000),
    });
  }
  users = (await rowsOf(system.db, "users")).map(({ id }) => id).filter((id) => !known.has(id));
});

const statusOf = async (userId = "") =>
  (await rowsOf(system.db, "users")).find(({ id }) => id === userId)?.status;

/** The entries of the audit log about these. */
const entriesAbout = async (ids: readonly string[]) =>
  (await rowsOf(system.db, "auditLog"))
    .filter(({ target }) => ids.includes(target ?? ""))
    .map(({ event, target }) => [event, target])
    .sort();

describe("an act on several people", () => {
  it("blocks each of them with an entry of its own, and tells whom it did not block and why [T50]", async () => {
    const [one = "", other = ""] = users;
    await console.mutate("people.block", { userId: one, reason: "was here before" });
    const stranger = newId(new Date());
    const { data } = await console.mutate("people.blockMany", {
      ...{ userIds: [one, other, stranger], reason: "a wave of spam" },
    });
    expect(data).toEqual({
      done: [{ ok: true, id: other }],
      refused: [
        { id: one, why: "already_blocked" },
        { id: stranger, why: "not_found" },
      ],
    });
    expect([await statusOf(one), await statusOf(other)]).toEqual(["blocked", "blocked"]);
    expect(await entriesAbout([...users, stranger])).toEqual(
      [
        ["people.block", one],
        ["people.block", other],
      ].sort(),
    );
    const undone = await console.mutate("people.unblockMany", { userIds: [other] });
    expect(undone.data).toEqual({ done: [{ ok: true, id: other }], refused: [] });
    expect([await statusOf(one), await statusOf(other)]).toEqual(["blocked", "active"]);
  });

  it("ends the sessions of each", async () => {
    const { data } = await console.mutate("people.endSessionsMany", { userIds: users });
    expect(data).toEqual({ done: users.map((id) => ({ ok: true, id })), refused: [] });
    expect(await entriesAbout(users)).toEqual(users.map((id) => ["people.end_sessions", id]).sort());
  });

  it.each([
    ["none", () => []],
    ["more than a hundred", () => Array.from({ length: 101 }, () => newId(new Date()))],
    ["one of them twice", () => [users[0], users[0]]],
    ["what is no id", () => ["all"]],
  ])("is refused as a whole for %s [T62]", async (_, userIds) => {
    const answer = await console.mutate("people.blockMany", { userIds: userIds(), reason: "a wave of spam" });
    expect(answer.status).toBe(400);
    expect(await Promise.all(users.map(statusOf))).toEqual(["active", "active"]);
  });
});

describe("an act on several user tokens", () => {
  it("forgets each, and tells which were gone already", async () => {
    const bindings = (await rowsOf(system.db, "bindings"))
      .filter(({ userId }) => users.includes(userId))
      .map(({ id }) => id);
    const [one = "", other = ""] = bindings;
    await console.mutate("tokens.forgetUser", { bindingId: one });
    const { data } = await console.mutate("tokens.forgetUsers", { bindingIds: [one, other] });
    expect(data).toEqual({ done: [{ ok: true, id: other }], refused: [{ id: one, why: "not_found" }] });
    expect((await rowsOf(system.db, "userTokens")).filter((row) => bindings.includes(row.bindingId))).toEqual(
      [],
    );
  });
});

describe("an act on several groups of errors", () => {
  const group = async (errcode: string) => {
    const id = newId(new Date());
    const appId = system.officialAccount.appId;
    await addRows(system.db, "errorGroups", [{ id, appId, endpoint: "sns/auth", errcode, state: "open" }]);
    return id;
  };
  const rowOf = async (wanted: string) =>
    (await rowsOf(system.db, "errorGroups")).find(({ id }) => id === wanted);
  const stateOf = async (wanted: string) => (await rowOf(wanted))?.state;

  it.each([
    ["acknowledge", {}, "acknowledged"],
    ["resolve", {}, "resolved"],
    ["reopen", {}, "open"],
    ["mute", { minutes: 90 }, "muted"],
    ["undo", { to: "acknowledged" }, "acknowledged"],
  ] as const)("does to each what the act on one does: %s", async (act, about, state) => {
    const otto = (await rowsOf(system.db, "operators"))[0]?.id;
    const one = await group(`${act}-1`);
    // Its state was never changed.
    const { data } = await console.mutate<{ stateAt: string }>(`failures.${act}`, { id: one, ...about });
    const several = await group(`${act}-2`);
    const { minutes, to } = { minutes: undefined, to: undefined, ...about };
    const many = await console.mutate<{ done: { stateAt: string }[] }>(`failures.${act}Many`, {
      ...{ groups: [{ id: several, stateAt: null, to }], minutes },
    });
    for (const [id, stateAt] of [
      [one, data?.stateAt],
      [several, many.data?.done[0]?.stateAt],
    ] as const) {
      const at = new Date(stateAt ?? "");
      const mutedUntil = minutes === undefined ? null : new Date(at.getTime() + minutes * 60_000);
      expect(await rowOf(id)).toMatchObject({ state, stateAt: at, stateBy: otto, mutedUntil });
    }
  });

  it("changes those that no other operator has changed since they were read, and is undone for those", async () => {
    const [one, other] = [await group("40001"), await group("40002")];
    const changed = await console.mutate<{ stateAt: string }>("failures.mute", {
      ...{ id: other, stateAt: null, minutes: 60 },
    });
    expect(changed.status).toBe(200);
    const { data } = await console.mutate<{ done: { stateAt: string }[] }>("failures.resolveMany", {
      groups: [one, other].map((id) => ({ id, stateAt: null })),
    });
    expect(data).toEqual({
      done: [{ id: one, stateAt: expect.any(String) }],
      refused: [{ id: other, why: "group_changed" }],
    });
    expect([await stateOf(one), await stateOf(other)]).toEqual(["resolved", "muted"]);
    const undone = await console.mutate("failures.undoMany", {
      groups: [{ id: one, stateAt: data?.done[0]?.stateAt, to: "acknowledged" }],
    });
    expect(undone.data).toEqual({ done: [{ id: one, stateAt: expect.any(String) }], refused: [] });
    expect(await stateOf(one)).toBe("acknowledged");
    const again = { id: one, stateAt: (undone.data as typeof data)?.done[0]?.stateAt, to: "muted" };
    expect((await console.mutate("failures.undo", again)).status).toBe(200);
    expect(await stateOf(one)).toBe("muted");
  });
});

describe("an act on several of which one fails by a mistake of the program", () => {
  it("fails as a whole, and one that is only refused does not", async () => {
    const act = (error: Error) => async (id: string) => {
      if (id === "b") throw error;
      return {};
    };
    const forEach = (error: Error) => forEachOf(["a", "b", "c"], (id) => id, act(error));
    expect(await forEach(new MergeError("too_late"))).toEqual({
      done: [{ id: "a" }, { id: "c" }],
      refused: [{ id: "b", why: "too_late" }],
    });
    const mistake = new TypeError("undefined is not a function");
    await expect(forEach(mistake)).rejects.toBe(mistake);
  });
});

describe("an act on several that takes long", () => {
  it("begins none after 15 s, and says which it did not reach", async () => {
    let ms = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => 1_000_000 + ms);
    onTestFinished(() => clock.mockRestore());
    const act = async (id: string) => {
      ms += 7_500;
      return { acted: id };
    };
    expect(await forEachOf(["a", "b", "c", "d", "e"], (id) => id, act)).toEqual({
      done: ["a", "b", "c"].map((id) => ({ id, acted: id })),
      refused: ["d", "e"].map((id) => ({ id, why: "not_reached" })),
    });
  });
});
