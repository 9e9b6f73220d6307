import { and, asc, eq, gt, inArray, isNull, lte, sql } from "drizzle-orm";
import type { Tables } from "./schema.js";
import type { Orm } from "./statement.js";
import { encoded, type Params, statement } from "./statement.js";

/** The most entries that one batch seals, deletes or reads. */
export const auditBatchSize = 200;

/** What a seal covers: every column of an entry but the seal itself. */
const sealedColumns = ({ auditLog: a }: Tables) => ({
  id: a.id,
  at: a.at,
  operatorId: a.operatorId,
  event: a.event,
  target: a.target,
  result: a.result,
  errcode: a.errcode,
  ip: a.ip,
});

/** Entries that have no seal, the oldest first. */
export const listUnsealed = statement("list_unsealed", (orm, t) =>
  orm
    .select(sealedColumns(t))
    .from(t.auditLog)
    .where(isNull(t.auditLog.sealNumber))
    // An expression, so that SQLite finds them by the seal number and sorts them, instead of reading the whole log in order.
    .orderBy(asc(sql`coalesce(${t.auditLog.at}, ${t.auditLog.at})`), asc(t.auditLog.id))
    .limit(auditBatchSize),
);

/** No row if another process sealed it. */
export const sealEntry = statement(
  "seal_entry",
  (orm, t, p: Params<{ id: string; sealNumber: number; seal: string }>) =>
    orm
      .update(t.auditLog)
      .set({ sealNumber: sql`${p.sealNumber}`, seal: sql`${p.seal}` })
      .where(and(eq(t.auditLog.id, p.id), isNull(t.auditLog.sealNumber)))
      .returning({ id: t.auditLog.id }),
);

type AnchorName = "last" | "deleted";

export const findAuditAnchor = statement("find_audit_anchor", (orm, t, p: Params<{ name: AnchorName }>) =>
  orm
    .select({ sealNumber: t.auditAnchors.sealNumber, seal: t.auditAnchors.seal })
    .from(t.auditAnchors)
    .where(eq(t.auditAnchors.name, p.name)),
);

interface AnchorValues {
  name: AnchorName;
  sealNumber: number;
  seal: string;
  at: Date;
}

export const insertAuditAnchor = statement("insert_audit_anchor", (orm, t, p: Params<AnchorValues>) =>
  orm
    .insert(t.auditAnchors)
    .values({ name: p.name, sealNumber: p.sealNumber, seal: p.seal, at: p.at })
    .onConflictDoNothing()
    .returning({ name: t.auditAnchors.name }),
);

/** No row if another process moved it. */
export const moveAuditAnchor = statement(
  "move_audit_anchor",
  (orm, t, p: Params<AnchorValues & { before: string }>) =>
    orm
      .update(t.auditAnchors)
      .set({
        sealNumber: sql`${p.sealNumber}`,
        seal: sql`${p.seal}`,
        at: sql`${encoded(t.auditAnchors.at, p.at)}`,
      })
      .where(and(eq(t.auditAnchors.name, p.name), eq(t.auditAnchors.seal, p.before)))
      .returning({ name: t.auditAnchors.name }),
);

export const listSealed = statement("list_sealed", (orm, t, p: Params<{ after: number }>) =>
  orm
    .select({ ...sealedColumns(t), sealNumber: t.auditLog.sealNumber, seal: t.auditLog.seal })
    .from(t.auditLog)
    .where(gt(t.auditLog.sealNumber, p.after))
    .orderBy(asc(t.auditLog.sealNumber))
    .limit(auditBatchSize),
);

export const countUnsealed = statement("count_unsealed", (orm, t) =>
  orm
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(t.auditLog)
    .where(isNull(t.auditLog.sealNumber)),
);

const upTo = (orm: Orm, t: Tables, sealNumber: Params<{ sealNumber: number }>["sealNumber"]) =>
  orm.select({ id: t.auditLog.id }).from(t.auditLog).where(lte(t.auditLog.sealNumber, sealNumber));

export const deleteSealedDetails = statement(
  "delete_sealed_details",
  (orm, t, p: Params<{ sealNumber: number }>) =>
    orm
      .delete(t.auditDetails)
      .where(inArray(t.auditDetails.auditId, upTo(orm, t, p.sealNumber)))
      .returning({ auditId: t.auditDetails.auditId }),
);

export const deleteSealed = statement("delete_sealed", (orm, t, p: Params<{ sealNumber: number }>) =>
  orm.delete(t.auditLog).where(lte(t.auditLog.sealNumber, p.sealNumber)).returning({ id: t.auditLog.id }),
);
