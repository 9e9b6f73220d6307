import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, StaleDataError } from "../../src/db/database.js";
import { deleteOperatorSessions, replacePasswordHash } from "../../src/db/operators.js";
import { required } from "../../src/db/statement.js";
import { incrementThrottle } from "../../src/db/throttles.js";
import { type TestDatabase, testDatabase } from "../support/engine.js";
import { addRows, rowsOf } from "../support/rows.js";

describe("a batch with a required statement", () => {
  let database: TestDatabase;
  let db: Database;
  beforeEach(async () => {
    database = await testDatabase();
    db = await database.open();
    await db.consoleQuery((orm, t) =>
      orm
        .insert(t.operators)
        .values({
          id: "olga",
          username: "olga",
          passwordHash: "first",
          role: "owner",
          status: "active",
          createdAt: new Date(0),
        })
        .returning(),
    );
  });
  afterEach(() => db.close().then(database.remove));

  const attempt = (key: string) =>
    incrementThrottle.with({
      key,
      now: new Date(0),
      expiresAt: new Date(60_000),
      latestEnd: new Date(60_000),
    });
  const replace = (currentHash: string, passwordHash: string) =>
    required(replacePasswordHash.with({ id: "olga", currentHash, passwordHash }));

  it("is written whole if the statement touches a row", async () => {
    const [, replaced] = await db.batch([attempt("before"), replace("first", "second"), attempt("after")]);
    expect(replaced).toEqual([{ id: "olga" }]);
    expect((await rowsOf(db, "throttles")).map(({ key }) => key).sort()).toEqual(["after", "before"]);
    expect((await rowsOf(db, "operators"))[0]?.passwordHash).toBe("second");
  });

  it("is rolled back with a StaleDataError if the statement touches no row", async () => {
    const stale = db.batch([attempt("before"), replace("another", "second"), attempt("after")]);
    await expect(stale).rejects.toMatchObject({ name: "StaleDataError" });
    expect(await rowsOf(db, "throttles")).toEqual([]);
    expect((await rowsOf(db, "operators"))[0]?.passwordHash).toBe("first");
    // The connection that was rolled back is usable again.
    await db.batch([attempt("later")]);
    expect(await rowsOf(db, "throttles")).toHaveLength(1);
  });

  it("lets one of ten compare-and-sets at the same time win", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => db.batch([replace("first", `hash ${n}`), attempt(`won ${n}`)])),
    );
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await rowsOf(db, "operators"))[0]?.passwordHash).toBe(`hash ${winner}`);
    expect((await rowsOf(db, "throttles")).map(({ key }) => key)).toEqual([`won ${winner}`]);
  });

  it("is rolled back if the statement touches fewer rows than it must, and written if it touches as many", async () => {
    const two = deleteOperatorSessions.with({ username: "olga" });
    const session = (secretHash: string) => ({
      ...{ secretHash, operatorId: "olga", createdAt: new Date(0), lastSeenAt: new Date(0) },
      expiresAt: new Date(60_000),
    });
    await addRows(db, "operatorSessions", [session("one"), session("two")]);
    await expect(db.batch([attempt("three"), required(two, 3)])).rejects.toThrow(StaleDataError);
    expect(await rowsOf(db, "throttles")).toEqual([]);
    expect(await rowsOf(db, "operatorSessions")).toHaveLength(2);
    await db.batch([attempt("two"), required(two, 2)]);
    expect((await rowsOf(db, "throttles")).map(({ key }) => key)).toEqual(["two"]);
  });
});
