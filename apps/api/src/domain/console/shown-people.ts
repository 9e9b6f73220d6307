import { listUsersOfOpenids } from "../../db/console/failure-people.js";
import { listBindingsOf } from "../../db/console/people.js";
import type { Deps } from "../deps.js";
import { displayProfile } from "../identity/display-profile.js";

/** Whom a row of a list is about: a failed call, or a sign-in. */
export interface ShownPerson {
  userId: string;
  nickname: string | null;
  /** No openid was known, but it was their browser. */
  isGuess: boolean;
}

/** Finds the user of each openid in one read. */
export async function usersByOpenid(deps: Deps, rows: readonly { appId: string; openid: string | null }[]) {
  const identities = rows.flatMap(({ appId, openid }) => (openid === null ? [] : [{ appId, openid }]));
  const bound = await listUsersOfOpenids(deps.db, identities);
  const users = new Map(bound.map(({ appId, openid, userId }) => [`${appId} ${openid}`, userId]));
  return ({ appId, openid }: { appId: string; openid: string | null }) => users.get(`${appId} ${openid}`);
}

/** Adds the nickname by which each user is shown, in one read. */
export async function describePeople(
  deps: Deps,
  found: readonly { userId: string | undefined; isGuess: boolean }[],
): Promise<(ShownPerson | null)[]> {
  const userIds = new Set(found.flatMap(({ userId }) => userId ?? []));
  const bindings = await listBindingsOf(deps.db, [...userIds]);
  return found.map(({ userId, isGuess }) => {
    if (userId === undefined) return null;
    const theirs = bindings.filter((binding) => binding.userId === userId);
    return { userId, nickname: displayProfile(theirs).nickname, isGuess };
  });
}
