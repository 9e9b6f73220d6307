import { and, type Column, count, eq, gte, lt, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { affectedBy, day, quarter, type SlotMinutes, signInOfUnnamed } from "../error-groups.js";
import { newestFirst, type Position, within } from "../keyset.js";
import { type FailureFilter, failureConditions, failureOrder } from "./failures.js";

/** Of one kind: `call`, `failed_call`, or the outcome of a sign-in. */
export interface CallSum {
  /** Counts from `firstUnit` on, in bars of `unitsPerBar`. */
  bar: number;
  kind: string;
  calls: number;
}

/** Which calls are counted: of one app, one endpoint, one errcode. */
export interface CountedCalls {
  appId?: string | undefined;
  endpoint?: string | undefined;
  errcode?: string | undefined;
}

/**
 * Counts of calls and of ended sign-ins, summed by bar and kind.
 *
 * @param minutes how long a unit is: 1, or that of a slot
 * @param firstUnit the first Unix minute or slot; `endUnit` is not part of it
 */
export function sumCalls(
  db: Database,
  {
    minutes,
    firstUnit,
    endUnit,
    unitsPerBar,
    ...calls
  }: {
    minutes: 1 | SlotMinutes;
    firstUnit: number;
    endUnit: number;
    unitsPerBar: number;
  } & CountedCalls,
): Promise<CallSum[]> {
  return db.consoleQuery((orm, { apiCallCounts, apiCallSlots }) => {
    const t = minutes === 1 ? apiCallCounts : apiCallSlots;
    const unit = minutes === 1 ? apiCallCounts.minute : apiCallSlots.slot;
    // Whole numbers of ours, written out: PostgreSQL groups by an expression only if it is the same text.
    const bar = sql<number>`(${unit} - ${sql.raw(String(firstUnit))}) / ${sql.raw(String(unitsPerBar))}`;
    const kind = kindOf(t);
    return orm
      .select({ bar: bar.mapWith(Number), kind, calls: sumOf(t) })
      .from(t)
      .where(
        and(
          minutes === 1 ? undefined : eq(apiCallSlots.minutes, minutes),
          gte(unit, firstUnit),
          lt(unit, endUnit),
          ...areOf(t, calls),
        ),
      )
      .groupBy(bar, kind);
  });
}

type Counts = Record<"appId" | "endpoint" | "errcode" | "calls", Column>;

const areOf = (t: Counts, calls: CountedCalls) =>
  (["appId", "endpoint", "errcode"] as const).map((name) =>
    calls[name] === undefined ? undefined : eq(t[name], calls[name]),
  );

const kindOf = (t: Counts) =>
  sql<string>`case when ${t.endpoint} = 'sign_in' then ${t.errcode} when ${t.errcode} = '' then 'call' else 'failed_call' end`;
const sumOf = (t: Pick<Counts, "calls">) => sql<number>`sum(${t.calls})`.mapWith(Number);

/** The same for each day of UTC; `endDay` is not part of it. */
export function sumCallsOfDays(
  db: Database,
  { firstDay, endDay, ...calls }: { firstDay: number; endDay: number } & CountedCalls,
) {
  return db.consoleQuery((orm, { apiCallSlots: t }) => {
    const kind = kindOf(t);
    return orm
      .select({ day: t.slot, kind, calls: sumOf(t) })
      .from(t)
      .where(and(eq(t.minutes, day), ...[gte(t.slot, firstDay), lt(t.slot, endDay)], ...areOf(t, calls)))
      .groupBy(t.slot, kind);
  });
}

/** The same for some quarters of an hour, by the bar that each is in and by its day of UTC. */
export async function sumCallsOfQuarters(
  db: Database,
  {
    slots,
    firstUnit,
    unitsPerBar,
    ...calls
  }: { slots: readonly number[]; firstUnit: number; unitsPerBar: number } & CountedCalls,
) {
  if (slots.length === 0) return [];
  return db.consoleQuery((orm, { apiCallSlots: t }) => {
    const bar = sql<number>`(${t.slot} - ${sql.raw(String(firstUnit))}) / ${sql.raw(String(unitsPerBar))}`;
    const dayOf = sql<number>`${t.slot} / ${sql.raw(String(day / quarter))}`;
    const kind = kindOf(t);
    return orm
      .select({ bar: bar.mapWith(Number), day: dayOf.mapWith(Number), kind, calls: sumOf(t) })
      .from(t)
      .where(
        and(eq(t.minutes, quarter), sql`${t.slot} in (${sql.raw(slots.join(", "))})`, ...areOf(t, calls)),
      )
      .groupBy(bar, dayOf, kind);
  });
}

/**
 * How many people came for the first time; at most `limit` are counted. Newest first, because PostgreSQL would rather read the
 * whole table than so much of an index, unless the order asks for it.
 */
export async function countNewPeople(
  db: Database,
  { from, to, limit }: { from: Date; to: Date; limit: number },
): Promise<number> {
  const [row] = await db.consoleQuery((orm, { users: u }) => {
    const found = orm
      .select({ id: u.id })
      .from(u)
      .where(and(gte(u.createdAt, from), lt(u.createdAt, to)))
      .orderBy(...newestFirst({ at: u.createdAt, id: u.id }))
      .limit(limit)
      .as("found");
    return orm.select({ people: count() }).from(found);
  });
  return row?.people ?? 0;
}

/**
 * How many people and browsers the failures affect.
 *
 * @param last the oldest failure that is read
 */
export async function countAffected(
  db: Database,
  filter: FailureFilter,
  { last }: { last: Position | undefined },
): Promise<number> {
  const { served, checked } = failureConditions(filter);
  const [row] = await db.consoleQuery((orm, t) => {
    const { apiFailures: f, signIns: s } = t;
    const who = affectedBy(t);
    // An openid is one of an app; a user and a browser may fail in several.
    const person = sql`case when ${f.openid} is null then ${who} else ${f.appId} || ${who} end`;
    return orm
      .select({ people: sql<number>`count(distinct ${person})`.mapWith(Number) })
      .from(f)
      .leftJoin(s, signInOfUnnamed(t))
      .where(and(served?.(t), within(failureOrder(t), { ...filter, last }), checked(t)));
  });
  return row?.people ?? 0;
}
