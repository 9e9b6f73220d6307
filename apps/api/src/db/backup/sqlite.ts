import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { Sqlite } from "../better-sqlite3.js";
import { BackupError, type DatabaseBackup } from "./backup.js";

/** The copy of a SQLite database while its service runs, and the way back while it does not. */
export const sqliteBackup = (path: string): DatabaseBackup => ({
  engine: "sqlite",
  fileName: basename(path),
  copyTo: async (target) => copy(path, target),
  restoreFrom: async (source, { replace, now }) => restore(source, path, { replace, now }),
});

/**
 * One read transaction: the copy holds what was committed when it began, and the service does not wait. VACUUM leaves out free pages,
 * and with them what was deleted and not yet overwritten.
 */
function copy(path: string, target: string): void {
  if (!existsSync(path)) throw new BackupError("There is no database in DATA_DIR.");
  try {
    const client = new Sqlite(path, { readonly: true });
    try {
      client.prepare("vacuum into ?").run(target);
    } finally {
      client.close();
    }
    sync(target);
  } catch (error) {
    throw new BackupError(`The database could not be copied: ${messageOf(error)}.`, { cause: error });
  }
  check(target);
}

/** @throws {BackupError} the file is no sound database */
function check(path: string): void {
  let result: unknown;
  try {
    const client = new Sqlite(path, { readonly: true });
    try {
      result = client.pragma("quick_check(1)", { simple: true });
      if (result === "ok" && (client.pragma("foreign_key_check") as unknown[]).length > 0) {
        result = "rows whose foreign key matches no row";
      }
    } finally {
      client.close();
    }
  } catch (error) {
    throw new BackupError(`The copy is damaged: ${messageOf(error)}.`, { cause: error });
  }
  if (result !== "ok") throw new BackupError(`The copy is damaged: ${result}.`);
}

function restore(source: string, path: string, { replace, now }: { replace: boolean; now: Date }) {
  if (existsSync(path) && !replace) {
    throw new BackupError(
      "There is a database in DATA_DIR already. With --replace it is kept beside the restored one, under another name.",
    );
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.restoring`;
  // Complete and checked before the database is touched; a restore that is interrupted is simply called again.
  copyFileSync(source, draft, constants.COPYFILE_FICLONE);
  sync(draft);
  try {
    check(draft);
    const before = existsSync(path) ? setAside(path, now) : undefined;
    // SQLite would apply the write-ahead log of the database before to this one.
    for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
    renameSync(draft, path);
    sync(dirname(path));
    return before;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * To leave the mode of the write-ahead log, SQLite needs the file for itself: so this finds out whether the service runs, and
 * leaves the database whole in one file.
 */
function setAside(path: string, now: Date): string {
  const before = `${path}.before-${now.toISOString().replace(/\.\d+|[-:]/g, "")}`;
  try {
    const client = new Sqlite(path, { fileMustExist: true, timeout: 0 });
    try {
      client.pragma("journal_mode = DELETE");
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY")) {
      throw new BackupError("The database is in use: stop the service first.", { cause: error });
    }
    // A damaged database is what a backup is restored for: it is kept as it is, with its log.
    if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${before}-wal`);
  }
  renameSync(path, before);
  return before;
}

/** Waits until a file, or the names in a folder, are on the disk. */
function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : "unknown");
