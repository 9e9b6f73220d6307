import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import { DatabaseError } from "./database.js";

/**
 * This version's migrations that a database still lacks, oldest first.
 *
 * drizzle-kit writes the files, and the table of applied migrations is drizzle's. Its `migrate` is not used: it takes no
 * lock, accepts a database of a newer version, and on SQLite lets foreign keys cascade while a table is rebuilt.
 *
 * @param applied `created_at` of every applied migration: unix ms, as number or text
 * @throws {DatabaseError} newer: one of them does not exist in this version
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
