import { findLastCounted } from "../../db/console/failure-groups.js";
import { listAffected, listUsersOfOpenids, listUsersOfSignIns } from "../../db/console/failure-people.js";
import { listBindingsOf } from "../../db/console/people.js";
import type { Deps } from "../deps.js";
import { displayProfile } from "../identity/display-profile.js";
import { type FailureQuery, filterOf, listFailuresPage } from "./failures.js";
import { type PageInput, withApp } from "./view.js";

/** Who a failed call was about. */
export interface FailurePerson {
  userId: string;
  nickname: string | null;
  /** No openid was known, but it was their browser. */
  isGuess: boolean;
}

interface Failed {
  appId: string;
  openid: string | null;
  signInId: string | null;
}

/** Failed calls to WeChat with the person of each, newest first. */
export async function listFailureLog(deps: Deps, query: FailureQuery & PageInput) {
  const page = await listFailuresPage(deps, query);
  return { ...page, items: await withPeople(deps, page.items) };
}

/** Adds the person to each failure: by its openid, else by its sign-in; null if no user is known. */
export async function withPeople<Row extends Failed>(
  deps: Deps,
  rows: readonly Row[],
): Promise<(Row & { person: FailurePerson | null })[]> {
  const unnamed = rows.flatMap(({ openid, signInId }) => (openid === null && signInId ? [signInId] : []));
  const [userOfOpenid, signIns] = await Promise.all([
    usersByOpenid(deps, rows),
    listUsersOfSignIns(deps.db, [...new Set(unnamed)]),
  ]);
  const bySignIn = new Map(signIns.map((signIn) => [signIn.id, signIn]));
  const found = rows.map((row) => {
    if (row.openid !== null) return { userId: userOfOpenid(row), isGuess: false };
    const { userId, browserUserId } = bySignIn.get(row.signInId ?? "") ?? {};
    return { userId: userId ?? browserUserId ?? undefined, isGuess: !userId };
  });
  const people = await describePeople(deps, found);
  return rows.map((row, index) => ({ ...row, person: people[index] ?? null }));
}

async function usersByOpenid(deps: Deps, rows: readonly { appId: string; openid: string | null }[]) {
  const identities = rows.flatMap(({ appId, openid }) => (openid === null ? [] : [{ appId, openid }]));
  const bound = await listUsersOfOpenids(deps.db, identities);
  const users = new Map(bound.map(({ appId, openid, userId }) => [`${appId} ${openid}`, userId]));
  return ({ appId, openid }: { appId: string; openid: string | null }) => users.get(`${appId} ${openid}`);
}

/** Adds the nickname by which each user is shown. */
async function describePeople(
  deps: Deps,
  found: readonly { userId: string | undefined; isGuess: boolean }[],
): Promise<(FailurePerson | null)[]> {
  const userIds = new Set(found.flatMap(({ userId }) => userId ?? []));
  const bindings = await listBindingsOf(deps.db, [...userIds]);
  return found.map(({ userId, isGuess }) => {
    if (userId === undefined) return null;
    const theirs = bindings.filter((binding) => binding.userId === userId);
    return { userId, nickname: displayProfile(theirs).nickname, isGuess };
  });
}

const maxPeople = 200;

/**
 * The people whom the failures affect, who failed last first: one row for each person and app, and one for each browser in which
 * no user has signed in.
 *
 * `more` says that there are others who failed before them; `searchedTo` is the oldest failure that was read of very many.
 */
export async function listPeopleAffected(deps: Deps, query: FailureQuery) {
  const filter = filterOf(query);
  if (!filter) return { items: [], nextCursor: null, more: false };
  const last = await findLastCounted(deps.db, filter);
  const found = await listAffected(deps.db, filter, { last, limit: maxPeople + 1 });
  const rows = found.slice(0, maxPeople).map(({ who, ...row }) => {
    const [kind, id] = [who?.[0], who?.slice(1) ?? ""];
    return { ...row, openid: kind === "o" ? id : null, browserUserId: kind === "u" ? id : null };
  });
  const userOfOpenid = await usersByOpenid(deps, rows);
  const people = await describePeople(
    deps,
    rows.map((row) => ({
      userId: userOfOpenid(row) ?? row.browserUserId ?? undefined,
      isGuess: row.openid === null,
    })),
  );
  return {
    items: rows.map(({ browserUserId: _, ...row }, index) => ({
      ...withApp(deps, row),
      person: people[index] ?? null,
    })),
    nextCursor: null,
    more: found.length > maxPeople,
    ...(last ? { searchedTo: last.at } : {}),
  };
}
