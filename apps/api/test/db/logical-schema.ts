import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import type pg from "pg";
import type { SqliteClient } from "../../src/db/better-sqlite3.js";
import type { Tables } from "../../src/db/schema.js";

/** A table in terms that both engines share. */
export interface LogicalTable {
  /** By name: `text`, `integer` or `time`, then its constraints. */
  columns: Record<string, string>;
  primaryKey: string[];
  /** By name: `unique` if it is, and the columns in order. */
  indexes: Record<string, string>;
  references: string[];
}

export type LogicalSchema = Record<string, LogicalTable>;

const column = (kind: string, notNull: boolean, initial: string | undefined) =>
  [kind, ...(notNull ? ["not null"] : []), ...(initial === undefined ? [] : [`default ${initial}`])].join(
    " ",
  );
const index = (unique: boolean, columns: string[]) => `${unique ? "unique " : ""}(${columns.join(", ")})`;
const reference = (from: string, table: string, to: string, onDelete: string) =>
  `${from} → ${table}.${to} on delete ${onDelete}`.toLowerCase();

/** The schema that the code defines. */
export function definedSchema(tables: Tables): LogicalSchema {
  return Object.fromEntries(
    Object.values(tables).map((table) => {
      const config = getTableConfig(table as SQLiteTable);
      const single = config.columns.filter((each) => each.primary).map((each) => each.name);
      const composed = config.primaryKeys.flatMap((key) => key.columns.map((each) => each.name));
      const primaryKey = [...single, ...composed];
      const logical: LogicalTable = {
        columns: Object.fromEntries(
          config.columns.map((each) => [
            each.name,
            column(
              each.columnType === "SQLiteCustomColumn" ? "time" : each.getSQLType(),
              each.notNull,
              each.default === undefined ? undefined : String(each.default),
            ),
          ]),
        ),
        primaryKey,
        indexes: Object.fromEntries(
          config.indexes.map(({ config: { name, unique, columns } }) => [
            name,
            index(
              unique,
              columns.map((each) => ("name" in each ? each.name : "?")),
            ),
          ]),
        ),
        references: config.foreignKeys
          .map((key) => {
            const { columns, foreignTable, foreignColumns } = key.reference();
            return reference(
              columns[0]?.name ?? "",
              getTableConfig(foreignTable).name,
              foreignColumns[0]?.name ?? "",
              key.onDelete ?? "no action",
            );
          })
          .sort(),
      };
      return [config.name, logical];
    }),
  );
}

/** SQLite has no timestamp type: it stores milliseconds. */
export const timeAsInteger = (schema: LogicalSchema): LogicalSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll(':"time', ':"integer')) as LogicalSchema;

/** The schema of a SQLite database. */
export function schemaOfSqlite(client: SqliteClient): LogicalSchema {
  const all = <Row>(sql: string, ...values: string[]) => client.prepare(sql).all(...values) as Row[];
  const tables = all<{ name: string }>(
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_\\_%' escape '\\'",
  );
  return Object.fromEntries(
    tables.map(({ name: table }) => {
      const info = all<{
        name: string;
        type: string;
        notnull: number;
        dflt_value: string | null;
        pk: number;
      }>("select * from pragma_table_info(?)", table);
      const indexes = all<{ name: string; unique: number; origin: string }>(
        "select * from pragma_index_list(?)",
        table,
      ).filter(({ origin }) => origin === "c");
      const logical: LogicalTable = {
        columns: Object.fromEntries(
          info.map(({ name, type, notnull, dflt_value }) => [
            name,
            column(type.toLowerCase(), notnull === 1, dflt_value?.replaceAll("'", "")),
          ]),
        ),
        primaryKey: info
          .filter(({ pk }) => pk > 0)
          .sort((a, b) => a.pk - b.pk)
          .map(({ name }) => name),
        indexes: Object.fromEntries(
          indexes.map(({ name, unique }) => {
            const columns = all<{ name: string }>(
              "select name from pragma_index_info(?) order by seqno",
              name,
            );
            return [
              name,
              index(
                unique === 1,
                columns.map((each) => each.name),
              ),
            ];
          }),
        ),
        references: all<{ from: string; table: string; to: string; on_delete: string }>(
          "select * from pragma_foreign_key_list(?)",
          table,
        )
          .map((key) => reference(key.from, key.table, key.to, key.on_delete))
          .sort(),
      };
      return [table, logical];
    }),
  );
}

const kinds: Record<string, string> = {
  text: "text",
  integer: "integer",
  "timestamp(3) with time zone": "time",
};
const deletions: Record<string, string> = { a: "no action", c: "cascade", r: "restrict", n: "set null" };

/** The schema of a PostgreSQL database. A text column with another collation than C has it in its type. */
export async function schemaOfPostgres(client: pg.Client): Promise<LogicalSchema> {
  const rows = async <Row>(sql: string) => (await client.query(sql)).rows as Row[];
  const columns = await rows<{
    table: string;
    name: string;
    type: string;
    collation: string | null;
    required: boolean;
    initial: string | null;
  }>(`
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, l.collname as collation,
      a.attnotnull as required, pg_get_expr(d.adbin, d.adrelid) as initial
    from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_collation l on l.oid = a.attcollation
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped`);
  const indexes = await rows<{
    table: string;
    name: string;
    unique: boolean;
    primary: boolean;
    columns: string;
  }>(`
    select t.relname as table, i.relname as name, x.indisunique as unique, x.indisprimary as primary,
      (select string_agg(pg_get_indexdef(x.indexrelid, n, true), ', ' order by n) from generate_series(1, x.indnkeyatts) n) as columns
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    where t.relnamespace = 'public'::regnamespace`);
  const references = await rows<{
    table: string;
    from: string;
    other: string;
    to: string;
    deletion: string;
  }>(`
    select conrelid::regclass::text as table, a.attname as from, confrelid::regclass::text as other, b.attname as to, confdeltype as deletion
    from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1] where contype = 'f'`);

  const unquoted = (names: string) => names.replaceAll('"', "").split(", ");
  const schema: LogicalSchema = {};
  for (const each of columns) {
    schema[each.table] ??= { columns: {}, primaryKey: [], indexes: {}, references: [] };
    const kind = kinds[each.type] ?? each.type;
    const compared = kind === "text" && each.collation !== "C" ? `${kind} (${each.collation})` : kind;
    const initial = each.initial?.replace(/^'(.*)'::.*$/, "$1");
    (schema[each.table] as LogicalTable).columns[each.name] = column(compared, each.required, initial);
  }
  for (const each of indexes) {
    const table = schema[each.table] as LogicalTable;
    if (each.primary) table.primaryKey = unquoted(each.columns);
    else table.indexes[each.name] = index(each.unique, unquoted(each.columns));
  }
  for (const each of references) {
    (schema[each.table] as LogicalTable).references.push(
      reference(each.from, each.other, each.to, deletions[each.deletion] ?? each.deletion),
    );
  }
  for (const { references } of Object.values(schema)) references.sort();
  return schema;
}
