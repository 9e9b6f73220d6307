import type { WebTokens } from "wechat-oauth";
import { deleteSession, insertSession } from "../../db/sessions.js";
import type { BoundStatement } from "../../db/statement.js";
import { type Deps, keptUserAgent, type Visitor } from "../deps.js";
import { newId } from "../ids.js";
import { hashSecret } from "../key-ring.js";
import { eventRecord } from "../sign-in/timeline.js";
import { userTokenRecord } from "../tokens/user-tokens.js";
import { sessionExpiresAt, userSessionLifetime } from "./lifetime.js";

export interface NewSession {
  /** What the cookie will hold; the database keeps its hash only. */
  secret: string;
  userId: string;
  signInId: string;
  /** The binding that was used, and the tokens that WeChat gave for it. */
  bindingId: string;
  tokens: WebTokens;
  /** A word for the timeline, such as what an operator should look at. */
  detail?: string | undefined;
  /** The session that the browser had until now: it ends. */
  replaces?: string | undefined;
  visitor: Visitor;
}

/**
 * Opens a session: the session, its tokens and the event `signed_in`, in one batch with what the caller ends by it.
 * Every way to sign in calls this function, and no other one writes a session.
 *
 * @param alongside statements of the caller that are written together with the session or not at all.
 * @throws {DatabaseError}
 */
export async function openSession(
  deps: Deps,
  session: NewSession,
  alongside: readonly BoundStatement<unknown>[],
): Promise<void> {
  const { secret, userId, signInId, bindingId, tokens, detail, replaces, visitor } = session;
  const now = deps.now();
  await deps.db.batch([
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
    userTokenRecord(deps, bindingId, tokens),
    ...alongside,
    eventRecord(signInId, now, { kind: "signed_in", ...(detail === undefined ? {} : { detail }) }),
  ]);
}
