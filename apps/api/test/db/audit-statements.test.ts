import { describe, expect, it } from "vitest";
import { insertAuditDetail } from "../../src/db/audit.js";
import {
  auditBatchSize,
  countUnsealed,
  deleteSealed,
  deleteSealedDetails,
  findAuditAnchor,
  insertAuditAnchor,
  listSealed,
  listUnsealed,
  moveAuditAnchor,
  sealEntry,
} from "../../src/db/audit-seals.js";
import type { Database } from "../../src/db/database.js";
import { emptyTables } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const entry = (id: string, moment: number, sealNumber: number | null = null) => ({
  ...{ id, at: at(moment), operatorId: `operator of ${id}`, event: "user.block", target: `target of ${id}` },
  ...{ result: "ok" as const, errcode: "40003", ip: `ip of ${id}`, sealNumber },
  seal: sealNumber === null ? null : `seal ${sealNumber}`,
});

/** As they are written; neither by their ids are they in the order of their seals or of their times. */
const sealed = [entry("b", 3, 3), entry("c", 1, 1), entry("a", 2, 2)];
const unsealed = [entry("f", 9), entry("e", 8), entry("d", 8)];

async function seed(db: Database): Promise<void> {
  await addRows(db, "auditLog", [...sealed, ...unsealed]);
  await addRows(
    db,
    "auditDetails",
    ["a", "b", "c", "d"].map((auditId) => ({ auditId, userId: "alice", detail: `detail of ${auditId}` })),
  );
  await addRows(db, "auditAnchors", [
    { name: "last", sealNumber: 3, seal: "seal 3", at: at(3) },
    { name: "deleted", sealNumber: 3, seal: "seal 3", at: at(3) },
  ]);
}

const { changed, found, seeded } = seededStatements(seed);

describe("the entries of the audit log", () => {
  it("that have no seal are listed as they happened, the earlier id first at the same time, a batch at a time", async () => {
    const expected = unsealed.toReversed().map(({ sealNumber: _, seal: __, ...columns }) => columns);
    expect(await found(listUnsealed, {})).toEqual(expected);
    expect(await found(countUnsealed, {})).toEqual([{ count: 3 }]);

    const db = await emptyTables(await seeded());
    const many = Array.from({ length: auditBatchSize + 1 }, (_, n) => entry(`${1000 - n}`, 1000 - n));
    await addRows(db, "auditLog", many);
    const listed = (await db.run(listUnsealed, {})).map(({ id }) => id);
    expect(listed).toEqual(
      many
        .toReversed()
        .slice(0, auditBatchSize)
        .map(({ id }) => id),
    );
  });

  it("that are sealed are listed from a seal on in the order of their seals, a batch at a time", async () => {
    expect(await found(listSealed, { after: 1 })).toEqual([sealed[2], sealed[0]]);

    const db = await emptyTables(await seeded());
    const many = Array.from({ length: auditBatchSize + 1 }, (_, n) => entry(`${n}`, n, 1000 - n));
    await addRows(db, "auditLog", many);
    const listed = (await db.run(listSealed, { after: 0 })).map(({ sealNumber }) => sealNumber);
    expect(listed).toEqual(Array.from({ length: auditBatchSize }, (_, n) => 1000 - auditBatchSize + n));
  });

  it("are sealed once", async () => {
    const seal = { sealNumber: 4, seal: "seal 4" };
    expect(await changed(sealEntry, { id: "f", ...seal })).toEqual({ "auditLog f": seal });
    expect(await changed(sealEntry, { id: "a", ...seal })).toEqual({});
  });

  it("are deleted with their details up to a seal, and none that has no seal yet", async () => {
    expect(await changed(deleteSealed, { sealNumber: 2 })).toEqual({
      "auditLog a": "deleted",
      "auditLog c": "deleted",
    });
    expect(await changed(deleteSealedDetails, { sealNumber: 2 })).toEqual({
      "auditDetails a": "deleted",
      "auditDetails c": "deleted",
    });
  });

  it("have a detail that names its person, so that an erasure finds it", async () => {
    const detail = { auditId: "e", userId: "bob", detail: "a reason" };
    expect(await changed(insertAuditDetail, detail)).toEqual({ "auditDetails e": detail });
  });
});

describe("an anchor of the seals", () => {
  const next = { sealNumber: 4, seal: "seal 4", at: at(9) };

  it("is moved from the seal where it was, and the other one stays", async () => {
    expect(await changed(moveAuditAnchor, { name: "last", before: "seal 3", ...next })).toEqual({
      "auditAnchors last": next,
    });
    expect(await changed(moveAuditAnchor, { name: "last", before: "seal 2", ...next })).toEqual({});
  });

  it("is written once, and found by its name", async () => {
    expect(await changed(insertAuditAnchor, { name: "last", ...next })).toEqual({});
    expect(await found(findAuditAnchor, { name: "last" })).toEqual([{ sealNumber: 3, seal: "seal 3" }]);
    const db = await emptyTables(await seeded());
    await db.run(insertAuditAnchor, { name: "deleted", ...next });
    expect(await db.run(findAuditAnchor, { name: "deleted" })).toEqual([{ sealNumber: 4, seal: "seal 4" }]);
    expect(await db.run(findAuditAnchor, { name: "last" })).toEqual([]);
  });
});
