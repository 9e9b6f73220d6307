import { and, eq, gt, inArray, lte, sql } from "drizzle-orm";
import { slice } from "./slices.js";
import { encoded, type Params, statement } from "./statement.js";

/** Counts one attempt; a window that has ended starts again. One statement, shared by all processes. */
export const countAttempt = statement(
  "count_attempt",
  (orm, t, p: Params<{ key: string; now: Date; expiresAt: Date }>) =>
    orm
      .insert(t.throttles)
      .values({ key: p.key, count: 1, expiresAt: p.expiresAt })
      .onConflictDoUpdate({
        target: t.throttles.key,
        set: {
          count: sql`case when ${t.throttles.expiresAt} <= ${encoded(t.throttles.expiresAt, p.now)} then 1 else ${t.throttles.count} + 1 end`,
          expiresAt: sql`case when ${t.throttles.expiresAt} <= ${encoded(t.throttles.expiresAt, p.now)} then excluded.expires_at else ${t.throttles.expiresAt} end`,
        },
      })
      .returning({ count: t.throttles.count, expiresAt: t.throttles.expiresAt }),
);

/** Takes one attempt back: it was right, and only wrong ones count. */
export const uncountAttempt = statement("uncount_attempt", (orm, t, p: Params<{ key: string }>) =>
  orm
    .update(t.throttles)
    .set({ count: sql`${t.throttles.count} - 1` })
    .where(and(eq(t.throttles.key, p.key), gt(t.throttles.count, 0)))
    .returning({ key: t.throttles.key }),
);

export const findAttempts = statement("find_attempts", (orm, t, p: Params<{ key: string; now: Date }>) =>
  orm
    .select({ count: t.throttles.count })
    .from(t.throttles)
    .where(and(eq(t.throttles.key, p.key), gt(t.throttles.expiresAt, encoded(t.throttles.expiresAt, p.now)))),
);

export const deleteDeadThrottles = statement("delete_dead_throttles", (orm, t, p: Params<{ now: Date }>) => {
  const isDead = lte(t.throttles.expiresAt, encoded(t.throttles.expiresAt, p.now));
  const dead = orm.select({ key: t.throttles.key }).from(t.throttles).where(isDead).limit(slice);
  // Dead still: while it waited for a row, a new window may have begun there.
  return orm
    .delete(t.throttles)
    .where(and(isDead, inArray(t.throttles.key, dead)))
    .returning({ key: t.throttles.key });
});
