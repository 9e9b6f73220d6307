import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Sqlite, type SqliteClient } from "../../src/db/better-sqlite3.js";
import type { Database } from "../../src/db/database.js";
import { openSqlite } from "../../src/db/sqlite.js";
import { findThrottle, incrementThrottle } from "../../src/db/throttles.js";
import { rowsOf } from "../support/rows.js";
import { sqliteDatabase } from "../support/sqlite.js";
import { at, authorizationRequestRow, signInRow } from "./rows.js";

// Specific to an embedded database: another process opens the same file.

let file: Awaited<ReturnType<typeof sqliteDatabase>>;
let db: Database;
let other: SqliteClient;
beforeEach(async () => {
  file = await sqliteDatabase();
  db = await openSqlite(file.path);
  other = new Sqlite(file.path, { timeout: 0 });
});
afterEach(async () => {
  other.close();
  await db.close();
  await file.remove();
});

/** Waits long enough for several attempts; each timer proves that the event loop is free. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("a file that another process locks", () => {
  it("delays a write without blocking anything else, until the lock is released [T85]", async () => {
    other.exec("begin immediate");
    let done = 0;
    const writes = [
      db.run(incrementThrottle, { key: "run", now: at(0), expiresAt: at(1) }).then(() => done++),
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
      db.run(incrementThrottle, { key: "key", now: at(0), expiresAt: at(1) }),
    );
    await turns(3);
    other.exec("commit");
    await Promise.all(writes);
    expect(await rowsOf(db, "throttles")).toMatchObject([{ count: 20 }]);
  });

  it("delays opening the database [T92]", async () => {
    other.exec("begin exclusive");
    let opened = false;
    const opening = openSqlite(file.path).then((second) => {
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
    const instances = await Promise.all(Array.from({ length: 4 }, () => openSqlite(fresh.path)));
    for (const instance of instances) {
      await instance.run(incrementThrottle, { key: "key", now: at(0), expiresAt: at(1) });
    }
    const [first] = instances;
    if (first) expect(await rowsOf(first, "throttles")).toMatchObject([{ count: 4 }]);
    await Promise.all(instances.map((instance) => instance.close()));
    await fresh.remove();
  });

  it("keeps its rows when it is opened again", async () => {
    await db.batch([signInRow()]);
    await db.close();
    db = await openSqlite(file.path);
    expect(await rowsOf(db, "signIns")).toHaveLength(1);
  });

  it("is refused if it is damaged, and no empty one replaces it [T86]", async () => {
    const { writeFileSync, readFileSync } = await import("node:fs");
    const damaged = await sqliteDatabase();
    writeFileSync(damaged.path, "this is no database ".repeat(1000));
    await expect(openSqlite(damaged.path)).rejects.toMatchObject({
      name: "DatabaseError",
      reason: "unavailable",
    });
    expect(readFileSync(damaged.path, "utf8")).toContain("this is no database");
    await damaged.remove();
  });
});
