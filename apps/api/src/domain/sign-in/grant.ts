import type { Grant, UserInfo, WebTokens } from "wechat-oauth";
import { deleteSession, insertSession } from "../../db/sessions.js";
import { finishSignIn, finishTrip } from "../../db/sign-ins.js";
import type { BoundStatement } from "../../db/statement.js";
import { type Deps, keptUserAgent, later } from "../deps.js";
import { failureRecord, readFailure, type WeChatFailure } from "../failures.js";
import { findPerson, isUnionBlocked, type Person, resolveIdentity } from "../identity.js";
import { newId } from "../ids.js";
import { hashSecret } from "../key-ring.js";
import { userTokenRecord } from "../user-tokens.js";
import type { ClaimedTrip, Delivery } from "./callback.js";
import { endingOf } from "./ending.js";
import type { Landing } from "./landing.js";
import { endTrip, type Timeline } from "./outcome.js";

/**
 * From a checked grant to a session: exchange, find the binding, read the profile where it was asked for.
 *
 * Nothing is kept of a person before WeChat's answers are whole and agree with each other.
 */
export async function signInWithGrant(
  deps: Deps,
  grant: Grant<ClaimedTrip>,
  delivery: Delivery,
  timeline: Timeline,
): Promise<Landing> {
  const trip = grant.claim;
  const { app } = trip;
  const client = deps.wechat(app.appId);

  const exchange = await call(() => client.exchangeCode(grant));
  if (!exchange.ok) return failed(deps, trip, timeline, "exchange_failed", exchange);
  const tokens = { ...exchange.answer, scope: exchange.answer.scope.filter(isScope) };
  timeline.add("exchanged", { durationMs: exchange.durationMs, detail: tokens.scope.join(",") });

  if (tokens.isSnapshotUser) return snapshot(deps, trip, timeline);

  const { openid } = tokens;
  const person = await findPerson(deps, app.appId, openid);
  if (person?.status === "blocked") return blocked(deps, trip, timeline, openid);
  if (!person && trip.scope === "snsapi_base" && app.profile === "ask") {
    return askProfile(deps, trip, timeline);
  }

  let profile: UserInfo | undefined;
  // Whoever is new and came silently was sent to the page that asks, above.
  const mayReadProfile = trip.scope === "snsapi_userinfo" || !person;
  if (mayReadProfile && app.profile === "ask") {
    const { accessToken } = tokens;
    const userinfo = await call(() => client.getUserInfo({ accessToken, openid }));
    if (!userinfo.ok) {
      // Right after a grant of snsapi_userinfo only a snapshot visitor is told "api unauthorized" (single
      // reports); the flag is said to be missing on a first visit. An account that lost the right is told so,
      // too: the row shows it to operators.
      if (userinfo.failure.errcode === "48001" && trip.scope === "snsapi_userinfo") {
        return snapshot(deps, trip, timeline, failureOf(deps, trip, userinfo));
      }
      return failed(deps, trip, timeline, "userinfo_failed", userinfo, openid);
    }
    profile = userinfo.answer;
    timeline.add("userinfo", { durationMs: userinfo.durationMs });
    if (tokens.unionid && profile.unionid && tokens.unionid !== profile.unionid) {
      const failure = { ...disagreement, rid: null, attempt: 1 };
      return failed(deps, trip, timeline, "userinfo_failed", { failure, durationMs: 0 }, openid);
    }
  }

  const unionid = tokens.unionid ?? profile?.unionid;
  if (!person && (await isUnionBlocked(deps, app, unionid))) return blocked(deps, trip, timeline, openid);
  return signIn(deps, trip, delivery, timeline, { tokens, profile, unionid, person });
}

/** A scope is kept and shown: nothing else that an answer may hold in its place, such as what we sent. */
const isScope = (text: string): boolean => /^snsapi_[a-z_]{1,32}$/.test(text);

const disagreement = {
  endpoint: "sns/userinfo",
  errcode: "BAD_SHAPE",
  errmsg: "sns/userinfo names another unionid than the token answer",
};

async function signIn(
  deps: Deps,
  trip: ClaimedTrip,
  delivery: Delivery,
  timeline: Timeline,
  about: {
    tokens: WebTokens;
    profile: UserInfo | undefined;
    unionid: string | undefined;
    person: Person | undefined;
  },
): Promise<Landing> {
  const { stateHash, signInId, app, returnTo } = trip;
  const { tokens, profile, unionid, person } = about;
  const { openid } = tokens;
  const identity = await resolveIdentity(deps, {
    app,
    openid,
    unionid,
    scope: tokens.scope.join(","),
    profile: profile && { nickname: profile.nickname, avatarUrl: profile.avatarUrl },
    known: person,
  });
  const { userId, bindingId, isNewUser, isConflict } = identity;
  if (isNewUser) timeline.add("user_created");
  timeline.add("signed_in", isConflict ? { detail: "identity conflict" } : {});
  if (isConflict) {
    deps.log.warn({ event: "identity_conflict", signInId, userId }, "a unionid belongs to two users");
  }

  const now = deps.now();
  const [sessionSecret] = deps.keys.sessionSecrets(stateHash, trip.browserSecret);
  await deps.db.batch([
    ...(delivery.sessionSecret
      ? [deleteSession.with({ secretHash: hashSecret(delivery.sessionSecret) })]
      : []),
    insertSession.with({
      secretHash: hashSecret(sessionSecret),
      id: newId(now),
      userId,
      signInId,
      now,
      expiresAt: later(now, deps.settings.sessionAbsoluteSeconds),
      ip: delivery.visitor.ip,
      userAgent: keptUserAgent(delivery.visitor),
    }),
    userTokenRecord(deps, bindingId, tokens),
    finishTrip.with({ stateHash, outcome: "signed_in", page: null, errcode: null }),
    finishSignIn.with({ id: signInId, outcome: "signed_in", openid, userId, now }),
    ...timeline.events,
  ]);
  deps.log.info({ event: "signed_in", signInId, userId, isNewUser }, "a person signed in");
  return { kind: "signed_in", returnTo, sessionSecret };
}

async function askProfile(deps: Deps, trip: ClaimedTrip, timeline: Timeline): Promise<Landing> {
  timeline.add("profile_asked");
  await deps.db.batch([
    finishTrip.with({ stateHash: trip.stateHash, outcome: "profile_asked", page: null, errcode: null }),
    ...timeline.events,
  ]);
  return { kind: "ask_profile", signInId: trip.signInId };
}

function snapshot(
  deps: Deps,
  trip: ClaimedTrip,
  timeline: Timeline,
  record?: BoundStatement<unknown>,
): Promise<Landing> {
  timeline.add("snapshot");
  return endTrip(deps, trip, timeline, { ending: "snapshot", ...(record === undefined ? {} : { record }) });
}

function blocked(deps: Deps, trip: ClaimedTrip, timeline: Timeline, openid: string): Promise<Landing> {
  timeline.add("blocked");
  return endTrip(deps, trip, timeline, { ending: "blocked", openid });
}

function failed(
  deps: Deps,
  trip: ClaimedTrip,
  timeline: Timeline,
  kind: "exchange_failed" | "userinfo_failed",
  failedCall: FailedCall,
  openid?: string,
): Promise<Landing> {
  const { failure, durationMs } = failedCall;
  const { errcode } = failure;
  timeline.add(kind, { durationMs, detail: errcode });
  return endTrip(deps, trip, timeline, {
    ending: endingOf(failure),
    errcode,
    record: failureOf(deps, trip, failedCall, openid),
    ...(openid === undefined ? {} : { openid }),
  });
}

interface FailedCall {
  failure: WeChatFailure;
  durationMs: number;
}

function failureOf(deps: Deps, trip: ClaimedTrip, { failure, durationMs }: FailedCall, openid?: string) {
  const { app, signInId } = trip;
  const about = { appId: app.appId, openid: openid ?? null, signInId, latencyMs: durationMs };
  return failureRecord(deps, failure, about);
}

type Called<Answer> =
  | { ok: true; answer: Answer; durationMs: number }
  | { ok: false; failure: WeChatFailure; durationMs: number };

/** A call to WeChat with its duration; what WeChat refuses is data here, what is ours is thrown on. */
async function call<Answer>(ask: () => Promise<Answer>): Promise<Called<Answer>> {
  const startedAt = performance.now();
  try {
    const answer = await ask();
    return { ok: true, answer, durationMs: performance.now() - startedAt };
  } catch (error) {
    const failure = readFailure(error);
    if (!failure) throw error;
    return { ok: false, failure, durationMs: performance.now() - startedAt };
  }
}
