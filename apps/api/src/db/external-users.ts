import { and, asc, type Column, eq, exists, not, type Placeholder, type SQL, sql } from "drizzle-orm";
import { columnsFor } from "./insert-select.js";
import { jsonRows, placeOf, rowsIn, textOf, unindexed } from "./json-rows.js";
import type { Tables } from "./schema.js";
import { type Params, statement } from "./statement.js";

// People as host applications know them.

/** Two at most: whose id it is, and whether it is another person's, too, at another client. */
export const listUsersByExternalId = statement(
  "list_users_by_external_id",
  (orm, t, p: Params<{ externalId: string }>) =>
    orm
      .selectDistinct({ userId: t.externalUsers.userId })
      .from(t.externalUsers)
      .where(eq(t.externalUsers.externalId, p.externalId))
      .limit(2),
);

/** What host applications call one user. */
export const listExternalIdsOfUser = statement(
  "list_external_ids_of_user",
  (orm, t, p: Params<{ userId: string }>) =>
    orm
      .select({ clientId: t.externalUsers.clientId, externalId: t.externalUsers.externalId })
      .from(t.externalUsers)
      .where(eq(t.externalUsers.userId, p.userId))
      .orderBy(asc(t.externalUsers.clientId), asc(t.externalUsers.externalId))
      .limit(50),
);

/**
 * What one client calls a user, as a column. A merge may leave a user two external ids of one client: the one that was set first
 * counts. The client stays out of the index, as in `unindexed`: a user has few external ids, a client many.
 */
export const externalIdAt = (
  { externalUsers }: Tables,
  userId: Column,
  clientId: Placeholder,
): SQL<string | null> => sql<string | null>`(select e.external_id from ${externalUsers} e
  where e.user_id = ${sql`${userId}`} and coalesce(e.client_id, '') = ${clientId}
  order by e.created_at, e.external_id limit 1)`;

/** What one client calls a user: several after a merge, the one that was set first before the others. */
export const listExternalIdsAtClient = statement(
  "list_external_ids_at_client",
  (orm, t, p: Params<{ clientId: string; userId: string }>) =>
    orm
      .select({ externalId: t.externalUsers.externalId })
      .from(t.externalUsers)
      .where(and(eq(t.externalUsers.userId, p.userId), eq(unindexed(t.externalUsers.clientId), p.clientId)))
      .orderBy(asc(t.externalUsers.createdAt), asc(t.externalUsers.externalId)),
);

export const deleteExternalIdsAtClient = statement(
  "delete_external_ids_at_client",
  (orm, t, p: Params<{ clientId: string; userId: string }>) =>
    orm
      .delete(t.externalUsers)
      .where(and(eq(t.externalUsers.userId, p.userId), eq(unindexed(t.externalUsers.clientId), p.clientId)))
      .returning({ userId: t.externalUsers.userId }),
);

/** Rows of { clientId, externalId }. */
export const listExternalUsers = statement("list_external_users", (orm, t, p: Params<{ rows: string }>) =>
  orm
    .select({ place: placeOf, userId: t.users.id, mergedInto: t.users.mergedInto })
    .from(rowsIn(p.rows))
    .innerJoin(
      t.externalUsers,
      and(
        eq(t.externalUsers.clientId, textOf("clientId")),
        eq(t.externalUsers.externalId, textOf("externalId")),
      ),
    )
    .innerJoin(t.users, eq(t.users.id, t.externalUsers.userId)),
);

/** Rows of { userId }: those whom the client knows already. */
export const listUsersOfClient = statement(
  "list_users_of_client",
  (orm, t, p: Params<{ clientId: string; rows: string }>) =>
    orm
      .selectDistinct({ userId: t.externalUsers.userId })
      .from(rowsIn(p.rows))
      .innerJoin(
        t.externalUsers,
        and(
          eq(t.externalUsers.userId, textOf("userId")),
          eq(unindexed(t.externalUsers.clientId), p.clientId),
        ),
      ),
);

const insertRows = statement(
  "insert_external_users",
  (orm, t, p: Params<{ clientId: string; rows: string; now: Date }>) =>
    orm
      .insert(t.externalUsers)
      .select(
        orm
          .select(
            columnsFor(t.externalUsers, {
              clientId: p.clientId,
              externalId: textOf("externalId"),
              userId: textOf("userId"),
              createdAt: p.now,
            }),
          )
          .from(rowsIn(p.rows))
          .where(
            not(
              exists(
                orm
                  .select({ one: sql`1` })
                  .from(t.externalUsers)
                  .where(
                    and(
                      eq(t.externalUsers.userId, textOf("userId")),
                      eq(unindexed(t.externalUsers.clientId), p.clientId),
                    ),
                  ),
              ),
            ),
          ),
      )
      .onConflictDoNothing()
      .returning({ userId: t.externalUsers.userId }),
);

/** Leaves out an external id that is taken, and one for a user whom the client knows by another one already. */
export const insertExternalUsers = (
  clientId: string,
  rows: readonly { externalId: string; userId: string }[],
  now: Date,
) => insertRows.with({ clientId, rows: jsonRows(rows), now });
