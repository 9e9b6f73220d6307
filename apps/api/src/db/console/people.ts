import { and, desc, eq, exists, inArray, isNotNull, isNull, not, or, type SQL, sql } from "drizzle-orm";
import { usersOfPerson } from "../conflicts.js";
import type { Database } from "../database.js";
import { isAbsent, newestFirst, olderThan, textMatches } from "../keyset.js";
import type { UserStatus } from "../schema.js";
import { type Params, statement } from "../statement.js";

export interface PeopleFilter {
  /** An openid, unionid, user id or external id, compared exactly. */
  exactly?: string | undefined;
  /** A folded nickname, or a part of one. */
  nickname?: string | undefined;
  matchesParts?: boolean | undefined;
  appId?: string | undefined;
  hasUnionid?: boolean | undefined;
  status?: UserStatus | undefined;
}

export function listUsers(
  db: Database,
  filter: PeopleFilter,
  page: { after: { at: Date; id: string } | undefined; limit: number },
) {
  return db.consoleQuery((orm, t) => {
    const columns = { at: t.users.createdAt, id: t.users.id };
    const binding = (condition: SQL | undefined) =>
      exists(
        orm
          .select({ one: sql`1` })
          .from(t.bindings)
          .where(and(eq(t.bindings.userId, t.users.id), condition)),
      );
    // A merged user is listed as the one that they became.
    const conditions: (SQL | undefined)[] = [olderThan(columns, page.after), isAbsent(t.users.mergedInto)];
    if (filter.exactly) {
      // `in` instead of `exists`, so that each part uses its index.
      const bound = orm
        .select({ userId: t.bindings.userId })
        .from(t.bindings)
        .where(or(eq(t.bindings.openid, filter.exactly), eq(t.bindings.unionid, filter.exactly)));
      const named = orm
        .select({ userId: t.externalUsers.userId })
        .from(t.externalUsers)
        .where(eq(t.externalUsers.externalId, filter.exactly));
      conditions.push(
        or(eq(t.users.id, filter.exactly), inArray(t.users.id, bound), inArray(t.users.id, named)),
      );
    }
    if (filter.nickname) {
      conditions.push(binding(textMatches(t.bindings.nicknameFolded, filter.nickname, filter.matchesParts)));
    }
    if (filter.appId) conditions.push(binding(eq(t.bindings.appId, filter.appId)));
    if (filter.hasUnionid !== undefined) {
      const has = binding(isNotNull(t.bindings.unionid));
      conditions.push(filter.hasUnionid ? has : not(has));
    }
    if (filter.status) conditions.push(eq(t.users.status, filter.status));
    return orm
      .select({
        userId: t.users.id,
        status: t.users.status,
        createdAt: t.users.createdAt,
        lastSignInAt: t.users.lastSignInAt,
      })
      .from(t.users)
      .where(and(...conditions))
      .orderBy(...newestFirst(columns))
      .limit(page.limit);
  });
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
