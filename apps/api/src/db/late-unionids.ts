import { and, asc, eq, gt, isNotNull, isNull, lte, ne, sql } from "drizzle-orm";
import { columnsFor } from "./insert-select.js";
import { encoded, type Params, statement } from "./statement.js";

// Bindings that learn their unionid, or their app's group, after they were made.

/** Bindings of one step of `joinGroup`: SQLite blocks the main thread, so requests get their turn between steps. */
export const joinBatchSize = 500;

/** Touches no row if the binding has a unionid by now, or was deleted. */
export const setLateUnionid = statement(
  "set_late_unionid",
  (orm, t, p: Params<{ appId: string; openid: string; unionid: string; now: Date }>) =>
    orm
      .update(t.bindings)
      .set({
        unionid: sql`${p.unionid}`,
        unionidCheckedAt: sql`${encoded(t.bindings.unionidCheckedAt, p.now)}`,
      })
      .where(and(eq(t.bindings.appId, p.appId), eq(t.bindings.openid, p.openid), isNull(t.bindings.unionid)))
      .returning({ userId: t.bindings.userId }),
);

/** WeChat gave no unionid for this person. */
export const setUnionidChecked = statement(
  "set_unionid_checked",
  (orm, t, p: Params<{ appId: string; openid: string; now: Date }>) =>
    orm
      .update(t.bindings)
      .set({ unionidCheckedAt: sql`${encoded(t.bindings.unionidCheckedAt, p.now)}` })
      .where(and(eq(t.bindings.appId, p.appId), eq(t.bindings.openid, p.openid)))
      .returning({ id: t.bindings.id }),
);

interface JoinRange {
  appId: string;
  group: string;
  /** Openids: the first is left out, the last is included. */
  after: string;
  upTo: string;
  now: Date;
}

/** The unionids of a range of bindings belong to their users, unless another user has them already. */
export const insertUnionsOfBindings = statement("insert_unions_of_bindings", (orm, t, p: Params<JoinRange>) =>
  orm
    .insert(t.unions)
    .select(
      orm
        .select(
          columnsFor(t.unions, {
            group: p.group,
            unionid: t.bindings.unionid,
            userId: t.bindings.userId,
            createdAt: p.now,
          }),
        )
        .from(t.bindings)
        .where(
          and(
            eq(t.bindings.appId, p.appId),
            gt(t.bindings.openid, p.after),
            lte(t.bindings.openid, p.upTo),
            isNotNull(t.bindings.unionid),
          ),
        )
        .orderBy(asc(t.bindings.unionid), asc(t.bindings.openid)),
    )
    .onConflictDoNothing()
    .returning({ userId: t.unions.userId }),
);

/** The bindings of the range whose unionid belongs to another user. */
export const listConflictsOfBindings = statement(
  "list_conflicts_of_bindings",
  (orm, t, p: Params<Omit<JoinRange, "now">>) =>
    orm
      .select({
        unionid: t.unions.unionid,
        userId: t.bindings.userId,
        otherUserId: t.unions.userId,
      })
      .from(t.bindings)
      .innerJoin(t.unions, and(eq(t.unions.group, p.group), eq(t.unions.unionid, t.bindings.unionid)))
      .where(
        and(
          eq(t.bindings.appId, p.appId),
          gt(t.bindings.openid, p.after),
          lte(t.bindings.openid, p.upTo),
          ne(t.unions.userId, t.bindings.userId),
        ),
      ),
);

export const findGroupJoin = statement(
  "find_group_join",
  (orm, t, p: Params<{ appId: string; group: string }>) =>
    orm
      .select({ after: t.groupJoins.after, doneAt: t.groupJoins.doneAt })
      .from(t.groupJoins)
      .where(and(eq(t.groupJoins.appId, p.appId), eq(t.groupJoins.group, p.group))),
);

export const insertGroupJoin = statement(
  "insert_group_join",
  (orm, t, p: Params<{ appId: string; group: string }>) =>
    orm
      .insert(t.groupJoins)
      .values({ appId: p.appId, group: p.group, after: "", doneAt: null })
      .onConflictDoNothing()
      .returning({ appId: t.groupJoins.appId }),
);

/** Forgets the groups that an app is in no more: bindings that are made meanwhile join if one is set again. */
export const deleteOtherGroupJoins = statement(
  "delete_other_group_joins",
  (orm, t, p: Params<{ appId: string; group: string }>) =>
    orm
      .delete(t.groupJoins)
      .where(and(eq(t.groupJoins.appId, p.appId), ne(t.groupJoins.group, p.group)))
      .returning({ group: t.groupJoins.group }),
);

/** The openid with which the next step ends, and how many bindings it has. */
export const findJoinStep = statement(
  "find_join_step",
  (orm, t, p: Params<{ appId: string; after: string }>) => {
    const step = orm
      .select({ openid: t.bindings.openid })
      .from(t.bindings)
      .where(and(eq(t.bindings.appId, p.appId), gt(t.bindings.openid, p.after)))
      .orderBy(asc(t.bindings.openid))
      .limit(joinBatchSize)
      .as("step");
    return orm
      .select({ upTo: sql<string | null>`max(${step.openid})`, size: sql<number>`count(*)`.mapWith(Number) })
      .from(step);
  },
);

/** Touches no row if another process took this step. */
export const advanceGroupJoin = statement(
  "advance_group_join",
  (orm, t, p: Params<{ appId: string; group: string; after: string; upTo: string; doneAt: Date | null }>) =>
    orm
      .update(t.groupJoins)
      .set({
        // The binding with `upTo` may be erased by now: its openid is stored nowhere again.
        after: sql`coalesce((select max(${t.bindings.openid}) from ${t.bindings} where ${and(
          eq(t.bindings.appId, p.appId),
          lte(t.bindings.openid, p.upTo),
        )}), '')`,
        doneAt: sql`${encoded(t.groupJoins.doneAt, p.doneAt)}`,
      })
      .where(
        and(
          eq(t.groupJoins.appId, p.appId),
          eq(t.groupJoins.group, p.group),
          eq(t.groupJoins.after, p.after),
          isNull(t.groupJoins.doneAt),
        ),
      )
      .returning({ appId: t.groupJoins.appId }),
);
