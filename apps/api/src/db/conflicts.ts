import { and, eq, isNull, or, sql } from "drizzle-orm";
import type { ConflictResolution } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

export const findConflict = statement("find_conflict", (orm, t, p: Params<{ id: string }>) =>
  orm.select().from(t.identityConflicts).where(eq(t.identityConflicts.id, p.id)),
);

export const resolveConflict = statement(
  "resolve_conflict",
  (orm, t, p: Params<{ id: string; resolution: ConflictResolution; now: Date }>) =>
    orm
      .update(t.identityConflicts)
      .set({
        resolvedAt: sql`${encoded(t.identityConflicts.resolvedAt, p.now)}`,
        resolution: sql`${p.resolution}`,
      })
      .where(and(eq(t.identityConflicts.id, p.id), isNull(t.identityConflicts.resolvedAt)))
      .returning({ id: t.identityConflicts.id }),
);

type TwoUsers = Params<{ fromUserId: string; intoUserId: string }>;

/** All open conflicts between two users who are now one. */
export const resolveConflictsBetween = statement(
  "resolve_conflicts_between",
  (orm, t, p: Params<{ fromUserId: string; intoUserId: string; now: Date }>) =>
    orm
      .update(t.identityConflicts)
      .set({
        resolvedAt: sql`${encoded(t.identityConflicts.resolvedAt, p.now)}`,
        resolution: "merged",
      })
      .where(
        and(
          isNull(t.identityConflicts.resolvedAt),
          or(
            and(
              eq(t.identityConflicts.userId, p.fromUserId),
              eq(t.identityConflicts.otherUserId, p.intoUserId),
            ),
            and(
              eq(t.identityConflicts.userId, p.intoUserId),
              eq(t.identityConflicts.otherUserId, p.fromUserId),
            ),
          ),
        ),
      )
      .returning({ id: t.identityConflicts.id }),
);

export const reopenConflictsBetween = statement("reopen_conflicts_between", (orm, t, p: TwoUsers) =>
  orm
    .update(t.identityConflicts)
    .set({ resolvedAt: null, resolution: null })
    .where(
      and(
        eq(t.identityConflicts.resolution, "merged"),
        or(
          and(
            eq(t.identityConflicts.userId, p.fromUserId),
            eq(t.identityConflicts.otherUserId, p.intoUserId),
          ),
          and(
            eq(t.identityConflicts.userId, p.intoUserId),
            eq(t.identityConflicts.otherUserId, p.fromUserId),
          ),
        ),
      ),
    )
    .returning({ id: t.identityConflicts.id }),
);
