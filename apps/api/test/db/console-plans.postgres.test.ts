import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countNewPeople } from "../../src/db/console/overview.js";
import { listUsers } from "../../src/db/console/people.js";
import type { Database } from "../../src/db/database.js";
import { statement } from "../../src/db/statement.js";
import { postgresDatabase, withConnection } from "../support/postgres.js";

// How PostgreSQL reads a list: what it takes for the shorter way depends on how selective it believes a condition to be.

let database: Awaited<ReturnType<typeof postgresDatabase>>;
let db: Database;
beforeAll(async () => {
  database = await postgresDatabase();
  db = await database.open();
  await withConnection(database.url, async (client) => {
    // Not in the order of time, as after years of sign-ins: rows that follow each other in an index are far apart.
    await client.query(`insert into users (id, status, created_at)
      select 'u' || lpad(n::text, 6, '0'), 'active', timestamptz '2026-03-01' + n * interval '1 minute'
      from generate_series(1, 60000) n order by md5(n::text)`);
    await client.query("vacuum analyze users");
  });
});
afterAll(async () => {
  await db.close();
  await database.remove();
});

const minute = (n: number) => new Date(Date.parse("2026-03-01T00:00:00Z") + n * 60_000);

/** The plans of the statements that a list sends. */
async function plansOf(read: (db: Database) => Promise<unknown>): Promise<string[]> {
  const sent: { sql: string; params: unknown[] }[] = [];
  await read({
    ...db,
    consoleQuery: (build) =>
      db.consoleQuery((orm, t) => {
        const query = build(orm, t);
        sent.push((query as unknown as { toSQL(): (typeof sent)[number] }).toSQL());
        return query;
      }),
  });
  return withConnection(database.url, async (client) => {
    const plans: string[] = [];
    for (const { sql, params } of sent) {
      const { rows } = await client.query(`explain (costs off) ${sql}`, params);
      plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
    }
    return plans;
  });
}

describe("a list of the console on PostgreSQL", () => {
  it.each([
    ["the first page", undefined],
    ["a deep page", { at: minute(20_000), id: "u020000" }],
  ])("is read in its order and stops when it is full: %s of a filtered list [T101]", async (_, after) => {
    const [bound, page] = await plansOf((watched) =>
      listUsers(watched, { hasUnionid: false }, { after, limit: 51 }),
    );
    for (const plan of [bound, page]) {
      expect(plan).toMatch(/^Limit\n {2}-> {2}Index (Only )?Scan Backward using users_created on users/);
    }
  });

  it("counts the new people of a range in an index, however many there are", async () => {
    const [plan] = await plansOf((watched) =>
      countNewPeople(watched, { from: minute(10_000), to: minute(60_000), limit: 30_000 }),
    );
    expect(plan).toMatch(/Index Only Scan Backward using users_created on users$/m);
  });

  it("finds what belongs to a row by its id, however many rows PostgreSQL expects, and a sign-in may join as it likes [T101]", async () => {
    const setting = sql<string>`current_setting('enable_hashjoin') || ' ' || current_setting('enable_mergejoin')`;
    const ofLists = await db.consoleQuery((orm, t) => orm.select({ setting }).from(t.users).limit(1));
    expect(ofLists).toEqual([{ setting: "off off" }]);
    const read = statement("join_settings", (orm, t) => orm.select({ setting }).from(t.users).limit(1));
    expect(await db.run(read, {})).toEqual([{ setting: "on on" }]);
  });
});
