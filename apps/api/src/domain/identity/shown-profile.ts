import { listBindingsOfUser } from "../../db/bindings.js";
import type { Actor } from "../audit.js";
import type { Deps } from "../deps.js";
import { throttle } from "../throttle.js";
import { displayBinding } from "./display-profile.js";
import { refreshProfile } from "./stale-profiles.js";

/** `not_allowed`: WeChat gives the profile only after a new consent. */
export type ProfileRefresh = "updated" | "unchanged" | "not_allowed" | "unanswered";

/**
 * Reads the profile that a person is shown by again, at once, because they or an operator ask for it.
 *
 * @throws {ThrottledError} if it was asked for within the last minute
 * @throws {DatabaseError}
 */
export async function refreshShownProfile(deps: Deps, userId: string, by: Actor): Promise<ProfileRefresh> {
  await throttle(deps, `own-profile:${userId}`, { max: 1, windowSeconds: 60 });
  const bindings = await deps.db.run(listBindingsOfUser, { userId });
  // One without a profile is not read: its person refused, or was never asked.
  const binding = displayBinding(bindings.filter(({ profileAt }) => profileAt !== null));
  const app = binding && deps.apps.byAppId(binding.appId);
  if (!app || app.profile === "none") return "not_allowed";

  const read = await refreshProfile(deps, app, binding.openid, deps.now());
  deps.log.info(
    { event: "profile_read", userId, result: read.kind },
    by === "person" ? "a person asked to read their profile" : "an operator asked to read a profile",
  );
  if (read.kind === "busy") return "unanswered";
  if (read.kind !== "read") return read.kind;
  const { nickname = binding.nickname, avatarUrl } = read;
  const isSame =
    nickname === binding.nickname && (read.nickname === undefined || avatarUrl === binding.avatarUrl);
  return isSame ? "unchanged" : "updated";
}
