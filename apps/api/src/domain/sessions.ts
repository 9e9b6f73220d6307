import { readUserAgent } from "wechat-oauth";
import {
  deleteSession,
  deleteSessionOfUser,
  deleteSessionsOfUser,
  findLiveSession,
  listLiveSessions,
  touchSession,
} from "../db/sessions.js";
import { type Deps, later } from "./deps.js";
import { hashSecret, isSecret } from "./key-ring.js";

/** A signed-in browser: who it is, and under which secret. */
export interface Session {
  id: string;
  userId: string;
  secretHash: string;
}

const seenAfter = (deps: Deps, now: Date) => later(now, -deps.settings.sessionIdleSeconds);

/** @returns undefined for whatever is not a live session of a user who may be here. */
export async function findSession(deps: Deps, secret: string | undefined): Promise<Session | undefined> {
  if (!isSecret(secret)) return undefined;
  const now = deps.now();
  const secretHash = hashSecret(secret);
  const [row] = await deps.db.run(findLiveSession, { secretHash, now, seenAfter: seenAfter(deps, now) });
  if (!row) return undefined;
  // A write for every request would cost more than it tells; a tenth of the idle time is close enough.
  const staleMs = Math.min(60_000, deps.settings.sessionIdleSeconds * 100);
  if (now.getTime() - row.lastSeenAt.getTime() >= staleMs) {
    await deps.db.run(touchSession, { secretHash, now });
  }
  return { id: row.id, userId: row.userId, secretHash };
}

export async function endSession(deps: Deps, session: Session): Promise<void> {
  await deps.db.run(deleteSession, { secretHash: session.secretHash });
  deps.log.info({ event: "signed_out", userId: session.userId }, "a person signed out");
}

/** @returns false where the user has no such session. */
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
  const now = deps.now();
  const rows = await deps.db.run(listLiveSessions, { userId, now, seenAfter: seenAfter(deps, now) });
  return rows.map(({ userAgent, ...row }) => ({ ...row, device: deviceOf(userAgent) }));
}

/** What a user agent tells a person about a device. */
export function deviceOf(userAgent: string | null) {
  const { client, platform } = readUserAgent(userAgent ?? undefined);
  return { client, platform };
}
