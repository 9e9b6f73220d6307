import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import { DatabaseError } from "./database.js";

/**
 * This version's migrations that a database still lacks, oldest first.
 *
 * drizzle-kit writes the files and the table that remembers them is drizzle's own, but its `migrate` knows neither a
 * lock nor a database from the future, and on SQLite it would let foreign keys cascade while a table is rebuilt.
 *
 * @param applied `created_at` of every migration that the database remembers: unix ms, as number or text
 * @throws {DatabaseError} newer: it remembers one that this version does not know
 */
export function missingMigrations(folder: string, applied: readonly (number | string)[]): MigrationMeta[] {
  const known = readMigrationFiles({ migrationsFolder: folder });
  const done = new Set(applied.map(Number));
  const missing = known.filter((migration) => !done.has(migration.folderMillis));
  if (known.length - missing.length < done.size) {
    throw new DatabaseError("newer", {
      cause: new Error("it has migrations that this version does not know"),
    });
  }
  return missing;
}
