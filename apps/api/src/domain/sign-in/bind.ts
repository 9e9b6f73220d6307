import type { WebTokens } from "@wechat-login/oauth";
import { StaleDataError } from "../../db/database.js";
import { finishAuthorizationRequest, finishSignIn } from "../../db/sign-ins.js";
import { required } from "../../db/statement.js";
import { touchUser } from "../../db/users.js";
import type { Deps } from "../deps.js";
import { bindIdentity } from "../identity/bind-identity.js";
import type { Identity } from "../identity/identity.js";
import type { Session } from "../sessions/sessions.js";
import { userTokenRecords } from "../tokens/user-tokens.js";
import { endSignIn } from "./end.js";
import { type Agreement, agreementRecord } from "./questions.js";
import { eventRecord, type Timeline } from "./timeline.js";
import type { CallbackResult, ClaimedAuthorizationRequest } from "./types.js";

/**
 * Adds the identity that WeChat confirmed to the user of the session that asked for it. The session stays as it is; an
 * identity that belongs to another user is refused.
 *
 * @throws {DatabaseError}
 */
export async function bindToSession(
  deps: Deps,
  request: ClaimedAuthorizationRequest,
  session: Session,
  timeline: Timeline,
  {
    identity,
    tokens,
    agreement,
  }: { identity: Identity; tokens: WebTokens; agreement: Agreement | undefined },
): Promise<CallbackResult> {
  const { stateHash, signInId, returnTo } = request;
  const { openid } = identity;
  const { userId } = session;
  const result = await bindIdentity(deps, identity, session);
  if (result.kind === "session_ended") {
    return endSignIn(deps, request, timeline, {
      page: "session-changed",
      event: { kind: "session_changed" },
    });
  }
  const detail = result.isConflict ? { detail: "identity conflict" } : {};
  if (result.isConflict) {
    deps.log.warn({ event: "identity_conflict", signInId, userId }, "a unionid belongs to two users");
  }
  if (result.kind === "bound_elsewhere") {
    const event = { kind: "bound_elsewhere", ...detail } as const;
    return endSignIn(deps, request, timeline, { page: "bound-elsewhere", event, openid });
  }
  const { bindingId, isNew } = result;
  const now = deps.now();
  try {
    await deps.db.batch([
      required(touchUser.with({ id: userId, bindingId, now })),
      ...userTokenRecords(deps, { bindingId, tokens }),
      finishAuthorizationRequest.with({ stateHash, outcome: "bound", page: null, errcode: null }),
      finishSignIn.with({ id: signInId, outcome: "bound", openid, userId, browserUserId: null, now }),
      ...(agreement ? [agreementRecord(deps, request, agreement, { userId, bindingId })] : []),
      ...timeline.records,
      eventRecord(signInId, now, { kind: isNew ? "bound" : "already_bound", ...detail }),
    ]);
  } catch (error) {
    if (!(error instanceof StaleDataError)) throw error;
    // The binding was removed again, or the person was blocked, in this very moment.
    return endSignIn(deps, request, timeline, {
      page: "session-changed",
      event: { kind: "session_changed" },
    });
  }
  deps.callCounts.add(now, request.app.appId, "sign_in", "bound");
  deps.log.info({ event: "bound", signInId, userId, isNew }, "a person added a WeChat account");
  return { kind: "bound", isNew, returnTo };
}
