import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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

function idsIn(path: string): unknown[] {
  const client = new Sqlite(path, { readonly: true });
  const ids = client.prepare("select id from parents").pluck().all();
  client.close();
  return ids;
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

  it("has what is in the write-ahead log alone, which it leaves where it is", async () => {
    const running = join(folder, "running.sqlite");
    const client = new Sqlite(running);
    client.exec(`pragma journal_mode = wal; ${tables} insert into parents values ('in the log')`);
    // What a process that was killed leaves.
    for (const suffix of ["", "-wal"]) copyFileSync(`${running}${suffix}`, `${source}${suffix}`);
    client.close();
    const before = [readFileSync(source), readFileSync(`${source}-wal`)];
    await copied();
    expect(idsIn(target)).toEqual(["in the log"]);
    expect([readFileSync(source), readFileSync(`${source}-wal`)]).toEqual(before);
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

describe("the way back of a copy", () => {
  const now = new Date("2026-11-30T12:34:56.789Z");
  const database = () => join(folder, "data", "wechat-login.sqlite");
  const restored = async (replace = true) => sqliteBackup(database()).restoreFrom(source, { replace, now });
  /** The files beside the database. */
  const files = () => readdirSync(join(folder, "data")).sort();

  it("makes the folder, and applies no log that an earlier database left there", async () => {
    write(`${tables} insert into parents values ('a');`);
    expect(await restored(false)).toBeUndefined();
    rmSync(database());
    for (const suffix of ["-wal", "-shm"]) writeFileSync(`${database()}${suffix}`, "of an earlier database");
    expect(await restored(false)).toBeUndefined();
    expect(files()).toEqual(["wechat-login.sqlite"]);
    expect(idsIn(database())).toEqual(["a"]);
  });

  it("is refused to a file that is no database, with the reason kept, and the database stays", async () => {
    write(`${tables} insert into parents values ('kept');`);
    await restored();
    writeFileSync(source, "its page is long enough to look like one".repeat(200));
    await expect(restored()).rejects.toMatchObject({
      name: "BackupError",
      message: "The copy is damaged: file is not a database.",
      cause: { code: "SQLITE_NOTADB" },
    });
    expect([files(), idsIn(database())]).toEqual([["wechat-login.sqlite"], ["kept"]]);
  });

  it("is refused to a copy with a damaged page, which is told before a foreign key that matches no row", async () => {
    write(`${tables} insert into parents values ('kept');`);
    await restored();
    write(
      "pragma foreign_keys = off; create table ages (age integer); insert into children values ('missing');",
    );
    const page = 5;
    const contents = readFileSync(source);
    expect(contents.length).toBe(page * 4096);
    writeFileSync(source, contents.fill(0xff, (page - 1) * 4096));
    await expect(restored()).rejects.toMatchObject({
      name: "BackupError",
      message: expect.stringMatching(/^The copy is damaged: .*page 5\b.*\.$/is),
    });
    expect([files(), idsIn(database())]).toEqual([["wechat-login.sqlite"], ["kept"]]);
  });

  it("keeps what cannot be opened beside it with its log, under the time of the restore", async () => {
    write(`${tables} insert into parents values ('a');`);
    mkdirSync(database(), { recursive: true });
    writeFileSync(`${database()}-wal`, "its log");
    const before = `${database()}.before-20261130T123456Z`;
    expect(await restored()).toBe(before);
    expect(files()).toEqual([
      "wechat-login.sqlite",
      "wechat-login.sqlite.before-20261130T123456Z",
      "wechat-login.sqlite.before-20261130T123456Z-wal",
    ]);
    expect(readFileSync(`${before}-wal`, "utf8")).toBe("its log");
    expect(idsIn(database())).toEqual(["a"]);
  });

  it("is refused at once while a process uses the database, with the reason kept", async () => {
    write(`${tables} insert into parents values ('a');`);
    await restored();
    const service = new Sqlite(database());
    service.exec("pragma journal_mode = wal; insert into parents values ('b')");
    const failed = await restored().catch((error: unknown) => error);
    expect(failed).toMatchObject({
      name: "BackupError",
      message: "The database is in use: stop the service first.",
      cause: { code: "SQLITE_BUSY" },
    });
    service.close();
    expect([files(), idsIn(database())]).toEqual([["wechat-login.sqlite"], ["a", "b"]]);
  });
});
