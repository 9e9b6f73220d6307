import { and, count, countDistinct, desc, eq, gte, inArray, lte, max, min, or, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { affectedBy, day, quarter, type SlotMinutes, signInOfUnnamed, slotOf } from "../error-groups.js";
import { type Position, within } from "../keyset.js";
import { actorName } from "./actor-name.js";
import { findLastReadable, type PageRequest } from "./bounded.js";
import { type FailureFilter, failureConditions, failureOrder } from "./failures.js";

/** As many failures as match; beyond what one request reads, the last one that it may read. */
export function findLastCounted(
  db: Database,
  filter: FailureFilter,
  page: Pick<PageRequest, "after" | "maxReadRows">,
): Promise<Position | undefined> {
  const { served } = failureConditions(filter);
  const list = { table: "apiFailures", columns: failureOrder, times: filter, served } as const;
  return findLastReadable(db, page, list);
}

/**
 * Failures by (app, endpoint, errcode), the most frequent first, counted from the rows themselves. `unnamed` counts those before
 * an openid was known.
 *
 * @param last the oldest failure that is read
 */
export function groupFailures(
  db: Database,
  filter: FailureFilter,
  { last, limit }: { last?: Position | undefined; limit: number },
) {
  const { served, checked } = failureConditions(filter);
  return db.consoleQuery((orm, t) => {
    const { apiFailures: f, signIns: s } = t;
    const events = count();
    return orm
      .select({
        appId: f.appId,
        endpoint: f.endpoint,
        errcode: f.errcode,
        events,
        people: countDistinct(affectedBy(t)),
        unnamed: sql<number>`count(*) - count(${f.openid})`.mapWith(Number),
        firstSeenAt: min(f.at),
        lastSeenAt: max(f.at),
      })
      .from(f)
      .leftJoin(s, signInOfUnnamed(t))
      .where(and(served?.(t), within(failureOrder(t), { ...filter, last }), checked(t)))
      .groupBy(f.appId, f.endpoint, f.errcode)
      .orderBy(desc(events), desc(max(f.at)))
      .limit(limit);
  });
}

export type GroupFilter = Pick<FailureFilter, "appId" | "endpoint" | "errcode">;

interface Slots {
  minutes: SlotMinutes;
  first: number | undefined;
  last: number | undefined;
}

const quartersPerDay = day / quarter;

/** The whole days of a range, and the quarters of an hour before and after them. */
function slotsIn({ from, to }: { from?: Date | undefined; to?: Date | undefined }): Slots[] {
  const first = from && slotOf(from, quarter);
  const last = to && slotOf(to, quarter);
  const firstDay = first === undefined ? undefined : Math.ceil(first / quartersPerDay);
  const lastDay = last === undefined ? undefined : Math.floor((last + 1) / quartersPerDay) - 1;
  if (firstDay !== undefined && lastDay !== undefined && firstDay > lastDay) {
    return [{ minutes: quarter, first, last }];
  }
  return [
    { minutes: day, first: firstDay, last: lastDay },
    ...(firstDay === undefined
      ? []
      : [{ minutes: quarter, first, last: firstDay * quartersPerDay - 1 } as const]),
    ...(lastDay === undefined
      ? []
      : [{ minutes: quarter, first: (lastDay + 1) * quartersPerDay, last } as const]),
  ];
}

/** The same from the groups' counts, by whole quarters of an hour; without the people. */
export function listGroupCounts(
  db: Database,
  { appId, endpoint, errcode, from, to }: GroupFilter & { from?: Date | undefined; to?: Date | undefined },
  limit: number,
) {
  return db.consoleQuery((orm, t) => {
    const { errorGroups: g, errorGroupCounts: c } = t;
    const events = sql<number>`sum(${c.events})`.mapWith(Number);
    return orm
      .select({
        groupId: g.id,
        appId: g.appId,
        endpoint: g.endpoint,
        errcode: g.errcode,
        events,
        unnamed: sql<number>`sum(${c.unnamed})`.mapWith(Number),
        firstSeenAt: min(c.firstAt),
        lastSeenAt: max(c.lastAt),
      })
      .from(g)
      .innerJoin(c, eq(c.groupId, g.id))
      .where(
        and(
          appId ? eq(g.appId, appId) : undefined,
          endpoint ? eq(g.endpoint, endpoint) : undefined,
          errcode ? eq(g.errcode, errcode) : undefined,
          or(
            ...slotsIn({ from, to }).map(({ minutes, first, last }) =>
              and(
                eq(c.minutes, minutes),
                first === undefined ? undefined : gte(c.slot, first),
                last === undefined ? undefined : lte(c.slot, last),
              ),
            ),
          ),
        ),
      )
      .groupBy(g.id, g.appId, g.endpoint, g.errcode)
      .orderBy(desc(events), desc(max(c.lastAt)))
      .limit(limit);
  });
}

/**
 * How many people each of these groups has affected since a moment; counted up to `most` of each group. Up to a moment that is
 * past, only those are counted who have not failed since.
 */
export async function countPeopleAffected(
  db: Database,
  groupIds: string[],
  { since, to }: { since: Date; to: Date | undefined },
  most: number,
): Promise<Map<string, number>> {
  if (groupIds.length === 0) return new Map();
  const rows = await db.consoleQuery((orm, { errorGroups: g, errorGroupPeople: p }) => {
    const isTheirs = and(eq(p.groupId, g.id), gte(p.lastAt, since), to ? lte(p.lastAt, to) : undefined);
    return orm
      .select({
        groupId: g.id,
        people: sql<number>`(select count(*) from (
          select 1 from ${p} where ${isTheirs} limit ${most}
        ) as affected)`.mapWith(Number),
      })
      .from(g)
      .where(inArray(g.id, groupIds));
  });
  return new Map(rows.map(({ groupId, people }) => [groupId, people]));
}

export type GroupKey = Required<{ [Name in keyof GroupFilter]: string }>;

/** The state of each of these groups, and when it failed first and last: null once its counts are deleted. */
export async function listGroupStates(db: Database, keys: readonly GroupKey[]) {
  if (keys.length === 0) return [];
  return db.consoleQuery((orm, t) => {
    const { errorGroups: g, errorGroupCounts: c } = t;
    const ofGroup = and(eq(c.groupId, g.id), eq(c.minutes, day));
    const values = keys.map((key) => sql`(${key.appId}, ${key.endpoint}, ${key.errcode})`);
    return orm
      .select({
        id: g.id,
        appId: g.appId,
        endpoint: g.endpoint,
        errcode: g.errcode,
        state: g.state,
        stateAt: g.stateAt,
        stateBy: actorName(t, g.stateBy),
        resolvedAt: g.resolvedAt,
        mutedUntil: g.mutedUntil,
        firstSeenAt: sql<Date | null>`(select ${c.firstAt} from ${c} where ${ofGroup}
          order by ${c.slot} limit 1)`.mapWith(c.firstAt),
        lastSeenAt: sql<Date | null>`(select ${c.lastAt} from ${c} where ${ofGroup}
          order by ${c.slot} desc limit 1)`.mapWith(c.lastAt),
      })
      .from(g)
      .where(sql`(${g.appId}, ${g.endpoint}, ${g.errcode}) in (values ${sql.join(values, sql`, `)})`);
  });
}

/** The events of these groups in bars of several slots each, numbered like the slots: `bar` is the first one's divided by `slotsPerBar`. */
export async function listGroupBars(
  db: Database,
  groupIds: readonly string[],
  {
    slotMinutes,
    slotsPerBar,
    first,
    last,
  }: { slotMinutes: SlotMinutes; slotsPerBar: number; first: number; last: number },
) {
  if (groupIds.length === 0) return [];
  return db.consoleQuery((orm, { errorGroupCounts: c }) => {
    // A literal, because PostgreSQL takes two parameters for two expressions.
    const bar = sql<number>`${c.slot} / ${sql.raw(String(slotsPerBar))}`;
    return orm
      .select({
        groupId: c.groupId,
        bar: bar.mapWith(Number),
        events: sql<number>`sum(${c.events})`.mapWith(Number),
      })
      .from(c)
      .where(
        and(
          inArray(c.groupId, [...groupIds]),
          eq(c.minutes, slotMinutes),
          gte(c.slot, first * slotsPerBar),
          lte(c.slot, (last + 1) * slotsPerBar - 1),
        ),
      )
      .groupBy(c.groupId, bar);
  });
}
