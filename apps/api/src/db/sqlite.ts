import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { Sqlite, type SqliteClient } from "./better-sqlite3.js";
import { checkRequired, type Database, DatabaseError, type RowsOf } from "./database.js";
import { driverErrorOf } from "./driver-error.js";
import { GroupCommit } from "./group-commit.js";
import { missingMigrations } from "./migrations.js";
import { sqliteTables as tables } from "./schema.sqlite.js";
import { SqliteCheckpointer } from "./sqlite-checkpointer.js";
import {
  createOpenFileCheck,
  markCreated,
  refuseMissingFile,
  refuseNetworkFileSystem,
  sizeOf,
  walPathOf,
} from "./sqlite-file.js";
import { ReaderPool } from "./sqlite-reader/pool.js";
import { readerOrm, readHere, type SqliteReader } from "./sqlite-reader/reader.js";
import type { BoundStatement, Statement } from "./statement.js";

const migrationsFolder = fileURLToPath(new URL("../../migrations/sqlite", import.meta.url));

/** How long a statement waits for another process to release the lock, in ms. */
const busyDeadlineMs = 5_000;

/** SQLite shortens the write-ahead log to this size once nothing in it is needed. */
const maxIdleWalBytes = 16 * 1024 * 1024;

/** From this size on, a thread copies the log into the file: a shorter one is not worth its start. */
const minCopiedWalBytes = 1024 * 1024;

/** A commit that finds a longer log, in pages of 4 KiB, copies the rest itself: SQLite begins the log anew once all of it is copied. */
const maxLogPages = 10_000;

/**
 * Opens the SQLite database at `path`, creates and migrates it where necessary; `:memory:` keeps it in memory only.
 *
 * better-sqlite3's own busy timeout blocks the event loop, health checks included, while another process holds the
 * lock. So it is 0, and the wait is asynchronous.
 *
 * @param options.createReader how the console reads; in processes of their own if it is a file
 * @param options.synchronous `full` waits for the disk at each commit
 * @throws {DatabaseError} newer · busy · unavailable · missing · network_file_system
 */
export async function openSqlite(
  path: string,
  {
    createReader,
    synchronous = "normal",
  }: { createReader?: (client: SqliteClient) => SqliteReader; synchronous?: "normal" | "full" } = {},
): Promise<Database> {
  const isFile = path !== ":memory:";
  if (isFile) {
    refuseMissingFile(path);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    refuseNetworkFileSystem(path);
  }
  const client = new Sqlite(path, { timeout: 0 });
  const orm = drizzle(client);
  const prepared = new Map<Statement<never, unknown>, PreparedStatement>();

  await retryWhileBusy(() => {
    client.pragma("journal_mode = WAL");
    client.pragma(`synchronous = ${synchronous}`);
    client.pragma("trusted_schema = OFF");
    // What is deleted is overwritten: an erased person is not found in the file's free space either.
    client.pragma("secure_delete = ON");
    // What a statement that fails would restore stays in memory: SQLite would write it to a file.
    client.pragma("temp_store = MEMORY");
    client.pragma(`wal_autocheckpoint = ${maxLogPages}`);
    client.pragma(`journal_size_limit = ${maxIdleWalBytes}`);
  });
  await retryWhileBusy(() => migrate(client));
  client.pragma("foreign_keys = ON");
  if (isFile) markCreated(path);
  const checkOpenFile = isFile ? createOpenFileCheck(path) : () => {};
  const walPath = isFile ? walPathOf(path) : undefined;
  /** Something was erased while another process read, which kept the log from being emptied. */
  let mustEmptyLog = false;
  const walBytes = () => (walPath === undefined ? 0 : sizeOf(walPath));
  const reader = createReader?.(client) ?? (isFile ? new ReaderPool(path) : readHere(client));
  const consoleOrm = readerOrm(reader);
  const checkpointer = isFile ? new SqliteCheckpointer(path) : undefined;

  function prepare(statement: Statement<never, unknown>): PreparedStatement {
    let ready = prepared.get(statement);
    if (!ready) {
      const preparation = statement.build(orm, tables).prepare() as Preparation;
      ready = { preparation, isRead: client.prepare(preparation.getQuery().sql).readonly };
      prepared.set(statement, ready);
    }
    return ready;
  }

  const execute = (statement: Statement<never, unknown>, values: Record<string, unknown>): unknown[] =>
    prepare(statement).preparation.execute(values).sync() as unknown[];

  function executeStep(step: BoundStatement<unknown>): unknown[] {
    const rows = execute(step.statement, step.values);
    checkRequired(step, rows);
    return rows;
  }

  const groups = new GroupCommit(client, {
    execute: (steps) => steps.map(executeStep),
    retry: (attempt) =>
      retryWhileBusy(() => {
        checkOpenFile();
        return attempt();
      }),
  });

  return {
    engine: "sqlite",
    run: <Values extends object, Row>(statement: Statement<Values, Row>, values: Values) => {
      const step = statement.with(values);
      return retryWhileBusy(() => {
        // A commit of its own would cost more than the statement.
        if (!prepare(step.statement).isRead) return groups.add([step]).then(([rows]) => rows as Row[]);
        checkOpenFile();
        return execute(step.statement, step.values) as Row[];
      });
    },
    consoleQuery: (build) =>
      retryWhileBusy(() => {
        checkOpenFile();
        return build(consoleOrm, tables);
      }),
    batch: (steps) => groups.add(steps) as Promise<RowsOf<typeof steps>>,
    copyLog: async () => {
      if (walBytes() < minCopiedWalBytes) return;
      await checkpointer?.run().catch((cause: unknown) => {
        throw new DatabaseError("unavailable", { cause });
      });
    },
    checkpoint: async ({ always = false } = {}) => {
      mustEmptyLog ||= always;
      await checkpointer?.settled(); // while it copies, the log cannot be shortened
      // Does what it can while another process reads, and all of it afterwards. SQLite itself tries at commits only.
      if (mustEmptyLog || walBytes() > maxIdleWalBytes) {
        const [result] = client.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
        mustEmptyLog &&= result?.busy !== 0;
      }
      return { walBytes: walBytes() };
    },
    close: async () => {
      await Promise.all([groups.drain(), reader.close(), checkpointer?.close()]);
      client.close();
    },
  };
}

/**
 * Runs in one transaction that holds the write lock from its start, so that several processes may open a new file at
 * the same time. Foreign keys are off: SQLite changes a table by rebuilding it, and dropping the old one would cascade.
 */
function migrate(client: SqliteClient): void {
  client.pragma("foreign_keys = OFF");
  client
    .transaction(() => {
      client.exec(
        "create table if not exists __drizzle_migrations (id integer primary key, hash text not null, created_at numeric)",
      );
      const applied = client.prepare("select created_at from __drizzle_migrations").pluck().all() as number[];
      const record = client.prepare("insert into __drizzle_migrations (hash, created_at) values (?, ?)");
      const missing = missingMigrations(migrationsFolder, applied);
      for (const { sql, hash, folderMillis } of missing) {
        for (const statement of sql) client.exec(statement);
        record.run(hash, folderMillis);
      }
      if (missing.length === 0) return;
      const [orphan] = client.pragma("foreign_key_check") as unknown[];
      if (orphan) throw new Error("a migration left rows whose foreign key matches no row");
    })
    .immediate();
}

/** What drizzle prepares on a synchronous driver: the query runs in `sync`. */
interface Preparation {
  execute(values: Record<string, unknown>): { sync(): unknown };
  getQuery(): { sql: string };
}

interface PreparedStatement {
  preparation: Preparation;
  /** It writes nothing, so it does not wait for a commit. */
  isRead: boolean;
}

async function retryWhileBusy<Result>(attempt: () => Result | PromiseLike<Result>): Promise<Result> {
  let deadline: number | undefined; // from the first refusal on: few statements meet one
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    try {
      return await attempt();
    } catch (thrown) {
      const error = driverErrorOf(thrown);
      if (!(error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY"))) {
        throw toDatabaseError(error);
      }
      deadline ??= performance.now() + busyDeadlineMs;
      if (performance.now() + pauseMs > deadline) throw new DatabaseError("busy", { cause: error });
    }
    await sleep(pauseMs);
  }
}

const toDatabaseError = (error: unknown): unknown =>
  error instanceof Sqlite.SqliteError ? new DatabaseError(reasonOf(error), { cause: error }) : error;

function reasonOf({ code }: { code: string }): "unavailable" | "rejected" {
  return /^SQLITE_(CONSTRAINT|MISMATCH|RANGE|ERROR|TOOBIG)/.test(code) ? "rejected" : "unavailable";
}
