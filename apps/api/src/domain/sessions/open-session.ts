import type { WebTokens } from "@wechat-login/oauth";
import { deleteSession, insertSession } from "../../db/sessions.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { touchUser } from "../../db/users.js";
import { type Deps, keptUserAgent, type Visitor } from "../deps.js";
import { newId } from "../ids.js";
import { hashSecret } from "../key-ring.js";
import { eventRecord } from "../sign-in/timeline.js";
import { userTokenRecords } from "../tokens/user-tokens.js";
import { sessionExpiresAt, userSessionLifetime } from "./lifetime.js";

export interface NewSession {
  /** What the cookie will hold; the database keeps its hash only. */
  secret: string;
  userId: string;
  signInId: string;
  /** The user's binding that was used. */
  bindingId: string;
  /** Absent where WeChat gives none, as for the code of a Mini Program. */
  tokens?: WebTokens | undefined;
  /** A word for the timeline, such as what an operator should look at. */
  detail?: string | undefined;
  /** The session that the browser had until now: it ends. */
  replaces?: string | undefined;
  visitor: Visitor;
}

/**
 * Opens a session: the session, its tokens if there are any, and the event `signed_in`, in one batch with what the caller
 * ends by it.
 * Every way to sign in calls this function, and no other one writes a session.
 *
 * @param alongside statements of the caller that are written together with the session or not at all.
 * @param before likewise, and before the session's own: what makes its user or binding.
 * @throws {StaleDataError} meanwhile the person was blocked, erased or merged, or the binding was removed
 * @throws {DatabaseError}
 */
export async function openSession(
  deps: Deps,
  session: NewSession,
  alongside: readonly BoundStatement<unknown>[],
  before: readonly BoundStatement<unknown>[] = [],
): Promise<void> {
  const { secret, userId, signInId, bindingId, tokens, detail, replaces, visitor } = session;
  const now = deps.now();
  await deps.db.batch([
    ...before,
    required(touchUser.with({ id: userId, bindingId, now })),
    ...(replaces === undefined ? [] : [deleteSession.with({ secretHash: hashSecret(replaces) })]),
    insertSession.with({
      secretHash: hashSecret(secret),
      id: newId(now),
      userId,
      signInId,
      now,
      expiresAt: sessionExpiresAt(userSessionLifetime(deps.settings), now),
      ip: visitor.ip,
      userAgent: keptUserAgent(visitor),
    }),
    ...(tokens === undefined ? [] : userTokenRecords(deps, { bindingId, tokens })),
    ...alongside,
    eventRecord(signInId, now, { kind: "signed_in", ...(detail === undefined ? {} : { detail }) }),
  ]);
}
