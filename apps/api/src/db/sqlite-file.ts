import { existsSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { DatabaseError } from "./database.js";

/** Beside the database, from its first start on: it says that there was one. */
const markerOf = (path: string) => `${path}.created`;

/**
 * Refuses a database file that is missing, or empty, where there was one: an empty database in its place would lose every
 * account without a word.
 *
 * @throws {DatabaseError} missing
 */
export function refuseMissingFile(path: string): void {
  const isThere = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
  if (!isThere && existsSync(markerOf(path))) {
    throw new DatabaseError("missing", {
      cause: new Error(`${basename(path)} is not in its folder any more`),
    });
  }
}

export function markCreated(path: string): void {
  const marker = markerOf(path);
  if (existsSync(marker)) return;
  const name = basename(path);
  writeFileSync(
    marker,
    `The database ${name} belongs in this folder. While it is missing, the service does not start, so that no empty database takes its place. Restore it from a backup. To begin with an empty one, remove this file.\n`,
  );
}

/**
 * Remembers which files are open. A file that is moved, deleted or replaced stays open in this process, and everything
 * written to it is lost at the end.
 *
 * @returns a check that throws a DatabaseError (unavailable) if the paths lead to other files by now, or to none
 */
export function createOpenFileCheck(path: string): () => void {
  const open = [path, `${path}-wal`].map((name) => ({ name, file: identityOf(name) }));
  return () => {
    for (const { name, file } of open) {
      if (file !== undefined && identityOf(name) !== file) {
        const cause = new Error(
          `${basename(name)} was moved, deleted or replaced while it was open: restart`,
        );
        throw new DatabaseError("unavailable", { cause });
      }
    }
  };
}

function identityOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
