import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";

const require = createRequire(import.meta.url);

/**
 * better-sqlite3 13 where Node admits it (22 or newer), otherwise 12. Since Node 24.19, version 12 can abort the process
 * when a statement is garbage-collected (WiseLibs/better-sqlite3#1515). scripts/install.mjs checks the same module.
 */
const name = Number.parseInt(process.versions.node, 10) >= 22 ? "better-sqlite3-13" : "better-sqlite3";

export const Sqlite: typeof BetterSqlite3 = require(name);

/** Where it is, for a process that loads nothing else. */
export const sqliteModulePath: string = require.resolve(name);

export type SqliteClient = BetterSqlite3.Database;
