import type { TotalBound } from "../../db/console/bounded.js";
import { findLastCounted } from "../../db/console/failure-groups.js";
import { listAffected, listUsersOfSignIns } from "../../db/console/failure-people.js";
import type { Deps } from "../deps.js";
import { type FailureQuery, filterOf, listFailuresPage } from "./failures.js";
import { describePeople, type ShownPerson, usersByOpenid } from "./shown-people.js";
import { type PageInput, withApp } from "./view.js";

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
): Promise<(Row & { person: ShownPerson | null })[]> {
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

const maxPeople = 200;

/**
 * The people whom the failures affect, who failed last first: one row for each person and app, and one for each browser in which
 * no user has signed in.
 *
 * `more` says that there are others who failed before them; `searchedTo` is the oldest failure that was read of very many.
 */
export async function listPeopleAffected(deps: Deps, query: FailureQuery, { maxReadRows }: TotalBound = {}) {
  const filter = filterOf(query);
  if (!filter) return { items: [], nextCursor: null, more: false };
  const last = await findLastCounted(deps.db, filter, maxReadRows);
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
