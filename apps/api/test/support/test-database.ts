import type { Database } from "../../src/db/database.js";

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
