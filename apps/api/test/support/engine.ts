import { describe, inject } from "vitest";
import type { Database } from "../../src/db/database.js";
import { postgresDatabase } from "./postgres.js";
import { sqliteDatabase } from "./sqlite.js";

/** A migrated, empty database for one test. */
export interface TestDatabase {
  /** Environment variables with which a process uses it. */
  env: Record<string, string>;
  /** Opens a connection; may be called again, as after a restart or by several processes. The caller closes it. */
  open(): Promise<Database>;
  /** Takes the strongest lock that another process can hold, and returns a function that releases it. */
  lock(): Promise<() => Promise<void>>;
  /** All stored data as bytes, to check what is not in it. */
  bytes(): Promise<Buffer>;
  remove(): Promise<void>;
}

/** A database on the engine under test: the whole suite runs once on each. */
export const testDatabase = (): Promise<TestDatabase> =>
  inject("engine") === "postgres" ? postgresDatabase() : sqliteDatabase();

/** A suite that runs on one engine only. */
export function onlyOn(engine: Database["engine"], title: string, suite: () => void): void {
  if (inject("engine") === engine) describe(title, suite);
}

declare module "vitest" {
  interface ProvidedContext {
    engine: "sqlite" | "postgres";
    /** The server that all test files share; empty on SQLite. */
    postgresUrl: string;
  }
}
