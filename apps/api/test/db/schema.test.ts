import { describe, expect, it } from "vitest";
import { sqliteColumns } from "../../src/db/columns.js";
import { defineTables } from "../../src/db/schema.js";
import * as postgres from "../../src/db/schema.postgres.js";
import * as sqlite from "../../src/db/schema.sqlite.js";

describe("the schema that migrations are generated from", () => {
  it.each([
    ["SQLite", sqlite],
    ["PostgreSQL", postgres],
  ])("exports every table for %s, as a missing one would get no migration", (_, { ...exported }) => {
    const named = Object.keys(exported).filter((name) => !name.endsWith("Tables"));
    expect(named.sort()).toEqual(Object.keys(defineTables(sqliteColumns)).sort());
  });
});
