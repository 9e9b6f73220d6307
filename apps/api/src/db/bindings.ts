import { eq } from "drizzle-orm";
import { type Params, statement } from "./statement.js";

/** The bindings of one user, oldest first. */
export const listBindingsOfUser = statement(
  "list_bindings_of_user",
  (orm, t, p: Params<{ userId: string }>) =>
    orm
      .select({
        id: t.bindings.id,
        appId: t.bindings.appId,
        nickname: t.bindings.nickname,
        avatarUrl: t.bindings.avatarUrl,
        createdAt: t.bindings.createdAt,
        lastSignInAt: t.bindings.lastSignInAt,
      })
      .from(t.bindings)
      .where(eq(t.bindings.userId, p.userId))
      .orderBy(t.bindings.createdAt, t.bindings.id),
);
