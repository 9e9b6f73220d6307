import { and, eq, exists, gt, inArray, lt, lte, notExists, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { columnsFor } from "./insert-select.js";
import type { OperatorRole, Tables } from "./schema.js";
import { isExpired, isLive } from "./session-columns.js";
import { encoded, type Orm, type Params, statement } from "./statement.js";

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

interface OperatorValues {
  id: string;
  username: string;
  passwordHash: string;
  role: OperatorRole;
  now: Date;
}

/** Makes an operator; no row if the name is taken. */
export const insertOperator = statement("insert_operator", (orm, t, p: Params<OperatorValues>) =>
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
    .onConflictDoNothing()
    .returning({ id: t.operators.id }),
);

/** Gives an operator a new password and enables it; no row if password or role are not what was read. */
export const resetOperator = statement(
  "reset_operator",
  (orm, t, p: Params<{ id: string; currentHash: string; role: OperatorRole; passwordHash: string }>) =>
    orm
      .update(t.operators)
      .set({ passwordHash: sql`${p.passwordHash}`, status: "active" })
      .where(
        and(
          eq(t.operators.id, p.id),
          eq(t.operators.passwordHash, p.currentHash),
          eq(t.operators.role, p.role),
        ),
      )
      .returning({ id: t.operators.id }),
);

/** Makes the first operator of a system; no row if there is one already. */
export const insertFirstOperator = statement("insert_first_operator", (orm, t, p: Params<OperatorValues>) =>
  orm
    .insert(t.operators)
    .select(
      orm
        .select(
          columnsFor(t.operators, {
            id: p.id,
            username: p.username,
            passwordHash: p.passwordHash,
            role: p.role,
            status: sql`'active'`,
            createdAt: p.now,
          }),
        )
        .from(sql`(select 1) as one_row`)
        .where(notExists(orm.select({ id: t.operators.id }).from(t.operators))),
    )
    // On PostgreSQL another process may insert the same name between the check and the insert.
    .onConflictDoNothing()
    .returning({ id: t.operators.id }),
);

/** Replaces a password; no row if it is not `currentHash` any more. */
export const replacePasswordHash = statement(
  "replace_password_hash",
  (orm, t, p: Params<{ id: string; currentHash: string; passwordHash: string }>) =>
    orm
      .update(t.operators)
      .set({ passwordHash: sql`${p.passwordHash}` })
      .where(
        and(
          eq(t.operators.id, p.id),
          eq(t.operators.passwordHash, p.currentHash),
          eq(t.operators.status, "active"),
        ),
      )
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

/** 1 if every operator needs a second factor and this one has none. */
const mustEnrol = (orm: Orm, { consoleSettings, operatorFactors, operators }: Tables) => {
  const isRequired = orm
    .select({ name: consoleSettings.name })
    .from(consoleSettings)
    .where(and(eq(consoleSettings.name, "second_factor"), eq(consoleSettings.value, "required")));
  const factors = orm
    .select({ id: operatorFactors.id })
    .from(operatorFactors)
    .where(eq(operatorFactors.operatorId, operators.id));
  return sql<number>`case when ${exists(isRequired)} and ${notExists(factors)} then 1 else 0 end`;
};

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
        mustEnrol: mustEnrol(orm, t),
      })
      .from(t.operatorSessions)
      .innerJoin(
        t.operators,
        and(eq(t.operators.id, t.operatorSessions.operatorId), eq(t.operators.status, "active")),
      )
      .where(and(eq(t.operatorSessions.secretHash, p.secretHash), isLive(t.operatorSessions, p))),
);

export const findStoredOperatorSession = statement(
  "find_stored_operator_session",
  (orm, t, p: Params<{ secretHash: string }>) =>
    orm
      .select({ operatorId: t.operatorSessions.operatorId })
      .from(t.operatorSessions)
      .where(eq(t.operatorSessions.secretHash, p.secretHash)),
);

export const deleteExpiredOperatorSession = statement(
  "delete_expired_operator_session",
  (orm, t, p: Params<{ secretHash: string; now: Date; seenAfter: Date }>) =>
    orm
      .delete(t.operatorSessions)
      .where(and(eq(t.operatorSessions.secretHash, p.secretHash), isExpired(t.operatorSessions, p)))
      .returning({ operatorId: t.operatorSessions.operatorId }),
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

/** All sessions of the operator with this name; by name, because a link is redeemed before the id is known. */
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

export const deleteExpiredOperatorSessions = statement(
  "delete_expired_operator_sessions",
  (orm, t, p: Params<{ now: Date; seenAfter: Date }>) => {
    const expired = orm
      .select({ secretHash: t.operatorSessions.secretHash })
      .from(t.operatorSessions)
      .where(isExpired(t.operatorSessions, p))
      .limit(deleteBatchSize);
    return orm
      .delete(t.operatorSessions)
      .where(and(isExpired(t.operatorSessions, p), inArray(t.operatorSessions.secretHash, expired)))
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
      .select({ secretHash: t.operatorLinks.secretHash, role: t.operatorLinks.role })
      .from(t.operatorLinks)
      .where(
        and(
          eq(t.operatorLinks.secretHash, p.secretHash),
          gt(t.operatorLinks.expiresAt, encoded(t.operatorLinks.expiresAt, p.now)),
        ),
      ),
);

/** Spends a link: of two requests at the same time, one gets the row. */
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

export const deleteExpiredOperatorLink = statement(
  "delete_expired_operator_link",
  (orm, t, p: Params<{ secretHash: string; now: Date }>) =>
    orm
      .delete(t.operatorLinks)
      .where(
        and(
          eq(t.operatorLinks.secretHash, p.secretHash),
          lte(t.operatorLinks.expiresAt, encoded(t.operatorLinks.expiresAt, p.now)),
        ),
      )
      .returning({ role: t.operatorLinks.role }),
);

export const deleteExpiredOperatorLinks = statement(
  "delete_expired_operator_links",
  (orm, t, p: Params<{ now: Date }>) => {
    const isExpiredLink = lt(t.operatorLinks.expiresAt, encoded(t.operatorLinks.expiresAt, p.now));
    const expired = orm
      .select({ secretHash: t.operatorLinks.secretHash })
      .from(t.operatorLinks)
      .where(isExpiredLink)
      .limit(deleteBatchSize);
    return orm
      .delete(t.operatorLinks)
      .where(inArray(t.operatorLinks.secretHash, expired))
      .returning({ role: t.operatorLinks.role });
  },
);
