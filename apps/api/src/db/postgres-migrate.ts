import { fileURLToPath } from "node:url";
import type pg from "pg";
import { missingMigrations } from "./migrations.js";

const migrationsFolder = fileURLToPath(new URL("../../migrations/postgres", import.meta.url));

/** Any number, the same in every process: the one that holds this advisory lock migrates. */
const migrationLock = 7_301_544;

/** Runs in one transaction, under a lock so that several processes may start together, and without a time limit. */
export async function migratePostgres(client: pg.Client): Promise<void> {
  await client.query("begin isolation level read committed");
  await client.query("select pg_advisory_xact_lock($1)", [migrationLock]);
  // A migration that waits for a long transaction blocks every query that queues behind it.
  await client.query("set local lock_timeout to '10s'");
  const { rows } = await client.query("select to_regnamespace('drizzle') is null as is_new");
  if (rows[0]?.is_new) await client.query("create schema drizzle"); // not every role may
  await client.query(
    "create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)",
  );
  const applied = await client.query("select created_at from drizzle.__drizzle_migrations");
  const missing = missingMigrations(
    migrationsFolder,
    applied.rows.map((row) => row.created_at),
  );
  for (const { sql, hash, folderMillis } of missing) {
    for (const statement of sql) await client.query(statement);
    await client.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)", [
      hash,
      folderMillis,
    ]);
  }
  await client.query("commit");
}

/** Whether a copy into this database was interrupted, or is under way: see db/copy/. */
export async function unfinishedCopy(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query("select to_regclass('copy_from_sqlite') is not null as is_there");
  return rows[0]?.is_there === true;
}
