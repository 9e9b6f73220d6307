import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import pg from "pg";
import { inject } from "vitest";
import { Sqlite } from "../../src/db/better-sqlite3.js";
import type { VersionData } from "../db/versions/version-data.js";
import type { TestDatabase } from "./engine.js";
import { unmigratedPostgres } from "./postgres.js";
import { sqliteDatabase } from "./sqlite.js";

// Databases as earlier versions of the system left them: created by their migrations, with the rows they wrote.

type Value = string | number | null;

/** SQL on one engine, below the abstraction that the system uses. */
interface RawDatabase {
  execute(sql: string, values?: Value[]): Promise<Record<string, unknown>[]>;
  parameter(index: number): string;
  /** A point in time as this engine stores it. */
  timestamp(iso: string): Value;
  migrationsTable: string;
}

const folder = () => new URL(`../../migrations/${inject("engine")}/`, import.meta.url);

export interface Migration {
  tag: string;
  /** Unix ms: the key of the migration in the database. */
  when: number;
}

/** The migrations of the engine under test, oldest first. */
export function listMigrations(): Migration[] {
  const journal = JSON.parse(readFileSync(new URL("meta/_journal.json", folder()), "utf8"));
  return (journal as { entries: Migration[] }).entries;
}

/** The stored data of the newest of these migrations that has a data file: not every migration changes a table. */
export function storedDataAfter(migrations: readonly Migration[]): VersionData | undefined {
  const files = migrations.map(({ tag }) => new URL(`../db/versions/${tag.slice(5)}.json`, import.meta.url));
  const newest = files.findLast((file) => existsSync(file));
  return newest && (JSON.parse(readFileSync(newest, "utf8")) as VersionData);
}

/** A database without tables, on the engine under test. */
export async function unmigratedDatabase(): Promise<{ database: TestDatabase; raw: RawDatabase }> {
  if (inject("engine") === "postgres") {
    const empty = await unmigratedPostgres();
    const client = new pg.Client({ connectionString: empty.url });
    await client.connect();
    const database = { ...empty, remove: () => client.end() };
    const raw: RawDatabase = {
      execute: async (sql, values = []) =>
        (await client.query({ text: sql, ...(values.length > 0 ? { values } : {}) })).rows ?? [],
      parameter: (index) => `$${index}`,
      timestamp: (iso) => iso,
      migrationsTable: "drizzle.__drizzle_migrations",
    };
    await raw.execute(
      "create schema drizzle; create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)",
    );
    return { database, raw };
  }
  const database = await sqliteDatabase();
  const execute = async (sql: string, values: Value[] = []) => {
    const client = new Sqlite(database.path);
    try {
      if (values.length === 0 && !/^select/i.test(sql)) client.exec(sql);
      else if (/^select/i.test(sql)) return client.prepare(sql).all(...values) as Record<string, unknown>[];
      else client.prepare(sql).run(...values);
      return [];
    } finally {
      client.close();
    }
  };
  await execute(
    "create table __drizzle_migrations (id integer primary key, hash text not null, created_at numeric)",
  );
  const timestamp = (iso: string) => new Date(iso).getTime();
  return {
    database,
    raw: { execute, parameter: () => "?", timestamp, migrationsTable: "__drizzle_migrations" },
  };
}

/** Applies migrations as an earlier version of the system did. */
export async function applyMigrations(raw: RawDatabase, migrations: readonly Migration[]): Promise<void> {
  for (const { tag, when } of migrations) {
    const sql = readFileSync(new URL(`${tag}.sql`, folder()), "utf8");
    for (const statement of sql.split("--> statement-breakpoint")) await raw.execute(statement);
    await recordMigration(raw, when, createHash("sha256").update(sql).digest("hex"));
  }
}

export async function recordMigration(raw: RawDatabase, when: number, hash: string): Promise<void> {
  const { execute, parameter, migrationsTable } = raw;
  await execute(
    `insert into ${migrationsTable} (hash, created_at) values (${parameter(1)}, ${parameter(2)})`,
    [hash, when],
  );
}

const isTimestamp = (value: Value): value is string =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/.test(value);

/** Inserted first, because other rows reference them. */
const parents = ["users", "bindings", "sign_ins", "operators"];

export async function insertRows(raw: RawDatabase, rows: VersionData["rows"]): Promise<void> {
  const order = [...parents, ...Object.keys(rows).filter((table) => !parents.includes(table))];
  for (const table of order) {
    for (const row of rows[table] ?? []) {
      const values = Object.values(row).map((value) => (isTimestamp(value) ? raw.timestamp(value) : value));
      const columns = Object.keys(row).map((column) => `"${column}"`);
      const parameters = values.map((_, index) => raw.parameter(index + 1));
      await raw.execute(
        `insert into "${table}" (${columns.join(", ")}) values (${parameters.join(", ")})`,
        values,
      );
    }
  }
}
