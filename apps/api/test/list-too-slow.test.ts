import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { sqlitePath } from "../src/db/open.js";
import { openSqlite } from "../src/db/sqlite.js";
import { ReaderPool } from "../src/db/sqlite-reader/pool.js";
import { endless } from "./support/endless.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { type Console, makeOperator } from "./support/operator.js";
import { type System, startSystem } from "./support/system.js";

let database: TestDatabase;
let db: Database;
let system: System;
let console: Console;
/** Whether the lists of the console never come to an end. */
let isEndless = false;
beforeEach(async () => {
  database = await testDatabase();
  const { DATA_DIR: folder } = database.env;
  const path = folder && sqlitePath(folder);
  db = path
    ? await openSqlite(path, { createReader: () => new ReaderPool(path, { queryMs: 2_000 }) })
    : await database.open();
  const never = inject("engine") === "sqlite" ? endless : sql`pg_sleep(3600)::text`;
  const endlessly = () => db.consoleQuery((orm) => orm.select({ never }).from(sql`(select 1) as one`));
  const consoleQuery = ((build) =>
    isEndless ? endlessly() : db.consoleQuery(build)) as Database["consoleQuery"];
  system = await startSystem({ db: { ...db, consoleQuery } });
  console = await makeOperator(system, "viewer");
});
afterEach(async () => {
  isEndless = false;
  await system.close();
  await db.close();
  await database.remove();
});

describe("a list of the console that does not come to an end", () => {
  it("is cut off with its own error, while people sign in and /healthz answers, and the next one is answered [T62, T119]", async () => {
    const person = system.browser();
    await console.query("people.list", {});
    isEndless = true;
    let isOver = false;
    const lists = Promise.all(
      ["people.list", "failures.list"].map((path) => console.query(path, {})),
    ).finally(() => {
      isOver = true;
    });
    const waits: number[] = [];
    await person.signIn();
    expect(await person.query("bindings.list")).toMatchObject({ status: 200, data: { items: [{}] } });
    while (waits.length < 20) {
      const startedAt = performance.now();
      expect((await fetch(`${system.url}/healthz`)).status).toBe(200);
      waits.push(performance.now() - startedAt);
    }
    expect(isOver, "all this happened before a list was over").toBe(false);
    expect(Math.max(...waits), "ms until /healthz answered").toBeLessThan(500);

    const refused = await lists;
    expect(refused.map(({ status, error }) => [status, error?.message, error?.data.appCode])).toEqual(
      Array(2).fill([503, "list_too_slow", "list_too_slow"]),
    );
    expect(system.logLines.join("")).not.toMatch(/recursive|pg_sleep/);

    isEndless = false;
    const answered = await console.query<{ items: unknown[] }>("people.list", {});
    expect([answered.status, answered.data?.items.length]).toEqual([200, 1]);
  });

  it("is told apart from one that fails otherwise", async () => {
    const failing = db.consoleQuery((orm) =>
      orm.select({ n: sql`no_such_function()` }).from(sql`(select 1) as one`),
    );
    await expect(failing).rejects.toMatchObject({ name: "DatabaseError", reason: "rejected" });
  });
});
