import { and, count, eq, isNotNull, isNull } from "drizzle-orm";
import type { Database } from "../database.js";
import { newestFirst, olderThan } from "../keyset.js";
import { type Params, statement } from "../statement.js";

export function listConflictRows(
  db: Database,
  state: "open" | "resolved",
  page: { after: { at: Date; id: string } | undefined; limit: number },
) {
  return db.consoleQuery((orm, t) => {
    const columns = { at: t.identityConflicts.createdAt, id: t.identityConflicts.id };
    const { resolvedAt } = t.identityConflicts;
    return orm
      .select()
      .from(t.identityConflicts)
      .where(
        and(state === "open" ? isNull(resolvedAt) : isNotNull(resolvedAt), olderThan(columns, page.after)),
      )
      .orderBy(...newestFirst(columns))
      .limit(page.limit);
  });
}

export const countOpenConflicts = statement(
  "count_open_conflicts",
  (orm, t, p: Params<{ limit: number }>) => {
    const open = orm
      .select({ id: t.identityConflicts.id })
      .from(t.identityConflicts)
      .where(isNull(t.identityConflicts.resolvedAt))
      .limit(p.limit)
      .as("open");
    return orm.select({ rows: count() }).from(open);
  },
);

export const countSessionsOf = statement("count_sessions_of", (orm, t, p: Params<{ userId: string }>) =>
  orm.select({ rows: count() }).from(t.sessions).where(eq(t.sessions.userId, p.userId)),
);

export const countSignInsOf = statement("count_sign_ins_of", (orm, t, p: Params<{ userId: string }>) =>
  orm.select({ rows: count() }).from(t.signIns).where(eq(t.signIns.userId, p.userId)),
);

/** The merges that made a person what they are, newest first. */
export const listMergesInto = statement("list_merges_into", (orm, t, p: Params<{ userId: string }>) =>
  orm
    .select({ id: t.merges.id, fromUserId: t.merges.fromUserId, createdAt: t.merges.createdAt })
    .from(t.merges)
    .where(and(eq(t.merges.intoUserId, p.userId), isNull(t.merges.undoneAt)))
    .orderBy(...newestFirst({ at: t.merges.createdAt, id: t.merges.id }))
    .limit(50),
);
