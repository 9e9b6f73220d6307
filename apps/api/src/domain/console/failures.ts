import { groupFailures, listFailures } from "../../db/console/failures.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
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
  return { ...page, items: page.items.map((row) => withNames(deps, row)) };
}

/** The latest failures that are probably a user's: no openid was known yet, but it was their browser. */
export async function listBrowserFailures(deps: Deps, userId: string) {
  const rows = await listFailures(deps.db, { browserUserId: userId }, { limit: 20 });
  return rows.map((row) => withNames(deps, row));
}

/** How many people each errcode affects, the most frequent first. */
export async function listFailureGroups(deps: Deps, { q, ...filter }: FailureQuery) {
  const rows = await groupFailures(deps.db, { ...filter, text: q?.trim() }, maxGroups);
  const items = rows.map(({ people, unnamed, firstSeenAt, lastSeenAt, ...group }) => {
    const explanation = explanationOf(group.errcode, group.endpoint);
    return {
      ...withApp(deps, group),
      name: explanation?.name ?? null,
      meaning: explanation?.meaning ?? null,
      peopleAffected: people,
      // Several people may share a browser, and a call about the whole account names no person.
      peopleAffectedIsAtLeast: unnamed > 0,
      firstSeenAt,
      lastSeenAt,
    };
  });
  return { items, nextCursor: null };
}

/** Adds the app's short name and the errcode's name to a failure. */
export function withNames<Row extends { appId: string; errcode: string }>(deps: Deps, row: Row) {
  return { ...withApp(deps, row), name: explanationOf(row.errcode)?.name ?? null };
}
