import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import { insertFirstOperator } from "../../src/db/operators.js";
import { required } from "../../src/db/statement.js";
import { incrementThrottle } from "../../src/db/throttles.js";
import { type TestDatabase, testDatabase } from "../support/engine.js";
import { rowsOf } from "../support/rows.js";

describe("the insert of the first operator", () => {
  let database: TestDatabase;
  let processes: Database[];
  beforeEach(async () => {
    database = await testDatabase();
    processes = await Promise.all([database.open(), database.open()]);
  });
  afterEach(async () => {
    for (const process of processes) await process.close();
    await database.remove();
  });

  /** Inserts as a process does at its start; the statement before it makes the transactions overlap. */
  const start = (db: Database, id: string) => {
    const before = incrementThrottle.with({
      key: id,
      now: new Date(0),
      expiresAt: new Date(60_000),
      latestEnd: new Date(60_000),
    });
    const operator = {
      id,
      username: "olga",
      passwordHash: "hash",
      role: "owner",
      now: new Date(1_234),
    } as const;
    return db.batch([before, required(insertFirstOperator.with(operator))]);
  };

  it("succeeds for one of several processes that start with the same settings [T92]", async () => {
    for (let round = 0; round < 25; round++) {
      await processes[0]?.consoleQuery((orm, t) => orm.delete(t.operators).returning());
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) => start(processes[n % 2] as Database, `operator-${n}`)),
      );
      const errors = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason.name] : []));
      expect(errors).toEqual(Array.from({ length: 7 }, () => "StaleDataError"));
      expect(await rowsOf(processes[0] as Database, "operators")).toHaveLength(1);
    }
  });

  it("makes an active owner with every column filled", async () => {
    const db = processes[0] as Database;
    await start(db, "operator-1");
    expect(await rowsOf(db, "operators")).toEqual([
      {
        id: "operator-1",
        username: "olga",
        passwordHash: "hash",
        role: "owner",
        status: "active",
        createdAt: new Date(1_234),
      },
    ]);
  });
});
