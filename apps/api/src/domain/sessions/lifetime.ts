import type { Settings } from "../../env.js";
import { later } from "../deps.js";

/**
 * How long a session lives: until it was not seen for `idleSeconds`, and no longer than `absoluteSeconds` in any case.
 * The check of a session, its cookie and the deletion of expired ones all read this rule.
 */
export interface SessionLifetime {
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
}

export const userSessionLifetime = (settings: Settings): SessionLifetime => ({
  idleSeconds: settings.sessionIdleSeconds,
  absoluteSeconds: settings.sessionAbsoluteSeconds,
});

export const operatorSessionLifetime: SessionLifetime = {
  idleSeconds: 30 * 60,
  absoluteSeconds: 12 * 3600,
};

/** When a session that is opened now ends, however often it is used. Its cookie lives as long. */
export const sessionExpiresAt = (lifetime: SessionLifetime, now: Date): Date =>
  later(now, lifetime.absoluteSeconds);

/** The two moments that tell a live session from an expired one; db/session-columns.ts compares with them. */
export const livenessAt = (lifetime: SessionLifetime, now: Date): { now: Date; seenAfter: Date } => ({
  now,
  seenAfter: later(now, -lifetime.idleSeconds),
});

/** A write for every request would cost too much: one a minute, or one per tenth of a short idle limit, is enough. */
export const isTouchDue = (lifetime: SessionLifetime, lastSeenAt: Date, now: Date): boolean =>
  now.getTime() - lastSeenAt.getTime() >= Math.min(60_000, lifetime.idleSeconds * 100);
