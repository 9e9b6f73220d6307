import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import type { Tables } from "../src/db/schema.js";
import { recordAudit } from "../src/domain/audit.js";
import { deleteAuditBefore, sealAudit, verifyAudit, verifyAuditPart } from "../src/domain/audit-seals.js";
import { verifyNextEntries } from "../src/domain/console/audit.js";
import { newId } from "../src/domain/ids.js";
import { KeyRing } from "../src/domain/key-ring.js";
import { blockUser } from "../src/domain/people/block.js";
import { eraseUser } from "../src/domain/people/erase.js";
import { findSession } from "../src/domain/sessions/sessions.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const by = { operatorId: "olga", visitor };

/** So many sealed entries, a minute apart. */
async function sealed(count: number) {
  for (let n = 1; n <= count; n++) {
    await recordAudit(harness.deps, { ...by, event: "token.refresh_app", target: `app ${n}` });
    harness.advance(60);
  }
  await sealAudit(harness.deps);
}
const verify = () => verifyAudit(harness.deps);

type Entry = Tables["auditLog"]["$inferSelect"];
/** As an attacker does who has the database and nothing else. */
const alter = (number: number, values: Partial<Entry>) =>
  harness.db.consoleQuery((orm, t) =>
    orm.update(t.auditLog).set(values).where(eq(t.auditLog.sealNumber, number)).returning(),
  );
const remove = (number: number) =>
  harness.db.consoleQuery((orm, t) =>
    orm.delete(t.auditLog).where(eq(t.auditLog.sealNumber, number)).returning(),
  );
const setAnchor = (name: "last" | "deleted", sealNumber: number, seal: string) =>
  harness.db.consoleQuery((orm, t) =>
    orm.update(t.auditAnchors).set({ sealNumber, seal }).where(eq(t.auditAnchors.name, name)).returning(),
  );
const entry = async (number: number) => {
  const found = (await rowsOf(harness.db, "auditLog")).find(({ sealNumber }) => sealNumber === number);
  if (!found) throw new Error("there is no such entry");
  return found;
};

describe("the audit log", () => {
  it("is sealed in the order of its entries, by any number of processes at once, and is sound [T120]", async () => {
    await sealAudit(harness.deps);
    expect([await verify(), await rowsOf(harness.db, "auditAnchors")]).toEqual([
      { sealed: 0, unsealed: 0 },
      [],
    ]);
    for (let n = 0; n < 450; n++) {
      await recordAudit(harness.deps, { ...by, event: "token.refresh_app", target: `app ${n}` });
    }
    await Promise.all(Array.from({ length: 5 }, () => sealAudit(harness.deps)));
    await sealAudit(harness.deps);
    const entries = (await rowsOf(harness.db, "auditLog")).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(entries.map(({ sealNumber }) => sealNumber)).toEqual(entries.map((_, n) => n + 1));
    expect(new Set(entries.map(({ seal }) => seal)).size).toBe(450);
    await recordAudit(harness.deps, { ...by, event: "operator.sign_out" });
    expect(await verify()).toEqual({ sealed: 450, unsealed: 1 });
    harness.advance(60);
    await recordAudit(harness.deps, { ...by, event: "operator.sign_in" });
    await sealAudit(harness.deps);
    await deleteAuditBefore(harness.deps, harness.deps.now()); // more than one batch
    expect(await verify()).toEqual({ sealed: 1, unsealed: 0 });
  });

  it("is shortened once by several processes at once, and neither sealed nor shortened without the database", async () => {
    await sealed(3);
    await recordAudit(harness.deps, { ...by, event: "operator.sign_in" });
    const { batch } = harness.db;
    harness.db.batch = () => Promise.reject(new DatabaseError("unavailable", { cause: null }));
    await expect(sealAudit(harness.deps)).rejects.toThrow(DatabaseError);
    await expect(deleteAuditBefore(harness.deps, harness.deps.now())).rejects.toThrow(DatabaseError);
    harness.db.batch = batch;
    const shorten = () => deleteAuditBefore(harness.deps, harness.deps.now());
    await Promise.all([shorten(), shorten(), shorten()]);
    expect(await verify()).toEqual({ sealed: 0, unsealed: 1 });
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ["its time", async () => alter(2, { at: new Date((await entry(2)).at.getTime() + 1) }), /^entry 2 \(/],
    ["its operator", () => alter(2, { operatorId: "otto" }), /^entry 2 \(/],
    ["its event", () => alter(2, { event: "token.check_user" }), /^entry 2 \(/],
    ["its target", () => alter(2, { target: null }), /^entry 2 \(/],
    ["its result", () => alter(2, { result: "denied" }), /^entry 2 \(/],
    ["its errcode", () => alter(2, { errcode: "40001" }), /^entry 2 \(/],
    ["its address", () => alter(2, { ip: "192.0.2.8" }), /^entry 2 \(/],
    ["its id", () => alter(2, { id: "another" }), /^entry 2 \(another\) or the one before it was altered$/],
    ["its seal", async () => alter(2, { seal: (await entry(1)).seal }), /^entry 2 \(/],
    ["its seal for none", () => alter(2, { seal: null }), /^entry 2 \(.* key that is not in SECRET_KEYS$/],
    ["its place", () => alter(3, { sealNumber: 7 }), /^entry 3 is missing$/],
    [
      "places with another",
      async () => {
        await alter(2, { sealNumber: 9 });
        await alter(3, { sealNumber: 2 });
        await alter(9, { sealNumber: 3 });
      },
      /^entry 2 \(/,
    ],
  ])("shows an entry of which an attacker changed %s [T120]", async (_, tamper, problem) => {
    await sealed(4);
    expect(await verify()).toEqual({ sealed: 4, unsealed: 0 });
    await tamper();
    expect((await verify()).problem).toMatch(problem);
  });

  it("shows entries that were removed: the first, one in between, the last, and all [T120]", async () => {
    await sealed(4);
    await remove(4);
    expect(await verify()).toEqual({ sealed: 3, unsealed: 0, problem: "entry 4 is missing" });
    // The anchor is put back to an entry that is there, with all that the database tells.
    await setAnchor("last", 3, `${(await entry(3)).seal} ${(await entry(3)).seal}`);
    expect((await verify()).problem).toBe('the anchor "last" was altered');
    await harness.db.consoleQuery((orm, t) => orm.delete(t.auditAnchors).returning());
    expect((await verify()).problem).toBe("the anchor of the last seal is missing");
    await remove(2);
    expect(await verify()).toMatchObject({ sealed: 1, problem: "entry 2 is missing" });
    await remove(1);
    expect(await verify()).toMatchObject({ sealed: 0, problem: "entry 1 is missing" });
  });

  it("shows a removed beginning that claims to be expired [T120]", async () => {
    await sealed(4);
    await deleteAuditBefore(harness.deps, (await entry(2)).at);
    expect(await verify()).toEqual({ sealed: 3, unsealed: 0 });
    await remove(2);
    await setAnchor("deleted", 2, `${(await entry(3)).seal} ${(await entry(3)).seal}`);
    expect((await verify()).problem).toBe('the anchor "deleted" was altered');
    const stranger = { ...harness.deps, keys: new KeyRing(["another-key-Zp7Qw2Lm9Xc4Vb6Nn8Rt1"]) };
    const { sealNumber, seal } = await entry(3);
    const forged = `${seal} ${stranger.keys.seal("anchor", "deleted", sealNumber, seal)}`;
    await setAnchor("deleted", 3, forged);
    expect((await verify()).problem).toBe(
      'the anchor "deleted" is sealed with a key that is not in SECRET_KEYS',
    );
  });

  it("shows an anchor that was put back to an earlier one [T120]", async () => {
    await sealed(2);
    const [earlier] = await rowsOf(harness.db, "auditAnchors");
    await sealed(1);
    await setAnchor("last", 2, earlier?.seal ?? "");
    expect((await verify()).problem).toBe("entry 3 was not sealed by this system");
  });

  it("shows an entry that was added with a seal of another key [T120]", async () => {
    await sealed(2);
    const stranger = { ...harness.deps, keys: new KeyRing(["another-key-Zp7Qw2Lm9Xc4Vb6Nn8Rt1"]) };
    await recordAudit(harness.deps, { ...by, event: "token.check_user" });
    await sealAudit(stranger);
    expect((await verify()).problem).toMatch(
      /^entry 3 \(.*\) is sealed with a key that is not in SECRET_KEYS$/,
    );
  });

  it("is checked part by part, from where the part before ended, with the same result [T120]", async () => {
    await sealed(450);
    const part = (after?: number) =>
      verifyAuditPart(harness.deps, { ...(after !== undefined && { after }), maxEntries: 100 });
    expect(await part()).toEqual({ checked: 200, verifiedTo: 200, isDone: false });
    expect(await part(200)).toEqual({ checked: 200, verifiedTo: 400, isDone: false });
    expect(await part(400)).toEqual({ checked: 50, verifiedTo: 450, isDone: true });
    expect(await part(450)).toEqual({ checked: 0, verifiedTo: 450, isDone: true });
    const afterTheEnd = {
      checked: 0,
      verifiedTo: 451,
      isDone: true,
      problem: { kind: "missing", entry: 451 },
    };
    expect(await part(451)).toEqual(afterTheEnd);

    await alter(300, { target: "another app" });
    const altered = { kind: "altered", entry: 300, id: (await entry(300)).id };
    expect(await part()).toEqual({ checked: 200, verifiedTo: 200, isDone: false });
    expect(await part(200)).toEqual({ checked: 99, verifiedTo: 299, isDone: true, problem: altered });

    // Retention may pass the place where a check stopped.
    await deleteAuditBefore(harness.deps, (await entry(310)).at);
    expect(await part(200)).toEqual({ checked: 141, verifiedTo: 450, isDone: true });
  });

  it("is checked by the console 5,000 entries at a time [T120]", async () => {
    const signedOut = { operatorId: "olga", event: "operator.sign_out", result: "ok" } as const;
    for (let first = 1; first <= 5_200; first += 650) {
      const numbers = Array.from({ length: 650 }, (_, n) => first + n);
      const at = harness.deps.now();
      await addRows(
        harness.db,
        "auditLog",
        numbers.map((n) => ({ ...signedOut, id: newId(at), at, target: `entry ${n}` })),
      );
    }
    await sealAudit(harness.deps);
    expect(await verifyNextEntries(harness.deps, 0)).toMatchObject({ verifiedTo: 5_000, isDone: false });
    expect(await verifyNextEntries(harness.deps, 5_000)).toEqual({
      ...{ at: harness.deps.now(), verifiedTo: 5_200, isDone: true, unsealed: 0, problem: null },
    });
  });

  it("is sound while entries are sealed between two reads of a check [T120]", async () => {
    await sealed(2);
    const { db } = harness;
    let isDone = false;
    const run: typeof db.run = async (statement, values) => {
      const rows = await db.run(statement, values);
      if (!isDone && statement.name === "list_sealed") {
        isDone = true;
        await sealed(1);
      }
      return rows;
    };
    const deps = { ...harness.deps, db: { ...db, run } };
    expect(await verifyAuditPart(deps, { maxEntries: 100 })).toEqual({
      checked: 3,
      verifiedTo: 3,
      isDone: true,
    });
  });

  it("stays sound after a key is added in front, also for what the old one sealed [T120]", async () => {
    await sealed(2);
    const [oldKey = ""] = harness.deps.settings.secretKeys;
    const both = { ...harness.deps, keys: new KeyRing(["a-newer-key-Zp7Qw2Lm9Xc4Vb6Nn8Rt1", oldKey]) };
    await recordAudit(both, { ...by, event: "token.check_user" });
    await sealAudit(both);
    expect(await verifyAudit(both)).toEqual({ sealed: 3, unsealed: 0 });
  });

  it("stays sound while its beginning expires and a person in it is erased, whose reasons go [T120, T122]", async () => {
    const session = await findSession(harness.deps, await harness.signIn());
    const userId = session?.userId ?? "";
    await sealed(3);
    await blockUser(harness.deps, { userId, reason: "sells fakes", by });
    harness.advance(60);
    await blockUser(harness.deps, { userId: await secondUser(), reason: "sends spam", by });
    await sealAudit(harness.deps);
    const details = async () => (await rowsOf(harness.db, "auditDetails")).map(({ detail }) => detail).sort();
    expect(await details()).toEqual(["sells fakes", "sends spam"]);

    harness.advance(60);
    await eraseUser(harness.deps, { userId, by });
    await sealAudit(harness.deps);
    expect(await details()).toEqual(["sends spam"]);
    expect(await verify()).toEqual({ sealed: 6, unsealed: 0 });

    // The last entry that expires has a detail; the one after it is younger.
    await deleteAuditBefore(harness.deps, new Date((await entry(5)).at.getTime() + 1));
    expect(await verify()).toEqual({ sealed: 1, unsealed: 0 });
    expect(await details()).toEqual([]);
    await deleteAuditBefore(harness.deps, new Date((await entry(6)).at.getTime() + 1));
    expect(await verify()).toEqual({ sealed: 0, unsealed: 0 });
    await sealed(1);
    expect((await rowsOf(harness.db, "auditLog")).map(({ sealNumber }) => sealNumber)).toEqual([7]);
    expect(await verify()).toEqual({ sealed: 1, unsealed: 0 });
  });
});

const secondUser = async () => (await findSession(harness.deps, await harness.signIn("oBob")))?.userId ?? "";
