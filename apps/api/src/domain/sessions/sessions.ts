import { readUserAgent } from "wechat-oauth";
import {
  deleteSession,
  deleteSessionOfUser,
  deleteSessionsOfUser,
  findLiveSession,
  listLiveSessions,
  touchSession,
} from "../../db/sessions.js";
import type { Deps } from "../deps.js";
import { hashSecret, isSecret } from "../key-ring.js";
import { isTouchDue, livenessAt, userSessionLifetime } from "./lifetime.js";

/** A signed-in browser: its user, and the hash of its secret. */
export interface Session {
  id: string;
  userId: string;
  secretHash: string;
}

/** @returns undefined unless the secret is that of a live session of an active user. */
export async function findSession(deps: Deps, secret: string | undefined): Promise<Session | undefined> {
  if (!isSecret(secret)) return undefined;
  const lifetime = userSessionLifetime(deps.settings);
  const now = deps.now();
  const secretHash = hashSecret(secret);
  const [row] = await deps.db.run(findLiveSession, { secretHash, ...livenessAt(lifetime, now) });
  if (!row) return undefined;
  if (isTouchDue(lifetime, row.lastSeenAt, now)) await deps.db.run(touchSession, { secretHash, now });
  return { id: row.id, userId: row.userId, secretHash };
}

export async function endSession(deps: Deps, session: Session): Promise<void> {
  await deps.db.run(deleteSession, { secretHash: session.secretHash });
  deps.log.info({ event: "signed_out", userId: session.userId }, "a person signed out");
}

/** @returns false if the user has no such session. */
export async function revokeSession(deps: Deps, userId: string, id: string): Promise<boolean> {
  const ended = await deps.db.run(deleteSessionOfUser, { id, userId });
  if (ended.length > 0) deps.log.info({ event: "session_revoked", userId }, "a person ended a session");
  return ended.length > 0;
}

export async function endSessionsOf(deps: Deps, userId: string): Promise<void> {
  await deps.db.run(deleteSessionsOfUser, { userId });
  deps.log.info({ event: "signed_out_everywhere", userId }, "a person signed out everywhere");
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
