import type { AuditResult } from "./schema.js";
import { type Params, statement } from "./statement.js";

interface AuditValues {
  id: string;
  at: Date;
  operatorId: string | null;
  event: string;
  target: string | null;
  result: AuditResult;
  errcode: string | null;
  ip: string | null;
}

/** Written in one batch with the change that it records: both or neither. */
export const insertAudit = statement("insert_audit", (orm, t, p: Params<AuditValues>) =>
  orm
    .insert(t.auditLog)
    .values({
      id: p.id,
      at: p.at,
      operatorId: p.operatorId,
      event: p.event,
      target: p.target,
      result: p.result,
      errcode: p.errcode,
      ip: p.ip,
    })
    .returning({ id: t.auditLog.id }),
);

export const insertAuditDetail = statement(
  "insert_audit_detail",
  (orm, t, p: Params<{ auditId: string; userId: string | null; detail: string }>) =>
    orm
      .insert(t.auditDetails)
      .values({ auditId: p.auditId, userId: p.userId, detail: p.detail })
      .returning({ auditId: t.auditDetails.auditId }),
);
