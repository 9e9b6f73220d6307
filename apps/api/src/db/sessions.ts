import { and, desc, eq, exists, inArray, ne, notExists, or, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { isExpired, isLive } from "./session-columns.js";
import { encoded, type Params, statement } from "./statement.js";

interface SessionValues {
  secretHash: string;
  id: string;
  userId: string;
  signInId: string;
  now: Date;
  expiresAt: Date;
  ip: string | null;
  userAgent: string | null;
}

export const insertSession = statement("insert_session", (orm, t, p: Params<SessionValues>) =>
  orm
    .insert(t.sessions)
    .values({
      secretHash: p.secretHash,
      id: p.id,
      userId: p.userId,
      signInId: p.signInId,
      createdAt: p.now,
      lastSeenAt: p.now,
      expiresAt: p.expiresAt,
      ip: p.ip,
      userAgent: p.userAgent,
    })
    .onConflictDoNothing()
    .returning({ id: t.sessions.id }),
);

/** A live session of an active user. */
export const findLiveSession = statement(
  "find_live_session",
  (orm, t, p: Params<{ secretHash: string; now: Date; seenAfter: Date }>) =>
    orm
      .select({
        id: t.sessions.id,
        userId: t.sessions.userId,
        lastSeenAt: t.sessions.lastSeenAt,
        expiresAt: t.sessions.expiresAt,
      })
      .from(t.sessions)
      .innerJoin(t.users, and(eq(t.users.id, t.sessions.userId), eq(t.users.status, "active")))
      .where(and(eq(t.sessions.secretHash, p.secretHash), isLive(t.sessions, p))),
);

export const findStoredSession = statement(
  "find_stored_session",
  (orm, t, p: Params<{ secretHash: string }>) =>
    orm.select({ id: t.sessions.id }).from(t.sessions).where(eq(t.sessions.secretHash, p.secretHash)),
);

/** It touches no row of a live session, whatever its user's status. */
export const deleteExpiredSession = statement(
  "delete_expired_session",
  (orm, t, p: Params<{ secretHash: string; now: Date; seenAfter: Date }>) =>
    orm
      .delete(t.sessions)
      .where(and(eq(t.sessions.secretHash, p.secretHash), isExpired(t.sessions, p)))
      .returning({ id: t.sessions.id }),
);

export const touchSession = statement(
  "touch_session",
  (orm, t, p: Params<{ secretHash: string; now: Date }>) =>
    orm
      .update(t.sessions)
      .set({ lastSeenAt: sql`${encoded(t.sessions.lastSeenAt, p.now)}` })
      .where(eq(t.sessions.secretHash, p.secretHash))
      .returning({ id: t.sessions.id }),
);

/** A step that a batch requires: it touches no row unless the session is live and its user active. */
export const confirmSession = statement(
  "confirm_session",
  (orm, t, p: Params<{ id: string; userId: string; now: Date; seenAfter: Date }>) => {
    const { sessions, users } = t;
    const isActive = orm
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, sessions.userId), eq(users.status, "active")));
    return orm
      .update(sessions)
      .set({ lastSeenAt: sql`${encoded(sessions.lastSeenAt, p.now)}` })
      .where(and(eq(sessions.id, p.id), eq(sessions.userId, p.userId), isLive(sessions, p), exists(isActive)))
      .returning({ id: sessions.id });
  },
);

export const deleteSession = statement("delete_session", (orm, t, p: Params<{ secretHash: string }>) =>
  orm.delete(t.sessions).where(eq(t.sessions.secretHash, p.secretHash)).returning({ id: t.sessions.id }),
);

/** By public id and owner, so that a guessed id ends no other person's session. */
export const deleteSessionOfUser = statement(
  "delete_session_of_user",
  (orm, t, p: Params<{ id: string; userId: string }>) =>
    orm
      .delete(t.sessions)
      .where(and(eq(t.sessions.id, p.id), eq(t.sessions.userId, p.userId)))
      .returning({ id: t.sessions.id }),
);

export const deleteSessionsOfUser = statement(
  "delete_sessions_of_user",
  (orm, t, p: Params<{ userId: string }>) =>
    orm.delete(t.sessions).where(eq(t.sessions.userId, p.userId)).returning({ id: t.sessions.id }),
);

/**
 * The sessions that a binding opened. One whose sign-in is no longer stored may be of any binding, so it goes too.
 */
export const deleteSessionsOfBinding = statement(
  "delete_sessions_of_binding",
  (orm, t, p: Params<{ userId: string; appId: string; openid: string }>) => {
    const ofAnother = orm
      .select({ id: t.signIns.id })
      .from(t.signIns)
      .where(
        and(
          eq(t.signIns.id, t.sessions.signInId),
          or(ne(t.signIns.appId, p.appId), ne(t.signIns.openid, p.openid)),
        ),
      );
    return orm
      .delete(t.sessions)
      .where(and(eq(t.sessions.userId, p.userId), notExists(ofAnother)))
      .returning({ id: t.sessions.id });
  },
);

export const deleteExpiredSessions = statement(
  "delete_expired_sessions",
  (orm, t, p: Params<{ now: Date; seenAfter: Date }>) => {
    const expired = orm
      .select({ secretHash: t.sessions.secretHash })
      .from(t.sessions)
      .where(isExpired(t.sessions, p))
      .limit(deleteBatchSize);
    // Checked again: while the statement waited for a row, another process may have touched that session.
    return orm
      .delete(t.sessions)
      .where(and(isExpired(t.sessions, p), inArray(t.sessions.secretHash, expired)))
      .returning({ id: t.sessions.id });
  },
);

export const listLiveSessions = statement(
  "list_live_sessions",
  (orm, t, p: Params<{ userId: string; now: Date; seenAfter: Date }>) =>
    orm
      .select({
        id: t.sessions.id,
        createdAt: t.sessions.createdAt,
        lastSeenAt: t.sessions.lastSeenAt,
        expiresAt: t.sessions.expiresAt,
        ip: t.sessions.ip,
        userAgent: t.sessions.userAgent,
      })
      .from(t.sessions)
      .where(and(eq(t.sessions.userId, p.userId), isLive(t.sessions, p)))
      .orderBy(desc(t.sessions.createdAt), desc(t.sessions.id))
      .limit(100),
);
