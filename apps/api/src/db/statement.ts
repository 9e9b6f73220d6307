import { type Column, Param, type Placeholder, sql } from "drizzle-orm";
import type { BetterSQLite3Database } from "drizzle-orm/better-sqlite3";
import type { Tables } from "./schema.js";

/** SQLite's query builder; PostgreSQL's is cast to it in postgres-dialect.ts. Await what it builds, never `.get()` or `.run()`. */
export type Orm = BetterSQLite3Database;

/** The named values of a prepared statement, filled in when it runs. */
export type Params<Values> = { readonly [Name in keyof Values & string]: Placeholder<Name> };

interface Preparable<Row> extends PromiseLike<Row[] | unknown> {
  prepare(name?: string): { execute(values?: Record<string, unknown>): Row[] | Promise<Row[]> | unknown };
}

/** One fixed query, prepared once per database: building a query costs more than running it. */
export interface Statement<Values, Row> {
  readonly name: string;
  build(orm: Orm, tables: Tables): Preparable<Row>;
  /** The statement with its values, for `batch`. */
  with(values: Values): BoundStatement<Row>;
  /** Exists only for the compiler: the type of one row. */
  readonly row?: Row;
}

export interface BoundStatement<Row> {
  readonly statement: Statement<never, Row>;
  readonly values: Record<string, unknown>;
  /** See `required`. */
  readonly requiredRows?: number;
}

/**
 * Makes a batch depend on this statement: if it touches no row, or fewer than `rows`, the whole batch is rolled back with
 * a `StaleDataError`. So a change that depends on what was read is a compare-and-set.
 */
export const required = <Row>(step: BoundStatement<Row>, rows = 1): BoundStatement<Row> => ({
  ...step,
  requiredRows: rows,
});

type RowOf<Built> =
  Built extends PromiseLike<infer Rows> ? (Rows extends (infer Row)[] ? Row : never) : never;

const placeholders = new Proxy({} as Record<string, Placeholder>, {
  get: (_, name) => sql.placeholder(String(name)),
});

export function statement<Values extends object, Built extends Preparable<RowOf<Built>>>(
  name: string,
  build: (orm: Orm, tables: Tables, params: Params<Values>) => Built,
): Statement<Values, RowOf<Built>> {
  const self: Statement<Values, RowOf<Built>> = {
    name,
    build: (orm, tables) => build(orm, tables, placeholders as Params<Values>),
    with: (values) => ({
      statement: self as Statement<never, RowOf<Built>>,
      values: values as Record<string, unknown>,
    }),
  };
  return self;
}

/** A named value written as `column` writes it: comparisons do not encode placeholders by themselves. */
export const encoded = (column: Column, placeholder: Placeholder) => new Param(placeholder, column);
