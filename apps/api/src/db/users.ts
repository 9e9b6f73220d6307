import { and, eq, exists, isNull, ne, sql } from "drizzle-orm";
import type { UserStatus } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

// Each act on a person, and each session that is opened for them, writes their row first and requires it. So on PostgreSQL too
// they happen one after the other, and no sign-in ends in a session after its person was blocked, unbound or erased.

/** Changes nothing, and holds the row until the batch is written. No row if there is no such user, or they were merged. */
export const lockUser = statement("lock_user", (orm, t, p: Params<{ id: string }>) =>
  orm
    .update(t.users)
    .set({ status: sql`${t.users.status}` })
    .where(and(eq(t.users.id, p.id), isNull(t.users.mergedInto)))
    .returning({ id: t.users.id }),
);

/** Also of a user who was merged into another. */
export const findUserState = statement("find_user_state", (orm, t, p: Params<{ id: string }>) =>
  orm
    .select({ id: t.users.id, status: t.users.status, mergedInto: t.users.mergedInto })
    .from(t.users)
    .where(eq(t.users.id, p.id)),
);

/** No row if there is no such user, they were merged, or have this status already. */
export const setUserStatus = statement(
  "set_user_status",
  (orm, t, p: Params<{ id: string; status: UserStatus }>) =>
    orm
      .update(t.users)
      .set({ status: sql`${p.status}` })
      .where(and(eq(t.users.id, p.id), isNull(t.users.mergedInto), ne(t.users.status, p.status)))
      .returning({ id: t.users.id }),
);

/** A sign-in by one of the user's bindings. No row if the user is not active, or the binding is theirs no more. */
export const touchUser = statement(
  "touch_user",
  (orm, t, p: Params<{ id: string; bindingId: string; now: Date }>) =>
    orm
      .update(t.users)
      .set({ lastSignInAt: sql`${encoded(t.users.lastSignInAt, p.now)}` })
      .where(
        and(
          eq(t.users.id, p.id),
          eq(t.users.status, "active"),
          isNull(t.users.mergedInto),
          exists(
            orm
              .select({ id: t.bindings.id })
              .from(t.bindings)
              .where(and(eq(t.bindings.id, p.bindingId), eq(t.bindings.userId, p.id))),
          ),
        ),
      )
      .returning({ id: t.users.id }),
);
