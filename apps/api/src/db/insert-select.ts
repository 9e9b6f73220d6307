import {
  type Column,
  getTableColumns,
  type Param,
  Placeholder,
  type SQL,
  sql,
  type Table,
} from "drizzle-orm";
import { encoded } from "./statement.js";

/** A placeholder, a column of another table, or SQL. */
type Source = Placeholder | Column | SQL;

/**
 * The columns of an INSERT … SELECT into `table`: those that are given and, for every other one, its default or null.
 * drizzle puts every column of the table into such an insert, so without this a new column would break each of them.
 */
export function columnsFor<Into extends Table>(
  table: Into,
  given: { [Name in keyof Into["$inferInsert"]]?: Source },
): { [Name in keyof Into["$inferInsert"]]: SQL.Aliased } {
  const columns = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const source = (given as Record<string, Source | undefined>)[name] ?? defaultOf(column);
    return [name, asColumn(column, source).as(column.name)];
  });
  return Object.fromEntries(columns);
}

const defaultOf = (column: Column): SQL =>
  column.default === undefined ? sql`null` : castTo(column, sql.param(column.default, column));

const asColumn = (column: Column, source: Source): SQL =>
  source instanceof Placeholder ? typedValue(column, source) : sql`${source}`;

/** A named value with the type of a column, where PostgreSQL cannot tell its type from what is around it. */
export const typedValue = (column: Column, placeholder: Placeholder): SQL =>
  castTo(column, encoded(column, placeholder));

/** PostgreSQL takes a bare parameter in a SELECT for text, and refuses it for a column of another type. */
const castTo = (column: Column, value: Param): SQL =>
  sql`cast(${value} as ${sql.raw(column.getSQLType().replace(/ collate .*/i, ""))})`;
