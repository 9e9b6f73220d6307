import { fileURLToPath } from "node:url";
import { DrizzleQueryError } from "drizzle-orm/errors";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { type Database, DatabaseError, type RowsOf } from "./database.js";
import { postgresOrm } from "./postgres-dialect.js";
import { postgresTables as tables } from "./schema.postgres.js";
import type { Statement } from "./statement.js";

const migrationsFolder = fileURLToPath(new URL("../../migrations/postgres", import.meta.url));

/** Any number, the same in every process of ours: who holds it migrates. */
const migrationLock = 7_301_544;

/** Opens a pool on `url`, migrated to this version. */
export async function openPostgres(url: string): Promise<Database> {
  await safely(() => migrateUnderLock(url));
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 4_000,
    query_timeout: 5_000,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  const orm = postgresOrm(pool);
  const prepared = new Map<Statement<never, unknown>, Preparation>();

  return {
    engine: "postgres",
    run: <Values extends object, Row>(statement: Statement<Values, Row>, values: Values) =>
      safely(async () => {
        const known = statement as Statement<never, Row>;
        let ready = prepared.get(known);
        if (!ready) {
          ready = known.build(orm, tables).prepare(known.name);
          prepared.set(known, ready);
        }
        return (await ready.execute(values as Record<string, unknown>)) as Row[];
      }),
    query: (build) => safely(async () => build(orm, tables)),
    batch: (steps) =>
      safely(async () => {
        const client = await pool.connect();
        const inside = postgresOrm(client);
        try {
          await client.query("begin");
          const rows: unknown[] = [];
          for (const { statement, values } of steps) {
            rows.push(await statement.build(inside, tables).prepare(statement.name).execute(values));
          }
          await client.query("commit");
          client.release();
          return rows as RowsOf<typeof steps>;
        } catch (error) {
          // A connection whose rollback fails may hold an open transaction: it does not go back to the pool.
          const rolledBack = await client.query("rollback").then(
            () => true,
            () => false,
          );
          client.release(!rolledBack);
          throw error;
        }
      }),
    close: () => pool.end(),
  };
}

interface Preparation {
  execute(values: Record<string, unknown>): unknown;
}

/** Under an advisory lock, so that several processes may start together; it may take as long as it takes. */
async function migrateUnderLock(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 4_000 });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    await migrate(drizzle(client), { migrationsFolder });
  } finally {
    await client.end(); // and the lock goes with the session
  }
}

async function safely<Result>(attempt: () => Promise<Result>): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    // DrizzleQueryError writes the statement and its values into its message: only the driver's own error goes on.
    const cause = error instanceof DrizzleQueryError ? error.cause : error;
    // Mistakes of ours stay what they are.
    if (cause instanceof TypeError || cause instanceof RangeError) throw cause;
    const sqlState = cause instanceof pg.DatabaseError ? (cause.code ?? "") : "";
    throw new DatabaseError(/^(22|23|42)/.test(sqlState) ? "rejected" : "unavailable", { cause });
  }
}
