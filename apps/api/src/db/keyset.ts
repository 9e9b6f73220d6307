import { and, type Column, desc, gte, lte, type SQL, sql } from "drizzle-orm";

/** A row's place in a list that is newest first: two rows may share a time. */
export interface Position {
  at: Date;
  id: string;
}

export interface OrderColumns {
  at: Column;
  id: Column;
}

// As row values, so that both engines find the place in an index on (at, id) instead of reading up to it.
const place = ({ at, id }: OrderColumns): SQL => sql`(${at}, ${id})`;
const valuesOf = (columns: OrderColumns, { at, id }: Position): SQL =>
  sql`(${sql.param(at, columns.at)}, ${id})`;

/** Rows that come after a position in a list that is newest first. The same condition on both engines. */
export function olderThan(columns: OrderColumns, position: Position | undefined): SQL | undefined {
  return position && sql`${place(columns)} < ${valuesOf(columns, position)}`;
}

/** What part of a list is asked for. */
export interface Stretch {
  from?: Date | undefined;
  to?: Date | undefined;
  /** The row before the first one. It is not after `to`: the cursor that names it belongs to these times. */
  after?: Position | undefined;
  /** The last row that may be read. It is not before `from`. */
  last?: Position | undefined;
}

/** Rows of a stretch. Each end is one condition, because of two an engine may take the wider one to an index. */
export function within(columns: OrderColumns, { from, to, after, last }: Stretch): SQL | undefined {
  return and(
    olderThan(columns, after) ?? (to && lte(columns.at, to)),
    last ? sql`${place(columns)} >= ${valuesOf(columns, last)}` : from && gte(columns.at, from),
  );
}

export const newestFirst = ({ at, id }: { at: Column; id: Column }): SQL[] => [desc(at), desc(id)];

/** A column is this text, or has it somewhere within; wildcards of LIKE are taken literally. */
export function textMatches(column: Column, text: string, matchesParts = false): SQL {
  if (!matchesParts) return sql`${column} = ${text}`;
  const pattern = `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return sql`${column} like ${pattern} escape '\\'`;
}

/**
 * A text column is null, asked so that no index on it is used: without statistics SQLite takes IS NULL for selective, and
 * would read every row that has none, such as all failures before an openid was known.
 */
export const isAbsent = (column: Column): SQL => sql`coalesce(${column}, '') = ''`;
