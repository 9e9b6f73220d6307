import type { AuthorizationRequestOutcome, SignInOutcome } from "../../db/schema.js";
import { attributeEarlierSignIns, finishAuthorizationRequest, finishSignIn } from "../../db/sign-ins.js";
import type { BoundStatement } from "../../db/statement.js";
import type { Deps } from "../deps.js";
import { returnFrom } from "./host-return.js";
import type { SignInEvent, Timeline } from "./timeline.js";
import type { CallbackResult, ClaimedAuthorizationRequest, FailurePage } from "./types.js";

const outcomeOf = {
  refused: "refused",
  expired: "expired",
  snapshot: "snapshot",
  blocked: "blocked",
  "bound-elsewhere": "bound_elsewhere",
  // Its time was over: the person has to start again.
  "session-changed": "expired",
  "link-expired": "expired",
} as const satisfies Partial<Record<FailurePage, SignInOutcome & AuthorizationRequestOutcome>>;

/**
 * Ends a sign-in on one of the failure pages: the authorization request, the sign-in, its last event and the failed
 * call, in one batch. A repeated callback is answered with the same page. The outcome is counted: of some sign-ins only the
 * count stays. If the sign-in has signed the person in already, they go on instead.
 *
 * @param end.event the last step; absent where an error of the server interrupted it.
 * @param end.records what is written after them, such as the failed call to WeChat.
 * @throws {DatabaseError}
 */
export async function endSignIn(
  deps: Deps,
  request: Pick<
    ClaimedAuthorizationRequest,
    | "stateHash"
    | "signInId"
    | "app"
    | "returnTo"
    | "session"
    | "bindTo"
    | "host"
    | "bindLinkId"
    | "browserSecret"
  > & { isBind?: true | undefined },
  timeline: Timeline,
  end: {
    page: FailurePage;
    event?: SignInEvent;
    errcode?: string;
    openid?: string;
    records?: readonly BoundStatement<unknown>[];
  },
): Promise<CallbackResult> {
  const { page, event, errcode, openid, records = [] } = end;
  const { stateHash, signInId, app, returnTo, session, bindTo, host, bindLinkId } = request;
  const isBind = request.isBind ?? (bindTo && true);
  const outcome = outcomeOf[page as keyof typeof outcomeOf] ?? "failed";
  if (event) timeline.add(event);
  const returning = session && returnFrom(deps, request, { userId: session.userId, isNew: false });
  await deps.db.batch([
    finishAuthorizationRequest.with({
      ...{ stateHash, outcome, page: session ? null : page, errcode: errcode ?? null },
    }),
    finishSignIn.with({
      id: signInId,
      outcome,
      openid: openid ?? null,
      userId: bindTo?.userId ?? null,
      browserUserId: null,
      now: deps.now(),
    }),
    ...timeline.records,
    ...(returning?.records ?? []),
    ...records,
  ]);
  if (returning) return { kind: "continue", returnTo: returning.returnTo };
  deps.callCounts.add(deps.now(), app.appId, "sign_in", outcome);
  deps.log.info({ event: "sign_in_ended", signInId, outcome, page, errcode }, "a sign-in ended");
  const about = { signInId, appId: app.appId, returnTo, isBind, host, bindLinkId };
  return { kind: "failure", page, ...about, ...(errcode === undefined ? {} : { errcode }) };
}

/** The end of a sign-in that opened a session, for its batch: from now on it is known whose browser this is. */
export function signedInRecords(
  deps: Deps,
  { stateHash, signInId: id, browserOwner }: ClaimedAuthorizationRequest,
  { openid, userId }: { openid: string; userId: string },
): readonly BoundStatement<unknown>[] {
  const browserUserId = browserOwner === "first_sign_in" ? userId : null;
  return [
    finishAuthorizationRequest.with({ stateHash, outcome: "signed_in", page: null, errcode: null }),
    finishSignIn.with({ id, outcome: "signed_in", openid, userId, browserUserId, now: deps.now() }),
    ...(browserOwner === "unknown" ? [attributeEarlierSignIns.with({ id, userId })] : []),
  ];
}
