import { findFailure, groupFailures, listFailures } from "../../db/console/failures.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { getSignIn } from "./sign-ins.js";
import { explanationOf, type PageInput, withApp } from "./view.js";

export interface FailureQuery {
  q?: string | undefined;
  appId?: string | undefined;
  endpoint?: string | undefined;
  errcode?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

const maxGroups = 200;

/** Failed calls to WeChat, newest first. */
export async function listFailuresPage(deps: Deps, { cursor, limit, ...query }: FailureQuery & PageInput) {
  const cursors = cursorsOf(deps.keys, { list: "failures", ...query });
  const { q, ...filter } = query;
  const after = cursors.read(cursor);
  const rows = await listFailures(deps.db, { ...filter, text: q?.trim() }, { after, limit: limit + 1 });
  const page = pageOf(rows, limit, cursors, (row) => row);
  return { ...page, items: page.items.map((row) => named(deps, row)) };
}

/** How many people each errcode affects, the most frequent first. */
export async function listFailureGroups(deps: Deps, { q, ...filter }: FailureQuery) {
  const rows = await groupFailures(deps.db, { ...filter, text: q?.trim() }, maxGroups);
  const items = rows.map(({ people, signIns, firstSeenAt, lastSeenAt, ...group }) => {
    const explanation = explanationOf(group.errcode, group.endpoint);
    return {
      ...withApp(deps, group),
      name: explanation?.name ?? null,
      meaning: explanation?.meaning ?? null,
      // A failed exchange has no openid yet: there each sign-in counts as one person.
      peopleAffected: Math.max(people, signIns),
      firstSeenAt,
      lastSeenAt,
    };
  });
  return { items, nextCursor: null };
}

/** One failure with its explanation and its sign-in; undefined if there is none. */
export async function getFailure(deps: Deps, id: string) {
  const [row] = await deps.db.run(findFailure, { id });
  if (!row) return undefined;
  const signIn = row.signInId === null ? null : ((await getSignIn(deps, row.signInId)) ?? null);
  return { ...named(deps, row), explanation: explanationOf(row.errcode, row.endpoint), signIn };
}

function named<Row extends { appId: string; errcode: string }>(deps: Deps, row: Row) {
  return { ...withApp(deps, row), name: explanationOf(row.errcode)?.name ?? null };
}
