import { count, eq, max, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { newestFirst, olderThan, type Position } from "../keyset.js";
import { isLive } from "../session-columns.js";
import { type Params, statement } from "../statement.js";

/** Operators, newest first, each with the time of their last entry in the audit log. */
export function listOperatorRows(db: Database, page: { after: Position | undefined; limit: number }) {
  return db.consoleQuery((orm, { operators: o, auditLog: a, operatorFactors: f }) => {
    const columns = { at: o.createdAt, id: o.id };
    const lastEntry = orm
      .select({ at: max(a.at) })
      .from(a)
      .where(eq(a.operatorId, o.id));
    const factors = orm.select({ count: count() }).from(f).where(eq(f.operatorId, o.id));
    return orm
      .select({
        id: o.id,
        username: o.username,
        role: o.role,
        status: o.status,
        createdAt: o.createdAt,
        factors: sql<number>`(${factors})`.mapWith(Number),
        lastEntryAt: sql<Date | null>`(${lastEntry})`.mapWith(a.at),
      })
      .from(o)
      .where(olderThan(columns, page.after))
      .orderBy(...newestFirst(columns))
      .limit(page.limit);
  });
}

/** For each operator who is signed in, in how many browsers, and when they were last seen there. */
export const countLiveOperatorSessions = statement(
  "count_live_operator_sessions",
  (orm, { operatorSessions: s }, p: Params<{ now: Date; seenAfter: Date }>) =>
    orm
      .select({ operatorId: s.operatorId, sessions: count(), lastSeenAt: max(s.lastSeenAt) })
      .from(s)
      .where(isLive(s, p))
      .groupBy(s.operatorId),
);
