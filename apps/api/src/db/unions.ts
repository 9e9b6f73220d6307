import { and, asc, eq, gt, notExists, sql } from "drizzle-orm";
import { type Params, statement } from "./statement.js";

/** The groups that have a unionid, one after the other: an index gives each at once, however many rows there are. */
export const findNextUnionGroup = statement("find_next_union_group", (orm, t, p: Params<{ after: string }>) =>
  orm
    .select({ group: t.unions.group })
    .from(t.unions)
    .where(gt(t.unions.group, p.after))
    .orderBy(asc(t.unions.group))
    .limit(1),
);

/**
 * A unionid is no longer the user's, unless one of their bindings still has it.
 *
 * @param otherApps the appids, in one text, of the apps whose bindings do not count.
 */
export const deleteUnionOfBinding = statement(
  "delete_union_of_binding",
  (orm, t, p: Params<{ group: string; unionid: string; userId: string; otherApps: string }>) =>
    orm
      .delete(t.unions)
      .where(
        and(
          eq(t.unions.group, p.group),
          eq(t.unions.unionid, p.unionid),
          eq(t.unions.userId, p.userId),
          notExists(
            orm
              .select({ id: t.bindings.id })
              .from(t.bindings)
              .where(
                and(
                  eq(t.bindings.unionid, p.unionid),
                  eq(t.bindings.userId, p.userId),
                  sql`${p.otherApps} not like '%' || ${t.bindings.appId} || '%'`,
                ),
              ),
          ),
        ),
      )
      .returning({ unionid: t.unions.unionid }),
);
