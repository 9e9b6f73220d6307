import type { Follower, GlobalAccessToken } from "@wechat-login/oauth";
import { TokenUnavailableError } from "@wechat-login/oauth/keeper";
import { StaleDataError } from "../../db/database.js";
import { insertConflictOfBinding, insertUnion } from "../../db/identities.js";
import { setLateUnionid, setUnionidChecked } from "../../db/late-unionids.js";
import { required } from "../../db/statement.js";
import type { WeChatApp } from "../apps.js";
import { type Deps, later } from "../deps.js";
import { bindingCompletedRecord, conflictOpenedRecord } from "../events/outbox.js";
import { readFailure, recordFailure } from "../failures/failures.js";
import { newId } from "../ids.js";

/** WeChat answers for this many people at once. */
const perCall = 100;
/** A run of the job ends after this many calls, so that a process that stops does not wait for long. */
const callsPerRun = 5;
/** One who has no unionid today is asked for again after this, at the next sign-in. */
const againAfterSeconds = 86_400;

/**
 * Notes a person who signed in with an app of a group and whose binding has no unionid: `snsapi_base` gives none, and the
 * binding may be older than the account's place in the Open Platform. WeChat gives it to the account itself for people
 * who follow it, so a job asks after the sign-in, for many people at once.
 */
export function noteMissingUnionid(
  deps: Pick<Deps, "missingUnionids" | "now">,
  app: WeChatApp,
  person: { openid: string; unionid: string | null | undefined; checkedAt: Date | null },
): void {
  const { openid, unionid, checkedAt } = person;
  if (!app.group || app.kind !== "official_account" || unionid) return;
  if (checkedAt && checkedAt > later(deps.now(), -againAfterSeconds)) return;
  deps.missingUnionids.add(app, openid);
}

/** WeChat's errcode for an openid that is not of this account. */
const invalidOpenid = "40003";

/**
 * Asks WeChat for the unionids that are missing, and completes the bindings. A failed call is recorded, and the people
 * are asked for after their next sign-in.
 *
 * @throws {DatabaseError}
 */
export async function completeLateUnionids(deps: Deps): Promise<void> {
  for (let n = 0; n < callsPerRun; n++) {
    const taken = deps.missingUnionids.take(deps.now(), perCall);
    if (!taken) return;
    const { app, openids } = taken;
    const followers = await listFollowers(deps, app, openids);
    if (!followers) deps.missingUnionids.pause(app, deps.now());
    else
      for (const openid of openids) await completeUnionid(deps, app, openid, followers.get(openid)?.unionid);
  }
}

/**
 * One openid that WeChat does not know may refuse the whole call with 40003, so those calls are split until it is alone.
 *
 * @returns undefined if WeChat refused for another reason, or did not answer
 */
async function listFollowers(
  deps: Deps,
  app: WeChatApp,
  openids: string[],
): Promise<Map<string, Follower> | undefined> {
  const startedAt = performance.now();
  const client = deps.wechat(app.appId);
  const ask = (accessToken: GlobalAccessToken) => client.listFollowers({ accessToken, openids });
  try {
    return await deps.appToken(app.appId).use(ask);
  } catch (error) {
    // The keeper's own failures are in the token's state already.
    if (error instanceof TokenUnavailableError) return undefined;
    const failure = readFailure(error);
    if (!failure) throw error;
    if (failure.errcode === invalidOpenid) return listHalves(deps, app, openids);
    await recordFailure(deps, failure, { appId: app.appId, latencyMs: performance.now() - startedAt });
    return undefined;
  }
}

async function listHalves(
  deps: Deps,
  app: WeChatApp,
  openids: string[],
): Promise<Map<string, Follower> | undefined> {
  if (openids.length === 1) return new Map();
  const middle = Math.ceil(openids.length / 2);
  const first = await listFollowers(deps, app, openids.slice(0, middle));
  const second = first && (await listFollowers(deps, app, openids.slice(middle)));
  return second && new Map([...first, ...second]);
}

/**
 * Completes a binding with the unionid that came late: its user has it from now on, unless another user has it already,
 * which is a conflict for an operator. Nothing is moved.
 */
export async function completeUnionid(
  deps: Deps,
  app: WeChatApp,
  openid: string,
  unionid: string | undefined,
): Promise<void> {
  const { appId, group = "" } = app;
  const now = deps.now();
  if (unionid === undefined) {
    await deps.db.run(setUnionidChecked, { appId, openid, now });
    return;
  }
  try {
    // In the order of resolveIdentity, so that a sign-in of the same person at the same moment cannot deadlock.
    const conflictId = newId(now);
    const [, , , conflicts] = await deps.db.batch([
      insertUnion.with({ group, unionid, appId, openid, candidate: newId(now), now }),
      bindingCompletedRecord(deps, { appId, openid, unionid, nickname: null, avatarUrl: null }),
      required(setLateUnionid.with({ appId, openid, unionid, now })),
      insertConflictOfBinding.with({ id: conflictId, group, unionid, appId, openid }),
      conflictOpenedRecord(deps, conflictId),
    ]);
    deps.log.info(
      { event: "unionid_completed", appId, isConflict: conflicts.length > 0 },
      "a binding that had no unionid has one now",
    );
  } catch (error) {
    // A sign-in brought the unionid meanwhile, or the binding is gone.
    if (!(error instanceof StaleDataError)) throw error;
  }
}
