import type { Tables } from "./schema.js";
import type { BoundStatement, Orm, Statement } from "./statement.js";

/**
 * The database behind the product, SQLite or PostgreSQL, seen as one engine.
 *
 * Nothing here opens a transaction over an `await` of ours: a change is one statement, or one `batch`.
 *
 * @throws {DatabaseError} from every method.
 */
export interface Database {
  readonly engine: "sqlite" | "postgres";
  /** Runs a prepared statement. */
  run<Values extends object, Row>(statement: Statement<Values, Row>, values: Values): Promise<Row[]>;
  /** Runs a query that is built anew, for lists whose filters vary. */
  query<Row>(build: (orm: Orm, tables: Tables) => PromiseLike<Row[]>): Promise<Row[]>;
  /** Runs all or none, in order, in one transaction; answers each statement's rows. */
  batch<const Steps extends readonly BoundStatement<unknown>[]>(steps: Steps): Promise<RowsOf<Steps>>;
  close(): Promise<void>;
}

export type RowsOf<Steps extends readonly BoundStatement<unknown>[]> = {
  -readonly [Step in keyof Steps]: Steps[Step] extends BoundStatement<infer Row> ? Row[] : never;
};

/** The database did not do what was asked, or did not say so in time. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError" as const;
  constructor(
    /**
     * `busy`: another process holds the lock. `unavailable`: cannot be reached, full, read-only or damaged. `newer`:
     * only when it is opened; a later version of this system has migrated it.
     */
    readonly reason: "busy" | "unavailable" | "rejected" | "newer",
    options: { cause: unknown },
  ) {
    super(
      {
        busy: "the database is locked by another process",
        unavailable: "the database is not available",
        rejected: "the database refused a statement",
        newer: "the database belongs to a newer version",
      }[reason],
      options,
    );
  }
}
