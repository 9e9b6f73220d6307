import { drizzle } from "drizzle-orm/node-postgres";
import { customType, index, integer, pgTable, primaryKey, uniqueIndex } from "drizzle-orm/pg-core";
import type { Pool, PoolClient } from "pg";
import type { Columns } from "./columns.js";
import type { Orm } from "./statement.js";

// The only file that casts PostgreSQL's columns and query builder to SQLite's, which tables and queries are typed against.

const moment = customType<{ data: Date; driverData: string }>({
  dataType: () => "timestamp (3) with time zone",
  toDriver: (value: Date | null) => value?.toISOString() as string,
  fromDriver: (value) => new Date(value),
});

/**
 * Byte by byte, as SQLite compares. In a language's order the unique rows that identify a person would depend on the
 * server's C library, and an update of that library silently breaks such indexes.
 */
const bytewiseText = customType<{ data: string; driverData: string }>({
  dataType: () => 'text COLLATE "C"',
});

export const postgresColumns = {
  table: pgTable,
  primaryKey,
  index,
  uniqueIndex,
  text: (name: string) => bytewiseText(name),
  integer: (name: string) => integer(name),
  time: (name: string) => moment(name),
} as unknown as Columns;

export const postgresOrm = (client: Pool | PoolClient) => drizzle(client) as unknown as Orm;
