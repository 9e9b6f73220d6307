import { listBindingsOfUser } from "../db/bindings.js";
import type { Deps } from "./deps.js";
import { shownAvatar } from "./identity/avatars.js";
import type { Session } from "./sessions/sessions.js";

/** What a signed-in person's own pages show of them. */
export async function getAccount(deps: Deps, { userId }: Session) {
  const bindings = await deps.db.run(listBindingsOfUser, { userId });
  const named = bindings.filter((binding) => binding.nickname).sort(latestFirst)[0];
  return { userId, nickname: named?.nickname ?? "", avatarUrl: shownAvatar(named?.avatarUrl ?? null) };
}

/** The WeChat accounts that this person can sign in with. */
export async function listOwnBindings(deps: Deps, { userId }: Session) {
  const bindings = await deps.db.run(listBindingsOfUser, { userId });
  return bindings.map(({ id, appId, nickname, avatarUrl, createdAt }) => ({
    id,
    appKey: deps.apps.keyOf(appId) ?? "",
    kind: deps.apps.byAppId(appId)?.kind ?? ("official_account" as const),
    nickname,
    avatarUrl: shownAvatar(avatarUrl),
    boundAt: createdAt,
  }));
}

const latestFirst = (a: { lastSignInAt: Date }, b: { lastSignInAt: Date }) =>
  b.lastSignInAt.getTime() - a.lastSignInAt.getTime();
