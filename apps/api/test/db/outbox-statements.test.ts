import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import { jsonRows } from "../../src/db/json-rows.js";
import {
  blankOutbox,
  insertBindingCompleted,
  insertBindingEvents,
  insertConflictOpened,
  insertOutbox,
  insertOutboxRows,
} from "../../src/db/outbox.js";
import { addRows } from "../support/rows.js";
import { nothing, seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const binding = (id: string, appId: string, openid: string, answered: object = {}) => ({
  ...{
    id,
    appId,
    openid,
    userId: `user of ${id}`,
    scope: "snsapi_base",
    createdAt: at(0),
    lastSignInAt: at(0),
  },
  ...answered,
});

async function seed(db: Database): Promise<void> {
  await addRows(db, "bindings", [
    binding("bare", "wx1", "o-bare"),
    binding("full", "wx1", "o-full", { unionid: "u", nickname: "Ann", avatarUrl: "/ann" }),
    binding("bare elsewhere", "wx2", "o-bare"),
    binding("full elsewhere", "wx2", "o-full", { unionid: "u", nickname: "Ann", avatarUrl: "/ann" }),
  ]);
  const conflict = (id: string, unionid: string) => ({
    ...{ id, group: "g", unionid, userId: `user of ${id}`, otherUserId: `other of ${id}`, createdAt: at(0) },
  });
  await addRows(db, "identityConflicts", [conflict("c1", "u1"), conflict("c2", "u2")]);
  const event = (id: string, userId: string) => ({
    ...{ id, number: id === "old" ? 1 : 2, type: "user.updated", at: at(0), userId, clientId: "shop" },
    data: '{"bindingId":"full"}',
  });
  await addRows(db, "outbox", [event("old", "alice"), event("other", "bob")]);
}
const { done, changed } = seededStatements(seed);

/** An event that has no number yet. */
const event = (id: string, about: object) => ({ id, number: null, at: at(7), clientId: null, ...about });

describe("a statement about the outbox", () => {
  it("writes each value of one event, or of many, into its own column", async () => {
    const first = event("e1", { type: "user.created", userId: "alice", clientId: "shop", data: '{"a":1}' });
    const second = event("e2", { type: "host.tested", userId: null, data: "{}" });
    const { number, ...values } = first as typeof first & Parameters<typeof insertOutbox.with>[0];
    expect(await done(insertOutbox, values)).toEqual({
      ...{ rows: [{ id: "e1" }], changes: { "outbox e1": first } },
    });
    expect(await done(insertOutboxRows, { rows: jsonRows([first, second]), at: at(7) })).toEqual({
      ...{ rows: [{ id: "e1" }, { id: "e2" }], changes: { "outbox e1": first, "outbox e2": second } },
    });
  });

  it("writes the events of a binding that is there, without those that are only of another user", async () => {
    const row = (id: string, onlyOf: string | null) => ({
      id,
      type: "user.created",
      onlyOf,
      data: `{"${id}":1}`,
    });
    const rows = jsonRows([row("e1", null), row("e2", "user of bare"), row("e3", "user of full")]);
    const written = (id: string) => {
      const { onlyOf, ...values } = row(id, null);
      return event(id, { ...values, userId: "user of bare" });
    };
    expect(await done(insertBindingEvents, { rows, at: at(7), bindingId: "bare" })).toEqual({
      rows: [{ id: "e1" }, { id: "e2" }],
      changes: { "outbox e1": written("e1"), "outbox e2": written("e2") },
    });
    expect(await done(insertBindingEvents, { rows, at: at(7), bindingId: "unknown" })).toEqual(nothing);
  });

  it("tells of the conflict with this id, if it is there", async () => {
    expect(await done(insertConflictOpened, { id: "e1", at: at(7), conflictId: "c1" })).toEqual({
      rows: [{ id: "e1" }],
      changes: {
        "outbox e1": event("e1", {
          ...{ type: "conflict.opened", userId: "user of c1" },
          data: '{"conflictId":"c1","otherUserId":"other of c1"}',
        }),
      },
    });
    expect(await done(insertConflictOpened, { id: "e1", at: at(7), conflictId: "c3" })).toEqual(nothing);
  });

  it("tells of a binding that an answer of WeChat changes for hosts, and of no other", async () => {
    const none = { unionid: null, nickname: null, avatarUrl: null };
    const same = { unionid: "u", nickname: "Ann", avatarUrl: "/ann" };
    const table: [name: "bare" | "full", answer: typeof none | object, isTold: boolean][] = [
      ["bare", {}, false],
      ["bare", { unionid: "u" }, true],
      ["bare", { nickname: "Ann" }, true],
      ["bare", { avatarUrl: "/ann" }, true],
      ["full", {}, false],
      ["full", same, false],
      ["full", { ...same, unionid: "another" }, false],
      ["full", { ...same, nickname: "Anna" }, true],
      ["full", { ...same, avatarUrl: "/anna" }, true],
      ["full", { ...same, avatarUrl: null }, true],
      ["full", { avatarUrl: "/ann" }, false],
      ["full", { avatarUrl: "/anna" }, true],
    ];
    for (const [name, answer, isTold] of table) {
      const completion = { id: "e1", at: at(7), appId: "wx1", openid: `o-${name}`, ...none, ...answer };
      expect(await changed(insertBindingCompleted, completion), JSON.stringify([name, answer])).toEqual(
        isTold
          ? {
              "outbox e1": event("e1", {
                ...{ type: "user.updated", userId: `user of ${name}`, data: `{"bindingId":"${name}"}` },
              }),
            }
          : {},
      );
    }
  });

  it("blanks the events of an erased person, which keep their numbers", async () => {
    expect(await done(blankOutbox, { userId: "alice" })).toEqual({
      ...{ rows: [{ id: "old" }], changes: { "outbox old": { userId: null, data: "{}" } } },
    });
  });
});
