import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { newSecret } from "./domain/key-ring.js";

/**
 * The secret key that a first start without SECRET_KEYS makes and stores in the data folder, readable to its owner only.
 * The file gets its name once it is complete on the disk, and the first one wins: several processes that start at the
 * same time use the same key, and a crash leaves no half-written one.
 */
export function persistedKeys(dataDir: string): readonly string[] {
  const path = join(dataDir, "secret-keys");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const stored = read(path);
  if (stored !== undefined) return stored;

  const draft = `${path}.${process.pid}`;
  const file = openSync(draft, "w", 0o600);
  writeSync(file, `${newSecret()}\n`);
  fsyncSync(file);
  closeSync(file);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    unlinkSync(draft);
  }
  return read(path) ?? [];
}

function read(path: string): readonly string[] | undefined {
  try {
    return readFileSync(path, "utf8").trim().split(",");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

const isErrno = (error: unknown, code: string) =>
  error instanceof Error && "code" in error && error.code === code;
