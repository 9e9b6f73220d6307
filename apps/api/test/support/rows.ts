import type { Database } from "../../src/db/database.js";
import type { Tables } from "../../src/db/schema.js";

/** All rows of a table, by id if it has one: PostgreSQL moves a row that changes. */
export function rowsOf<Name extends keyof Tables>(
  db: Database,
  name: Name,
): Promise<Tables[Name]["$inferSelect"][]> {
  return db.consoleQuery((orm, tables) => {
    const table: Tables[keyof Tables] = tables[name];
    const rows = orm.select().from(table);
    return "id" in table ? rows.orderBy(table.id) : rows;
  }) as Promise<Tables[Name]["$inferSelect"][]>;
}

/** Writes rows as they are given, also such as the system itself would write only at another time. */
export async function addRows<Name extends keyof Tables>(
  db: Database,
  name: Name,
  rows: Tables[Name]["$inferInsert"][],
): Promise<void> {
  await db.consoleQuery((orm, tables) =>
    orm
      .insert(tables[name] as Tables["users"])
      .values(rows as Tables["users"]["$inferInsert"][])
      .returning(),
  );
}

/** Deletes all rows of these tables, in this order: rows that refer to others come first. */
export async function deleteAllRows(db: Database, names: readonly (keyof Tables)[]): Promise<void> {
  for (const name of names) {
    await db.consoleQuery<unknown>((orm, tables) =>
      orm.delete<Tables[keyof Tables]>(tables[name]).returning(),
    );
  }
}
