import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqliteBackup } from "../../src/db/backup/sqlite.js";
import { Sqlite } from "../../src/db/better-sqlite3.js";

let folder: string;
let source: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backup-copy-"));
  [source, target] = [join(folder, "source.sqlite"), join(folder, "copy.sqlite")];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the source anew, and keeps it closed. */
function write(statements: string): void {
  const client = new Sqlite(source);
  client.exec(statements);
  client.close();
}

const copied = () => sqliteBackup(source).copyTo(target);
const tables =
  "create table parents (id text primary key); create table children (of text references parents (id));";

describe("the copy of a database", () => {
  it("has every row, and leaves the database as it was", async () => {
    write(`${tables} insert into parents values ('a'); insert into children values ('a'), (null);`);
    const before = readFileSync(source);
    await copied();
    const copy = new Sqlite(target, { readonly: true });
    expect(copy.prepare("select of from children order by of").all()).toEqual([{ of: null }, { of: "a" }]);
    copy.close();
    expect(readFileSync(source).equals(before)).toBe(true);
  });

  it("is refused if a row in it has a foreign key that matches no row", async () => {
    write(`pragma foreign_keys = off; ${tables} insert into children values ('missing');`);
    await expect(copied()).rejects.toMatchObject({
      name: "BackupError",
      message: "The copy is damaged: rows whose foreign key matches no row.",
    });
  });

  it("is not made of a file that is no database, and the reason is kept", async () => {
    writeFileSync(source, "no database, but long enough to look like the page of one".repeat(100));
    const failed = await copied().catch((error: unknown) => error);
    expect(failed).toMatchObject({
      name: "BackupError",
      message: "The database could not be copied: file is not a database.",
      cause: { code: "SQLITE_NOTADB" },
    });
  });

  it("is not made of a database that is not there, of which no file is left", async () => {
    await expect(copied()).rejects.toMatchObject({
      name: "BackupError",
      message: "There is no database in DATA_DIR.",
    });
    expect([existsSync(source), existsSync(target)]).toEqual([false, false]);
  });
});
