import { join } from "node:path";
import type { DatabaseBackup } from "./backup/backup.js";
import { postgresBackup } from "./backup/postgres.js";
import { sqliteBackup } from "./backup/sqlite.js";
import type { Database } from "./database.js";
import { openPostgres } from "./postgres.js";
import { openSqlite } from "./sqlite.js";

/** The path of the embedded database in the data folder. */
export const sqlitePath = (dataDir: string) => join(dataDir, "wechat-login.sqlite");

interface Where {
  databaseUrl?: string | undefined;
  dataDir: string;
  sqliteSynchronous?: "normal" | "full";
}

/** Opens the database that the settings name, migrated to this version. */
export function openDatabase(where: Where): Promise<Database> {
  const { databaseUrl, dataDir, sqliteSynchronous: synchronous = "normal" } = where;
  return databaseUrl ? openPostgres(databaseUrl) : openSqlite(sqlitePath(dataDir), { synchronous });
}

/** How the database that the settings name is copied and restored. It is not opened, and so not migrated: a backup comes before that. */
export const backupOf = (where: Where): DatabaseBackup =>
  where.databaseUrl ? postgresBackup(where.databaseUrl) : sqliteBackup(sqlitePath(where.dataDir));
