import { fileURLToPath } from "node:url";
import { Sqlite, type SqliteClient } from "../better-sqlite3.js";
import { missingMigrations } from "../migrations.js";
import { CopyError } from "./copy-error.js";
import type { CopiedTable, Row } from "./tables.js";

const migrationsFolder = fileURLToPath(new URL("../../../migrations/sqlite", import.meta.url));

/**
 * The SQLite database that is copied. It is held alone and only read: no service can run on it meanwhile, because what that wrote
 * would be missing in the copy.
 */
export class SqliteSource {
  readonly #client: SqliteClient;

  /** @throws {CopyError} there is none, it is in use or damaged, or it is of another version */
  constructor(path: string) {
    try {
      this.#client = new Sqlite(path, { fileMustExist: true, timeout: 0 });
    } catch (cause) {
      throw new CopyError("There is no SQLite database in DATA_DIR.", { cause });
    }
    try {
      // Only with the exclusive mode a transaction keeps readers away, too, where there is a write-ahead log.
      this.#client.pragma("locking_mode = EXCLUSIVE");
      this.#client.exec("begin exclusive");
      this.#client.pragma("query_only = ON");
      refuseOtherVersion(this.#client);
    } catch (error) {
      this.#client.close();
      if (error instanceof CopyError) throw error;
      const isBusy = error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
      throw new CopyError(
        isBusy
          ? "The SQLite database is in use: stop the service first."
          : `The SQLite database cannot be read: ${error instanceof Error ? error.message : "unknown"}.`,
        { cause: error },
      );
    }
  }

  /** The next rows in the order of the table's key, after the row with this key. */
  rows(table: CopiedTable, after: Row | undefined, limit: number): Row[] {
    const columns = table.columns.map(({ name }) => `"${name}"`);
    const key = table.key.map((place) => columns[place]).join(", ");
    const isAfter = after ? `where (${key}) > (${after.map(() => "?").join(", ")})` : "";
    return this.#client
      .prepare(`select ${columns.join(", ")} from "${table.name}" ${isAfter} order by ${key} limit ${limit}`)
      .raw()
      .all(...(after ?? [])) as Row[];
  }

  close(): void {
    this.#client.close();
  }
}

function refuseOtherVersion(client: SqliteClient): void {
  const applied = client.prepare("select created_at from __drizzle_migrations").pluck().all() as number[];
  if (missingMigrations(migrationsFolder, applied).length > 0) {
    throw new CopyError(
      "The SQLite database is of an older version: start the service of this version on it once, and stop it.",
    );
  }
}
