import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { describe, expect, test } from "vitest";
import type { Database } from "../../src/db/database.js";
import { openPostgres } from "../../src/db/postgres.js";
import { required, statement } from "../../src/db/statement.js";
import { incrementThrottle } from "../../src/db/throttles.js";
import { postgresDatabase, withConnection } from "../support/postgres.js";
import { rowsOf } from "../support/rows.js";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.js";
import { at } from "./rows.js";

// A caller is refused as busy after 4.5 s, and then tells the person to try again: nothing may be written afterwards.

// Each test waits for seconds, with a database of its own: they run at the same time.
const it = test.extend<{ url: string; db: Database }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern which fixtures this one needs.
  url: async ({}, use) => {
    const database = await postgresDatabase();
    await use(database.url);
    await database.remove();
  },
  db: async ({ url }, use) => {
    const db = await openPostgres(url);
    await use(db);
    await db.close();
  },
});

const count = (key: string) =>
  incrementThrottle.with({ key, now: at(0), expiresAt: at(60_000), latestEnd: at(60_000) });

/** Two sessions that hold each other's next row back, for as long as a test needs. */
async function whileHeld(
  { url, db }: { url: string; db: Database },
  keys: readonly string[],
  work: (hold: {
    release(key: string): Promise<unknown>;
    terminateWaiting(): Promise<unknown>;
  }) => Promise<void>,
): Promise<void> {
  await db.batch(keys.map(count));
  await withConnection(url, async (admin) => {
    const holders = new Map<string, pg.Client>();
    const run = async ([key, ...rest]: readonly string[]): Promise<void> => {
      if (key === undefined) {
        return work({
          release: (held) => holders.get(held)?.query("rollback") ?? Promise.resolve(),
          terminateWaiting: () =>
            admin.query(
              "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
            ),
        });
      }
      return withConnection(url, async (holder) => {
        holders.set(key, holder);
        await holder.query("begin");
        await holder.query("select 1 from throttles where key = $1 for update", [key]);
        await run(rest);
      });
    };
    await run(keys);
  });
}

const countsByKey = async (db: Database) =>
  Object.fromEntries((await rowsOf(db, "throttles")).map((row) => [row.key, row.count]));

const readTimeout = statement("read_timeout", (orm, t) =>
  orm.select({ value: sql<string>`current_setting('statement_timeout')` }).from(t.throttles),
);

/** How long a statement may take on each connection of the pool. */
const timeouts = async (db: Database) => {
  const rows = await Promise.all(Array.from({ length: 10 }, () => db.run(readTimeout, {})));
  return new Set(rows.flat().map(({ value }) => value));
};

describe.concurrent("a write that was refused as busy", () => {
  it("is not written by a retry that began before the deadline [T94]", async ({ url, db }) => {
    await whileHeld({ url, db }, ["a"], async ({ release, terminateWaiting }) => {
      const startedAt = performance.now();
      const refused = expect(db.batch([count("a")])).rejects.toMatchObject({ reason: "busy" });
      await pause(2_500);
      await terminateWaiting(); // the first attempt fails, and a second one begins
      await refused;
      expect(performance.now() - startedAt, "refused within 5 s").toBeLessThan(5_500); // with room for a busy machine
      await pause(500);
      await release("a");
      await pause(1_000);
    });
    expect(await countsByKey(db)).toEqual({ a: 1 });
  });

  it("is not written by steps that wait one after the other [T94]", async ({ url, db }) => {
    await whileHeld({ url, db }, ["a", "b"], async ({ release }) => {
      const refused = expect(db.batch([count("a"), count("b")])).rejects.toMatchObject({ reason: "busy" });
      await pause(3_000);
      await release("a");
      await refused;
      await release("b"); // after 4.5 s, within the second step's own timeout
      await pause(1_000);
    });
    expect(await countsByKey(db)).toEqual({ a: 1, b: 1 });
  });

  it("is not written by a step that waits after a required one has waited [T94]", async ({ url, db }) => {
    await whileHeld({ url, db }, ["a", "b"], async ({ release }) => {
      const refused = expect(db.batch([required(count("a")), count("b")])).rejects.toMatchObject({
        reason: "busy",
      });
      await pause(3_000);
      await release("a"); // the second step is sent now, with a time limit of its own
      await refused;
      await release("b");
      await pause(1_000);
    });
    expect(await countsByKey(db)).toEqual({ a: 1, b: 1 });
  });

  it("leaves connections that wait as long as before for the next caller [T94]", async ({ url, db }) => {
    await whileHeld({ url, db }, ["a"], async ({ release, terminateWaiting }) => {
      const waiting = db.batch([count("a")]);
      await pause(1_500);
      await terminateWaiting();
      await pause(500);
      await release("a");
      await waiting;
    });
    expect(await countsByKey(db)).toEqual({ a: 2 });
    expect(await timeouts(db)).toEqual(new Set(["3800ms"]));
  });

  it("leaves connections that wait as long as before, also if its last attempt reached the time limit [T94]", async ({
    url,
    db,
  }) => {
    await whileHeld({ url, db }, ["a"], async ({ terminateWaiting }) => {
      const refused = expect(db.batch([count("a")])).rejects.toMatchObject({ reason: "busy" });
      await pause(1_500);
      await terminateWaiting();
      await refused;
      await pause(500); // until PostgreSQL has answered the last attempt
    });
    expect(await timeouts(db)).toEqual(new Set(["3800ms"]));
  });
});

/** A database behind a proxy, and how each of ten calls at the same time ends: as many as there are connections. */
async function throughProxy(
  url: string,
  call: (db: Database) => Promise<unknown>,
  work: (proxy: TcpProxy, tenAtOnce: () => Promise<string[]>) => Promise<void>,
): Promise<void> {
  const { hostname, port } = new URL(url);
  const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  const db = await openPostgres(url.replace(`:${port}/`, `:${proxy.port}/`));
  const tenAtOnce = async () => {
    const ended = await Promise.allSettled(Array.from({ length: 10 }, () => call(db)));
    return [...new Set(ended.map(({ status }) => status))];
  };
  try {
    await work(proxy, tenAtOnce);
  } finally {
    await db.close();
    await proxy.close();
  }
}

describe.concurrent("connections that a router has forgotten", () => {
  it.for([
    ["statements", (db: Database) => db.run(readTimeout, {})],
    ["batches", (db: Database) => db.batch([count("a")])],
    ["lists of the console", (db: Database) => rowsOf(db, "throttles")],
  ] as const)("are replaced once %s got no answer on them [T94]", ([, call], { url }) =>
    throughProxy(url, call, async (proxy, tenAtOnce) => {
      expect(await tenAtOnce()).toEqual(["fulfilled"]);
      proxy.forget();
      expect(await tenAtOnce()).toEqual(["rejected"]);
      expect(await tenAtOnce()).toEqual(["fulfilled"]);
    }),
  );

  it("are given up if they were about to open [T94]", ({ url }) =>
    throughProxy(
      url,
      (db) => db.run(readTimeout, {}),
      async (proxy, tenAtOnce) => {
        proxy.freeze();
        expect(await tenAtOnce()).toEqual(["rejected"]);
        proxy.forget();
        expect(await tenAtOnce()).toEqual(["fulfilled"]);
      },
    ));
});
