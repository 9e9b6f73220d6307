import { listBindingsOf } from "../db/people.js";
import { shownAvatar } from "./avatars.js";
import { appKeyOf } from "./console/view.js";
import type { Deps } from "./deps.js";
import type { Session } from "./sessions.js";

/** The signed-in person as their own pages show them. */
export async function getAccount(deps: Deps, { userId }: Session) {
  const bindings = await listBindingsOf(deps.db, [userId]);
  const named = bindings.filter((binding) => binding.nickname).sort(latestFirst)[0];
  return { userId, nickname: named?.nickname ?? "", avatarUrl: shownAvatar(named?.avatarUrl ?? null) };
}

/** The WeChat accounts by which this person signs in. */
export async function listOwnBindings(deps: Deps, { userId }: Session) {
  const bindings = await listBindingsOf(deps.db, [userId]);
  return bindings.map(({ id, appId, nickname, avatarUrl, createdAt }) => ({
    id,
    appKey: appKeyOf(deps, appId) ?? "",
    kind: deps.apps.byAppId(appId)?.kind ?? ("official_account" as const),
    nickname,
    avatarUrl: shownAvatar(avatarUrl),
    boundAt: createdAt,
  }));
}

const latestFirst = (a: { lastSignInAt: Date }, b: { lastSignInAt: Date }) =>
  b.lastSignInAt.getTime() - a.lastSignInAt.getTime();
