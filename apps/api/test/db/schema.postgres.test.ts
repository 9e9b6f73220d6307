import { describe, expect, it } from "vitest";
import { Sqlite } from "../../src/db/better-sqlite3.js";
import { sqliteColumns } from "../../src/db/columns.js";
import { defineTables } from "../../src/db/schema.js";
import { postgresDatabase, withConnection } from "../support/postgres.js";
import { sqliteDatabase } from "../support/sqlite.js";
import { definedSchema, schemaOfPostgres, schemaOfSqlite, timeAsInteger } from "./logical-schema.js";

const defined = definedSchema(defineTables(sqliteColumns));

describe("the columns, keys, indexes and references of a migrated database", () => {
  it("match the schema in the code, on SQLite", async () => {
    const file = await sqliteDatabase();
    await (await file.open()).close();
    const client = new Sqlite(file.path);
    expect(schemaOfSqlite(client)).toEqual(timeAsInteger(defined));
    client.close();
    await file.remove();
  });

  it("match the schema in the code, on PostgreSQL, with timestamps to the millisecond and text compared byte by byte", async () => {
    const { url, remove } = await postgresDatabase();
    expect(await withConnection(url, schemaOfPostgres)).toEqual(defined);
    await remove();
  });
});
