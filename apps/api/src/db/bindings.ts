import { and, eq, ne } from "drizzle-orm";
import { type Params, statement } from "./statement.js";

/** The bindings of one user, oldest first. */
export const listBindingsOfUser = statement(
  "list_bindings_of_user",
  (orm, t, p: Params<{ userId: string }>) =>
    orm
      .select({
        id: t.bindings.id,
        appId: t.bindings.appId,
        openid: t.bindings.openid,
        unionid: t.bindings.unionid,
        scope: t.bindings.scope,
        nickname: t.bindings.nickname,
        avatarUrl: t.bindings.avatarUrl,
        profileAt: t.bindings.profileAt,
        createdAt: t.bindings.createdAt,
        lastSignInAt: t.bindings.lastSignInAt,
      })
      .from(t.bindings)
      .where(eq(t.bindings.userId, p.userId))
      .orderBy(t.bindings.createdAt, t.bindings.id),
);

export const findBindingOfUser = statement(
  "find_binding_of_user",
  (orm, t, p: Params<{ id: string; userId: string }>) =>
    orm
      .select({ appId: t.bindings.appId, openid: t.bindings.openid, unionid: t.bindings.unionid })
      .from(t.bindings)
      .where(and(eq(t.bindings.id, p.id), eq(t.bindings.userId, p.userId))),
);

export const findAvatarOfBinding = statement("find_avatar_of_binding", (orm, t, p: Params<{ id: string }>) =>
  orm.select({ avatarUrl: t.bindings.avatarUrl }).from(t.bindings).where(eq(t.bindings.id, p.id)),
);

/** Another binding by which the user can sign in. */
export const findOtherBinding = statement(
  "find_other_binding",
  (orm, t, p: Params<{ id: string; userId: string }>) =>
    orm
      .select({ id: t.bindings.id })
      .from(t.bindings)
      .where(and(eq(t.bindings.userId, p.userId), ne(t.bindings.id, p.id)))
      .limit(1),
);

/** With its tokens. */
export const deleteBindingOfUser = statement(
  "delete_binding_of_user",
  (orm, t, p: Params<{ id: string; userId: string }>) =>
    orm
      .delete(t.bindings)
      .where(and(eq(t.bindings.id, p.id), eq(t.bindings.userId, p.userId)))
      .returning({ id: t.bindings.id }),
);
