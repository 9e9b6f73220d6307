import {
  customType,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

/** Null-safe, unlike drizzle's own: a prepared statement's value is encoded even where it is null. */
const milliseconds = customType<{ data: Date; driverData: number }>({
  dataType: () => "integer",
  toDriver: (moment: Date | null) => moment?.getTime() as number,
  fromDriver: (value) => new Date(value),
});

/**
 * The few column kinds that every table is made of. SQLite's types are the ones our queries are
 * written against; postgres-dialect.ts gives the same names with PostgreSQL's columns.
 */
export const sqliteColumns = {
  table: sqliteTable,
  primaryKey,
  index,
  uniqueIndex,
  /** Ids, openids, hashes, words. Compared byte by byte: openids differ by case alone. */
  text: (name: string) => text(name),
  integer: (name: string) => integer(name),
  /** A moment, kept in milliseconds on both engines so that keyset cursors compare equal. */
  time: (name: string) => milliseconds(name),
};

export type Columns = typeof sqliteColumns;
