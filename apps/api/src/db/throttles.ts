import { and, eq, gt, inArray, like, lte, notLike, type Placeholder, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import type { Tables } from "./schema.js";
import { encoded, type Orm, type Params, statement } from "./statement.js";

interface WindowValues {
  key: string;
  now: Date;
  expiresAt: Date;
  /** A window that ends later began before the clock was set back: it starts again as well. */
  latestEnd: Date;
}

/** Adds attempts to a window; one that has ended starts again. One statement, so the count is exact over all processes. */
const addToWindow = (
  orm: Orm,
  { throttles }: Tables,
  count: number | Placeholder,
  p: Params<WindowValues>,
) => {
  const { expiresAt } = throttles;
  const isOver = sql`(${expiresAt} <= ${encoded(expiresAt, p.now)} or ${expiresAt} > ${encoded(expiresAt, p.latestEnd)})`;
  return orm
    .insert(throttles)
    .values({ key: p.key, count, expiresAt: p.expiresAt })
    .onConflictDoUpdate({
      target: throttles.key,
      set: {
        count: sql`case when ${isOver} then excluded.count else ${throttles.count} + excluded.count end`,
        expiresAt: sql`case when ${isOver} then excluded.expires_at else ${throttles.expiresAt} end`,
      },
    })
    .returning({ count: throttles.count, expiresAt: throttles.expiresAt });
};

export const incrementThrottle = statement("increment_throttle", (orm, t, p: Params<WindowValues>) =>
  addToWindow(orm, t, 1, p),
);

/** The attempts that one process has counted since it last shared them. */
export const addAttempts = statement("add_attempts", (orm, t, p: Params<WindowValues & { count: number }>) =>
  addToWindow(orm, t, p.count, p),
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

/** A count that becomes an entry of the audit log once its hour is over: the hour in its key keeps the next one from it. */
const floodPrefix = "flood:";
export const floodKey = (event: string, hour: number): string => `${floodPrefix}${event}:${hour}`;
export const eventOfFlood = (key: string): string => key.split(":")[1] ?? "";

export const listEndedFloods = statement("list_ended_floods", (orm, t, p: Params<{ now: Date }>) =>
  orm
    .select({ key: t.throttles.key, count: t.throttles.count, expiresAt: t.throttles.expiresAt })
    .from(t.throttles)
    .where(
      and(
        like(t.throttles.key, `${floodPrefix}%`),
        lte(t.throttles.expiresAt, encoded(t.throttles.expiresAt, p.now)),
      ),
    ),
);

/** Touches no row if a new window has begun, or another process has closed this one. */
export const deleteThrottle = statement(
  "delete_throttle",
  (orm, t, p: Params<{ key: string; expiresAt: Date }>) =>
    orm
      .delete(t.throttles)
      .where(
        and(
          eq(t.throttles.key, p.key),
          eq(t.throttles.expiresAt, encoded(t.throttles.expiresAt, p.expiresAt)),
        ),
      )
      .returning({ key: t.throttles.key }),
);

export const deleteExpiredThrottles = statement(
  "delete_expired_throttles",
  (orm, t, p: Params<{ now: Date }>) => {
    const isExpired = and(
      lte(t.throttles.expiresAt, encoded(t.throttles.expiresAt, p.now)),
      notLike(t.throttles.key, `${floodPrefix}%`),
    );
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
