import { and, eq, gt, inArray, lte, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { encoded, type Params, statement } from "./statement.js";

/** Counts one attempt; a window that has ended starts again. One statement, so the count is exact over all processes. */
export const incrementThrottle = statement(
  "increment_throttle",
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

/** Remembers a key until `expiresAt`, from now on: unlike a window of attempts, it does not end by its first moment. */
export const rememberUntil = statement(
  "remember_until",
  (orm, t, p: Params<{ key: string; expiresAt: Date }>) =>
    orm
      .insert(t.throttles)
      .values({ key: p.key, count: 1, expiresAt: p.expiresAt })
      .onConflictDoUpdate({
        target: t.throttles.key,
        set: { count: sql`${t.throttles.count} + 1`, expiresAt: sql`excluded.expires_at` },
      })
      .returning({ key: t.throttles.key }),
);

/** Takes one attempt back, because only failed attempts count. */
export const decrementThrottle = statement("decrement_throttle", (orm, t, p: Params<{ key: string }>) =>
  orm
    .update(t.throttles)
    .set({ count: sql`${t.throttles.count} - 1` })
    .where(and(eq(t.throttles.key, p.key), gt(t.throttles.count, 0)))
    .returning({ key: t.throttles.key }),
);

export const findThrottle = statement("find_throttle", (orm, t, p: Params<{ key: string; now: Date }>) =>
  orm
    .select({ count: t.throttles.count })
    .from(t.throttles)
    .where(and(eq(t.throttles.key, p.key), gt(t.throttles.expiresAt, encoded(t.throttles.expiresAt, p.now)))),
);

export const deleteExpiredThrottles = statement(
  "delete_expired_throttles",
  (orm, t, p: Params<{ now: Date }>) => {
    const isExpired = lte(t.throttles.expiresAt, encoded(t.throttles.expiresAt, p.now));
    const expired = orm
      .select({ key: t.throttles.key })
      .from(t.throttles)
      .where(isExpired)
      .limit(deleteBatchSize);
    // Checked again: while the statement waited for a row, a new window may have begun.
    return orm
      .delete(t.throttles)
      .where(and(isExpired, inArray(t.throttles.key, expired)))
      .returning({ key: t.throttles.key });
  },
);
