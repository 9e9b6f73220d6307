import { describe, inject } from "vitest";
import type { Database } from "../../src/db/database.js";
import { postgresDatabase } from "./postgres.js";
import { sqliteDatabase } from "./sqlite.js";

/** A database of one test's own: empty and migrated. */
export interface TestDatabase {
  /** Settings under which a process of ours uses it. */
  env: Record<string, string>;
  /** Opens it; again, after a restart; several times, as several processes do. Whoever opens it closes it. */
  open(): Promise<Database>;
  /** Takes every lock that another process can hold, and gives the way to let go of it. */
  lock(): Promise<() => Promise<void>>;
  /** Everything that rests in it, as bytes: for what must not be among them. */
  bytes(): Promise<Buffer>;
  remove(): Promise<void>;
}

/** On the engine of this run: the whole suite runs once on each. */
export const testDatabase = (): Promise<TestDatabase> =>
  inject("engine") === "postgres" ? postgresDatabase() : sqliteDatabase();

/** A suite about what one engine alone does. */
export function onlyOn(engine: Database["engine"], title: string, suite: () => void): void {
  if (inject("engine") === engine) describe(title, suite);
}

declare module "vitest" {
  interface ProvidedContext {
    engine: "sqlite" | "postgres";
    /** Of the server that the whole run shares; empty on SQLite. */
    postgresUrl: string;
  }
}
