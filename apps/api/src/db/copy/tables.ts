import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import { postgresTables } from "../schema.postgres.js";

/** A row as both engines can hold it: values in the order of the columns, moments as unix ms. */
export type Row = readonly (string | number | null)[];

export interface CopiedTable {
  name: string;
  columns: readonly { name: string; type: "text" | "integer" | "timestamptz" }[];
  /** The places of the primary key's columns among the columns. */
  key: readonly number[];
}

/** All tables, each behind those that its foreign keys refer to. */
export const copiedTables: readonly CopiedTable[] = parentsFirst(
  Object.values(postgresTables as unknown as Record<string, PgTable>).map(getTableConfig),
).map((table) => {
  const columns = table.columns.map((column) => ({
    name: column.name,
    type: typeOf(column.getSQLType()),
  }));
  const key = table.primaryKeys[0]?.columns ?? table.columns.filter((column) => column.primary);
  return {
    name: table.name,
    columns,
    key: key.map(({ name }) => columns.findIndex((column) => column.name === name)),
  };
});

/** The key of a row, from which the next batch goes on. */
export const keyOf = ({ key }: CopiedTable, row: Row): Row => key.map((place) => row[place] ?? null);

type Config = ReturnType<typeof getTableConfig>;

function parentsFirst(tables: readonly Config[]): readonly Config[] {
  const ordered = new Set<Config>();
  const add = (table: Config) => {
    for (const { reference } of table.foreignKeys) {
      const { name } = getTableConfig(reference().foreignTable);
      const parent = tables.find((other) => other.name === name);
      if (parent && parent !== table) add(parent);
    }
    ordered.add(table);
  };
  tables.forEach(add);
  return [...ordered];
}

function typeOf(sqlType: string): "text" | "integer" | "timestamptz" {
  if (sqlType.startsWith("timestamp")) return "timestamptz";
  return sqlType === "integer" ? "integer" : "text";
}
