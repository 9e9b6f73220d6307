import { listBindingsOfUser } from "../db/bindings.js";
import type { Deps } from "./deps.js";
import { shownAvatar } from "./identity/avatars.js";
import { displayProfile, visibleNickname } from "./identity/display-profile.js";
import type { Session } from "./sessions/sessions.js";

/** What a signed-in person's own pages show of them. */
export async function getAccount(deps: Deps, { userId }: Pick<Session, "userId">) {
  const bindings = await deps.db.run(listBindingsOfUser, { userId });
  const { nickname, avatarUrl } = displayProfile(bindings);
  return {
    userId,
    nickname: visibleNickname(nickname) ?? "",
    avatarUrl: shownAvatar(deps.settings, avatarUrl),
  };
}

/** The WeChat accounts that this person can sign in with. */
export async function listOwnBindings(deps: Deps, { userId }: Pick<Session, "userId">) {
  const bindings = await deps.db.run(listBindingsOfUser, { userId });
  return bindings.map(({ id, appId, nickname, avatarUrl, createdAt, lastSignInAt }) => ({
    id,
    appKey: deps.apps.keyOf(appId) ?? "",
    kind: deps.apps.byAppId(appId)?.kind ?? ("official_account" as const),
    nickname: visibleNickname(nickname),
    avatarUrl: shownAvatar(deps.settings, avatarUrl),
    boundAt: createdAt,
    lastSignInAt,
  }));
}
