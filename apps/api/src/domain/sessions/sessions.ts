import { readUserAgent } from "@wechat-login/oauth";
import {
  deleteExpiredSession,
  deleteSession,
  deleteSessionOfUser,
  deleteSessionsOfUser,
  findLiveSession,
  findStoredSession,
  listLiveSessions,
  touchSession,
} from "../../db/sessions.js";
import { required } from "../../db/statement.js";
import { lockUser } from "../../db/users.js";
import { type Actor, actRecords, writeAct } from "../audit.js";
import type { Deps } from "../deps.js";
import { outboxRecord } from "../events/outbox.js";
import { hashSecret, isSecret } from "../key-ring.js";
import { noteUse } from "../note-use.js";
import { isTouchDue, livenessAt, userSessionLifetime } from "./lifetime.js";

/** A signed-in browser: its user, and the hash of its secret. */
export interface Session {
  id: string;
  userId: string;
  secretHash: string;
  /** At the latest: one that is not seen for a while ends earlier. */
  expiresAt: Date;
}

/** @returns undefined unless the secret is that of a live session of an active user. */
export async function findSession(deps: Deps, secret: string | undefined): Promise<Session | undefined> {
  if (!isSecret(secret)) return undefined;
  const lifetime = userSessionLifetime(deps.settings);
  const now = deps.now();
  const secretHash = hashSecret(secret);
  const liveness = livenessAt(lifetime, now);
  const [row] = await deps.db.run(findLiveSession, { secretHash, ...liveness });
  if (!row) {
    // Once refused as expired it stays so, also if the clock is set back. A stranger's cookie costs no write.
    const [stored] = await deps.db.run(findStoredSession, { secretHash });
    if (stored) await deps.db.run(deleteExpiredSession, { secretHash, ...liveness });
    return undefined;
  }
  if (isTouchDue(lifetime, row.lastSeenAt, now))
    await noteUse(deps, deps.db.run(touchSession, { secretHash, now }));
  return { id: row.id, userId: row.userId, secretHash, expiresAt: row.expiresAt };
}

export async function endSession(deps: Deps, session: Session): Promise<void> {
  await deps.db.run(deleteSession, { secretHash: session.secretHash });
  deps.log.info({ event: "signed_out", userId: session.userId }, "a person signed out");
}

/**
 * Ends one session of a user.
 *
 * @returns false if the user has no such session.
 * @throws {DatabaseError}
 */
export async function revokeSession(
  deps: Deps,
  { userId, id, by }: { userId: string; id: string; by: Actor },
): Promise<boolean> {
  const ended = await writeAct(deps, [
    required(deleteSessionOfUser.with({ id, userId })),
    ...actRecords(deps, by, { event: "people.end_sessions", userId, target: id }),
    outboxRecord(deps, { type: "session.revoked", userId, data: { sessionId: id } }),
  ]);
  if (ended) deps.log.info({ event: "session_revoked", userId }, "a session of a person was ended");
  return ended;
}

/**
 * Ends all sessions of a user, everywhere.
 *
 * @returns false if there is no such user.
 * @throws {DatabaseError}
 */
export async function endSessionsOf(
  deps: Deps,
  { userId, by }: { userId: string; by: Actor },
): Promise<boolean> {
  const ended = await writeAct(deps, [
    required(lockUser.with({ id: userId })),
    deleteSessionsOfUser.with({ userId }),
    ...actRecords(deps, by, { event: "people.end_sessions", userId }),
    outboxRecord(deps, { type: "session.revoked", userId, data: { all: true } }),
  ]);
  if (ended) deps.log.info({ event: "signed_out_everywhere", userId }, "all sessions of a person were ended");
  return ended;
}

/** A user's live sessions, newest first, 100 at most. */
export async function listSessions(deps: Deps, userId: string) {
  const liveness = livenessAt(userSessionLifetime(deps.settings), deps.now());
  const rows = await deps.db.run(listLiveSessions, { userId, ...liveness });
  return rows.map(({ userAgent, ...row }) => ({ ...row, device: deviceOf(userAgent) }));
}

/** The client and platform that a stored user agent names. */
export function deviceOf(userAgent: string | null) {
  const { client, platform } = readUserAgent(userAgent ?? undefined);
  return { client, platform };
}
