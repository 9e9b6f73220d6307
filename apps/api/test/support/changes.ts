import { getTableColumns, sql } from "drizzle-orm";
import { getTableConfig } from "drizzle-orm/sqlite-core";
import type { Database } from "../../src/db/database.js";
import type { Tables } from "../../src/db/schema.js";
import { sqliteTables } from "../../src/db/schema.sqlite.js";
import type { Statement } from "../../src/db/statement.js";
import { rowsOf } from "./rows.js";

type Row = Record<string, unknown>;

const tables = Object.keys(sqliteTables) as (keyof Tables)[];

/** The columns of each table's primary key, as the code names them. */
const keys = new Map(tables.map((name) => [name, keyOf(name)]));

function keyOf(name: keyof Tables): string[] {
  const table = sqliteTables[name];
  const { columns, primaryKeys } = getTableConfig(table);
  const ofKey = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
  const names = Object.entries(getTableColumns(table));
  return ofKey.map((column) => names.find(([, { name }]) => name === column.name)?.[0] ?? column.name);
}

/** Empties all tables, so that a test begins with its own rows. */
export async function emptyTables(db: Database): Promise<Database> {
  for (const name of (await filledTables(db)).reverse()) {
    await db.consoleQuery((orm, t) => orm.delete(t[name] as Tables["users"]).returning());
  }
  return db;
}

/**
 * Runs a statement: the rows that it returned, and what it did to any table. Of a changed row that is the columns that
 * changed, of a new one all of it, of a deleted one `deleted`; a row is named by its table and its primary key.
 */
export async function changesOf<Values extends object, Result>(
  db: Database,
  statement: Statement<Values, Result>,
  values: Values,
): Promise<{ rows: Result[]; changes: Record<string, Row | "deleted"> }> {
  const before = await contents(db);
  const rows = await db.run(statement, values);
  const after = await contents(db);
  const changes: Record<string, Row | "deleted"> = {};
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    if (!is) changes[key] = "deleted";
    else if (!was) changes[key] = is;
    else if (JSON.stringify(was) !== JSON.stringify(is)) changes[key] = changedColumns(was, is);
  }
  return { rows, changes };
}

const changedColumns = (was: Row, is: Row): Row =>
  Object.fromEntries(
    Object.entries(is).filter(([column, value]) => JSON.stringify(value) !== JSON.stringify(was[column])),
  );

async function contents(db: Database): Promise<Map<string, Row>> {
  const found = new Map<string, Row>();
  for (const name of await filledTables(db)) {
    for (const row of (await rowsOf(db, name)) as Row[]) {
      const key = keys.get(name)?.map((column) => row[column]);
      found.set([name, ...(key ?? [])].join(" "), row);
    }
  }
  return found;
}

/** In the order in which rows may be inserted. One query: most tables are empty, and asking each takes longer than the tests. */
async function filledTables(db: Database): Promise<(keyof Tables)[]> {
  const rows = await db.consoleQuery((orm, t) => {
    const each = tables.map(
      (name, n) => sql`select ${sql.raw(`${n}`)} as n where exists (select 1 from ${t[name]})`,
    );
    return orm.select({ n: sql<number>`n` }).from(sql`(${sql.join(each, sql` union all `)}) as filled`);
  });
  const filled = new Set(rows.map(({ n }) => tables[n]));
  return tables.filter((name) => filled.has(name));
}
