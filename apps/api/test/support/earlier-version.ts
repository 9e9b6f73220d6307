import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import Sqlite from "better-sqlite3";
import pg from "pg";
import { inject } from "vitest";
import type { VersionData } from "../db/versions/version-data.js";
import type { TestDatabase } from "./engine.js";
import { emptyPostgres } from "./postgres.js";
import { sqliteDatabase } from "./sqlite.js";

// Databases as earlier versions of the system left them: made by their migrations, with the rows they wrote.

type Value = string | number | null;

/** One engine's own language, as a test needs it here. */
interface Raw {
  execute(sql: string, values?: Value[]): Promise<Record<string, unknown>[]>;
  parameter(place: number): string;
  /** A moment as this engine keeps it. */
  moment(iso: string): Value;
  migrationsTable: string;
}

const folder = () => new URL(`../../migrations/${inject("engine")}/`, import.meta.url);

export interface Migration {
  tag: string;
  /** Unix ms: what the database remembers it by. */
  when: number;
}

/** The migrations of this run's engine, oldest first. */
export function listMigrations(): Migration[] {
  const journal = JSON.parse(readFileSync(new URL("meta/_journal.json", folder()), "utf8"));
  return (journal as { entries: Migration[] }).entries;
}

/** What a database held after the first of these migrations: written at the last of them that changed a table. */
export function dataAfter(migrations: readonly Migration[]): VersionData | undefined {
  const files = migrations.map(({ tag }) => new URL(`../db/versions/${tag.slice(5)}.json`, import.meta.url));
  const newest = files.findLast((file) => existsSync(file));
  return newest && (JSON.parse(readFileSync(newest, "utf8")) as VersionData);
}

/** A database that nobody has migrated, on this run's engine. */
export async function emptyDatabase(): Promise<{ database: TestDatabase; raw: Raw }> {
  if (inject("engine") === "postgres") {
    const empty = await emptyPostgres();
    const client = new pg.Client({ connectionString: empty.url });
    await client.connect();
    const database = { ...empty, remove: () => client.end() };
    const raw: Raw = {
      execute: async (sql, values = []) =>
        (await client.query({ text: sql, ...(values.length > 0 ? { values } : {}) })).rows ?? [],
      parameter: (place) => `$${place}`,
      moment: (iso) => iso,
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
  const moment = (iso: string) => new Date(iso).getTime();
  return {
    database,
    raw: { execute, parameter: () => "?", moment, migrationsTable: "__drizzle_migrations" },
  };
}

/** Applies migrations as the version that wrote them did. */
export async function applyMigrations(raw: Raw, migrations: readonly Migration[]): Promise<void> {
  for (const { tag, when } of migrations) {
    const sql = readFileSync(new URL(`${tag}.sql`, folder()), "utf8");
    for (const statement of sql.split("--> statement-breakpoint")) await raw.execute(statement);
    await remember(raw, when, createHash("sha256").update(sql).digest("hex"));
  }
}

export async function remember(raw: Raw, when: number, hash: string): Promise<void> {
  const { execute, parameter, migrationsTable } = raw;
  await execute(
    `insert into ${migrationsTable} (hash, created_at) values (${parameter(1)}, ${parameter(2)})`,
    [hash, when],
  );
}

const isMoment = (value: Value): value is string =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/.test(value);

/** Users and journeys first: other rows refer to them. */
const parents = ["users", "bindings", "sign_ins", "operators"];

export async function insertRows(raw: Raw, rows: VersionData["rows"]): Promise<void> {
  const order = [...parents, ...Object.keys(rows).filter((table) => !parents.includes(table))];
  for (const table of order) {
    for (const row of rows[table] ?? []) {
      const values = Object.values(row).map((value) => (isMoment(value) ? raw.moment(value) : value));
      const columns = Object.keys(row).map((column) => `"${column}"`);
      const places = values.map((_, place) => raw.parameter(place + 1));
      await raw.execute(
        `insert into "${table}" (${columns.join(", ")}) values (${places.join(", ")})`,
        values,
      );
    }
  }
}
