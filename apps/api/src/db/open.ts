import { join } from "node:path";
import type { Database } from "./database.js";
import { openPostgres } from "./postgres.js";
import { openSqlite } from "./sqlite.js";

/** The path of the embedded database in the data folder. */
export const sqlitePath = (dataDir: string) => join(dataDir, "wechat-login.sqlite");

/** Opens the database that the settings name, migrated to this version. */
export function openDatabase(where: {
  databaseUrl?: string | undefined;
  dataDir: string;
  sqliteSynchronous?: "normal" | "full";
}): Promise<Database> {
  const { databaseUrl, dataDir, sqliteSynchronous: synchronous = "normal" } = where;
  return databaseUrl ? openPostgres(databaseUrl) : openSqlite(sqlitePath(dataDir), { synchronous });
}
