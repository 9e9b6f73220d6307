import type { UserInfo } from "@wechat-login/oauth";
import { lockBinding } from "../../db/identities.js";
import { claimProfileRead, setProfile } from "../../db/profiles.js";
import { findProfileToken } from "../../db/tokens.js";
import type { WeChatApp } from "../apps.js";
import { type Deps, later } from "../deps.js";
import { bindingCompletedRecord } from "../events/outbox.js";
import type { WeChatFailure } from "../failures/failures.js";
import { callForPerson, isVerdict } from "../tokens/call-for-person.js";
import { refreshUserToken } from "../tokens/refresh-user-token.js";
import { foldNickname } from "./identity.js";
import { completeUnionid } from "./late-unionids.js";

/** A profile that could not be read is tried again after this, at the next sign-in. */
const againAfterSeconds = 86_400;

/** A run of the job ends after this many, so that a process that stops does not wait for long. */
const perRun = 50;

/**
 * Notes a person who signed in without a profile page and whose nickname and avatar are missing, or older than PROFILE_MAX_AGE_DAYS. The tokens of
 * their last consent live for 30 days, so a job reads the profile again, without a page for the person.
 */
export function noteStaleProfile(
  deps: Pick<Deps, "settings" | "staleProfiles" | "now">,
  app: WeChatApp,
  person: { openid: string; profileAt: Date | null; profileCheckedAt: Date | null },
): void {
  const now = deps.now();
  const { profileAt, profileCheckedAt } = person;
  if (app.profile === "none") return;
  // The QR code of a website app is itself a consent. In an Official Account the person is asked: see questions.ts.
  if (profileAt === null && app.kind !== "website") return;
  if (profileAt && profileAt > later(now, -deps.settings.profileMaxAgeDays * 86_400)) return;
  if (profileCheckedAt && profileCheckedAt > later(now, -againAfterSeconds)) return;
  deps.staleProfiles.add(app, person.openid);
}

/**
 * Reads the noted profiles again. A failed call is recorded; one that concerns the app, not the person, lets the other
 * people of that app wait.
 *
 * @throws {DatabaseError}
 */
export async function refreshStaleProfiles(deps: Deps): Promise<void> {
  for (let n = 0; n < perRun; n++) {
    const taken = deps.staleProfiles.take(deps.now(), 1);
    if (!taken) return;
    for (const openid of taken.openids) {
      const read = await refreshProfile(deps, taken.app, openid, later(deps.now(), -againAfterSeconds));
      if (read.kind === "unanswered") deps.staleProfiles.pause(taken.app, deps.now());
    }
  }
}

/** What came of reading a profile. */
export type ProfileRead =
  | { kind: "read"; nickname: string | undefined; avatarUrl: string | null }
  /** There is no token that may read it, or WeChat refused the one there is: the person must consent again. */
  | { kind: "not_allowed" }
  | { kind: "unanswered" }
  /** It is being read, or that was tried a moment ago. */
  | { kind: "busy" };

type ProfileToken = NonNullable<Awaited<ReturnType<typeof findToken>>>;

const findToken = async (deps: Deps, app: WeChatApp, openid: string) =>
  (await deps.db.run(findProfileToken, { appId: app.appId, openid }))[0];

/**
 * Reads a person's profile again with the tokens of their last consent, and stores it.
 *
 * @param checkedBefore it is not read if that was tried after this time.
 * @throws {DatabaseError}
 */
export async function refreshProfile(
  deps: Deps,
  app: WeChatApp,
  openid: string,
  checkedBefore: Date,
): Promise<ProfileRead> {
  const row = await findToken(deps, app, openid);
  if (!row) return { kind: "not_allowed" };
  const { bindingId } = row;
  const claim = { bindingId, checkedBefore, now: deps.now() };
  if ((await deps.db.run(claimProfileRead, claim)).length === 0) return { kind: "busy" };

  const { profile, failure } = await readProfile(deps, app, openid, row);
  if (failure) return { kind: isVerdict(failure) ? "not_allowed" : "unanswered" };
  if (!profile) return { kind: "not_allowed" };
  const { nickname, avatarUrl = null, unionid } = profile;
  if (nickname !== undefined) {
    const nicknameFolded = foldNickname(nickname);
    const { appId } = app;
    await deps.db.batch([
      lockBinding.with({ appId, openid }),
      bindingCompletedRecord(deps, { appId, openid, unionid: null, nickname, avatarUrl }),
      setProfile.with({ bindingId, nickname, nicknameFolded, avatarUrl, now: deps.now() }),
    ]);
  }
  if (unionid !== undefined && app.group) await completeUnionid(deps, app, openid, unionid);
  return { kind: "read", nickname, avatarUrl };
}

/** The stored access token lives for two hours and is over by now, so the tokens are refreshed first. */
async function readProfile(
  deps: Deps,
  app: WeChatApp,
  openid: string,
  row: ProfileToken,
): Promise<{ profile?: UserInfo; failure?: WeChatFailure }> {
  const refreshed = await refreshUserToken(deps, { ...row, appId: app.appId, openid });
  if (refreshed.result !== "refreshed") return "failure" in refreshed ? refreshed : {};
  const { accessToken } = refreshed;
  const { answer: profile, failure } = await callForPerson(deps, { appId: app.appId, openid }, (client) =>
    client.getUserInfo({ accessToken, openid }),
  );
  return profile ? { profile } : { failure };
}
