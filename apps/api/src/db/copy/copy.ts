import { createHash } from "node:crypto";
import { CopyError } from "./copy-error.js";
import type { PostgresTarget } from "./postgres-target.js";
import type { SqliteSource } from "./sqlite-source.js";
import { type CopiedTable, copiedTables, keyOf, type Row } from "./tables.js";

/** What a table holds: equal sums mean equal rows. */
export interface TableSum {
  name: string;
  rows: number;
  sha256: string;
}

/** In one transaction, and in memory at once. */
const batch = 1_000;

/**
 * Copies all rows, table by table in the order of their keys, and goes on where an earlier call was interrupted. Then reads both
 * databases from end to end and compares them, so that nothing that happened in between stays unnoticed.
 *
 * @param copied is told of each table that is copied
 * @returns what each table holds now, in both
 * @throws {CopyError} they differ; the PostgreSQL database stays closed to the service
 */
export async function copyDatabase(
  source: SqliteSource,
  target: PostgresTarget,
  copied: (name: string, rows: number) => void,
): Promise<TableSum[]> {
  for (const table of copiedTables) copied(table.name, await copyTable(source, target, table));
  const sums: TableSum[] = [];
  const different: string[] = [];
  for (const table of copiedTables) {
    const there = await sumOf(source, table);
    const here = await sumOf(target, table);
    sums.push(here);
    if (there.sha256 !== here.sha256) {
      different.push(`${table.name} (${there.rows} rows in SQLite, ${here.rows} in PostgreSQL)`);
    }
  }
  if (different.length > 0) {
    throw new CopyError(
      `These tables differ: ${different.join(", ")}. The SQLite database was changed after the copy began: begin again with --start-over.`,
    );
  }
  await target.finish();
  return sums;
}

async function copyTable(source: SqliteSource, target: PostgresTarget, table: CopiedTable): Promise<number> {
  let { rows, after } = await target.progress(table);
  for (;;) {
    const next = source.rows(table, after, batch);
    const last = next.at(-1);
    if (last === undefined) return rows;
    rows += next.length;
    after = keyOf(table, last);
    await target.write(table, next, { rows, after });
  }
}

interface Reader {
  rows(table: CopiedTable, after: Row | undefined, limit: number): Row[] | Promise<Row[]>;
}

async function sumOf(reader: Reader, table: CopiedTable): Promise<TableSum> {
  const hash = createHash("sha256");
  let rows = 0;
  let after: Row | undefined;
  for (;;) {
    const next = await reader.rows(table, after, batch);
    const last = next.at(-1);
    if (last === undefined) return { name: table.name, rows, sha256: hash.digest("hex") };
    for (const row of next) hash.update(`${JSON.stringify(row)}\n`);
    rows += next.length;
    after = keyOf(table, last);
  }
}
