import type { Grant, UserInfo, WebTokens } from "@wechat-login/oauth";
import { StaleDataError } from "../../db/database.js";
import { forgetUnboundSignIn } from "../../db/erased-history.js";
import { finishAuthorizationRequest } from "../../db/sign-ins.js";
import type { BoundStatement } from "../../db/statement.js";
import type { Deps } from "../deps.js";
import { failureRecords, logUnrecorded, readFailure, type WeChatFailure } from "../failures/failures.js";
import {
  completionOf,
  findPerson,
  type Identity,
  isUnionBlocked,
  type Person,
  type ResolvedIdentity,
  resolveIdentity,
} from "../identity/identity.js";
import { noteMissingUnionid } from "../identity/late-unionids.js";
import { followMergedUser } from "../identity/merges.js";
import { noteStaleProfile } from "../identity/stale-profiles.js";
import { isErasedAndBlocked, openidPseudonyms } from "../people/blocked-identities.js";
import { openSession } from "../sessions/open-session.js";
import { bindToSession } from "./bind.js";
import { signInByBindLink } from "./bind-link.js";
import { endSignIn, signedInRecords } from "./end.js";
import { failurePageOf } from "./failure-page.js";
import { returnAgain, returnFrom } from "./host-return.js";
import { type Agreement, agreementRecord, askQuestion, findAgreement } from "./questions.js";
import type { Timeline } from "./timeline.js";
import type { CallbackRequest, CallbackResult, ClaimedAuthorizationRequest } from "./types.js";

/**
 * Signs in with a checked grant: exchanges the code, finds the binding, reads the profile if it was asked for, and
 * opens a session.
 *
 * Nothing of a person is stored before WeChat's answers are complete and agree with each other.
 *
 * @throws {DatabaseError}
 */
export async function signInWithGrant(
  deps: Deps,
  grant: Grant<ClaimedAuthorizationRequest>,
  callbackRequest: CallbackRequest,
  timeline: Timeline,
): Promise<CallbackResult> {
  const request = grant.claim;
  const { app } = request;
  const client = deps.wechat(app.appId);

  const exchange = await measure(() => client.exchangeCode(grant));
  if (!exchange.ok) return endFailed(deps, request, timeline, "exchange_failed", exchange);
  const { answer, durationMs } = exchange;
  if (answer.isSnapshotUser) {
    timeline.add({ kind: "exchanged", durationMs });
    return endSignIn(deps, request, timeline, { page: "snapshot", event: { kind: "snapshot" } });
  }
  const tokens = { ...answer, scope: answer.scope.filter(isScope) };
  const missing = missingFrom(tokens);
  timeline.add({ kind: "exchanged", durationMs, ...detailOf(tokens.scope, missing) });
  logIncomplete(deps, request, "sns/oauth2/access_token", missing);

  const { openid } = tokens;
  const blocked = { page: "blocked", event: { kind: "blocked" }, openid } as const;
  const person = await findPerson(deps, app, openid);
  if (person?.status === "blocked") {
    return endSignIn(deps, request, timeline, { ...blocked, records: forgottenIfErased(request, person) });
  }
  const erased = { ...blocked, openid: openidPseudonyms(deps, app.appId, openid)[0] };
  if (!person && (await isErasedAndBlocked(deps, app, { openid, unionid: tokens.unionid }))) {
    return endSignIn(deps, request, timeline, erased);
  }
  if (!person && request.scope === "snsapi_base" && app.profile === "ask") {
    return askProfile(deps, request, timeline);
  }

  let profile: UserInfo | undefined;
  // A new person who came by snsapi_base was sent to the page that asks, above.
  const agreement = await findAgreement(deps, request);
  const mayReadProfile = agreement ? agreement.purpose === "profile" : !person;
  if (mayReadProfile && app.profile === "ask") {
    const { accessToken } = tokens;
    const userinfo = await measure(() => client.getUserInfo({ accessToken, openid }));
    if (!userinfo.ok)
      return endFailed(deps, request, timeline, "userinfo_failed", userinfo, { openid, person });
    profile = userinfo.answer;
    const missing = profile.nickname === undefined ? ["nickname"] : [];
    timeline.add({ kind: "userinfo", durationMs: userinfo.durationMs, ...detailOf([], missing) });
    logIncomplete(deps, request, "sns/userinfo", missing);
    if (tokens.unionid && profile.unionid && tokens.unionid !== profile.unionid) {
      const failure = { ...unionidMismatch, rid: null, attempt: 1 };
      return endFailed(
        deps,
        request,
        timeline,
        "userinfo_failed",
        { failure, durationMs: 0 },
        { openid, person },
      );
    }
  }

  const unionid = tokens.unionid ?? profile?.unionid;
  if (!person && (await isUnionBlocked(deps, app, unionid))) {
    return endSignIn(deps, request, timeline, blocked);
  }
  if (!person && unionid !== tokens.unionid && (await isErasedAndBlocked(deps, app, { openid, unionid }))) {
    return endSignIn(deps, request, timeline, erased);
  }
  const identity: Identity = {
    app,
    openid,
    unionid,
    scope: tokens.scope.join(","),
    profile: profile && { nickname: profile.nickname, avatarUrl: profile.avatarUrl },
    known: person,
  };
  const about = { identity, tokens, agreement };
  const end = () => {
    if (request.bindTo) return bindToSession(deps, request, request.bindTo, timeline, about);
    const finish = request.bindLinkId ? signInByBindLink : signIn;
    return finish(deps, request, callbackRequest, timeline, about);
  };
  const result = await end();
  if (result.kind === "failure") return result;
  const checkedAt = person?.unionidCheckedAt ?? null;
  noteMissingUnionid(deps, app, { openid, unionid: unionid ?? person?.unionid, checkedAt });
  if (person && !profile) noteStaleProfile(deps, app, { openid, ...person });
  return result;
}

/** Only real scopes are stored and shown: an answer may echo a secret in their place. */
const isScope = (text: string): boolean => /^snsapi_[a-z_]{1,32}$/.test(text);

/**
 * The fields of a token answer that WeChat documents as always there and that a sign-in does not need. A missing
 * scope is taken as the narrowest one: it proves no right to a profile, and WeChat itself decides on that right.
 */
const missingFrom = ({ scope, refreshToken, expiresInSeconds }: WebTokens): string[] => [
  ...(scope.length === 0 ? ["scope"] : []),
  ...(refreshToken === undefined ? ["refresh_token"] : []),
  ...(expiresInSeconds === undefined ? ["expires_in"] : []),
];

/** The detail of an event in the timeline: the scopes, and the fields that WeChat left out. */
function detailOf(scope: readonly string[], missing: readonly string[]): { detail?: string } {
  const parts = [
    ...(scope.length > 0 ? [scope.join(",")] : []),
    ...missing.map((name) => `missing: ${name}`),
  ];
  return parts.length === 0 ? {} : { detail: parts.join("; ") };
}

function logIncomplete(
  deps: Deps,
  { app, signInId }: ClaimedAuthorizationRequest,
  endpoint: string,
  missing: readonly string[],
): void {
  if (missing.length === 0) return;
  const about = { event: "incomplete_answer", appId: app.appId, signInId, endpoint, missing };
  deps.log.warn(about, "WeChat's answer lacks fields; the sign-in goes on without them");
}

const unionidMismatch = {
  endpoint: "sns/userinfo",
  errcode: "BAD_SHAPE",
  errmsg: "sns/userinfo names another unionid than the token answer",
};

async function signIn(
  deps: Deps,
  request: ClaimedAuthorizationRequest,
  { sessionSecret: replaces, visitor }: CallbackRequest,
  timeline: Timeline,
  {
    identity,
    tokens,
    agreement,
  }: { identity: Identity; tokens: WebTokens; agreement: Agreement | undefined },
): Promise<CallbackResult> {
  const { stateHash, signInId, app } = request;
  const { openid, unionid, known: person } = identity;
  const asked = person ? await askQuestion(deps, request, person, unionid) : undefined;
  if (asked) timeline.add({ kind: `${asked}_asked` });
  if (agreement?.purpose === "unionid" && !unionid) {
    const about = { event: "unionid_missing", appId: app.appId, signInId };
    deps.log.warn(
      about,
      "WeChat told no unionid after the consent: is the account bound to the Open Platform?",
    );
  }

  const [secret] = deps.keys.sessionSecrets(stateHash, request.browserSecret);
  const openFor = (
    { userId, bindingId, isNewUser, isConflict }: ResolvedIdentity,
    completion: readonly BoundStatement<unknown>[] = [],
  ) => {
    const detail = isConflict ? "identity conflict" : undefined;
    return openSession(deps, { secret, userId, signInId, bindingId, tokens, detail, replaces, visitor }, [
      ...completion,
      ...signedInRecords(deps, request, { openid, userId }),
      ...returnFrom(deps, request, { userId, isNew: isNewUser }).records,
      ...(agreement ? [agreementRecord(deps, request, agreement, { userId, bindingId })] : []),
      ...timeline.records,
    ]);
  };
  /** A known person whose binding only has to be completed: the session is opened in the same batch. */
  const openForKnown = async (): Promise<ResolvedIdentity | undefined> => {
    const completion = completionOf(deps, identity);
    if (!person || !completion) return undefined;
    const { userId, bindingId } = person;
    const resolved = { userId, bindingId, isNewUser: false, isConflict: false };
    return (await isStale(openFor(resolved, completion))) ? undefined : resolved;
  };
  const resolveAndOpen = async (): Promise<ResolvedIdentity | undefined> => {
    const resolved = await resolveIdentity(deps, identity);
    const { userId, bindingId, isNewUser, isConflict } = resolved;
    if (isNewUser) timeline.add({ kind: "user_created" });
    if (isConflict) {
      deps.log.warn({ event: "identity_conflict", signInId, userId }, "a unionid belongs to two users");
    }
    if (!(await isStale(openFor(resolved)))) return resolved;
    const survivor = await followMergedUser(deps, { userId, bindingId });
    if (survivor === undefined) return undefined;
    const ofSurvivor = { ...resolved, userId: survivor };
    return (await isStale(openFor(ofSurvivor))) ? undefined : ofSurvivor;
  };

  const resolved = (await openForKnown()) ?? (await resolveAndOpen());
  if (!resolved) {
    // Blocked, unbound or erased while this sign-in was under way. The code is spent: a new sign-in says which of them.
    const event = { kind: "expired", detail: "the account changed meanwhile" } as const;
    return endSignIn(deps, request, timeline, { page: "expired", event });
  }
  // The answer to a question belongs to a sign-in that is counted already.
  if (!request.session) deps.callCounts.add(deps.now(), app.appId, "sign_in", "signed_in");
  const { userId, isNewUser } = resolved;
  deps.log.info({ event: "signed_in", signInId, userId, isNewUser }, "a person signed in");
  const returnTo = returnAgain(deps, request, request.browserSecret);
  return { kind: "signed_in", returnTo, sessionSecret: secret, ...(asked && { question: { signInId } }) };
}

/** Whether a batch was not written because a row that it requires has changed. */
const isStale = (batch: Promise<void>): Promise<boolean> =>
  batch.then(
    () => false,
    (error: unknown) => {
      if (error instanceof StaleDataError) return true;
      throw error;
    },
  );

async function askProfile(
  deps: Deps,
  { stateHash, signInId }: ClaimedAuthorizationRequest,
  timeline: Timeline,
): Promise<CallbackResult> {
  timeline.add({ kind: "profile_asked" });
  await deps.db.batch([
    finishAuthorizationRequest.with({ stateHash, outcome: "profile_asked", page: null, errcode: null }),
    ...timeline.records,
  ]);
  return { kind: "ask_profile", signInId };
}

interface FailedCall {
  failure: WeChatFailure;
  durationMs: number;
}

/** Ends the sign-in for a call that WeChat refused or did not answer. */
async function endFailed(
  deps: Deps,
  request: ClaimedAuthorizationRequest,
  timeline: Timeline,
  kind: "exchange_failed" | "userinfo_failed",
  failedCall: FailedCall,
  { openid, person }: { openid?: string; person?: Person | undefined } = {},
): Promise<CallbackResult> {
  const { failure, durationMs } = failedCall;
  const { errcode } = failure;
  try {
    return await endSignIn(deps, request, timeline, {
      page: failurePageOf(failure),
      event: { kind, durationMs, detail: errcode },
      errcode,
      records: [
        ...recordsOf(deps, request, failedCall, { openid, person }),
        ...forgottenIfErased(request, person),
      ],
      ...(openid === undefined ? {} : { openid }),
    });
  } catch (error) {
    logUnrecorded(deps, failure, request.app.appId, error);
    throw error;
  }
}

function recordsOf(
  deps: Deps,
  { app, signInId }: ClaimedAuthorizationRequest,
  { failure, durationMs }: FailedCall,
  { openid, person }: { openid?: string | undefined; person?: Person | undefined },
) {
  const about = { appId: app.appId, openid: openid ?? null, isBound: person !== undefined };
  return failureRecords(deps, failure, { ...about, signInId, latencyMs: durationMs });
}

/** A known person may be erased while their sign-in is under way. */
const forgottenIfErased = ({ signInId }: ClaimedAuthorizationRequest, person: Person | undefined) =>
  person ? [forgetUnboundSignIn.with({ id: signInId })] : [];

type MeasuredCall<Answer> = { ok: true; answer: Answer; durationMs: number } | ({ ok: false } & FailedCall);

/** Makes a call to WeChat and measures it. A failed call is returned as data; any other error is thrown. */
async function measure<Answer>(call: () => Promise<Answer>): Promise<MeasuredCall<Answer>> {
  const startedAt = performance.now();
  try {
    const answer = await call();
    return { ok: true, answer, durationMs: performance.now() - startedAt };
  } catch (error) {
    const failure = readFailure(error);
    if (!failure) throw error;
    return { ok: false, failure, durationMs: performance.now() - startedAt };
  }
}
