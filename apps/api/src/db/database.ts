import type { Tables } from "./schema.js";
import type { BoundStatement, Orm, Statement } from "./statement.js";

/** How long the database may work on one query of the console, in ms. */
export const consoleLimitMs = 5_000;

/**
 * The database of the service, SQLite or PostgreSQL, behind one interface.
 *
 * No transaction stays open while domain code runs: a change is one statement, or one `batch`.
 *
 * @throws {DatabaseError} from every method.
 */
export interface Database {
  readonly engine: "sqlite" | "postgres";
  /** Runs a prepared statement. */
  run<Values extends object, Row>(statement: Statement<Values, Row>, values: Values): Promise<Row[]>;
  /**
   * Reads a list of the console, whose filters vary: the query is built each time. It runs in a process of its own on SQLite, and on
   * connections of its own on PostgreSQL, so that no sign-in waits for it. What a person's request reads is a statement.
   *
   * @throws {DatabaseError} too_slow: it was cut off after `consoleLimitMs`
   */
  consoleQuery<Row>(build: (orm: Orm, tables: Tables) => PromiseLike<Row[]>): Promise<Row[]>;
  /**
   * Runs all statements or none, in order, in one transaction, and returns the rows of each.
   *
   * @throws {StaleDataError} a `required` statement touched no row; nothing was written
   */
  batch<const Steps extends readonly BoundStatement<unknown>[]>(steps: Steps): Promise<RowsOf<Steps>>;
  /**
   * SQLite: copies the write-ahead log into the database file beside the event loop, so that commits need not. PostgreSQL does this by
   * itself.
   *
   * @throws {DatabaseError} unavailable
   */
  copyLog(): Promise<void>;
  /**
   * SQLite: shortens the write-ahead log, as far as other processes that read allow, and says how long it is then.
   * PostgreSQL does this by itself: 0.
   *
   * @param always also empties a log that is short already, now or at the next call: it may hold what was just erased.
   */
  checkpoint(options?: { always?: boolean }): Promise<{ walBytes: number }>;
  close(): Promise<void>;
}

export type RowsOf<Steps extends readonly BoundStatement<unknown>[]> = {
  -readonly [Step in keyof Steps]: Steps[Step] extends BoundStatement<infer Row> ? Row[] : never;
};

/** A row that a batch depends on is no longer what was read: another request changed it first. Nothing was written. */
export class StaleDataError extends Error {
  override readonly name = "StaleDataError" as const;
  constructor() {
    super("a row that this change depends on has been changed");
  }
}

/** Throws if a required statement touched too few rows; inside the transaction, so that it is rolled back. */
export function checkRequired({ requiredRows = 0 }: BoundStatement<unknown>, rows: readonly unknown[]): void {
  if (rows.length < requiredRows) throw new StaleDataError();
}

/** The database refused a statement, or did not answer it in time. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError" as const;
  constructor(
    /**
     * `busy`: another process holds the lock. `unavailable`: cannot be reached, full, read-only or damaged. `newer`:
     * only when it is opened; a later version of this system has migrated it. `missing`: only when it is opened; its file was
     * there before. `network_file_system`, `half_copied`: only when it is opened. `too_slow`: only a list of the console.
     */
    readonly reason:
      | "busy"
      | "unavailable"
      | "rejected"
      | "newer"
      | "missing"
      | "network_file_system"
      | "half_copied"
      | "too_slow",
    options: { cause: unknown },
  ) {
    super(
      {
        busy: "the database is locked by another process",
        unavailable: "the database is not available",
        rejected: "the database refused a statement",
        too_slow: `the database did not finish a query of the console within ${consoleLimitMs / 1000} s`,
        newer: "the database belongs to a newer version",
        half_copied:
          "the copy from SQLite into this database is not complete. Run `npm run to-postgres` again, which goes on where it stopped",
        network_file_system:
          "DATA_DIR is on a disk of another machine, where SQLite's locks do not work. Use a disk of this machine, or PostgreSQL (DATABASE_URL)",
        missing:
          "the database file is missing from DATA_DIR, where there was one. Restore it from a backup; to begin with an empty one, remove what is left of it there: *.sqlite.created and *.sqlite-wal",
      }[reason],
      options,
    );
  }
}
