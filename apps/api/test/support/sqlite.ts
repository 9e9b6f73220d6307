import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sqlite } from "../../src/db/better-sqlite3.js";
import { sqlitePath } from "../../src/db/open.js";
import { openSqlite } from "../../src/db/sqlite.js";
import type { TestDatabase } from "./test-database.js";

/** A database in its own folder. */
export async function sqliteDatabase(): Promise<TestDatabase & { path: string }> {
  const folder = mkdtempSync(join(tmpdir(), "wechat-login-test-"));
  const path = sqlitePath(folder);
  return {
    path,
    env: { DATA_DIR: folder },
    open: () => openSqlite(path),
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
