import { and, type Column, desc, eq, lt, or, type SQL, sql } from "drizzle-orm";

/** Rows that come after (at, id) in a list that is newest first. The same condition on both engines. */
export function olderThan(
  columns: { at: Column; id: Column },
  position: { at: Date; id: string } | undefined,
): SQL | undefined {
  if (!position) return undefined;
  const { at, id } = columns;
  return or(lt(at, position.at), and(eq(at, position.at), lt(id, position.id)));
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
