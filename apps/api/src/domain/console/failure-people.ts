import type { TotalBound } from "../../db/console/bounded.js";
import { findLastCounted } from "../../db/console/failure-groups.js";
import { listAffected, listUsersOfSignIns } from "../../db/console/failure-people.js";
import type { Position } from "../../db/keyset.js";
import { cursorsOf } from "../cursor.js";
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

const mostPeople = 200;

/**
 * The people whom the failures affect, who failed last first: one row for each person and app, and one for each browser in which
 * no user has signed in.
 *
 * A page is a stretch of failures: as many as one request reads, or as have 200 people. Who failed in several stretches is on
 * the page of each, with the failures of that stretch.
 */
export async function listPeopleAffected(
  deps: Deps,
  { cursor, ...query }: FailureQuery & { cursor?: string | undefined },
  { maxReadRows, maxPeople = mostPeople }: TotalBound & { maxPeople?: number } = {},
) {
  const cursors = cursorsOf(deps.keys, { list: "people affected", ...query });
  const filter = filterOf(query);
  if (!filter) return { items: [], nextCursor: null };
  const after = cursors.read(cursor);
  const lastReadable = await findLastCounted(deps.db, filter, { after, maxReadRows });
  const stretch = { after, limit: maxPeople + 1 };
  const found = await listAffected(deps.db, filter, { ...stretch, last: lastReadable });
  const end = found.length > maxPeople ? positionOf(found[maxPeople - 1]) : undefined;
  const affected = end ? await listAffected(deps.db, filter, { ...stretch, last: end }) : found;
  const next = end ?? lastReadable;
  return {
    items: await describeAffected(deps, affected),
    nextCursor: next ? cursors.write(next) : null,
    ...(next && !end ? { searchedTo: next.at } : {}),
  };
}

type Affected = Awaited<ReturnType<typeof listAffected>>[number];

const positionOf = ({ lastSeenAt, failureId }: Partial<Affected> = {}): Position | undefined =>
  lastSeenAt && failureId ? { at: lastSeenAt, id: failureId } : undefined;

async function describeAffected(deps: Deps, affected: readonly Affected[]) {
  const rows = affected.map(({ who, ...row }) => {
    const [kind, id] = [who[0], who.slice(1)];
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
  return rows.map(({ browserUserId: _, ...row }, index) => ({
    ...withApp(deps, row),
    person: people[index] ?? null,
  }));
}
