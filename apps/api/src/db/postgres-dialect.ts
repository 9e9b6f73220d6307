import { drizzle } from "drizzle-orm/node-postgres";
import { customType, index, integer, pgTable, primaryKey, uniqueIndex } from "drizzle-orm/pg-core";
import type { Pool, PoolClient } from "pg";
import type { Columns } from "./columns.js";
import type { Orm } from "./statement.js";

// The one file where PostgreSQL is cast to the engine that our tables and queries are typed against.

const moment = customType<{ data: Date; driverData: string }>({
  dataType: () => "timestamp (3) with time zone",
  toDriver: (value: Date | null) => value?.toISOString() as string,
  fromDriver: (value) => new Date(value),
});

/**
 * Byte by byte, as SQLite compares. With a language's order the unique rows that say who is who would depend on the
 * server's C library, whose update silently breaks indexes of that order.
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
