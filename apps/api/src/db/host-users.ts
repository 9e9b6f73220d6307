import { and, asc, desc, eq, isNull, sql } from "drizzle-orm";
import { externalIdAt } from "./external-users.js";
import { placeOf, rowsIn, textOf } from "./json-rows.js";
import { isAbsent, newestFirst } from "./keyset.js";
import { encoded, type Params, statement } from "./statement.js";

// Users as host applications read them, one or a page of them by the same two statements.

/** Rows of { userId }; one of a user who is gone or was merged into another is left out. */
export const listHostUsers = statement(
  "list_host_users",
  (orm, t, p: Params<{ rows: string; clientId: string }>) =>
    orm
      .select({
        place: placeOf,
        id: t.users.id,
        status: t.users.status,
        externalId: externalIdAt(t, t.users.id, p.clientId),
        createdAt: t.users.createdAt,
        lastSignInAt: t.users.lastSignInAt,
      })
      .from(rowsIn(p.rows))
      .innerJoin(t.users, and(eq(t.users.id, textOf("userId")), isNull(t.users.mergedInto))),
);

/** Rows of { userId }: their bindings, oldest first. */
export const listHostBindings = statement("list_host_bindings", (orm, t, p: Params<{ rows: string }>) =>
  orm
    .select({
      userId: t.bindings.userId,
      id: t.bindings.id,
      appId: t.bindings.appId,
      openid: t.bindings.openid,
      unionid: t.bindings.unionid,
      scope: t.bindings.scope,
      nickname: t.bindings.nickname,
      avatarUrl: t.bindings.avatarUrl,
      createdAt: t.bindings.createdAt,
      lastSignInAt: t.bindings.lastSignInAt,
    })
    .from(rowsIn(p.rows))
    .innerJoin(t.bindings, eq(t.bindings.userId, textOf("userId")))
    .orderBy(asc(t.bindings.createdAt), asc(t.bindings.id)),
);

/** A page of all users, newest first, from before a moment and id; without those who were merged. */
export const listUserIds = statement(
  "list_user_ids",
  (orm, t, p: Params<{ at: Date; id: string; limit: number }>) =>
    orm
      .select({ id: t.users.id, createdAt: t.users.createdAt })
      .from(t.users)
      .where(
        and(
          // As a pair, so that both engines begin at this place of the index.
          sql`(${t.users.createdAt}, ${t.users.id}) < (${encoded(t.users.createdAt, p.at)}, ${p.id})`,
          isAbsent(t.users.mergedInto),
        ),
      )
      .orderBy(...newestFirst({ at: t.users.createdAt, id: t.users.id }))
      .limit(p.limit),
);

/** Whose external id it is, at one client. */
export const findUserByExternalId = statement(
  "find_user_by_external_id",
  (orm, t, p: Params<{ clientId: string; externalId: string }>) =>
    orm
      .select({ userId: t.externalUsers.userId })
      .from(t.externalUsers)
      .where(and(eq(t.externalUsers.clientId, p.clientId), eq(t.externalUsers.externalId, p.externalId))),
);

/** Users who have a unionid, in whatever group: few, since a conflict at most parts them. */
export const listUsersByUnionid = statement(
  "list_users_by_unionid",
  (orm, t, p: Params<{ unionid: string }>) =>
    orm
      .selectDistinct({ userId: t.bindings.userId })
      .from(t.bindings)
      .where(eq(t.bindings.unionid, p.unionid))
      .orderBy(desc(t.bindings.userId))
      .limit(50),
);
