import { cookieIn, cookieName } from "../cookie-header.js";
import { findSession } from "../sessions/sessions.js";
import { findHostUser, signedInUser } from "./host-user.js";
import type { HostContext } from "./operation.js";

/**
 * Who sent a request to a host on this origin, by its Cookie header: the session's own cookie counts and no other one, as for a
 * request to this server.
 *
 * @throws {DatabaseError}
 */
export async function introspect({ deps, caller }: HostContext, cookie: string) {
  const secret = cookieIn(cookie, cookieName("session", deps.settings.publicUrl));
  const session = await findSession(deps, secret);
  const user = session && (await findHostUser(deps, caller, session.userId));
  if (!session || !user) return { active: false as const };
  const { id: sessionId, expiresAt } = session;
  return { active: true as const, sessionId, expiresAt: expiresAt.toISOString(), ...signedInUser(user) };
}
