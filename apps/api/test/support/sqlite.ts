import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sqlite } from "../../src/db/better-sqlite3.js";
import { sqlitePath } from "../../src/db/open.js";
import { openSqlite } from "../../src/db/sqlite.js";
import { readHere } from "../../src/db/sqlite-reader/reader.js";
import type { TestDatabase } from "./test-database.js";

type SqliteDatabase = TestDatabase & { path: string };

let migrated: Promise<Buffer> | undefined;

/** A database in its own folder, migrated: copying the tables takes a tenth of the time of making them. */
export async function migratedSqlite(): Promise<SqliteDatabase> {
  migrated ??= readMigrated();
  const database = await sqliteDatabase();
  writeFileSync(database.path, await migrated);
  return database;
}

async function readMigrated(): Promise<Buffer> {
  const database = await sqliteDatabase();
  await (await database.open()).close();
  const file = readFileSync(database.path);
  await database.remove();
  return file;
}

/** A database in its own folder, of which there is no file yet. */
export async function sqliteDatabase(): Promise<SqliteDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "wechat-login-test-"));
  const path = sqlitePath(folder);
  return {
    path,
    env: { DATA_DIR: folder },
    // The console reads in this process: it is quicker, and tests also write by its queries.
    open: () => openSqlite(path, { createReader: readHere }),
    async lock() {
      const other = new Sqlite(path, { timeout: 0 });
      other.exec("begin immediate");
      return async () => {
        other.exec("commit");
        other.close();
      };
    },
    // All files of the folder, including the write-ahead log.
    bytes: async () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}
