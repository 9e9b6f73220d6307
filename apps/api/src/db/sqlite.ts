import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { type Database, DatabaseError, type RowsOf } from "./database.js";
import { missingMigrations } from "./migrations.js";
import { sqliteTables as tables } from "./schema.sqlite.js";
import type { Statement } from "./statement.js";

const migrationsFolder = fileURLToPath(new URL("../../migrations/sqlite", import.meta.url));

/** How long a statement waits for another process to let go of the lock, in ms. */
const busyDeadlineMs = 5_000;

/**
 * Opens (and makes, and migrates) the SQLite database at `path`; `:memory:` for one that is forgotten.
 *
 * better-sqlite3's own busy timeout would stop the event loop, health checks included, while another process
 * holds the lock. So it is 0 and we wait asynchronously.
 */
export async function openSqlite(path: string): Promise<Database> {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const client = new Sqlite(path, { timeout: 0 });
  const orm = drizzle(client);
  const prepared = new Map<Statement<never, unknown>, Preparation>();

  await patiently(() => {
    client.pragma("journal_mode = WAL");
    client.pragma("synchronous = NORMAL");
    client.pragma("trusted_schema = OFF");
  });
  await patiently(() => migrate(client));
  client.pragma("foreign_keys = ON");

  function execute<Row>(statement: Statement<never, Row>, values: Record<string, unknown>): Row[] {
    let ready = prepared.get(statement);
    if (!ready) {
      ready = statement.build(orm, tables).prepare() as Preparation;
      prepared.set(statement, ready);
    }
    return ready.execute(values).sync() as Row[];
  }

  return {
    engine: "sqlite",
    run: <Values extends object, Row>(statement: Statement<Values, Row>, values: Values) =>
      patiently(() => execute(statement as Statement<never, Row>, values as Record<string, unknown>)),
    query: (build) => patiently(() => build(orm, tables)),
    batch: (steps) =>
      patiently(() =>
        client.transaction(() => steps.map((step) => execute(step.statement, step.values))).immediate(),
      ) as Promise<RowsOf<typeof steps>>,
    close: async () => {
      client.close();
    },
  };
}

/**
 * In one transaction that holds the write lock from its start, so that several processes may open a new file at
 * once. Foreign keys are off: SQLite changes a table by making it anew, and dropping the old one would cascade.
 */
function migrate(client: Sqlite.Database): void {
  client.pragma("foreign_keys = OFF");
  client
    .transaction(() => {
      client.exec(
        "create table if not exists __drizzle_migrations (id integer primary key, hash text not null, created_at numeric)",
      );
      const applied = client.prepare("select created_at from __drizzle_migrations").pluck().all() as number[];
      const remember = client.prepare("insert into __drizzle_migrations (hash, created_at) values (?, ?)");
      for (const { sql, hash, folderMillis } of missingMigrations(migrationsFolder, applied)) {
        for (const statement of sql) client.exec(statement);
        remember.run(hash, folderMillis);
      }
      const [orphan] = client.pragma("foreign_key_check") as unknown[];
      if (orphan) throw new Error("a migration left rows whose reference leads nowhere");
    })
    .immediate();
}

/** What drizzle prepares on a synchronous driver: nothing runs before `sync`. */
interface Preparation {
  execute(values: Record<string, unknown>): { sync(): unknown };
}

async function patiently<Result>(attempt: () => Result | PromiseLike<Result>): Promise<Result> {
  const deadline = performance.now() + busyDeadlineMs;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Sqlite.SqliteError)) throw error;
      if (!error.code.startsWith("SQLITE_BUSY")) throw new DatabaseError(reasonOf(error), { cause: error });
      if (performance.now() + pauseMs > deadline) throw new DatabaseError("busy", { cause: error });
    }
    await sleep(pauseMs);
  }
}

function reasonOf({ code }: { code: string }): "unavailable" | "rejected" {
  return /^SQLITE_(CONSTRAINT|MISMATCH|RANGE|ERROR|TOOBIG)/.test(code) ? "rejected" : "unavailable";
}
