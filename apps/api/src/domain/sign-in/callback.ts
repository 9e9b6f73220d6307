import { readCallback } from "@wechat-login/oauth";
import { claimAuthorizationRequest, findAuthorizationRequest } from "../../db/sign-ins.js";
import { DatabaseError, type Deps } from "../deps.js";
import { hostOf } from "../hosts/tickets.js";
import { hashSecret } from "../key-ring.js";
import { findSession } from "../sessions/sessions.js";
import { inSpan } from "../tracing.js";
import { endSignIn } from "./end.js";
import { signInWithGrant } from "./grant.js";
import { handleRepeatedCallback } from "./repeated-callback.js";
import { findMatchingSecret } from "./start.js";
import { Timeline } from "./timeline.js";
import type { CallbackRequest, CallbackResult, ClaimedAuthorizationRequest } from "./types.js";

/**
 * Answers one request to WeChat's callback.
 *
 * If a callback is repeated, one of the requests claims the authorization request and exchanges the code; the others
 * are answered as that one was. WeChat is not called for a state that is unknown, expired or another browser's.
 *
 * @throws {DatabaseError}
 */
export function handleCallback(deps: Deps, request: CallbackRequest): Promise<CallbackResult> {
  return inSpan("sign_in.callback", async (span) => {
    const result = await answerCallback(deps, request);
    span.setAttribute("sign_in.result", result.kind === "failure" ? result.page : result.kind);
    return result;
  });
}

async function answerCallback(deps: Deps, request: CallbackRequest): Promise<CallbackResult> {
  let unclaimed: CallbackResult = { kind: "failure", page: "invalid-callback" };
  const callback = await readCallback(request.params, {
    claimState: async (state) => {
      const claim = await claimState(deps, request, state);
      if (!("kind" in claim)) return claim;
      unclaimed = claim;
      return undefined;
    },
  });

  if (callback.kind === "mismatch") {
    // A repeated callback and an expired sign-in are logged elsewhere: this line is for a request without a sign-in.
    if (unclaimed.kind === "failure" && unclaimed.signInId === undefined) {
      const { page } = unclaimed;
      deps.log.warn({ event: "callback_rejected", reason: callback.reason, page }, "a callback was rejected");
    }
    return unclaimed;
  }
  const timeline = new Timeline(deps, callback.claim.signInId);
  timeline.add({ kind: "callback" });
  if (callback.kind === "refusal") {
    return endSignIn(deps, callback.claim, timeline, { page: "refused", event: { kind: "refused" } });
  }
  try {
    return await signInWithGrant(deps, callback, request, timeline);
  } catch (error) {
    // Repeated callbacks wait for an outcome. If this write fails too, they give up after their own deadline.
    const ended = endSignIn(deps, callback.claim, timeline, { page: "sign-in-failed" }).catch(() => {});
    // Waiting for an unavailable database once is enough.
    if (!(error instanceof DatabaseError)) await ended;
    throw error;
  }
}

function ownerKnownBy(found: {
  browserUserId: string | null;
  otherSignInId: string | null;
}): ClaimedAuthorizationRequest["browserOwner"] {
  if (found.browserUserId !== null) return "known";
  return found.otherSignInId === null ? "first_sign_in" : "unknown";
}

/** Claims the authorization request of a state, or answers why this callback request cannot have it. */
async function claimState(
  deps: Deps,
  { params, browserSecrets, sessionSecret }: CallbackRequest,
  state: string,
): Promise<ClaimedAuthorizationRequest | CallbackResult> {
  const stateHash = hashSecret(state);
  const [found] = await deps.db.run(findAuthorizationRequest, { stateHash });
  const app = found && deps.apps.byAppId(found.appId);
  if (!found || !app) return { kind: "failure", page: "invalid-callback" };
  const { signInId, returnTo } = found;
  const isBind = found.purpose === "bind" || undefined;
  const host = hostOf(found);
  const bindLinkId = found.bindLinkId ?? undefined;
  const browserSecret = findMatchingSecret(found.browserHash, browserSecrets);
  if (browserSecret === undefined) {
    const about = { foreignSignInId: signInId, appId: app.appId, returnTo, isBind, host, bindLinkId };
    return { kind: "failure", page: "wrong-browser", ...about };
  }

  const now = deps.now();
  const browserHash = hashSecret(browserSecret);
  const [claimed] = await deps.db.run(claimAuthorizationRequest, { stateHash, browserHash, now });
  if (!claimed) {
    // As above, because `code=authdeny` is a refusal: here the state is known and nothing is spent.
    const hasCode = (await readCallback(params, { claimState: () => true })).kind === "grant";
    return handleRepeatedCallback(deps, stateHash, { browserSecret, sessionSecret, hasCode });
  }
  const session = found.signInOutcome === "signed_in" ? await findSession(deps, sessionSecret) : undefined;
  const request = { stateHash, signInId, app, returnTo, session, host, bindLinkId, browserSecret };
  // An expired request is claimed too, so that exactly one callback request ends the sign-in.
  if (claimed.expiresAt <= now) {
    const timeline = new Timeline(deps, signInId);
    const event = { kind: "expired" } as const;
    return endSignIn(deps, { ...request, isBind }, timeline, { page: "expired", event });
  }
  const { noticeVersion } = found;
  const claim = { ...request, scope: claimed.scope, noticeVersion, browserOwner: ownerKnownBy(found) };
  if (!isBind) return claim;
  const began = await findSession(deps, sessionSecret);
  if (began && began.id === found.sessionId) return { ...claim, bindTo: began };
  const event = { kind: "session_changed" } as const;
  const end = { page: "session-changed", event } as const;
  return endSignIn(deps, { ...request, isBind }, new Timeline(deps, signInId), end);
}
