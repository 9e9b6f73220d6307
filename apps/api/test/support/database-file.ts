import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for a database that outlives the system that opened it. */
export interface DatabaseFile {
  path: string;
  /** Every byte of every file beside it, the write-ahead log included. */
  bytes(): Buffer;
  remove(): void;
}

export function databaseFile(): DatabaseFile {
  const folder = mkdtempSync(join(tmpdir(), "wechat-login-test-"));
  return {
    path: join(folder, "test.sqlite"),
    bytes: () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
