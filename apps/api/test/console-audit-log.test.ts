import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAuditEntries } from "../src/db/console/audit.js";
import { sealAudit } from "../src/domain/audit-seals.js";
import { verifyNextEntries } from "../src/domain/console/audit.js";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows, rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";
import { apps, id, iso, minute, noon, seedTwoPeople } from "./support/two-people.js";

// The audit log as the console shows it: whole answers, each filter with entries on both sides of it, and its seals.

let system: System;
let operator: Console;
let viewer: Console;
let otto: string;
let vera: string;
const [ann, ben, erased] = [id("ANN"), id("BEN"), id("ERASED")];

beforeAll(async () => {
  system = await startSystem({ at: noon, env: { WECHAT_APPS: JSON.stringify(apps) } });
  const { db } = system;
  await seedTwoPeople(db);
  [operator, viewer] = [await seedOperator(system), await seedOperator(system, "viewer")];
  const staff = new Map((await rowsOf(db, "operators")).map((row) => [row.username, row.id]));
  [otto = "", vera = ""] = [staff.get("otto"), staff.get("vera")];
  const host = { origins: "[]", redirectPaths: "[]", createdAt: minute(-90) };
  await addRows(db, "hostClients", [
    { id: "shop", name: "The shop", ...host },
    { id: "forum", name: "The forum", ...host },
  ]);
  const entry = (name: string, at: number, fields: object) => ({
    ...{ id: id(name), at: minute(at), operatorId: otto, event: "people.block", result: "ok" as const },
    ...fields,
  });
  await addRows(db, "auditLog", [
    entry("BLOCK", -10, { target: ann, ip: "203.0.113.77" }),
    // What is a target here acts nowhere.
    entry("KEY", -9, { event: "host.create_key", target: "forum", operatorId: null }),
    entry("HOST", -8, {
      event: "people.export",
      target: ann,
      operatorId: "host:shop/01KEY",
      ip: "198.51.100.5",
    }),
    entry("DENIED", -7, { event: "operator.sign_in", operatorId: null, result: "denied" }),
    // Of one minute: the id decides.
    entry("REFUSEDA", -6, { event: "token.refresh_app", target: "wx1", result: "refused", errcode: "40164" }),
    entry("REFUSEDB", -6, { event: "token.refresh_app", target: "wx2", operatorId: id("UNKNOWN") }),
    entry("ROLE", -5, { event: "operator.change_role", target: vera }),
    entry("ERASED", -4, { event: "people.erase", target: erased }),
    entry("UNBIND", -3, { event: "people.unbind", target: id("ACCT") }),
  ]);
  await addRows(db, "auditDetails", [
    { auditId: id("BLOCK"), userId: ann, detail: "sells fake watches" },
    { auditId: id("ROLE"), userId: null, detail: "owner" },
    // The target is not the person, and no other entry names him.
    { auditId: id("UNBIND"), userId: ben, detail: "asked for it" },
  ]);
});
afterAll(() => system.close());

interface Page {
  items: { id: string }[];
  nextCursor: string | null;
}
const list = async (input: object, console = operator) =>
  (await console.query<Page>("audit.list", input)).data ?? { items: [], nextCursor: "failed" };
const namesOf = ({ items }: Page) => items.map((item) => item.id.slice(4).replace(/^0+/, ""));

describe("the audit log in the console", () => {
  it("has who did what to whom, from where and with what result, newest first, and masks what is personal for a viewer", async () => {
    const plain = { target: null, targetName: null, person: null, result: "ok", errcode: null, ip: null };
    const row = (name: string, at: number, fields: object) => ({
      ...{ id: id(name), at: iso(at), ...plain, reason: null, detail: null, sealNumber: null },
      ...{ actor: { kind: "operator", id: otto, keyId: null, name: "otto" }, ...fields },
    });
    const person = { userId: ann, nickname: "Anna Web" };
    const items = [
      row("UNBIND", -3, {
        ...{ event: "people.unbind", target: id("ACCT"), reason: "asked for it" },
        person: { userId: ben, nickname: "BENNO" },
      }),
      row("ERASED", -4, { event: "people.erase", target: erased }),
      row("ROLE", -5, { event: "operator.change_role", target: vera, targetName: "vera", detail: "owner" }),
      row("REFUSEDB", -6, {
        ...{ event: "token.refresh_app", target: "wx2" },
        actor: { kind: "operator", id: id("UNKNOWN"), keyId: null, name: null },
      }),
      row("REFUSEDA", -6, { event: "token.refresh_app", target: "wx1", result: "refused", errcode: "40164" }),
      row("DENIED", -7, { event: "operator.sign_in", actor: null, result: "denied" }),
      row("HOST", -8, {
        ...{ event: "people.export", target: ann, person, ip: "198.51.100.5" },
        actor: { kind: "host", id: "shop", keyId: "01KEY", name: "The shop" },
      }),
      row("KEY", -9, { event: "host.create_key", target: "forum", targetName: "The forum", actor: null }),
      row("BLOCK", -10, {
        ...{ event: "people.block", target: ann, person, ip: "203.0.113.77", reason: "sells fake watches" },
      }),
    ];
    expect(await list({})).toEqual({ items, nextCursor: null });

    const masks = new Map([
      ["asked for it", "as…it"],
      ["sells fake watches", "sel…hes"],
      ["Anna Web", "A…"],
      ["BENNO", "B…"],
      ["203.0.113.77", "20…77"],
      ["198.51.100.5", "19….5"],
    ]);
    const masked = JSON.parse(
      JSON.stringify(items, (_, value: unknown) => masks.get(value as string) ?? value),
    );
    expect(await list({}, viewer)).toEqual({ items: masked, nextCursor: null });
  });

  it.each([
    ["operator", () => ({ operatorId: otto }), ["UNBIND", "ERASED", "ROLE", "REFUSEDA", "BLOCK"]],
    ["host application", () => ({ operatorId: "host:shop/01KEY" }), ["HOST"]],
    ["event", () => ({ event: "token.refresh_app" }), ["REFUSEDB", "REFUSEDA"]],
    ["target", () => ({ target: ann }), ["HOST", "BLOCK"]],
    ["result", () => ({ result: "denied" }), ["DENIED"]],
    ["target and event", () => ({ target: ann, event: "people.block" }), ["BLOCK"]],
    ["operator and result", () => ({ operatorId: otto, result: "refused" }), ["REFUSEDA"]],
    ["operator, event and target", () => ({ operatorId: otto, event: "people.export", target: ann }), []],
    [
      "first and last minute",
      () => ({ from: iso(-8), to: iso(-6) }),
      ["REFUSEDB", "REFUSEDA", "DENIED", "HOST"],
    ],
    ["operator within a range", () => ({ operatorId: otto, to: iso(-5) }), ["ROLE", "REFUSEDA", "BLOCK"]],
    ["a target that is a part of one", () => ({ target: "sho" }), []],
  ] as const)("is filtered by %s", async (_, input, expected) => {
    expect(namesOf(await list(input()))).toEqual(expected);
  });

  it("is read page by page without a gap, and a cursor belongs to its filters [T61]", async () => {
    const read: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ operatorId: otto, limit: 2, cursor });
      read.push(...namesOf(page));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(read).toEqual(["UNBIND", "ERASED", "ROLE", "REFUSEDA", "BLOCK"]);
    const first = await list({ limit: 1 });
    const foreign = await operator.query("audit.list", { operatorId: otto, cursor: first.nextCursor });
    expect(foreign.error?.data.appCode).toBe("cursor_invalid");
  });

  it("reads a bounded number of entries, and says how far back it searched", async () => {
    const found = await listAuditEntries(
      system.db,
      { operatorId: otto, result: "refused" },
      { limit: 10, maxReadRows: 3 },
    );
    expect(found).toEqual({ rows: [], searchedTo: { at: minute(-5), id: id("ROLE") } });
    const { rows } = await listAuditEntries(
      system.db,
      { operatorId: otto, result: "refused" },
      { limit: 10, maxReadRows: 3, after: found.searchedTo },
    );
    expect(rows.map((row) => row.id)).toEqual([id("REFUSEDA")]);
  });
});

describe("the seals of the audit log in the console", () => {
  it("are verified part by part, and a broken one is named by its number [T120]", async () => {
    const { deps } = system.app;
    expect((await viewer.query("audit.verify", {})).data).toEqual({
      ...{ at: expect.stringMatching(/^2026-03-01T12:0/), verifiedTo: 0, isDone: true, unsealed: 9 },
      problem: null,
    });
    await sealAudit(deps);
    expect((await operator.query("audit.verify", { after: 4 })).data).toEqual({
      ...{ at: expect.any(String), verifiedTo: 9, isDone: true, unsealed: 0, problem: null },
    });
    expect(namesOf(await list({ limit: 1 }))).toEqual(["UNBIND"]);
    expect((await list({ limit: 1 })).items[0]).toMatchObject({ sealNumber: 9 });

    await system.db.consoleQuery((orm, t) => orm.update(t.auditLog).set({ ip: "192.0.2.1" }).returning());
    for (const after of [0, 4]) {
      const seen = { verifiedTo: after, isDone: true, problem: { kind: "altered", entry: after + 1 } };
      expect(await verifyNextEntries(deps, after)).toMatchObject(seen);
      expect((await viewer.query("audit.verify", { after })).data).toMatchObject(seen);
    }
    await system.db.consoleQuery((orm, t) => orm.delete(t.auditAnchors).returning());
    await system.db.consoleQuery((orm, t) => orm.delete(t.auditLog).returning());
    await addRows(system.db, "auditAnchors", [{ name: "last", sealNumber: 9, seal: "forged", at: noon }]);
    expect(await verifyNextEntries(deps, 0)).toMatchObject({
      ...{ verifiedTo: 0, isDone: true, problem: { kind: "anchor_unknown_key", entry: null } },
    });
  });
});
