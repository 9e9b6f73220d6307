import { drizzle } from "drizzle-orm/node-postgres";
import { customType, index, integer, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { Pool, PoolClient } from "pg";
import type { Columns } from "./columns.js";
import type { Orm } from "./statement.js";

// The one file where PostgreSQL is cast to the engine that our tables and queries are typed against.

const moment = customType<{ data: Date; driverData: string }>({
  dataType: () => "timestamp (3) with time zone",
  toDriver: (value: Date | null) => value?.toISOString() as string,
  fromDriver: (value) => new Date(value),
});

export const postgresColumns = {
  table: pgTable,
  primaryKey,
  index,
  uniqueIndex,
  text: (name: string) => text(name),
  integer: (name: string) => integer(name),
  time: (name: string) => moment(name),
} as unknown as Columns;

export const postgresOrm = (client: Pool | PoolClient) => drizzle(client) as unknown as Orm;
