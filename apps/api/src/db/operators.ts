import { and, eq, gt, inArray, lt, notInArray, or, sql } from "drizzle-orm";
import type { OperatorRole } from "./schema.js";
import { slice } from "./slices.js";
import { encoded, type Params, statement } from "./statement.js";

export const findAnyOperator = statement("find_any_operator", (orm, t) =>
  orm.select({ id: t.operators.id }).from(t.operators).limit(1),
);

export const findOperatorByUsername = statement(
  "find_operator_by_username",
  (orm, t, p: Params<{ username: string }>) =>
    orm
      .select({
        id: t.operators.id,
        username: t.operators.username,
        passwordHash: t.operators.passwordHash,
        role: t.operators.role,
        status: t.operators.status,
      })
      .from(t.operators)
      .where(eq(t.operators.username, p.username)),
);

/** Makes the operator, or gives the existing one of this name a new password and lets it in again; the role stays. */
export const upsertOperator = statement(
  "upsert_operator",
  (
    orm,
    t,
    p: Params<{ id: string; username: string; passwordHash: string; role: OperatorRole; now: Date }>,
  ) =>
    orm
      .insert(t.operators)
      .values({
        id: p.id,
        username: p.username,
        passwordHash: p.passwordHash,
        role: p.role,
        status: "active",
        createdAt: p.now,
      })
      .onConflictDoUpdate({
        target: t.operators.username,
        set: { passwordHash: sql`excluded.password_hash`, status: "active" },
      })
      .returning({ id: t.operators.id, username: t.operators.username, role: t.operators.role }),
);

export const setPasswordHash = statement(
  "set_password_hash",
  (orm, t, p: Params<{ id: string; passwordHash: string }>) =>
    orm
      .update(t.operators)
      .set({ passwordHash: sql`${p.passwordHash}` })
      .where(eq(t.operators.id, p.id))
      .returning({ id: t.operators.id }),
);

export const insertOperatorSession = statement(
  "insert_operator_session",
  (
    orm,
    t,
    p: Params<{
      secretHash: string;
      operatorId: string;
      now: Date;
      expiresAt: Date;
      ip: string | null;
      userAgent: string | null;
    }>,
  ) =>
    orm
      .insert(t.operatorSessions)
      .values({
        secretHash: p.secretHash,
        operatorId: p.operatorId,
        createdAt: p.now,
        lastSeenAt: p.now,
        expiresAt: p.expiresAt,
        ip: p.ip,
        userAgent: p.userAgent,
      })
      .returning({ operatorId: t.operatorSessions.operatorId }),
);

/** Ends a session that was opened on a password which is no longer the one: it changed while it was checked. */
export const deleteSessionOfOldPassword = statement(
  "delete_session_of_old_password",
  (orm, t, p: Params<{ secretHash: string; operatorId: string; passwordHash: string }>) =>
    orm
      .delete(t.operatorSessions)
      .where(
        and(
          eq(t.operatorSessions.secretHash, p.secretHash),
          notInArray(
            t.operatorSessions.operatorId,
            orm
              .select({ id: t.operators.id })
              .from(t.operators)
              .where(
                and(
                  eq(t.operators.id, p.operatorId),
                  eq(t.operators.passwordHash, p.passwordHash),
                  eq(t.operators.status, "active"),
                ),
              ),
          ),
        ),
      )
      .returning({ operatorId: t.operatorSessions.operatorId }),
);

/** Role and status are read with every request, so that a demotion acts on the next one. */
export const findLiveOperatorSession = statement(
  "find_live_operator_session",
  (orm, t, p: Params<{ secretHash: string; now: Date; seenAfter: Date }>) =>
    orm
      .select({
        operatorId: t.operators.id,
        username: t.operators.username,
        role: t.operators.role,
        lastSeenAt: t.operatorSessions.lastSeenAt,
      })
      .from(t.operatorSessions)
      .innerJoin(
        t.operators,
        and(eq(t.operators.id, t.operatorSessions.operatorId), eq(t.operators.status, "active")),
      )
      .where(
        and(
          eq(t.operatorSessions.secretHash, p.secretHash),
          gt(t.operatorSessions.expiresAt, encoded(t.operatorSessions.expiresAt, p.now)),
          gt(t.operatorSessions.lastSeenAt, encoded(t.operatorSessions.lastSeenAt, p.seenAfter)),
        ),
      ),
);

export const touchOperatorSession = statement(
  "touch_operator_session",
  (orm, t, p: Params<{ secretHash: string; now: Date }>) =>
    orm
      .update(t.operatorSessions)
      .set({ lastSeenAt: sql`${encoded(t.operatorSessions.lastSeenAt, p.now)}` })
      .where(eq(t.operatorSessions.secretHash, p.secretHash))
      .returning({ operatorId: t.operatorSessions.operatorId }),
);

export const deleteOperatorSession = statement(
  "delete_operator_session",
  (orm, t, p: Params<{ secretHash: string }>) =>
    orm
      .delete(t.operatorSessions)
      .where(eq(t.operatorSessions.secretHash, p.secretHash))
      .returning({ operatorId: t.operatorSessions.operatorId }),
);

/** All sessions of the operator of this name: before its id is known, and in the batch that changes the password. */
export const deleteOperatorSessions = statement(
  "delete_operator_sessions",
  (orm, t, p: Params<{ username: string }>) =>
    orm
      .delete(t.operatorSessions)
      .where(
        sql`${t.operatorSessions.operatorId} in (select ${t.operators.id} from ${t.operators} where ${t.operators.username} = ${p.username})`,
      )
      .returning({ operatorId: t.operatorSessions.operatorId }),
);

export const deleteDeadOperatorSessions = statement(
  "delete_dead_operator_sessions",
  (orm, t, p: Params<{ now: Date; seenBefore: Date }>) => {
    const isDead = or(
      lt(t.operatorSessions.expiresAt, encoded(t.operatorSessions.expiresAt, p.now)),
      lt(t.operatorSessions.lastSeenAt, encoded(t.operatorSessions.lastSeenAt, p.seenBefore)),
    );
    const dead = orm
      .select({ secretHash: t.operatorSessions.secretHash })
      .from(t.operatorSessions)
      .where(isDead)
      .limit(slice);
    return orm
      .delete(t.operatorSessions)
      .where(and(isDead, inArray(t.operatorSessions.secretHash, dead)))
      .returning({ operatorId: t.operatorSessions.operatorId });
  },
);

export const insertOperatorLink = statement(
  "insert_operator_link",
  (orm, t, p: Params<{ secretHash: string; role: OperatorRole; now: Date; expiresAt: Date }>) =>
    orm
      .insert(t.operatorLinks)
      .values({ secretHash: p.secretHash, role: p.role, createdAt: p.now, expiresAt: p.expiresAt })
      .returning({ secretHash: t.operatorLinks.secretHash }),
);

export const findOperatorLink = statement(
  "find_operator_link",
  (orm, t, p: Params<{ secretHash: string; now: Date }>) =>
    orm
      .select({ role: t.operatorLinks.role })
      .from(t.operatorLinks)
      .where(
        and(
          eq(t.operatorLinks.secretHash, p.secretHash),
          gt(t.operatorLinks.expiresAt, encoded(t.operatorLinks.expiresAt, p.now)),
        ),
      ),
);

/** Spends a link: of two who use it at once, one gets the row. */
export const spendOperatorLink = statement(
  "spend_operator_link",
  (orm, t, p: Params<{ secretHash: string; now: Date }>) =>
    orm
      .delete(t.operatorLinks)
      .where(
        and(
          eq(t.operatorLinks.secretHash, p.secretHash),
          gt(t.operatorLinks.expiresAt, encoded(t.operatorLinks.expiresAt, p.now)),
        ),
      )
      .returning({ role: t.operatorLinks.role }),
);

export const deleteDeadOperatorLinks = statement(
  "delete_dead_operator_links",
  (orm, t, p: Params<{ now: Date }>) => {
    const isDead = lt(t.operatorLinks.expiresAt, encoded(t.operatorLinks.expiresAt, p.now));
    const dead = orm
      .select({ secretHash: t.operatorLinks.secretHash })
      .from(t.operatorLinks)
      .where(isDead)
      .limit(slice);
    return orm
      .delete(t.operatorLinks)
      .where(inArray(t.operatorLinks.secretHash, dead))
      .returning({ role: t.operatorLinks.role });
  },
);
