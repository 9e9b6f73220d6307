import { and, count, eq } from "drizzle-orm";
import type { Database } from "../database.js";
import { newestFirst, olderThan } from "../keyset.js";
import type { Tables } from "../schema.js";
import { type Params, statement } from "../statement.js";
import { actorName } from "./actor-name.js";

const columnsOf = (t: Tables, m = t.merges) => ({
  id: m.id,
  conflictId: m.conflictId,
  fromUserId: m.fromUserId,
  intoUserId: m.intoUserId,
  operator: actorName(t, m.operatorId),
  createdAt: m.createdAt,
  undoneAt: m.undoneAt,
  undoneBy: actorName(t, m.undoneBy),
});

export function listMergeRows(
  db: Database,
  page: { after: { at: Date; id: string } | undefined; limit: number },
) {
  return db.consoleQuery((orm, t) => {
    const columns = { at: t.merges.createdAt, id: t.merges.id };
    return orm
      .select(columnsOf(t))
      .from(t.merges)
      .where(olderThan(columns, page.after))
      .orderBy(...newestFirst(columns))
      .limit(page.limit);
  });
}

export const findMergeDetail = statement("find_merge_detail", (orm, t, p: Params<{ id: string }>) =>
  orm.select(columnsOf(t)).from(t.merges).where(eq(t.merges.id, p.id)),
);

/** What the operator wrote. It was written about the survivor: there is an index on that, and none on an entry's target. */
export const findMergeReason = statement(
  "find_merge_reason",
  (orm, t, p: Params<{ id: string; intoUserId: string }>) =>
    orm
      .select({ reason: t.auditDetails.detail })
      .from(t.auditDetails)
      .innerJoin(t.auditLog, eq(t.auditLog.id, t.auditDetails.auditId))
      .where(
        and(
          eq(t.auditDetails.userId, p.intoUserId),
          eq(t.auditLog.target, p.id),
          eq(t.auditLog.event, "people.merge"),
        ),
      ),
);

export const countMoves = statement("count_moves", (orm, t, p: Params<{ mergeId: string }>) =>
  orm
    .select({ kind: t.mergeMoves.kind, rows: count() })
    .from(t.mergeMoves)
    .where(eq(t.mergeMoves.mergeId, p.mergeId))
    .groupBy(t.mergeMoves.kind),
);
