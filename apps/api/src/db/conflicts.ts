import { and, eq, inArray, isNull, ne, or, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { ConflictResolution, Tables } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

export const findConflict = statement("find_conflict", (orm, t, p: Params<{ id: string }>) =>
  orm.select().from(t.identityConflicts).where(eq(t.identityConflicts.id, p.id)),
);

export const resolveConflict = statement(
  "resolve_conflict",
  (orm, t, p: Params<{ id: string; resolution: ConflictResolution; now: Date }>) =>
    orm
      .update(t.identityConflicts)
      .set({
        resolvedAt: sql`${encoded(t.identityConflicts.resolvedAt, p.now)}`,
        resolution: sql`${p.resolution}`,
      })
      .where(and(eq(t.identityConflicts.id, p.id), isNull(t.identityConflicts.resolvedAt)))
      .returning({ id: t.identityConflicts.id }),
);

/** A user and all who were merged into them, also by way of others. */
export const usersOfPerson = ({ users }: Tables, userId: Placeholder): SQL => sql`(
  with recursive person(id) as (
    select ${users.id} from ${users} where ${users.id} = ${userId}
    union all
    select ${users.id} from ${users} join person on ${users.mergedInto} = person.id
  )
  select id from person
)`;

/** All open conflicts between users who are one person, after a merge made them one. */
export const resolveConflictsWithin = statement(
  "resolve_conflicts_within",
  (orm, t, p: Params<{ userId: string; now: Date }>) => {
    const c = t.identityConflicts;
    return orm
      .update(c)
      .set({ resolvedAt: sql`${encoded(c.resolvedAt, p.now)}`, resolution: "merged" })
      .where(
        and(
          isNull(c.resolvedAt),
          inArray(c.userId, usersOfPerson(t, p.userId)),
          inArray(c.otherUserId, usersOfPerson(t, p.userId)),
          // A changed unionid that no user has is a conflict of one user, and no merge resolves it.
          ne(c.userId, c.otherUserId),
        ),
      )
      .returning({ id: c.id });
  },
);

/** Those between two persons that a merge had resolved, after its undo made them two. */
export const reopenConflictsBetween = statement(
  "reopen_conflicts_between",
  (orm, t, p: Params<{ fromUserId: string; intoUserId: string }>) => {
    const c = t.identityConflicts;
    const [from, into] = [usersOfPerson(t, p.fromUserId), usersOfPerson(t, p.intoUserId)];
    return orm
      .update(c)
      .set({ resolvedAt: null, resolution: null })
      .where(
        and(
          eq(c.resolution, "merged"),
          or(
            and(inArray(c.userId, from), inArray(c.otherUserId, into)),
            and(inArray(c.userId, into), inArray(c.otherUserId, from)),
          ),
        ),
      )
      .returning({ id: c.id });
  },
);
