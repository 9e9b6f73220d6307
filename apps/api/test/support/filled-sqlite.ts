import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { Sqlite } from "../../src/db/better-sqlite3.js";
import { sqliteTables } from "../../src/db/schema.sqlite.js";

type Config = ReturnType<typeof getTableConfig>;
type Value = string | number | null;

const tables = Object.values(sqliteTables as unknown as Record<string, SQLiteTable>).map(getTableConfig);

/** What texts may hold, and how keys may sort. */
const odd = ["a", "B", "张三", "😀\u0001", 'quote" back\\slash', "line\nbreak", "é", "", "null", "'; --"];

/** Writes rows of no meaning into every table: every column has values, and where it may be empty it sometimes is. */
export function fillTables(path: string, count: number): void {
  const client = new Sqlite(path);
  client.pragma("foreign_keys = OFF");
  client.transaction(() => {
    for (const table of tables) {
      const columns = table.columns.map(({ name }) => `"${name}"`);
      const insert = client.prepare(
        `insert into "${table.name}" (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`,
      );
      for (let n = 0; n < count; n++) insert.run(...table.columns.map(({ name }) => cellOf(table, name, n)));
    }
  })();
  const orphans = client.pragma("foreign_key_check");
  client.close();
  if ((orphans as unknown[]).length > 0) throw new Error("a row refers to none");
}

function cellOf(table: Config, name: string, n: number): Value {
  for (const { reference } of table.foreignKeys) {
    const { columns, foreignColumns, foreignTable } = reference();
    const place = columns.findIndex((column) => column.name === name);
    const parent = foreignColumns[place];
    if (parent) return cellOf(getTableConfig(foreignTable), parent.name, n);
  }
  const column = table.columns.find((each) => each.name === name);
  if (!column?.notNull && !column?.primary && n % 3 === 0) return null;
  if (column?.getSQLType() === "text") return `${odd[n % odd.length]} ${name} ${n}`;
  return column?.columnType === "SQLiteInteger" ? n : 1_800_000_000_000 + n * 1_001;
}

/** Changes the file behind the back of the system. */
export function change(path: string, sql: string): void {
  const client = new Sqlite(path);
  client.exec(sql);
  client.close();
}
