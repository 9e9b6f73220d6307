import { and, eq, inArray, isNotNull, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { columnsFor } from "./insert-select.js";
import type { Tables } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

// Failures of one kind are remembered as a group, with counts: grouping millions of rows for each look would take seconds.

/** The groups' counts are of quarters of an hour and of days. */
export const quarter = 15;
export const day = 1440;
export type SlotMinutes = typeof quarter | typeof day;

export const slotOf = (moment: Date, minutes: SlotMinutes): number =>
  Math.floor(moment.getTime() / (minutes * 60_000));

export const startOfSlot = (slot: number, minutes: SlotMinutes): Date => new Date(slot * minutes * 60_000);

/**
 * Whom a failure affects: an openid; where the call failed before it was known, the user of the browser, else the browser. The
 * prefixes keep an id of one kind from being taken for one of another. Null for a call about a whole account.
 */
export const affectedBy = ({ apiFailures: f, signIns: s }: Tables): SQL<string | null> => sql<
  string | null
>`case
  when ${f.openid} is not null then 'o' || ${f.openid}
  when ${s.browserUserId} is not null then 'u' || ${s.browserUserId}
  when ${s.browserHash} is not null then 'b' || ${s.browserHash}
end`;

/** The sign-in of a failure that names no openid. */
export const signInOfUnnamed = ({ apiFailures: f, signIns: s }: Tables) =>
  and(isNull(f.openid), eq(s.id, f.signInId));

export const groupOf = ({ apiFailures: f, errorGroups: g }: Tables) =>
  and(eq(g.appId, f.appId), eq(g.endpoint, f.endpoint), eq(g.errcode, f.errcode));

type Failure = Params<{ id: string }>;

/** The group of a failure, unless there is one already. */
export const insertErrorGroup = statement(
  "insert_error_group",
  (orm, t, p: Params<{ id: string; appId: string; endpoint: string; errcode: string }>) =>
    orm
      .insert(t.errorGroups)
      .values({ id: p.id, appId: p.appId, endpoint: p.endpoint, errcode: p.errcode })
      .onConflictDoNothing()
      .returning({ id: t.errorGroups.id }),
);

export const addToErrorGroup = statement(
  "add_to_error_group",
  (orm, t, p: Params<{ id: string; minutes: SlotMinutes; slot: number }>) => {
    const { apiFailures: f, errorGroups: g, errorGroupCounts: counts } = t;
    return orm
      .insert(counts)
      .select(
        orm
          .select(
            columnsFor(counts, {
              groupId: g.id,
              minutes: p.minutes,
              slot: p.slot,
              events: sql`1`,
              unnamed: sql`case when ${f.openid} is null then 1 else 0 end`,
              firstAt: f.at,
              lastAt: f.at,
            }),
          )
          .from(f)
          .innerJoin(g, groupOf(t))
          .where(eq(f.id, p.id)),
      )
      .onConflictDoUpdate({
        target: [counts.groupId, counts.minutes, counts.slot],
        set: {
          events: sql`${counts.events} + excluded.events`,
          unnamed: sql`${counts.unnamed} + excluded.unnamed`,
          firstAt: sql`case when excluded.first_at < ${counts.firstAt} then excluded.first_at else ${counts.firstAt} end`,
          lastAt: sql`case when excluded.last_at > ${counts.lastAt} then excluded.last_at else ${counts.lastAt} end`,
        },
      })
      .returning({ groupId: counts.groupId });
  },
);

export const addToErrorGroupPeople = statement("add_to_error_group_people", (orm, t, p: Failure) => {
  const { apiFailures: f, signIns: s, errorGroups: g, errorGroupPeople: people } = t;
  return orm
    .insert(people)
    .select(
      orm
        .select(columnsFor(people, { groupId: g.id, who: affectedBy(t), lastAt: f.at }))
        .from(f)
        .innerJoin(g, groupOf(t))
        .leftJoin(s, signInOfUnnamed(t))
        .where(and(eq(f.id, p.id), isNotNull(affectedBy(t)))),
    )
    .onConflictDoUpdate({
      target: [people.groupId, people.who],
      set: {
        lastAt: sql`case when excluded.last_at > ${people.lastAt} then excluded.last_at else ${people.lastAt} end`,
      },
    })
    .returning({ groupId: people.groupId });
});

/** An erased person is not counted any more. `who` is as in `affectedBy`, and an openid is one of an app. */
export const forgetAffectedOpenid = statement(
  "forget_affected_openid",
  (orm, t, p: Params<{ appId: string; who: string }>) =>
    orm
      .delete(t.errorGroupPeople)
      .where(
        and(
          eq(t.errorGroupPeople.who, p.who),
          inArray(
            t.errorGroupPeople.groupId,
            orm.select({ id: t.errorGroups.id }).from(t.errorGroups).where(eq(t.errorGroups.appId, p.appId)),
          ),
        ),
      )
      .returning({ groupId: t.errorGroupPeople.groupId }),
);

export const forgetAffected = statement("forget_affected", (orm, t, p: Params<{ who: string }>) =>
  orm
    .delete(t.errorGroupPeople)
    .where(eq(t.errorGroupPeople.who, p.who))
    .returning({ groupId: t.errorGroupPeople.groupId }),
);

export const deleteErrorGroupPeopleBefore = statement(
  "delete_error_group_people_before",
  (orm, t, p: Params<{ before: Date }>) => {
    const { groupId, who, lastAt } = t.errorGroupPeople;
    const oldest = orm
      .select({ groupId, who })
      .from(t.errorGroupPeople)
      .where(lt(lastAt, encoded(lastAt, p.before)))
      .limit(deleteBatchSize);
    return orm
      .delete(t.errorGroupPeople)
      .where(sql`(${groupId}, ${who}) in ${oldest}`)
      .returning({ groupId });
  },
);

export const deleteErrorGroupCountsBefore = statement(
  "delete_error_group_counts_before",
  (orm, t, p: Params<{ quarter: number; day: number }>) => {
    const { groupId, minutes, slot } = t.errorGroupCounts;
    const oldest = orm
      .select({ groupId, minutes, slot })
      .from(t.errorGroupCounts)
      .where(or(and(eq(minutes, quarter), lt(slot, p.quarter)), and(eq(minutes, day), lt(slot, p.day))))
      .limit(deleteBatchSize);
    return orm
      .delete(t.errorGroupCounts)
      .where(sql`(${groupId}, ${minutes}, ${slot}) in ${oldest}`)
      .returning({ groupId });
  },
);
