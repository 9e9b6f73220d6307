import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { openPostgres } from "../../src/db/postgres.js";
import { migratedTemplate } from "./postgres-server.js";
import type { TestDatabase } from "./test-database.js";

/** Databases that earlier tests of this file have released: emptying one is faster than creating one. */
const released: string[] = [];
const created: string[] = [];

/** Runs `work` on a connection outside the pool of the system under test. */
export async function withConnection<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
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
export async function postgresDatabase(): Promise<PostgresDatabase> {
  const name = released.pop() ?? (await createDatabase(migratedTemplate));
  return { ...databaseNamed(name), remove: () => empty(name) };
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
      const client = new pg.Client({ connectionString: url });
      await client.connect();
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

/** Empties a migrated database for the next test. */
async function empty(name: string): Promise<void> {
  await withConnection(urlOf(name), async (client) => {
    const tables = await tablesOf(client);
    // Disables foreign keys, so that the order of the tables does not matter.
    await client.query("set session_replication_role = replica");
    await client.query(tables.map((table) => `delete from ${table}`).join("; "));
  });
  released.push(name);
}

/** Creates a database, which is dropped at the end of the test file. */
async function createDatabase(template: string): Promise<string> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await withConnection(inject("postgresUrl"), (client) =>
    client.query(`create database ${name} template ${template}`),
  );
  created.push(name);
  return name;
}

/** Drops every database that this test file created. */
export async function dropDatabases(): Promise<void> {
  if (created.length === 0) return;
  await withConnection(inject("postgresUrl"), async (client) => {
    for (const name of created.splice(0)) await client.query(`drop database if exists ${name} with (force)`);
  });
  released.length = 0;
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
  );
  return rows.map((row) => row.name);
}
