import { join } from "node:path";
import type { DatabaseBackup } from "./backup/backup.js";
import type { Database } from "./database.js";

// Only the engine in use is loaded.

/** The path of the embedded database in the data folder. */
export const sqlitePath = (dataDir: string) => join(dataDir, "wechat-login.sqlite");

interface Where {
  databaseUrl?: string | undefined;
  dataDir: string;
  sqliteSynchronous?: "normal" | "full";
}

/** Opens the database that the settings name, migrated to this version. */
export async function openDatabase(where: Where): Promise<Database> {
  const { databaseUrl, dataDir, sqliteSynchronous: synchronous = "normal" } = where;
  if (databaseUrl) {
    const { openPostgres } = await import("./postgres.js");
    return openPostgres(databaseUrl);
  }
  const { openSqlite } = await import("./sqlite.js");
  return openSqlite(sqlitePath(dataDir), { synchronous });
}

/** How the database that the settings name is copied and restored. It is not opened, and so not migrated: a backup comes before that. */
export async function backupOf({ databaseUrl, dataDir }: Where): Promise<DatabaseBackup> {
  if (databaseUrl) {
    const { postgresBackup } = await import("./backup/postgres.js");
    return postgresBackup(databaseUrl);
  }
  const { sqliteBackup } = await import("./backup/sqlite.js");
  return sqliteBackup(sqlitePath(dataDir));
}
