import {
  customType,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

/** Unlike drizzle's own it accepts null: a prepared statement encodes every value. */
const milliseconds = customType<{ data: Date; driverData: number }>({
  dataType: () => "integer",
  toDriver: (moment: Date | null) => moment?.getTime() as number,
  fromDriver: (value) => new Date(value),
});

/**
 * The column kinds that every table uses. The queries are typed against SQLite's; postgres-dialect.ts has the same names
 * with PostgreSQL's columns.
 */
export const sqliteColumns = {
  table: sqliteTable,
  primaryKey,
  index,
  uniqueIndex,
  /** Compared byte by byte: two openids may differ by case alone. */
  text: (name: string) => text(name),
  integer: (name: string) => integer(name),
  /** A moment, kept in milliseconds on both engines so that keyset cursors compare equal. */
  time: (name: string) => milliseconds(name),
};

export type Columns = typeof sqliteColumns;
