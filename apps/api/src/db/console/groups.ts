import { and, asc, count, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database } from "../database.js";

/** How many unionids of these apps' bindings belong to one user, and to none of the group yet. */
export async function countUnionsToJoin(db: Database, group: string, appIds: string[]): Promise<number> {
  const [row] = await db.consoleQuery((orm, { bindings, unions }) => {
    const toJoin = orm
      .select({ unionid: bindings.unionid })
      .from(bindings)
      .leftJoin(unions, and(eq(unions.group, group), eq(unions.unionid, bindings.unionid)))
      .where(and(inArray(bindings.appId, appIds), isNotNull(bindings.unionid), isNull(unions.userId)))
      .groupBy(bindings.unionid)
      .having(sql`min(${bindings.userId}) = max(${bindings.userId})`)
      .as("to_join");
    return orm.select({ count: count() }).from(toJoin);
  });
  return Number(row?.count ?? 0);
}

/** The unionids of these apps' bindings that two users or more have, and two of those users. */
export function listUnionsOfManyUsers(db: Database, group: string, appIds: string[]) {
  return db.consoleQuery((orm, { bindings, unions }) => {
    const owner = sql`coalesce(${unions.userId}, ${bindings.userId})`;
    const users = {
      unionid: bindings.unionid,
      userId: sql<string>`min(case when ${bindings.userId} < ${owner} then ${bindings.userId} else ${owner} end)`,
      otherUserId: sql<string>`max(case when ${bindings.userId} > ${owner} then ${bindings.userId} else ${owner} end)`,
    };
    return orm
      .select(users)
      .from(bindings)
      .leftJoin(unions, and(eq(unions.group, group), eq(unions.unionid, bindings.unionid)))
      .where(and(inArray(bindings.appId, appIds), isNotNull(bindings.unionid)))
      .groupBy(bindings.unionid)
      .having(sql`${users.userId} <> ${users.otherUserId}`)
      .orderBy(asc(bindings.unionid));
  });
}
