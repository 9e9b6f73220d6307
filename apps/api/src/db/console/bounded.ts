import { and, count, type SQL, type Subquery, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { newestFirst, type OrderColumns, type Position, type Stretch, within } from "../keyset.js";
import type { Tables } from "../schema.js";
import type { Orm } from "../statement.js";

/**
 * How many rows of an index one request reads at most. No index serves every combination of filters, and what matches may be
 * rare: a request answers what it has after a few milliseconds, and says how far it came.
 */
export const mostReadRows = 5_000;

/** The page of a list that is asked for. */
export interface PageRequest {
  after?: Position | undefined;
  limit: number;
  /** Fewer than usual, in tests. */
  maxReadRows?: number | undefined;
}

export interface Found<Row> {
  rows: Row[];
  /** Where the search stopped before it had `limit` rows: the list may go on after it. */
  searchedTo?: Position | undefined;
}

interface List {
  table: "users" | "userTokens" | "signIns" | "apiFailures" | "auditLog" | "webhookDeliveries";
  columns: (t: Tables) => OrderColumns;
  times?: Pick<Stretch, "from" | "to">;
  /** What an index serves together with the order; without it, the index on the order alone. */
  served?: ((t: Tables) => SQL | undefined) | undefined;
}

/** A list that leaves rows out. */
interface FilteredList extends List {
  /** What is checked on each row that is read, or finds the rows of a narrow list. It names no indexed column: see `unindexed`. */
  checked?: ((orm: Orm, t: Tables) => SQL | undefined) | undefined;
  /** What matches is found by itself, and not by reading the list in its order. */
  isNarrow?: boolean;
}

const conditionOf = ({ columns, times, served }: List, after: Position | undefined) => {
  return (t: Tables, last?: Position) =>
    and(served?.(t), within(columns(t), { from: times?.from, to: times?.to, after, last }));
};

/**
 * PostgreSQL takes most conditions for so selective that it would rather read and sort every row that the request may read. Of
 * this one it expects each second row to match, so it reads in the order of the list and stops when the page is full. Not
 * beside a condition that an index serves: it might read the index of the order instead, and more rows than it may.
 */
const checkOf = ({ checked, served, isNarrow }: FilteredList, orm: Orm, t: Tables): SQL | undefined => {
  const check = checked?.(orm, t);
  return check && !served && !isNarrow ? sql`case when ${check} then true else false end` : check;
};

/** The last row that a request may read, found by the index alone; undefined if it may read all of them. */
export async function findLastReadable(
  db: Database,
  { after, maxReadRows = mostReadRows }: Omit<PageRequest, "limit">,
  list: List,
): Promise<Position | undefined> {
  const [last, next] = await db.consoleQuery((orm, t) => {
    const { at, id } = list.columns(t);
    return orm
      .select({ at: at as Tables["users"]["createdAt"], id: id as Tables["users"]["id"] })
      .from(t[list.table] as Tables["users"])
      .where(conditionOf(list, after)(t))
      .orderBy(...newestFirst({ at, id }))
      .limit(2)
      .offset(maxReadRows - 1);
  });
  return next && last;
}

/**
 * Reads a page of a list, newest first, and no more than a bounded number of rows for it.
 *
 * @param list.isFiltered whether rows that are read may be left out. If not, the list stops after `limit` rows by itself.
 * @param list.read the rows that match a condition
 */
export async function readBounded<Row>(
  db: Database,
  page: PageRequest,
  list: FilteredList & {
    isFiltered: boolean;
    read: (orm: Orm, t: Tables, condition: SQL | undefined) => PromiseLike<Row[]>;
  },
): Promise<Found<Row>> {
  const last = list.isFiltered ? await findLastReadable(db, page, list) : undefined;
  const condition = conditionOf(list, page.after);
  const rows = await db.consoleQuery((orm, t) =>
    list.read(orm, t, and(condition(t, last), checkOf(list, orm, t))),
  );
  return { rows, searchedTo: rows.length < page.limit ? last : undefined };
}

/** The most that a total says. */
const mostCounted = 10_000;
/** How many rows are read for it: a few more, because a list may leave some out, such as users who were merged. */
const mostRowsForTotal = 11_000;

export interface TotalBound {
  /** Fewer than usual, in tests. */
  maxReadRows?: number | undefined;
}

export interface Total {
  count: number;
  /** There are more: more than are counted, or perhaps some among the older rows, which are not read. */
  isMore: boolean;
}

/**
 * How many rows a list has, up to 10,000, from a bounded number of rows.
 *
 * @param list.matching the rows that match a condition, as a subquery of `limit` rows
 */
export async function countBounded(
  db: Database,
  { maxReadRows = mostRowsForTotal }: TotalBound = {},
  list: FilteredList & {
    isFiltered: boolean;
    matching: (orm: Orm, t: Tables, condition: SQL | undefined, limit: number) => Subquery;
  },
): Promise<Total> {
  const most = Math.min(mostCounted, maxReadRows);
  const last = list.isNarrow ? undefined : await findLastReadable(db, { maxReadRows }, list);
  if (last && !list.isFiltered) return { count: most, isMore: true };
  const condition = conditionOf(list, undefined);
  const [row] = await db.consoleQuery((orm, t) =>
    orm
      .select({ rows: count() })
      .from(list.matching(orm, t, and(condition(t, last), list.checked?.(orm, t)), most + 1)),
  );
  const rows = row?.rows ?? 0;
  return { count: Math.min(rows, most), isMore: last !== undefined || rows > most };
}
