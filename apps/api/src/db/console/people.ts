import { and, desc, eq, inArray, isNotNull, isNull, or, type SQL, sql } from "drizzle-orm";
import { usersOfPerson } from "../conflicts.js";
import type { Database } from "../database.js";
import { unindexed } from "../json-rows.js";
import { isAbsent, newestFirst } from "../keyset.js";
import type { Tables, UserStatus } from "../schema.js";
import { type Orm, type Params, statement } from "../statement.js";
import {
  countBounded,
  mostReadRows,
  type PageRequest,
  readBounded,
  type Total,
  type TotalBound,
} from "./bounded.js";
import { type NicknameSearch, nicknameMatches, type RareGram, usersByGram } from "./nicknames.js";

export interface PeopleFilter {
  /** An openid, unionid, user id or external id, compared exactly. */
  exactly?: string | undefined;
  nickname?: (NicknameSearch & { gram: RareGram }) | undefined;
  appId?: string | undefined;
  hasUnionid?: boolean | undefined;
  status?: UserStatus | undefined;
}

const order = (t: Tables) => ({ at: t.users.createdAt, id: t.users.id });

function userList(filter: PeopleFilter) {
  const { exactly, nickname, status, appId, hasUnionid } = filter;
  const gram = nickname?.gram ?? undefined;
  const isNarrow = exactly !== undefined || gram !== undefined;
  return {
    table: "users",
    columns: order,
    served: isNarrow || !status ? undefined : (t: Tables) => eq(t.users.status, status),
    // Users with the id or the gram are read at once. Elsewhere users are left out at least for being merged.
    ...{ isNarrow, isFiltered: !isNarrow },
    checked: (orm: Orm, t: Tables) =>
      and(
        // A merged user is listed as the one that they became.
        isAbsent(t.users.mergedInto),
        exactly === undefined ? undefined : hasId(orm, t, exactly),
        nickname && gram !== undefined ? usersByGram(orm, t, nickname, gram) : undefined,
        nickname && gram === undefined ? hasBinding(orm, t, nicknameMatches(t, nickname)) : undefined,
        appId ? hasBinding(orm, t, eq(t.bindings.appId, appId)) : undefined,
        hasUnionid === undefined
          ? undefined
          : sql`${hasBinding(orm, t, isNotNull(t.bindings.unionid))} = ${hasUnionid ? sql`true` : sql`false`}`,
        isNarrow && status ? eq(unindexed(t.users.status), status) : undefined,
      ),
  } as const;
}

export function listUsers(db: Database, filter: PeopleFilter, page: PageRequest) {
  const list = userList(filter);
  return readBounded(db, page, {
    ...list,
    read: (orm, t, condition) =>
      orm
        .select({
          userId: t.users.id,
          status: t.users.status,
          createdAt: t.users.createdAt,
          lastSignInAt: t.users.lastSignInAt,
        })
        .from(t.users)
        .where(condition)
        .orderBy(...newestFirst(order(t)))
        .limit(page.limit),
  });
}

export function countUsers(db: Database, filter: PeopleFilter, bound?: TotalBound): Promise<Total> {
  const list = userList(filter);
  return countBounded(db, bound, {
    ...list,
    matching: (orm, t, condition, limit) =>
      orm.select({ id: t.users.id }).from(t.users).where(condition).limit(limit).as("matching"),
  });
}

/**
 * One list of ids: beside `or`, PostgreSQL checks a subquery on each user that it reads by the list's order, which are all of
 * them.
 */
function hasId(orm: Orm, t: Tables, id: string): SQL | undefined {
  const itself = orm.select({ userId: t.users.id }).from(t.users).where(eq(t.users.id, id));
  const bound = orm
    .select({ userId: t.bindings.userId })
    .from(t.bindings)
    .where(or(eq(t.bindings.openid, id), eq(t.bindings.unionid, id)));
  const named = orm
    .select({ userId: t.externalUsers.userId })
    .from(t.externalUsers)
    .where(eq(t.externalUsers.externalId, id));
  return inArray(t.users.id, itself.unionAll(bound).unionAll(named));
}

/** As a value and not as EXISTS, which an engine may turn into a join that begins at the bindings. */
function hasBinding(orm: Orm, t: Tables, condition: SQL | undefined): SQL {
  const one = orm
    .select({ one: sql`1` })
    .from(t.bindings)
    .where(and(eq(t.bindings.userId, t.users.id), condition))
    .limit(1);
  return sql`((${one}) is not null)`;
}

export const findUser = statement("find_user", (orm, t, p: Params<{ userId: string }>) =>
  orm
    .select({
      userId: t.users.id,
      status: t.users.status,
      createdAt: t.users.createdAt,
      lastSignInAt: t.users.lastSignInAt,
    })
    .from(t.users)
    .where(eq(t.users.id, p.userId)),
);

export async function listBindingsOf(db: Database, userIds: readonly string[]) {
  if (userIds.length === 0) return [];
  return db.consoleQuery((orm, t) =>
    orm
      .select({
        id: t.bindings.id,
        userId: t.bindings.userId,
        appId: t.bindings.appId,
        openid: t.bindings.openid,
        unionid: t.bindings.unionid,
        scope: t.bindings.scope,
        nickname: t.bindings.nickname,
        avatarUrl: t.bindings.avatarUrl,
        createdAt: t.bindings.createdAt,
        lastSignInAt: t.bindings.lastSignInAt,
      })
      .from(t.bindings)
      .where(inArray(t.bindings.userId, [...userIds]))
      .orderBy(t.bindings.createdAt, t.bindings.id),
  );
}

/** Those of a person, and of who was merged into them, that wait for an operator. */
export const listConflictsOf = statement("list_conflicts_of", (orm, t, p: Params<{ userId: string }>) => {
  const c = t.identityConflicts;
  const isTheirs = inArray(c.userId, usersOfPerson(t, p.userId));
  return orm
    .select({
      id: c.id,
      unionid: c.unionid,
      otherUserId: sql<string>`case when ${isTheirs} then ${c.otherUserId} else ${c.userId} end`,
      createdAt: c.createdAt,
    })
    .from(c)
    .where(and(isNull(c.resolvedAt), or(isTheirs, inArray(c.otherUserId, usersOfPerson(t, p.userId)))))
    .orderBy(desc(c.createdAt), desc(c.id))
    .limit(50);
});

/** Users of whose id only the end is known, among the newest: no index serves that. */
export function findUsersByTail(db: Database, tail: string, limit: number) {
  return db.consoleQuery((orm, t) => {
    const newest = orm
      .select({ id: t.users.id, createdAt: t.users.createdAt })
      .from(t.users)
      .orderBy(...newestFirst(order(t)))
      .limit(mostReadRows)
      .as("newest");
    return orm
      .select({ id: newest.id })
      .from(newest)
      .where(sql`${newest.id} like ${`%${tail}`}`)
      .limit(limit);
  });
}
