import { ChildProcess, execFileSync, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Database } from "../../src/db/database.js";
import { openSqlite } from "../../src/db/sqlite.js";
import { type ReaderLimits, ReaderPool } from "../../src/db/sqlite-reader/pool.js";
import { incrementThrottle } from "../../src/db/throttles.js";
import { endless } from "../support/endless.js";
import { waitUntil } from "../support/process.js";
import { rowsOf } from "../support/rows.js";
import { sqliteDatabase } from "../support/sqlite.js";
import { at } from "./rows.js";

// The processes in which the console reads a SQLite database. Elsewhere the tests read in their own process.

let file: Awaited<ReturnType<typeof sqliteDatabase>>;
let db: Database;
async function open(limits: Partial<ReaderLimits> = {}): Promise<void> {
  db = await openSqlite(file.path, { createReader: () => new ReaderPool(file.path, limits) });
}
beforeEach(async () => {
  file = await sqliteDatabase();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await db.close();
  await file.remove();
});

/** The processes that read this database. */
function readers(): number[] {
  const lines = execFileSync("ps", ["-A", "-ww", "-o", "pid=,args="], { encoding: "utf8" }).split("\n");
  return lines
    .filter((line) => line.includes("sqlite-reader/child.js") && line.includes(file.path))
    .map((line) => Number.parseInt(line, 10));
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What this process holds of one that it started. */
function childOf(pid: number | undefined): ChildProcess {
  const handles = (process as unknown as { _getActiveHandles(): object[] })._getActiveHandles();
  const child = handles.find((handle) => handle instanceof ChildProcess && handle.pid === pid);
  if (!child) throw new Error(`${pid} is no child of this process`);
  return child as ChildProcess;
}

const count = (key: string) =>
  db.run(incrementThrottle, { key, now: at(0), expiresAt: at(60_000), latestEnd: at(60_000) });
const readEndlessly = () => db.consoleQuery((orm) => orm.select({ n: endless }).from(sql`(select 1) as one`));
const readQuickly = () =>
  db.consoleQuery((orm) => orm.select({ n: sql<number>`1` }).from(sql`(select 1) as one`));

/** Why it was refused. */
const reasonOf = (read: Promise<unknown>): Promise<unknown> =>
  read.then(
    () => "answered",
    ({ reason, cause }: { reason: string; cause?: Error }) => `${reason}: ${cause?.message}`,
  );

describe("a list of the console on SQLite", () => {
  it("sees every change that was answered before, with the values that were written", async () => {
    await open();
    for (let n = 1; n <= 20; n++) {
      await count("key");
      expect(await rowsOf(db, "throttles")).toEqual([{ key: "key", count: n, expiresAt: at(60_000) }]);
    }
    expect(readers()).toHaveLength(1);
  });

  it("cannot write", async () => {
    await open();
    await count("key");
    const remove = db.consoleQuery((orm, t) => orm.delete(t.throttles).returning());
    await expect(remove).rejects.toMatchObject({ name: "DatabaseError", cause: { code: "SQLITE_READONLY" } });
    expect(await rowsOf(db, "throttles")).toHaveLength(1);
  });

  it("is refused as by the main process if SQLite refuses it", async () => {
    await open();
    const read = db.consoleQuery((orm) => orm.select({ n: sql`missing(1)` }).from(sql`(select 1) as one`));
    await expect(read).rejects.toMatchObject({
      reason: "rejected",
      cause: { message: "no such function: missing" },
    });
    expect(await readQuickly()).toEqual([{ n: 1 }]);
  });
});

describe("a process that reads for the console", () => {
  it("is killed with its query after the limit, and replaced, while the other one goes on [T119]", async () => {
    await open({ queryMs: 500 });
    // Started beforehand, which may take a slow machine longer than the limit.
    await Promise.all([readQuickly(), readQuickly()]);
    const [first] = readers();
    const slow = expect(readEndlessly()).rejects.toMatchObject({
      name: "DatabaseError",
      reason: "too_slow",
      message: "the database did not finish a query of the console within 5 s",
    });
    expect(await readQuickly()).toEqual([{ n: 1 }]);
    expect(readers()).toHaveLength(2);
    await slow;
    await waitUntil(() => readers().length === 1, "the process has ended");
    expect(readers()).not.toContain(first);
    const both = await Promise.all([readQuickly(), readQuickly()]);
    expect([both, readers().length]).toEqual([[[{ n: 1 }], [{ n: 1 }]], 2]);
  });

  it("is one of two at most: what finds none free in time is refused as busy", async () => {
    await open({ queryMs: 600, waitMs: 100 });
    const reads = [readEndlessly(), readEndlessly(), readQuickly(), readQuickly()].map(reasonOf);
    const busy = "busy: no process was free within 100 ms";
    expect(await Promise.all(reads.slice(2))).toEqual([busy, busy]);
    expect(readers()).toHaveLength(2);
    const slow = "too_slow: no rows within 600 ms";
    expect(await Promise.all(reads.slice(0, 2))).toEqual([slow, slow]);
    expect(await readQuickly()).toEqual([{ n: 1 }]);
  });

  it("ends once it has read nothing for a while, and not while it reads", async () => {
    await open({ idleMs: 150, queryMs: 600 });
    await readQuickly();
    const [pid] = readers();
    const slow = reasonOf(readEndlessly());
    await pause(300);
    expect(readers()).toEqual([pid]);
    expect(await slow).toBe("too_slow: no rows within 600 ms");
    await readQuickly();
    await waitUntil(() => readers().length === 0, "the process has ended");
    expect(await readQuickly()).toEqual([{ n: 1 }]);
  });

  it("fails its query if it dies, and nothing else", async () => {
    await open();
    await readQuickly();
    const slow = readEndlessly();
    for (const pid of readers()) process.kill(pid, "SIGKILL");
    await expect(slow).rejects.toMatchObject({
      reason: "unavailable",
      cause: { message: "the process that reads for the console ended with SIGKILL" },
    });
    expect(await readQuickly()).toEqual([{ n: 1 }]);
  });

  it("fails the list that needs it if it cannot start, and no statement of a person", async () => {
    await open();
    const { execPath } = process;
    process.execPath = "/missing/node";
    try {
      await expect(readQuickly()).rejects.toMatchObject({ reason: "unavailable", cause: { code: "ENOENT" } });
      expect(await count("key")).toHaveLength(1);
    } finally {
      process.execPath = execPath;
    }
    expect(await readQuickly()).toEqual([{ n: 1 }]);
  });

  it("says that its query could not be sent where its channel is closed, and ends", async () => {
    await open({ queryMs: 2_000 });
    await readQuickly();
    const [pid] = readers();
    // Stopped, it does not notice that the channel is closed.
    process.kill(Number(pid), "SIGSTOP");
    childOf(pid).disconnect();
    await expect(readQuickly()).rejects.toMatchObject({
      reason: "unavailable",
      cause: {
        message: "the process that reads for the console ended with SIGKILL",
        cause: { code: "ERR_IPC_CHANNEL_CLOSED" },
      },
    });
    expect(readers()).toEqual([]);
    expect(await readQuickly()).toEqual([{ n: 1 }]);
  });

  it("fails its query where the operating system refuses to start it", async () => {
    vi.stubEnv("TMPDIR", "x".repeat(2_000_000));
    await open();
    await expect(readQuickly()).rejects.toMatchObject({ reason: "unavailable", cause: { code: "E2BIG" } });
    vi.unstubAllEnvs();
    expect(await readQuickly()).toEqual([{ n: 1 }]);
  });

  it("has none of the server's settings, and the folders for temporary files", async () => {
    const folders = { TMPDIR: "/a", SQLITE_TMPDIR: "/b", TEMP: "/c", SystemRoot: "/d" };
    for (const [name, value] of Object.entries({ ...folders, SECRET_KEYS: "a-key" })) vi.stubEnv(name, value);
    await open();
    await readQuickly();
    const [pid] = readers();
    // Node's own, and macOS's, are set beside them.
    const shown = execFileSync("ps", ["eww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
    const set = shown.match(/(?<= )[A-Za-z_]+=\S+/g)?.filter((one) => !/^(NODE_CHANNEL_|__CF_)/.test(one));
    expect(set?.sort()).toEqual(["SQLITE_TMPDIR=/b", "SystemRoot=/d", "TEMP=/c", "TMPDIR=/a"]);
  });

  it("ignores the signals that a terminal sends to every process, and ends when the database is closed", async () => {
    await open();
    await Promise.all([readQuickly(), readQuickly()]);
    const reads = [readEndlessly(), readEndlessly(), readQuickly()].map(reasonOf);
    for (const pid of readers()) for (const signal of ["SIGINT", "SIGTERM"]) process.kill(pid, signal);
    await pause(100);
    expect(readers()).toHaveLength(2);
    await db.close();
    expect(readers()).toEqual([]);
    const ended = "unavailable: the process that reads for the console was ended";
    expect(await Promise.all(reads)).toEqual([ended, ended, "unavailable: the database is closed"]);
    await open();
  });

  it("ends with a parent that is killed, also amid a query", async () => {
    await open();
    const script = fileURLToPath(new URL("../support/endless-read.ts", import.meta.url));
    const cwd = fileURLToPath(new URL("../..", import.meta.url));
    const parent = spawn(process.execPath, ["--import", "tsx", script, file.path], { cwd, stdio: "ignore" });
    await waitUntil(() => readers().length === 1, "it reads");
    await pause(300);
    parent.kill("SIGKILL");
    await waitUntil(() => readers().length === 0, "the reader has ended");
  });
});

describe("the write-ahead log", () => {
  it("is emptied at the next checkpoint if a list was read when a person was erased [T122]", async () => {
    await open({ queryMs: 500 });
    await readQuickly();
    await count("erased");
    const slow = db
      .consoleQuery((orm, t) => orm.select({ key: t.throttles.key, n: endless }).from(t.throttles))
      .catch((error: unknown) => error);
    await pause(100);
    const [pid] = readers();
    expect((await db.checkpoint({ always: true })).walBytes).toBeGreaterThan(0);
    expect(await slow).toMatchObject({ name: "DatabaseError", reason: "too_slow" });
    // What ends is no longer listed with its arguments before its locks are gone.
    await waitUntil(() => !exists(Number(pid)), "the process has ended");
    expect((await db.checkpoint()).walBytes).toBe(0);
    await count("kept");
    expect((await db.checkpoint()).walBytes).toBeGreaterThan(0);
  });
});
