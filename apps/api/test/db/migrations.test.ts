import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import {
  applyMigrations,
  insertRows,
  listMigrations,
  recordMigration,
  storedDataAfter,
  unmigratedDatabase,
} from "../support/earlier-version.js";
import { onlyOn, testDatabase } from "../support/engine.js";
import { expectKnown } from "../support/expect-known.js";
import { rowsOf } from "../support/rows.js";
import { renamed } from "./versions/renamed.js";

const migrations = listMigrations();

const nameToday = (name: string) => renamed[name] ?? name;

/** All rows as JSON. */
async function dump(db: Database) {
  const names = await db.consoleQuery(async (_orm, tables) => Object.keys(tables) as (keyof typeof tables)[]);
  const all = await Promise.all(names.map(async (name) => rowsOf(db, name)));
  return JSON.stringify(all);
}

describe.each(migrations)("a database of version $tag", ({ tag }) => {
  const soFar = migrations.slice(0, migrations.findIndex((migration) => migration.tag === tag) + 1);

  it("keeps all its data, and its people and operators stay signed in [T30, T92]", async () => {
    const data = storedDataAfter(soFar);
    if (!data) throw new Error(`there are no data of ${tag}: see test/db/versions/make.ts`);
    const { database, raw } = await unmigratedDatabase();
    await applyMigrations(raw, soFar);
    await insertRows(raw, data.rows);

    const db = await database.open();
    const kept = await dump(db);
    for (const [table, rows] of Object.entries(data.rows)) {
      const [count] = await raw.execute(`select count(*) as count from "${nameToday(table)}"`);
      expect(Number(count?.count), table).toBe(rows.length);
      for (const row of rows) {
        for (const value of Object.values(row)) {
          if (typeof value === "string")
            expect(kept).toContain(JSON.stringify(nameToday(value)).slice(1, -1));
        }
      }
    }

    for (const name of Object.keys(renamed)) expect(kept).not.toContain(`"${name}"`);

    await expectKnown(db, data);
    await db.close();
    await database.remove();
  });
});

describe("opening a database", () => {
  it("migrates it once if several instances start together on an empty one [T92]", async () => {
    const { database, raw } = await unmigratedDatabase();
    const instances = await Promise.all(Array.from({ length: 5 }, () => database.open()));
    const applied = await raw.execute(`select created_at from ${raw.migrationsTable} order by id`);
    expect(applied.map((row) => Number(row.created_at))).toEqual(migrations.map(({ when }) => when));
    await Promise.all(instances.map((instance) => instance.close()));
    await database.remove();
  });

  it("restarts a migration that was interrupted [T92]", async () => {
    const { database, raw } = await unmigratedDatabase();
    // An existing table makes a later statement of the first migration fail.
    await raw.execute("create table users (id integer)");
    await expect(database.open()).rejects.toMatchObject({ name: "DatabaseError", reason: "rejected" });
    expect(await raw.execute(`select hash from ${raw.migrationsTable}`)).toEqual([]);
    await raw.execute("drop table users");
    const db = await database.open();
    expect(await rowsOf(db, "users")).toEqual([]);
    await db.close();
    await database.remove();
  });

  it("fails without a change if a newer version has migrated it", async () => {
    const { database, raw } = await unmigratedDatabase();
    await applyMigrations(raw, migrations);
    await recordMigration(raw, (migrations.at(-1)?.when ?? 0) + 1, "of-tomorrow");
    await expect(database.open()).rejects.toMatchObject({ name: "DatabaseError", reason: "newer" });
    expect(await raw.execute("select id from users")).toEqual([]);
    await database.remove();
  });

  it("leaves an up-to-date database unchanged", async () => {
    const database = await testDatabase();
    const db = await database.open();
    const again = await database.open();
    expect(await dump(again)).toBe(await dump(db));
    for (const each of [db, again]) await each.close();
    await database.remove();
  });
});

onlyOn("sqlite", "a row whose foreign key matches no row", {}, () => {
  const orphan = `pragma foreign_keys = off;
    insert into operator_sessions (secret_hash, operator_id, created_at, last_seen_at, expires_at)
    values ('hash', 'missing', 1, 1, 1)`;

  it("stops an update of the database, which changes nothing", async () => {
    const { database, raw } = await unmigratedDatabase();
    await applyMigrations(raw, migrations.slice(0, -1));
    await raw.execute(orphan);
    await expect(database.open()).rejects.toThrow("a migration left rows whose foreign key matches no row");
    expect(await raw.execute(`select * from ${raw.migrationsTable}`)).toHaveLength(migrations.length - 1);
    await raw.execute("delete from operator_sessions");
    await (await database.open()).close();
    await database.remove();
  });

  it("is not looked for at a start without an update, which would read every row [T101]", async () => {
    const { database, raw } = await unmigratedDatabase();
    await (await database.open()).close();
    await raw.execute(orphan);
    const db = await database.open();
    expect(await rowsOf(db, "operatorSessions")).toHaveLength(1);
    await db.close();
    await database.remove();
  });
});
