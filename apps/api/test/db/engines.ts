import type { Database } from "../../src/db/database.js";
import { openSqlite } from "../../src/db/sqlite.js";
import { databaseFile } from "../support/database-file.js";

/** One database engine as the contract tests meet it: empty, migrated, and gone afterwards. */
export interface Engine {
  name: string;
  open(): Promise<{ db: Database; remove(): Promise<void> }>;
}

export const sqlite: Engine = {
  name: "SQLite",
  async open() {
    const file = databaseFile();
    const db = await openSqlite(file.path);
    return {
      db,
      async remove() {
        await db.close();
        file.remove();
      },
    };
  },
};

/** Every engine that the product promises; one suite runs over each of them. */
export const engines: readonly Engine[] = [sqlite];
