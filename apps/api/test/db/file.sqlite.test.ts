import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Sqlite, type SqliteClient } from "../../src/db/better-sqlite3.js";
import { type Database, DatabaseError } from "../../src/db/database.js";
import { openDatabase } from "../../src/db/open.js";
import { openSqlite } from "../../src/db/sqlite.js";
import { createOpenFileCheck, refuseNetworkFileSystem } from "../../src/db/sqlite-file.js";
import { readHere } from "../../src/db/sqlite-reader/reader.js";
import { findThrottle, incrementThrottle } from "../../src/db/throttles.js";
import type { Deps } from "../../src/domain/deps.js";
import { checkpoint } from "../../src/domain/jobs/checkpoint.js";
import { Notices } from "../../src/domain/notices.js";
import { rowsOf } from "../support/rows.js";
import { sqliteDatabase } from "../support/sqlite.js";
import { at, authorizationRequestRow, signInRow } from "./rows.js";

// Specific to an embedded database: another process opens the same file.

let file: Awaited<ReturnType<typeof sqliteDatabase>>;
let db: Database;
let other: SqliteClient;
beforeEach(async () => {
  file = await sqliteDatabase();
  db = await file.open();
  other = new Sqlite(file.path, { timeout: 0 });
});
afterEach(async () => {
  other.close();
  await db.close();
  await file.remove();
});

/** The connection itself, of a database that is opened with these options and is closed after the test. */
async function clientOpenedWith(
  options: Parameters<typeof openSqlite>[1],
  use: (client: SqliteClient) => void,
) {
  const opened = await openSqlite(file.path, {
    ...options,
    createReader(client) {
      use(client);
      return readHere(client);
    },
  });
  await opened.close();
}

/** What SQLite itself says of the connection, and of a write on it. */
async function openedWith(options: Parameters<typeof openSqlite>[1]) {
  let level: unknown;
  await clientOpenedWith(options, (client) => {
    level = client.pragma("synchronous", { simple: true });
  });
  return level;
}

describe("a commit", () => {
  it("waits for the disk where SQLITE_SYNCHRONOUS says so, and not otherwise", async () => {
    const [normal, full] = [1, 2];
    expect(await openedWith({ synchronous: "full" })).toBe(full);
    expect(await openedWith({ synchronous: "normal" })).toBe(normal);
    expect(await openedWith({})).toBe(normal);
  });

  it.each(["full", "normal"] as const)(
    "waits as the settings of the opened database say: %s",
    async (chosen) => {
      const dataDir = mkdtempSync(join(tmpdir(), "wechat-login-settings-"));
      onTestFinished(() => rmSync(dataDir, { recursive: true }));
      const pragma = vi.spyOn(Sqlite.prototype, "pragma");
      onTestFinished(() => void vi.restoreAllMocks());
      await (await openDatabase({ dataDir, sqliteSynchronous: chosen })).close();
      const levels = pragma.mock.calls.map(([text]) => text).filter((text) => text.startsWith("synchronous"));
      expect(levels).toEqual([`synchronous = ${chosen}`]);
      expect(readdirSync(dataDir)).toContain("wechat-login.sqlite");
    },
  );
});

describe("single writes", () => {
  const increment = () =>
    db.run(incrementThrottle, { key: "key", now: at(0), expiresAt: at(1), latestEnd: at(1) });
  /** By how much the write-ahead log grows: each commit writes the pages that it changed. */
  async function logged(write: () => Promise<unknown>): Promise<number> {
    const bytes = () => statSync(`${file.path}-wal`).size;
    const before = bytes();
    await write();
    return bytes() - before;
  }

  it("are committed together where they are asked for in one turn of the event loop, and are answered one by one", async () => {
    await increment();
    const alone = await logged(increment);
    expect(alone).toBeGreaterThan(0);
    let counts: unknown[] = [];
    const together = await logged(async () => {
      counts = await Promise.all(Array.from({ length: 20 }, increment));
    });
    expect(together).toBe(alone);
    expect(counts).toEqual(Array.from({ length: 20 }, (_, n) => [expect.objectContaining({ count: n + 3 })]));
  });

  it("fail alone: what was asked for with them is written", async () => {
    const outcomes = await Promise.allSettled([
      increment(),
      db.run(incrementThrottle, { key: null as never, now: at(0), expiresAt: at(1), latestEnd: at(1) }),
      increment(),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[1]).toMatchObject({ reason: { name: "DatabaseError", reason: "rejected" } });
    expect(await rowsOf(db, "throttles")).toMatchObject([{ key: "key", count: 2 }]);
  });
});

describe("a connection", () => {
  it("overwrites what is deleted, keeps foreign keys, never blocks this process on a lock, and bounds the log [T122]", async () => {
    const expected = {
      journal_mode: "wal",
      secure_delete: 1,
      foreign_keys: 1,
      trusted_schema: 0,
      temp_store: 2,
      busy_timeout: 0,
      wal_autocheckpoint: 10_000,
      journal_size_limit: 16 * 1024 * 1024,
    };
    let settings: object | undefined;
    await clientOpenedWith({}, (client) => {
      const names = Object.keys(expected);
      settings = Object.fromEntries(names.map((name) => [name, client.pragma(name, { simple: true })]));
    });
    expect(settings).toEqual(expected);
  });
});

describe("what a statement would restore", () => {
  it.runIf(process.platform === "linux")(
    "stays in memory, however much that is: no file is opened for it",
    async () => {
      const files = () => readdirSync("/proc/self/fd").length;
      await clientOpenedWith({}, (client) => {
        client.exec("create table filled (text text)");
        const insert = client.prepare("insert into filled values (?)");
        for (let row = 0; row < 100; row++) insert.run("x".repeat(3_000));
        client.exec("begin");
        const before = files();
        client.exec("savepoint batch; update filled set text = upper(text)");
        expect(files()).toBe(before);
        client.exec("rollback; drop table filled");
      });
    },
  );
});

function replaceByCopy(path: string): void {
  copyFileSync(path, `${path}.copy`);
  renameSync(`${path}.copy`, path);
}

/** Waits long enough for several attempts; each timer proves that the event loop is free. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("a file that another process locks", () => {
  it("delays a write without blocking anything else, until the lock is released [T85]", async () => {
    other.exec("begin immediate");
    let done = 0;
    const writes = [
      db
        .run(incrementThrottle, { key: "run", now: at(0), expiresAt: at(1), latestEnd: at(1) })
        .then(() => done++),
      db.batch([signInRow(), authorizationRequestRow()]).then(() => done++),
    ];
    await turns(10);
    expect(done).toBe(0);
    expect(await db.run(findThrottle, { key: "run", now: at(0) })).toEqual([]);

    other.exec("commit");
    await Promise.all(writes);
    expect(await rowsOf(db, "throttles")).toMatchObject([{ key: "run", count: 1 }]);
    expect(await rowsOf(db, "authorizationRequests")).toHaveLength(1);
  });

  it("delays twenty writes, each of which is executed exactly once [T85]", async () => {
    other.exec("begin immediate");
    const writes = Array.from({ length: 20 }, () =>
      db.run(incrementThrottle, { key: "key", now: at(0), expiresAt: at(1), latestEnd: at(1) }),
    );
    await turns(3);
    other.exec("commit");
    await Promise.all(writes);
    expect(await rowsOf(db, "throttles")).toMatchObject([{ count: 20 }]);
  });

  it("is waited for five seconds: then the write is refused, says why, and is not executed later [T85]", async () => {
    const now = performance.now.bind(performance);
    let passed = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now() + passed);
    onTestFinished(() => void vi.restoreAllMocks());
    other.exec("begin immediate");
    let refusal: unknown;
    const write = db
      .run(incrementThrottle, { key: "key", now: at(0), expiresAt: at(1), latestEnd: at(1) })
      .catch((error: unknown) => {
        refusal = error;
      });
    await pause(50);
    passed = 4_000;
    await pause(100);
    expect(refusal).toBeUndefined();
    passed = 5_000;
    await write;
    expect(refusal).toMatchObject({
      ...{ name: "DatabaseError", reason: "busy", message: "the database is locked by another process" },
      cause: { code: "SQLITE_BUSY" },
    });
    other.exec("commit");
    await turns(10);
    expect(await rowsOf(db, "throttles")).toEqual([]);
  });

  it("delays opening the database [T92]", async () => {
    other.exec("begin exclusive");
    let opened = false;
    const opening = file.open().then((second) => {
      opened = true;
      return second;
    });
    await turns(3);
    other.exec("commit");
    const second = await opening;
    expect(opened).toBe(true);
    await second.close();
  });
});

describe("the database file", () => {
  it("can be opened by several instances that start together, and is migrated once [T92]", async () => {
    const fresh = await sqliteDatabase();
    const instances = await Promise.all(Array.from({ length: 4 }, () => fresh.open()));
    for (const instance of instances) {
      await instance.run(incrementThrottle, { key: "key", now: at(0), expiresAt: at(1), latestEnd: at(1) });
    }
    const [first] = instances;
    if (first) expect(await rowsOf(first, "throttles")).toMatchObject([{ count: 4 }]);
    await Promise.all(instances.map((instance) => instance.close()));
    await fresh.remove();
  });

  it("keeps its rows when it is opened again", async () => {
    await db.batch([signInRow()]);
    await db.close();
    db = await file.open();
    expect(await rowsOf(db, "signIns")).toHaveLength(1);
  });

  it.each([
    ["moved", (path: string) => renameSync(path, `${path}.moved`)],
    ["deleted", (path: string) => rmSync(path)],
    ["replaced by a copy", replaceByCopy],
    ["emptied", (path: string) => truncateSync(path)],
    ["left without its write-ahead log", (path: string) => rmSync(`${path}-wal`)],
  ])("refuses every call once it was %s while it is open [T86]", async (_, harm) => {
    await db.batch([signInRow()]);
    harm(file.path);
    const refused = {
      name: "DatabaseError",
      reason: "unavailable",
      cause: { message: /moved, deleted, replaced or emptied/ },
    };
    const throttled = { key: "key", now: at(0), expiresAt: at(1), latestEnd: at(1) };
    const calls = [
      () => db.run(incrementThrottle, throttled),
      () => db.batch([incrementThrottle.with(throttled)]),
      () => rowsOf(db, "throttles"),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        ...refused,
        cause: { message: expect.stringMatching(refused.cause.message) },
      });
    }
  });

  it("works again once it was moved back", async () => {
    renameSync(file.path, `${file.path}.moved`);
    await expect(db.batch([signInRow()])).rejects.toMatchObject({ reason: "unavailable" });
    renameSync(`${file.path}.moved`, file.path);
    await db.batch([signInRow()]);
    expect(await rowsOf(db, "signIns")).toHaveLength(1);
  });

  it.each([
    ["missing", (path: string) => rmSync(path)],
    ["empty", (path: string) => truncateSync(path)],
  ])(
    "is not made anew where it is %s and was there before, until the note about it is removed [T86]",
    async (...given) => {
      const [, harm] = given;
      const lost = await sqliteDatabase();
      await (await lost.open()).close();
      harm(lost.path);
      for (let attempts = 0; attempts < 2; attempts++) {
        await expect(lost.open()).rejects.toMatchObject({
          name: "DatabaseError",
          reason: "missing",
        });
      }
      expect(readFileSync(`${lost.path}.created`, "utf8")).toContain("Restore it from a backup.");
      rmSync(`${lost.path}.created`);
      await (await lost.open()).close();
      await lost.remove();
    },
  );

  it("is not made anew beside a write-ahead log, which SQLite would delete [T86]", async () => {
    const lost = await sqliteDatabase();
    const writer = await lost.open();
    await writer.run(incrementThrottle, { key: "key", now: at(0), expiresAt: at(1), latestEnd: at(1) });
    renameSync(lost.path, `${lost.path}.moved`);
    rmSync(`${lost.path}.created`); // as before the version that writes it
    const log = readFileSync(`${lost.path}-wal`);
    await expect(lost.open()).rejects.toMatchObject({ reason: "missing" });
    expect(readFileSync(`${lost.path}-wal`).equals(log)).toBe(true); // toEqual takes seconds

    renameSync(`${lost.path}.moved`, lost.path);
    const reopened = await lost.open();
    expect(await rowsOf(reopened, "throttles")).toMatchObject([{ key: "key" }]);
    await reopened.close();
    await writer.close();
    await lost.remove();
  });

  it("may be a link, and its write-ahead log is watched and shortened where it really is [T86]", async () => {
    const linked = await sqliteDatabase();
    await db.close();
    symlinkSync(file.path, linked.path);
    db = await linked.open();
    for (let n = 0; n < 20; n++) {
      await db.run(incrementThrottle, {
        key: `${n} ${"x".repeat(1e6)}`,
        now: at(0),
        expiresAt: at(1),
        latestEnd: at(1),
      });
    }
    other.exec("begin");
    other.prepare("select count(*) from users").all();
    await db.run(incrementThrottle, { key: "key", now: at(0), expiresAt: at(1), latestEnd: at(1) });
    expect(await db.checkpoint()).toEqual({ walBytes: statSync(`${file.path}-wal`).size });
    expect(statSync(`${file.path}-wal`).size).toBeGreaterThan(1e6);
    rmSync(`${file.path}-wal`);
    await turns(1);
    await expect(rowsOf(db, "throttles")).rejects.toMatchObject({ reason: "unavailable" });
    await linked.remove();
  });

  it("is looked at once for all statements of a turn of the event loop, and again in the next one [T86]", async () => {
    const check = createOpenFileCheck(file.path);
    check();
    renameSync(file.path, `${file.path}.moved`);
    expect(check).not.toThrow();
    await turns(1);
    for (let times = 0; times < 2; times++) expect(check).toThrow(DatabaseError);
    renameSync(`${file.path}.moved`, file.path);
    expect(check).not.toThrow();
  });

  it("opens in another folder, as after a restore from a backup", async () => {
    await db.batch([signInRow()]);
    const restored = await sqliteDatabase();
    other.exec(`vacuum into '${restored.path}'`);
    const opened = await restored.open();
    expect(await rowsOf(opened, "signIns")).toHaveLength(1);
    await opened.close();
    await restored.remove();
  });

  it("is refused if it is damaged, and no empty one replaces it [T86]", async () => {
    const damaged = await sqliteDatabase();
    writeFileSync(damaged.path, "this is no database ".repeat(1000));
    await expect(damaged.open()).rejects.toMatchObject({
      name: "DatabaseError",
      reason: "unavailable",
    });
    expect(readFileSync(damaged.path, "utf8")).toContain("this is no database");
    await damaged.remove();
  });
});

/** What is in the file itself, as another program finds it that has lost the write-ahead log: how many throttles. */
function rowsWithoutLog(): number {
  const copy = `${file.path}.copy`;
  copyFileSync(file.path, copy);
  const opened = new Sqlite(copy, { readonly: true });
  try {
    return opened.prepare("select count(*) from throttles").pluck().get() as number;
  } finally {
    opened.close();
    rmSync(copy);
  }
}

const writeThrottles = async (bytes: number, rows: number) => {
  for (let n = 0; n < rows; n++) {
    const key = `${n} ${"x".repeat(bytes)}`;
    await db.run(incrementThrottle, { key, now: at(0), expiresAt: at(1), latestEnd: at(1) });
  }
};

describe("the write-ahead log", () => {
  it("is copied into the file by a thread once it is 1 MB long, again and again, and not by commits", async () => {
    await db.checkpoint({ always: true });
    await writeThrottles(10, 3);
    await db.copyLog();
    expect(rowsWithoutLog()).toBe(0);

    await writeThrottles(1e6, 5);
    expect(rowsWithoutLog()).toBe(0);
    await db.copyLog();
    expect(rowsWithoutLog()).toBe(8);
    await db.run(incrementThrottle, { key: "ninth", now: at(0), expiresAt: at(1), latestEnd: at(1) });
    expect(rowsWithoutLog()).toBe(8);
    await db.copyLog();
    expect(rowsWithoutLog()).toBe(9);
  });

  it("is emptied for an erasure also while the thread copies it [T122]", async () => {
    await writeThrottles(1e6, 5);
    const copied = db.copyLog();
    expect(await db.checkpoint({ always: true })).toEqual({ walBytes: 0 });
    await copied;
    expect(rowsWithoutLog()).toBe(5);
  });

  it("is gone once the database is closed, also if that is asked while the thread copies it", async () => {
    await writeThrottles(1e6, 5);
    other.close();
    const copied = db.copyLog();
    await db.close();
    await copied;
    expect(statSync(`${file.path}-wal`, { throwIfNoEntry: false })).toBeUndefined();
    expect(rowsWithoutLog()).toBe(5);
    db = await file.open();
  });

  it("is not copied where the file is gone, and the next time tries again", async () => {
    await writeThrottles(1e6, 2);
    renameSync(file.path, `${file.path}.moved`);
    const refusal = await db.copyLog().catch((error: DatabaseError) => error);
    expect(refusal).toMatchObject({ name: "DatabaseError", reason: "unavailable" });
    expect((refusal as DatabaseError).cause).toMatchObject({
      ...{ code: "SQLITE_CANTOPEN", message: "unable to open database file" },
    });
    renameSync(`${file.path}.moved`, file.path);
    await db.copyLog();
    expect(rowsWithoutLog()).toBe(2);
  });

  it("grows beside a process that keeps reading, with a warning in log and console from 64 MB on, and is short again afterwards [T85]", async () => {
    const warnings: object[] = [];
    const log = { info() {}, warn: (fields: object) => void warnings.push(fields), error() {} };
    const notices = new Notices();
    const run = () => checkpoint({ db, log, notices, now: () => at(0) } as unknown as Deps);
    const walBytes = () => statSync(`${file.path}-wal`).size;
    const write = async (megabytes: number) => {
      for (let n = 0; n < megabytes; n++) {
        await db.run(incrementThrottle, {
          key: `${n} ${walBytes()} ${"x".repeat(1e6)}`,
          ...{ now: at(0), expiresAt: at(1), latestEnd: at(1) },
        });
      }
    };
    other.exec("begin");
    other.prepare("select count(*) from users").all();
    await write(20);
    await run();
    expect([warnings, notices.list()]).toEqual([[], []]);
    await write(15);
    await run();
    expect(warnings).toEqual([{ event: "write_ahead_log_large", bytes: walBytes() }]);
    expect(walBytes()).toBeGreaterThan(64 * 1024 * 1024);
    expect(notices.list()).toEqual([{ kind: "write_ahead_log_large", since: at(0) }]);

    other.exec("commit");
    await run();
    expect(warnings).toHaveLength(1);
    expect(notices.list()).toEqual([]);
    expect(walBytes()).toBe(0);
    expect((await rowsOf(db, "throttles")).length).toBe(35);
  });
});

describe("a file on the disk of another machine", () => {
  it("is refused by the type of the file system, also behind a link, and one on a local disk is not", () => {
    const types = new Map([[dirname(file.path), 0x6969]]);
    const read = (folder: string) => types.get(folder) ?? 0xef53;
    expect(() => refuseNetworkFileSystem(file.path, read)).toThrow(
      expect.objectContaining({ reason: "network_file_system", cause: new Error("DATA_DIR is on NFS") }),
    );
    const linked = `${dirname(file.path)}-linked.sqlite`;
    symlinkSync(file.path, linked);
    expect(() => refuseNetworkFileSystem(linked, read)).toThrow("Use a disk of this machine, or PostgreSQL");
    rmSync(linked);
    types.set(dirname(file.path), 0xff534d42);
    expect(() => refuseNetworkFileSystem(`${file.path}-new`, read)).toThrow(
      expect.objectContaining({
        ...{ message: expect.stringContaining("DATA_DIR is on a disk of another machine") },
        cause: new Error("DATA_DIR is on CIFS"),
      }),
    );
    for (const [type, name] of [
      [0xfe534d42, "SMB"],
      [0x517b, "SMB"],
      [0x00c36400, "Ceph"],
      [0x5346414f, "AFS"],
      [0x0bd00bd0, "Lustre"],
    ] as const) {
      const cause = new Error(`DATA_DIR is on ${name}`);
      expect(() => refuseNetworkFileSystem(file.path, () => type)).toThrow(
        expect.objectContaining({ cause }),
      );
    }
    types.set(dirname(file.path), 0x65735546);
    refuseNetworkFileSystem(file.path, read);
    refuseNetworkFileSystem(file.path);
  });
});
