import { type Column, type Placeholder, type SQL, sql } from "drizzle-orm";

// Any number of rows as one value of a prepared statement: one message, and one plan whatever their number.

/** The rows as the text of a JSON object whose keys are their positions. `json_each` reads an object on both engines. */
export const jsonRows = (rows: readonly object[]): string =>
  JSON.stringify(Object.fromEntries(rows.entries()));

/** What a SELECT reads the rows from; as `r`. */
export const rowsIn = (rows: Placeholder): SQL => sql`json_each(${rows}) as r`;

/** A text of a row. */
export const textOf = (field: string): SQL<string> => sql<string>`r.value ->> ${sql.raw(`'${field}'`)}`;

/** The place of a row in the list. */
export const placeOf: SQL<number> = sql`r.key`.mapWith(Number);

/**
 * A column that is compared with one value for all rows; null as ''. Without statistics SQLite would rather go through
 * everything that has this value than look the rows up.
 */
export const unindexed = (column: Column): SQL<string> => sql<string>`coalesce(${column}, '')`;
