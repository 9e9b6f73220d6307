import { existsSync, realpathSync, type Stats, statfsSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseError } from "./database.js";

/** Beside the database, from its first start on: it says that there was one. */
const markerOf = (path: string) => `${path}.created`;

/** SQLite writes it beside the file itself, also if `path` is a link to that. */
export const walPathOf = (path: string): string => `${realpathSync(path)}-wal`;

export const sizeOf = (path: string): number => statsOf(path)?.size ?? 0;

/**
 * Refuses a database file that is missing, or empty, where there was one: an empty database in its place would lose every
 * account without a word, and SQLite would delete the write-ahead log of the lost one.
 *
 * @throws {DatabaseError} missing
 */
export function refuseMissingFile(path: string): void {
  // Read before the file itself: another process that starts at the same time writes the file first.
  const hasTrace = existsSync(markerOf(path)) || sizeOf(`${path}-wal`) > 0;
  if (hasTrace && sizeOf(path) === 0) {
    throw new DatabaseError("missing", {
      cause: new Error(`${basename(path)} is not in its folder any more`),
    });
  }
}

/** What Linux calls the file systems of other machines (linux/magic.h). One in user space (FUSE) does not say whether it is one. */
const networkFileSystems = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x517b, "SMB"],
  [0x00c36400, "Ceph"],
  [0x5346414f, "AFS"],
  [0x0bd00bd0, "Lustre"],
]);

const typeOf = (folder: string): number => (process.platform === "linux" ? statfsSync(folder).type : 0);

/**
 * Refuses a database on the disk of another machine: SQLite's locks and its write-ahead log's shared memory do not work there, and
 * two processes would damage the file.
 *
 * @param read the type of the file system of a folder
 * @throws {DatabaseError} network_file_system
 */
export function refuseNetworkFileSystem(path: string, read = typeOf): void {
  const name = networkFileSystems.get(read(dirname(existsSync(path) ? realpathSync(path) : path)));
  if (name === undefined) return;
  throw new DatabaseError("network_file_system", { cause: new Error(`DATA_DIR is on ${name}`) });
}

export function markCreated(path: string): void {
  const marker = markerOf(path);
  if (existsSync(marker)) return;
  const name = basename(path);
  writeFileSync(
    marker,
    `The database ${name} belongs in this folder. While it is missing, the service does not start, so that no empty database takes its place. Restore it from a backup. To begin with an empty one, remove this file, and ${name}-wal if it is there.\n`,
  );
}

/**
 * Remembers which files are open. A file that is moved, deleted or replaced stays open in this process, and everything
 * written to it is lost at the end.
 *
 * @returns a check that throws a DatabaseError (unavailable) if the paths lead to other files by now, or to none, or if the
 * database file was emptied
 */
export function createOpenFileCheck(path: string): () => void {
  const walPath = walPathOf(path);
  const file = statsOf(path);
  const wal = statsOf(walPath);
  let isChecked = false;
  return () => {
    if (isChecked) return;
    const stats = statsOf(path);
    if (!isSameFile(stats, file) || stats?.size === 0) refuse(path);
    if (wal && !isSameFile(statsOf(walPath), wal)) refuse(walPath);
    // Once for all statements of a turn of the event loop: looking costs as much as a small statement.
    isChecked = true;
    setImmediate(() => {
      isChecked = false;
    });
  };
}

function refuse(path: string): never {
  const cause = new Error(
    `${basename(path)} was moved, deleted, replaced or emptied while it was open: restart`,
  );
  throw new DatabaseError("unavailable", { cause });
}

const statsOf = (path: string) => statSync(path, { throwIfNoEntry: false });

const isSameFile = (one: Stats | undefined, other: Stats | undefined): boolean =>
  one?.ino === other?.ino && one?.dev === other?.dev;
