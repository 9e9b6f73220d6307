import { afterAll, beforeAll, expect } from "vitest";
import type { Database } from "../../src/db/database.js";
import type { Statement } from "../../src/db/statement.js";
import { changesOf, emptyTables } from "./changes.js";
import { type TestDatabase, testDatabase } from "./engine.js";

/** What a statement returns and does that finds nothing to do. */
export const nothing = { rows: [], changes: {} };

/** One database for a file of tests about statements; each statement finds in it what `seed` writes, and nothing else. */
export function seededStatements(seed: (db: Database) => Promise<void>) {
  let database: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    database = await testDatabase();
    db = await database.open();
  });
  afterAll(() => db.close().then(database.remove));

  /** Nothing has changed since it was filled. */
  let isFresh = false;
  async function filled(): Promise<Database> {
    if (!isFresh) {
      await emptyTables(db);
      await seed(db);
    }
    isFresh = true;
    return db;
  }

  /** The database, for a test that adds rows of its own. */
  async function seeded(): Promise<Database> {
    await filled();
    isFresh = false;
    return db;
  }

  /** What a statement returned, and what it did to any table. */
  async function done<Values extends object, Result>(statement: Statement<Values, Result>, values: Values) {
    const outcome = await changesOf(await seeded(), statement, values);
    isFresh = Object.keys(outcome.changes).length === 0;
    return outcome;
  }

  /** What it did to any table. */
  async function changed<Values extends object>(statement: Statement<Values, unknown>, values: Values) {
    return (await done(statement, values)).changes;
  }

  /** The statements that are known to change nothing: comparing all tables each time would take longer than the tests. */
  const readOnly = new Set<string>();

  /** What a statement returned that changes nothing, such as a read or a lock; the first time in a file, that is checked. */
  async function found<Values extends object, Result>(statement: Statement<Values, Result>, values: Values) {
    if (readOnly.has(statement.name)) return (await filled()).run(statement, values);
    const { rows, changes } = await changesOf(await filled(), statement, values);
    expect(changes).toEqual({});
    readOnly.add(statement.name);
    return rows;
  }

  return { seeded, done, changed, found };
}
