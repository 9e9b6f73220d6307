import { describe, inject } from "vitest";
import type { Database } from "../../src/db/database.js";
import { openPostgresDatabase } from "./postgres.js";
import { migratedSqlite } from "./sqlite.js";
import type { TestDatabase } from "./test-database.js";

export type { TestDatabase };

/** A database on the engine under test: the whole suite runs once on each. */
export const testDatabase = (): Promise<TestDatabase> =>
  inject("engine") === "postgres" ? openPostgresDatabase() : migratedSqlite();

/** A suite that runs on one engine only. */
export function onlyOn(
  engine: Database["engine"],
  title: string,
  options: { timeout?: number },
  suite: () => void,
): void {
  if (inject("engine") === engine) describe(title, options, suite);
}

declare module "vitest" {
  interface ProvidedContext {
    engine: "sqlite" | "postgres";
    /** The server that all test files share; empty on SQLite. */
    postgresUrl: string;
  }
}
