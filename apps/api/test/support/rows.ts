import type { Database } from "../../src/db/database.js";
import type { Tables } from "../../src/db/schema.js";

/** All rows of a table. */
export function rowsOf<Name extends keyof Tables>(
  db: Database,
  name: Name,
): Promise<Tables[Name]["$inferSelect"][]> {
  return db.consoleQuery((orm, tables) => orm.select().from(tables[name])) as Promise<
    Tables[Name]["$inferSelect"][]
  >;
}
