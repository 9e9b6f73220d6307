import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { type Database, DatabaseError } from "../../src/db/database.js";
import { openPostgres } from "../../src/db/postgres.js";
import { migratedTemplate, testPrefix } from "./postgres-server.js";
import type { TestDatabase } from "./test-database.js";

/** Of all test files in this process: emptying one of these is faster than making one. */
const released: OpenDatabase[] = [];
const created: string[] = [];

/** Runs `work` on a connection outside the pool of the system under test. */
export async function withConnection<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = await connectTo(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A connection that may break: the query under way, or the next one, then fails. Without a listener the process would. */
async function connectTo(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** Waits until this many queries wait for a lock that another transaction holds. */
export const waitForLockedQueries = (url: string, count: number): Promise<void> =>
  withConnection(url, async (client) => {
    for (;;) {
      const { rows } = await client.query(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      if (rows.length >= count) return;
    }
  });

function urlOf(database: string): string {
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${database}`;
  return url.href;
}

type PostgresDatabase = TestDatabase & { url: string };

/** A database for one test, on the server that all test files share. */
export const postgresDatabase = async (): Promise<PostgresDatabase> =>
  databaseNamed(await createDatabase(migratedTemplate));

/** A database with connections, which later tests use too: opening them takes longer than most tests. */
interface OpenDatabase {
  name: string;
  db: Database;
  /** Empties it. */
  client: pg.Client;
}

/** Like `postgresDatabase`, for tests that do not care about its connections: the first `open` may return used ones. */
export async function openPostgresDatabase(): Promise<TestDatabase> {
  const kept = released.pop() ?? (await connect(await createDatabase(migratedTemplate)));
  const database = databaseNamed(kept.name);
  const lent = lend(kept.db);
  let opened = 0;
  return {
    ...database,
    open: async () => (opened++ === 0 ? lent.db : database.open()),
    async remove() {
      await lent.ended();
      try {
        await kept.client.query(deleteRows(await tablesOf(kept.client)));
        released.push(kept);
      } catch {
        // The test broke its connections: the next one gets another database.
        await close(kept);
      }
    },
  };
}

async function connect(name: string): Promise<OpenDatabase> {
  const url = urlOf(name);
  const client = await connectTo(url);
  return { name, db: await openPostgres(url), client };
}

const close = ({ db, client }: OpenDatabase) => Promise.allSettled([db.close(), client.end()]);

/** A database that is as good as closed after `close`, and whose connections stay open. */
function lend(kept: Database): { db: Database; ended(): Promise<void> } {
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;
  const use = <Result>(call: () => Promise<Result>): Promise<Result> => {
    if (isClosed) {
      return Promise.reject(new DatabaseError("unavailable", { cause: new Error("it is closed") }));
    }
    const result = call();
    underWay.add(result);
    const done = () => underWay.delete(result);
    result.then(done, done);
    return result;
  };
  const ended = async () => {
    isClosed = true;
    await Promise.allSettled(underWay);
  };
  const db: Database = {
    engine: kept.engine,
    run: (statement, values) => use(() => kept.run(statement, values)),
    consoleQuery: (build) => use(() => kept.consoleQuery(build)),
    batch: (steps) => use(() => kept.batch(steps)),
    copyLog: () => use(() => kept.copyLog()),
    checkpoint: (options) => use(() => kept.checkpoint(options)),
    close: ended,
  };
  return { db, ended };
}

/** A database without tables. */
export async function unmigratedPostgres(): Promise<PostgresDatabase> {
  return databaseNamed(await createDatabase("template1"));
}

function databaseNamed(name: string): PostgresDatabase {
  const url = urlOf(name);
  return {
    url,
    env: { DATABASE_URL: url },
    open: () => openPostgres(url),
    async lock() {
      const client = await connectTo(url);
      await client.query("begin");
      await client.query(`lock table ${(await tablesOf(client)).join(", ")} in access exclusive mode`);
      return async () => {
        await client.query("commit");
        await client.end();
      };
    },
    bytes: () =>
      withConnection(url, async (client) => {
        const texts: string[] = [];
        for (const table of await tablesOf(client)) {
          const { rows } = await client.query(`select t::text as row from ${table} t`);
          texts.push(...rows.map((row) => String(row.row)));
        }
        return Buffer.from(texts.join("\n"));
      }),
    remove: async () => {}, // dropped at the end of the test file
  };
}

/** Without foreign keys, so that the order of the tables does not matter. */
const deleteRows = (tables: readonly string[]): string =>
  ["set session_replication_role = replica", ...tables.map((table) => `delete from ${table}`)].join("; ");

/** Creates a database, which is dropped at the end of the test file. */
async function createDatabase(template: string): Promise<string> {
  const name = `${testPrefix}${randomBytes(8).toString("hex")}`;
  await withConnection(inject("postgresUrl"), (client) =>
    client.query(`create database ${name} template ${template}`),
  );
  created.push(name);
  return name;
}

/** Drops every database that this test file created, but those that the next file can use. */
export async function dropDatabases(): Promise<void> {
  const kept = new Set(released.map(({ name }) => name));
  const dropped = created.filter((name) => !kept.has(name));
  if (dropped.length > 0) {
    await withConnection(inject("postgresUrl"), async (client) => {
      for (const name of dropped) await client.query(`drop database if exists ${name} with (force)`);
    });
  }
  created.splice(0, created.length, ...kept);
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
  );
  return rows.map((row) => row.name);
}
