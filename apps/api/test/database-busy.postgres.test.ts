import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { postgresDatabase } from "./support/postgres.js";
import { type System, startSystem } from "./support/system.js";

let database: Awaited<ReturnType<typeof postgresDatabase>>;
let system: System;
beforeEach(async () => {
  database = await postgresDatabase();
  system = await startSystem({ db: await database.open(), env: { RATE_LIMIT: "off" } });
});
afterEach(async () => {
  await system.close();
  await system.db.close();
  await database.remove();
});

describe("a database that is locked for long", () => {
  it("T94: is waited for less than 5 s by each of many who come one after the other", async () => {
    const release = await database.lock();
    const visits: Promise<number>[] = [];
    for (let n = 0; n < 30; n++) {
      const cameAt = performance.now();
      visits.push(
        system
          .browser()
          .visit("/login/wechat")
          .then(() => performance.now() - cameAt),
      );
      await pause(100); // as people come, not all at once
    }
    const slowest = Math.max(...(await Promise.all(visits)));
    await release();
    expect(slowest).toBeLessThan(5_000);
  });
});

describe("ten searches that take long", () => {
  it("T62: do not slow a sign-in, nor take the process out of service", async () => {
    const searches = Array.from({ length: 10 }, () =>
      system.db.consoleQuery((orm) =>
        orm.select({ took: sql<string>`pg_sleep(2)::text` }).from(sql`(select 1) as one`),
      ),
    );
    const askedAt = performance.now();
    expect((await system.browser().visit("/login/wechat")).status).toBe(302);
    const waited = performance.now() - askedAt;
    await Promise.allSettled(searches); // the last of them may be told to come again
    expect(waited).toBeLessThan(1_000);
  });
});
