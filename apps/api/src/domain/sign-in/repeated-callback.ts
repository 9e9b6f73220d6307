import { setTimeout as sleep } from "node:timers/promises";
import type { SignInPurpose } from "../../db/schema.js";
import {
  abandonAuthorizationRequest,
  findAuthorizationRequest,
  findLastAuthorizationRequest,
  findSignIn,
  setFailurePage,
} from "../../db/sign-ins.js";
import { type Deps, later } from "../deps.js";
import { type HostReturn, hostOf } from "../hosts/tickets.js";
import { findSession } from "../sessions/sessions.js";
import { returnAgain } from "./host-return.js";
import { findQuestion } from "./questions.js";
import { findMatchingSecret } from "./start.js";
import { eventRecord } from "./timeline.js";
import type { CallbackResult, FailurePage, FailureResult } from "./types.js";

/**
 * A callback request makes at most two calls to WeChat, 4.5 s each (create-deps.ts). Without an outcome after this
 * time the process that claimed it is taken for dead.
 */
const firstCallbackMs = 9_500;
const firstCallbackSeconds = firstCallbackMs / 1000;

/**
 * For this long a repeated callback gets the session itself, because it raced the first one. Later it is a link from
 * the history, and continues only if this browser is signed in.
 */
const raceSeconds = 60;

interface SignIn {
  signInId: string;
  appId: string;
  returnTo: string;
  isBind: true | undefined;
  host: HostReturn | undefined;
  bindLinkId: string | undefined;
}

interface AuthorizationRequest extends SignIn {
  stateHash: string;
}

interface SameBrowser {
  browserSecret: string;
  sessionSecret: string | undefined;
}

/**
 * Answers a callback that another request has claimed: the back button, a refresh, or Android's second request with
 * another code. It is answered as the first one was, with the same session, and never exchanges a code.
 *
 * @throws {DatabaseError}
 */
export async function handleRepeatedCallback(
  deps: Deps,
  stateHash: string,
  browser: SameBrowser & { hasCode: boolean },
): Promise<CallbackResult> {
  const deadline = performance.now() + firstCallbackMs;
  for (let pauseMs = 15; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    const [first] = await deps.db.run(findAuthorizationRequest, { stateHash });
    if (!first) return { kind: "failure", page: "used" };
    const { signInId: id, page, errcode, claimedAt } = first;
    const signIn = aboutSignIn({ ...first, id });

    // A request for a question, after the person was signed in: see endSignIn.
    const isQuestion = first.signInOutcome === "signed_in" && first.outcome !== "signed_in";
    if (isQuestion && first.outcome !== null) {
      const result = await continueIfSignedIn(deps, signIn, browser.sessionSecret);
      if (result.kind !== "continue" || !isRace(deps, claimedAt)) return result;
      return { ...result, returnTo: returnAgain(deps, { stateHash, ...signIn }, browser.browserSecret) };
    }
    switch (first.outcome) {
      case "signed_in":
        return joinSession(deps, { stateHash, ...signIn }, claimedAt, browser);
      case "bound":
        return continueIfSignedIn(deps, signIn, browser.sessionSecret);
      case "profile_asked":
        return resumeSignIn(deps, signIn, browser);
      case "refused":
        if (browser.hasCode && page !== "used") return endRefusedAsUsed(deps, { stateHash, ...signIn });
        return failureOf(signIn, page, errcode);
      case null:
        break;
      default:
        return failureOf(signIn, page, errcode);
    }
    if (performance.now() > deadline || isDead(deps, claimedAt)) {
      return restartOnce(deps, { stateHash, ...signIn }, browser);
    }
    await sleep(pauseMs);
  }
}

function aboutSignIn(row: {
  id: string;
  purpose: SignInPurpose;
  appId: string;
  returnTo: string;
  clientId: string | null;
  nonceHash: string | null;
  bindLinkId: string | null;
}): SignIn {
  const { id: signInId, appId, returnTo, bindLinkId } = row;
  const isBind = row.purpose === "bind" || undefined;
  return { signInId, appId, returnTo, isBind, host: hostOf(row), bindLinkId: bindLinkId ?? undefined };
}

const isDead = (deps: Deps, claimedAt: Date | null) =>
  claimedAt !== null && claimedAt < later(deps.now(), -firstCallbackSeconds);

const isRace = (deps: Deps, claimedAt: Date | null) =>
  claimedAt !== null && claimedAt > later(deps.now(), -raceSeconds);

async function joinSession(
  deps: Deps,
  request: AuthorizationRequest,
  claimedAt: Date | null,
  { browserSecret, sessionSecret }: SameBrowser,
): Promise<CallbackResult> {
  const { stateHash, ...signIn } = request;
  const secrets = isRace(deps, claimedAt) ? deps.keys.sessionSecrets(stateHash, browserSecret) : [];
  for (const secret of secrets) {
    if (await findSession(deps, secret)) {
      await deps.db.batch([eventRecord(signIn.signInId, deps.now(), { kind: "callback_repeated" })]);
      const { signInId } = signIn;
      const returnTo = returnAgain(deps, request, browserSecret);
      const asks = await findQuestion(deps, signInId, secret);
      return { kind: "signed_in", returnTo, sessionSecret: secret, ...(asks && { question: { signInId } }) };
    }
  }
  return continueIfSignedIn(deps, signIn, sessionSecret);
}

/** An old link continues in a browser that is signed in. It never signs a browser in again. */
async function continueIfSignedIn(
  deps: Deps,
  signIn: SignIn,
  sessionSecret: string | undefined,
): Promise<CallbackResult> {
  if (await findSession(deps, sessionSecret)) return { kind: "continue", returnTo: signIn.returnTo };
  return { kind: "failure", page: "used", ...signIn };
}

/** The silent authorization request led to the page that asks; the sign-in may have gone on from there. */
async function resumeSignIn(deps: Deps, signIn: SignIn, browser: SameBrowser): Promise<CallbackResult> {
  const [row] = await deps.db.run(findSignIn, { id: signIn.signInId });
  if (row?.outcome === null && row.expiresAt > deps.now()) {
    return { kind: "ask_profile", signInId: signIn.signInId };
  }
  return continueIfSignedIn(deps, signIn, browser.sessionSecret);
}

async function restartOnce(
  deps: Deps,
  request: AuthorizationRequest,
  browser: SameBrowser,
): Promise<CallbackResult> {
  const { stateHash, ...signIn } = request;
  const { signInId, appId, returnTo, host } = signIn;
  const claimedBefore = later(deps.now(), -firstCallbackSeconds);
  const [abandoned] = await deps.db.run(abandonAuthorizationRequest, { stateHash, claimedBefore });
  if (!abandoned) return resultOfFirstCallback(deps, request, browser);
  deps.log.warn({ event: "sign_in_restarted", signInId }, "the first request of a callback never ended");
  // A binding begins only with a tap on the page that asks.
  if (signIn.isBind || signIn.bindLinkId) return { kind: "failure", page: "used", ...signIn };
  return { kind: "restart", appId, returnTo, host };
}

/** The first request ended after all, or another repeated callback restarts the sign-in: its outcome counts. */
async function resultOfFirstCallback(
  deps: Deps,
  request: AuthorizationRequest,
  browser: SameBrowser,
): Promise<CallbackResult> {
  const { stateHash, ...signIn } = request;
  const [first] = await deps.db.run(findAuthorizationRequest, { stateHash });
  if (first?.outcome === "signed_in") return joinSession(deps, request, first.claimedAt, browser);
  if (first?.outcome === "bound") return continueIfSignedIn(deps, signIn, browser.sessionSecret);
  return { kind: "failure", page: "used", ...signIn };
}

/**
 * The person refused, went back and agreed: WeChat sends a code for the state of the refusal, which is used up. The page
 * must not say that they refused, also after a reload.
 */
async function endRefusedAsUsed(
  deps: Deps,
  { stateHash, ...signIn }: AuthorizationRequest,
): Promise<FailureResult> {
  await deps.db.batch([
    setFailurePage.with({ stateHash, page: "used" }),
    eventRecord(signIn.signInId, deps.now(), { kind: "callback_repeated" }),
  ]);
  return { kind: "failure", page: "used", ...signIn };
}

function failureOf(signIn: SignIn, page: string | null, errcode: string | null): FailureResult {
  return {
    kind: "failure",
    page: (page ?? "used") as FailurePage, // written by endSignIn, from the same list
    ...signIn,
    ...(errcode === null ? {} : { errcode }),
  };
}

/**
 * Answers a request for the profile page, or a tap on it, after the sign-in has ended: as it ended.
 *
 * @throws {DatabaseError}
 */
export async function resultOfEndedSignIn(
  deps: Deps,
  signInId: string,
  { browserSecrets, sessionSecret }: { browserSecrets: readonly string[]; sessionSecret: string | undefined },
): Promise<CallbackResult> {
  const [signIn] = await deps.db.run(findSignIn, { id: signInId });
  const endedWell = signIn?.outcome === "signed_in" || signIn?.outcome === "bound";
  if (endedWell && findMatchingSecret(signIn.browserHash, browserSecrets)) {
    return continueIfSignedIn(deps, aboutSignIn(signIn), sessionSecret);
  }
  return (await findFailureResult(deps, signInId, browserSecrets)) ?? { kind: "failure", page: "expired" };
}

/**
 * The failure page on which a sign-in of this browser ended, for a reload under its address without code and state.
 *
 * @returns undefined if this browser has no such sign-in, or it did not end on a page.
 * @throws {DatabaseError}
 */
export async function findFailureResult(
  deps: Deps,
  signInId: string,
  browserSecrets: readonly string[],
): Promise<FailureResult | undefined> {
  const [signIn] = await deps.db.run(findSignIn, { id: signInId });
  if (!signIn || !findMatchingSecret(signIn.browserHash, browserSecrets)) return undefined;
  const [last] = await deps.db.run(findLastAuthorizationRequest, { signInId });
  const about = aboutSignIn(signIn);
  if (last?.page) return failureOf(about, last.page, last.errcode);
  if (signIn.expiresAt <= deps.now()) return { kind: "failure", page: "expired", ...about };
  return undefined;
}
