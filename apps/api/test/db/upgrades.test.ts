import { describe, expect, inject, it } from "vitest";
import {
  applyMigrations,
  insertRows,
  listMigrations,
  storedDataAfter,
  unmigratedDatabase,
} from "../support/earlier-version.js";
import { expectKnown } from "../support/expect-known.js";

// A process of an earlier version that still runs, played by the rows it writes; e2e/long/upgrade.test.ts runs a real one.

/**
 * The first version whose processes go on while a newer one migrates their database. Before it, every process is stopped first:
 * it gave user_tokens a column that must not be null, and earlier ones dropped columns and renamed a table. Move it on when a
 * migration drops what no version since then uses; docs/operations.md names it.
 */
const first = "console_at_size";

const migrations = listMigrations();
const nameOf = ({ tag }: { tag: string }) => tag.slice("0000_".length);
const versions = migrations.slice(
  migrations.findIndex((migration) => nameOf(migration) === first),
  -1,
);

/** One row for each column, as the engine describes it. */
const columnsQuery = () =>
  inject("engine") === "postgres"
    ? `select table_name || '.' || column_name as name, data_type as type, is_nullable = 'NO' as required
         from information_schema.columns where table_schema = 'public'`
    : `select t.name || '.' || c.name as name, c.type, c."notnull" as required
         from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'`;

describe.each(versions)("a process of version $tag that runs on after an upgrade", (version) => {
  const soFar = migrations.slice(0, migrations.indexOf(version) + 1);

  it("finds every column that it knows as it was, neither dropped nor renamed nor null where it never was [T92]", async () => {
    const { database, raw } = await unmigratedDatabase();
    await applyMigrations(raw, soFar);
    const before = await raw.execute(columnsQuery());
    await (await database.open()).close();
    const after = await raw.execute(columnsQuery());
    const later = new Map(after.map((column) => [column.name, column]));
    expect(before.length).toBeGreaterThan(200);
    expect(before.map(({ name }) => later.get(name))).toEqual(before);
    await database.remove();
  });

  it("still writes every row that it stores, and the new version knows its people and operators [T92]", async () => {
    const data = storedDataAfter(soFar);
    if (!data) throw new Error(`there are no data of ${version.tag}: see test/db/versions/make.ts`);
    const { database, raw } = await unmigratedDatabase();
    await applyMigrations(raw, soFar);
    const db = await database.open();
    await insertRows(raw, data.rows);

    await expectKnown(db, data);
    await db.close();
    await database.remove();
  });
});
