import {
  countFailures,
  type FailureFilter,
  listFailures,
  listFailuresInBrowserOf,
} from "../../db/console/failures.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { isId } from "../ids.js";
import { explanationOf, namesOf, type PageInput, withApp } from "./view.js";

export interface FailureQuery {
  q?: string | undefined;
  appId?: string | undefined;
  endpoint?: string | undefined;
  errcode?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Failed calls to WeChat, newest first. */
export async function listFailuresPage(deps: Deps, { cursor, limit, ...query }: FailureQuery & PageInput) {
  const cursors = cursorsOf(deps.keys, { list: "failures", ...query });
  const filter = filterOf(query);
  if (!filter) return { items: [], nextCursor: null };
  const found = await listFailures(deps.db, filter, { after: cursors.read(cursor), limit: limit + 1 });
  const page = pageOf(found, limit, cursors, (row) => row);
  return { ...page, items: page.items.map((row) => withNames(deps, row)) };
}

/** How many failed calls the list has. */
export async function countFailureLog(deps: Deps, query: FailureQuery) {
  const filter = filterOf(query);
  return filter ? countFailures(deps.db, filter) : { count: 0, isMore: false };
}

/** The latest failures with an openid. */
export async function listFailuresOf(deps: Deps, identity: { appId: string; openid: string }, limit: number) {
  const { rows } = await listFailures(deps.db, identity, { limit });
  return rows.map((row) => withNames(deps, row));
}

/** The latest failures that are probably a user's: no openid was known yet, but it was their browser. */
export async function listBrowserFailures(deps: Deps, userId: string) {
  const rows = await listFailuresInBrowserOf(deps.db, userId, 20);
  return rows.map((row) => withNames(deps, row));
}

/**
 * Recognizes what was typed: an id, a rid, an errcode, else an openid.
 *
 * @returns undefined if nothing can match: two errcodes
 */
export function filterOf({ q, ...filter }: FailureQuery): FailureFilter | undefined {
  const text = q?.trim();
  if (!text) return filter;
  if (isId(text)) return { ...filter, id: text };
  if (/^[0-9a-f]+(-[0-9a-f]+)+$/.test(text)) return { ...filter, rid: text };
  // WeChat's are numbers, the library's words in capitals.
  if (!/^(-?\d+|[A-Z_]+)$/.test(text)) return { ...filter, openid: text };
  return filter.errcode === undefined || filter.errcode === text ? { ...filter, errcode: text } : undefined;
}

/** Adds the app's short name, and what the errcode is called and means, to a failure. */
export function withNames<Row extends { appId: string; errcode: string }>(deps: Deps, row: Row) {
  return { ...withApp(deps, row), ...namesOf(explanationOf(row.errcode)) };
}
