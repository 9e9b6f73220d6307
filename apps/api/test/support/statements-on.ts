import { afterAll, beforeAll, expect } from "vitest";
import type { Database } from "../../src/db/database.js";
import type { BoundStatement, Statement } from "../../src/db/statement.js";
import { changesOf, emptyTables } from "./changes.js";
import { type TestDatabase, testDatabase } from "./engine.js";

/** Runs statements one by one, each on the rows of `seed` and on no others. */
export function statementsOn(seed: (db: Database) => Promise<void>) {
  let database: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    database = await testDatabase();
    db = await database.open();
  });
  afterAll(() => db.close().then(database.remove));

  async function run<Values extends object, Result>(statement: Statement<Values, Result>, values: Values) {
    await emptyTables(db);
    await seed(db);
    return changesOf(db, statement, values);
  }

  return {
    /** What the statement does to any table, as `changesOf` says it. */
    changed: async <Values extends object>(statement: Statement<Values, unknown>, values: Values) =>
      (await run(statement, values)).changes,

    /** The same for a statement that has its values. */
    changedBy: async ({ statement, values }: BoundStatement<unknown>) =>
      (await run(statement as Statement<object, unknown>, values)).changes,

    /** The rows that the statement answers with; it changes none. */
    found: async <Values extends object, Result>(statement: Statement<Values, Result>, values: Values) => {
      const { rows, changes } = await run(statement, values);
      expect(changes).toEqual({});
      return rows;
    },

    /** For a test with rows of its own: a database whose tables are empty. */
    emptied: async () => {
      await emptyTables(db);
      return db;
    },
  };
}
