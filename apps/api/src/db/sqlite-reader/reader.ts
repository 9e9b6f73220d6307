import { drizzle } from "drizzle-orm/sqlite-proxy";
import type { SqliteClient } from "../better-sqlite3.js";
import type { Orm } from "../statement.js";

/** A query as drizzle writes it. */
export interface Query {
  sql: string;
  params: unknown[];
}

/** Reads for the console. Rows are lists of values, in the order of the columns: their fields are found by the caller. */
export interface SqliteReader {
  /** @throws {DatabaseError} */
  read(query: Query): Promise<unknown[][]>;
  close(): Promise<void>;
}

/** A query builder whose queries run on the reader. It is asynchronous, and SQLite's own is not: as PostgreSQL's, it is cast. */
export const readerOrm = (reader: SqliteReader): Orm =>
  drizzle(async (sql, params) => ({ rows: await reader.read({ sql, params }) })) as unknown as Orm;

/** Reads on the connection of this process, which waits meanwhile. For a database in memory, and for tests. */
export const readHere = (client: SqliteClient): SqliteReader => ({
  read: async ({ sql, params }) =>
    client
      .prepare(sql)
      .raw()
      .all(...params) as unknown[][],
  close: async () => {},
});
