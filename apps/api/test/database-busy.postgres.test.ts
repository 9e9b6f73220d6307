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

describe("a database that stays locked", () => {
  it("delays each of many successive requests by less than 5 s [T94]", async () => {
    const release = await database.lock();
    const visits: Promise<number>[] = [];
    for (let n = 0; n < 30; n++) {
      const startedAt = performance.now();
      visits.push(
        system
          .browser()
          .visit("/login/wechat")
          .then(() => performance.now() - startedAt),
      );
      await pause(100); // spread over time, as real requests are
    }
    const slowest = Math.max(...(await Promise.all(visits)));
    await release();
    expect(slowest).toBeLessThan(5_000);
  });
});

describe("ten slow searches", () => {
  it("slow neither a sign-in nor a signed-in person's own page and bindings [T62, T119]", async () => {
    const person = system.browser();
    await person.signIn();
    const searches = Array.from({ length: 10 }, () =>
      system.db.consoleQuery((orm) =>
        orm.select({ took: sql<string>`pg_sleep(2)::text` }).from(sql`(select 1) as one`),
      ),
    );
    const askedAt = performance.now();
    const signIn = await system.browser().visit("/login/wechat");
    const page = await person.visit("/login/account");
    const bindings = await person.query<{ items: unknown[] }>("bindings.list");
    const waited = performance.now() - askedAt;
    await Promise.allSettled(searches); // the last of them may be refused as busy
    expect([signIn.status, page.status, bindings.status]).toEqual([302, 200, 200]);
    expect(bindings.data?.items).toHaveLength(1);
    expect(waited).toBeLessThan(1_000);
  });
});
