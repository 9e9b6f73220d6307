import { and, asc, count, desc, eq, gte, lt, sql } from "drizzle-orm";
import { quarter } from "./error-groups.js";
import { encoded, type Params, statement } from "./statement.js";

// What alerts are noticed by: counts and remembered groups, never the failures themselves.

/**
 * Error groups that failed in a quarter of an hour since `slot`, with how often since then; those with the most failures first.
 * All of them: they are kinds of failures, and which of them matter is decided by their states.
 */
export const listActiveGroups = statement("list_active_groups", (orm, t, p: Params<{ slot: number }>) => {
  const { errorGroups: g, errorGroupCounts: counts } = t;
  const events = sql<number>`sum(${counts.events})`.mapWith(Number);
  return orm
    .select({
      id: g.id,
      appId: g.appId,
      endpoint: g.endpoint,
      errcode: g.errcode,
      state: g.state,
      resolvedAt: g.resolvedAt,
      mutedUntil: g.mutedUntil,
      events,
      lastSeenAt: sql<Date>`max(${counts.lastAt})`.mapWith(counts.lastAt),
    })
    .from(counts)
    .innerJoin(g, eq(g.id, counts.groupId))
    .where(and(eq(counts.minutes, quarter), gte(counts.slot, p.slot)))
    .groupBy(g.id, g.appId, g.endpoint, g.errcode, g.state, g.resolvedAt, g.mutedUntil)
    .orderBy(desc(events), asc(g.id));
});

/** How often a group failed in the quarters of an hour from `from` and before `to`. */
export const countGroupEvents = statement(
  "count_group_events",
  (orm, { errorGroupCounts: c }, p: Params<{ groupId: string; from: number; to: number }>) =>
    orm
      .select({ events: sql<number>`coalesce(sum(${c.events}), 0)`.mapWith(Number) })
      .from(c)
      .where(and(eq(c.groupId, p.groupId), eq(c.minutes, quarter), gte(c.slot, p.from), lt(c.slot, p.to))),
);

/** How many people a group affected since a moment; `most` stands for more. */
export const countGroupPeople = statement(
  "count_group_people",
  (orm, { errorGroupPeople: people }, p: Params<{ groupId: string; since: Date; most: number }>) => {
    const some = orm
      .select({ one: sql`1`.as("one") })
      .from(people)
      .where(and(eq(people.groupId, p.groupId), gte(people.lastAt, encoded(people.lastAt, p.since))))
      .limit(p.most)
      .as("some");
    return orm.select({ people: count() }).from(some);
  },
);

/** Counts of one kind of call in the minutes from `from` and before `to`, by app and errcode. */
export const countCalls = statement(
  "count_calls",
  (orm, { apiCallCounts: c }, p: Params<{ endpoint: string; from: number; to: number }>) =>
    orm
      .select({
        appId: c.appId,
        errcode: c.errcode,
        calls: sql<number>`sum(${c.calls})`.mapWith(Number),
      })
      .from(c)
      .where(and(gte(c.minute, p.from), lt(c.minute, p.to), eq(c.endpoint, p.endpoint)))
      .groupBy(c.appId, c.errcode),
);
