import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DrizzleQueryError } from "drizzle-orm/errors";
import pg from "pg";
import { type Database, DatabaseError, type RowsOf } from "./database.js";
import { missingMigrations } from "./migrations.js";
import { postgresOrm } from "./postgres-dialect.js";
import { postgresTables as tables } from "./schema.postgres.js";
import type { BoundStatement, Orm, Statement } from "./statement.js";

const migrationsFolder = fileURLToPath(new URL("../../migrations/postgres", import.meta.url));

/** Any number, the same in every process of ours: who holds it migrates. */
const migrationLock = 7_301_544;

/** A request that cannot be served is told so within 5 s; a lock held for 3 s is waited for. In ms. */
const limits = {
  /** One call of ours: waiting for a connection, its statements, and what is tried again. */
  call: 4_500,
  connection: 3_800,
  /** PostgreSQL gives up first and says so; the client's own limit is for a server that says nothing any more. */
  statement: 3_800,
  answer: 4_200,
  /** A process that froze in the middle of a batch lets go of its rows before others give up on them. */
  idleInTransaction: 2_500,
};

/** What a database or a role may have set otherwise, and what we count on. */
const ourSettings = `
  set datestyle to 'iso';
  set default_transaction_isolation to 'read committed';
  set statement_timeout to ${limits.statement};
  set idle_in_transaction_session_timeout to ${limits.idleInTransaction}`;

/** Opens a pool on `url`, migrated to this version. */
export async function openPostgres(url: string): Promise<Database> {
  await safely(() => migrate(url), Number.POSITIVE_INFINITY);
  const pool = openPool(url, 10);
  // Searches of the console may take long: they wait for each other, and no sign-in for them.
  const listPool = openPool(url, 3);
  const prepared = new WeakMap<pg.PoolClient, Prepare>();

  /** Lends a connection. One of which nobody knows what it holds does not go back to the pool. */
  async function lend<Result>(work: (client: pg.PoolClient, prepare: Prepare) => Promise<Result>) {
    const client = await pool.connect();
    const prepare = prepared.get(client) ?? prepareOn(postgresOrm(client));
    prepared.set(client, prepare);
    try {
      const result = await work(client, prepare);
      client.release();
      return result;
    } catch (error) {
      const state = sqlStateOf(error);
      client.release(state === undefined || state === stalePlan || isConnectionEnd(state));
      throw error;
    }
  }

  const transaction = (steps: readonly BoundStatement<unknown>[]) =>
    lend(async (client, prepare) => {
      let isCommitting = false;
      try {
        await client.query("begin");
        const rows: unknown[] = [];
        for (const { statement, values } of steps) rows.push(await prepare(statement).execute(values));
        isCommitting = true;
        await client.query("commit");
        return rows;
      } catch (error) {
        const state = sqlStateOf(error);
        if (state !== undefined && !isConnectionEnd(state)) await client.query("rollback");
        // Sent and not answered, the commit may have been done: only PostgreSQL's own word that it was not counts.
        if (isCommitting && !state?.startsWith("40")) throw new PerhapsDone("no answer", { cause: error });
        throw error;
      }
    });

  return {
    engine: "postgres",
    run: <Values extends object, Row>(statement: Statement<Values, Row>, values: Values) =>
      safely(() =>
        lend(async (_client, prepare) => {
          const ready = prepare(statement as Statement<never, Row>);
          return (await ready.execute(values as Record<string, unknown>)) as Row[];
        }),
      ),
    query: (build) => safely(async () => build(postgresOrm(listPool), tables)),
    batch: (steps) => safely(async () => (await transaction(steps)) as RowsOf<typeof steps>),
    close: async () => {
      await Promise.all([pool.end(), listPool.end()]);
    },
  };
}

function openPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "wechat-login",
    max,
    connectionTimeoutMillis: limits.connection,
    query_timeout: limits.answer,
    // As statements and not as parameters of the connection: PgBouncer refuses those that it does not know.
    onConnect: async (client) => {
      await client.query(ourSettings);
    },
  });
  // A connection that breaks is replaced by the pool, and whoever waited on it is told by the query. Without
  // listeners, on the idle and on those in use, it would also end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

interface Preparation {
  execute(values: Record<string, unknown>): unknown;
}

type Prepare = (statement: Statement<never, unknown>) => Preparation;

/** drizzle binds what it prepares to a pool or to one connection; each builds a statement once. */
function prepareOn(orm: Orm): Prepare {
  const prepared = new Map<Statement<never, unknown>, Preparation>();
  return (statement) => {
    let ready = prepared.get(statement);
    if (!ready) {
      ready = statement.build(orm, tables).prepare(statement.name);
      prepared.set(statement, ready);
    }
    return ready;
  };
}

/** In one transaction and under a lock, so that several processes may start together; it may take as long as it takes. */
async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: limits.connection });
  client.on("error", () => {}); // told by the query that it breaks
  await client.connect();
  try {
    await client.query("begin isolation level read committed");
    await client.query("select pg_advisory_xact_lock($1)", [migrationLock]);
    // A migration that waits for somebody's long transaction would hold up all who come after it.
    await client.query("set local lock_timeout to '10s'");
    const { rows } = await client.query("select to_regnamespace('drizzle') is null as is_new");
    if (rows[0]?.is_new) await client.query("create schema drizzle"); // a right that not every role has
    await client.query(
      "create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)",
    );
    const applied = await client.query("select created_at from drizzle.__drizzle_migrations");
    const missing = missingMigrations(
      migrationsFolder,
      applied.rows.map((row) => row.created_at),
    );
    for (const { sql, hash, folderMillis } of missing) {
      for (const statement of sql) await client.query(statement);
      await client.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)", [
        hash,
        folderMillis,
      ]);
    }
    await client.query("commit");
  } finally {
    await client.end(); // and the transaction goes with the session, unless it was committed
  }
}

/** A commit without an answer: the same must not be tried again. */
class PerhapsDone extends Error {}

/** Another process has changed a table since the statement was prepared: a new connection prepares it anew. */
const stalePlan = "0A000";

const isConnectionEnd = (state: string) => /^(08|57P0)/.test(state);

/**
 * Whether nothing of it was done, so that it may be tried again: one of two transactions that waited for each other,
 * a stale plan, a connection that ended. A single statement may have been done even so, where the server was told to
 * end just then; none of ours does harm the second time.
 */
function isUndone(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state === undefined) return isLostConnection(error);
  return state === "40001" || state === "40P01" || state === stalePlan || state === "57P01";
}

/** Tries again what was undone, and answers within `deadlineMs` whatever happens. */
async function safely<Result>(attempt: () => Promise<Result>, deadlineMs = limits.call): Promise<Result> {
  const trying = tryAgain(attempt);
  if (deadlineMs === Number.POSITIVE_INFINITY) return trying;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const cause = new Error(`no answer within ${deadlineMs} ms`);
    timer = setTimeout(() => reject(new DatabaseError("busy", { cause })), deadlineMs);
  });
  trying.catch(() => {}); // nobody may be waiting for it any more
  return Promise.race([trying, late]).finally(() => clearTimeout(timer));
}

async function tryAgain<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let triesLeft = 3; ; triesLeft--) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof PerhapsDone) throw translated(error.cause);
      if (triesLeft === 1 || !isUndone(error)) throw translated(error);
    }
    await sleep(Math.random() * 40); // those who waited for each other do not meet again
  }
}

function translated(error: unknown): unknown {
  const cause = driverErrorOf(error);
  // Mistakes of ours stay what they are.
  if (cause instanceof TypeError || cause instanceof RangeError || cause instanceof DatabaseError)
    return cause;
  const sqlState = sqlStateOf(cause) ?? "";
  if (/^(22|23|42)/.test(sqlState)) return new DatabaseError("rejected", { cause });
  // A deadlock over and over, a lock not given, a statement that ran into its time limit.
  const isBusy = /^(40|55P03|57014)/.test(sqlState);
  return new DatabaseError(isBusy ? "busy" : "unavailable", { cause });
}

/** DrizzleQueryError writes the statement and its values into its message: only the driver's own error goes on. */
const driverErrorOf = (error: unknown): unknown => (error instanceof DrizzleQueryError ? error.cause : error);

/** @returns PostgreSQL's five characters, undefined where it was not PostgreSQL that spoke. */
function sqlStateOf(error: unknown): string | undefined {
  const cause = driverErrorOf(error);
  return cause instanceof pg.DatabaseError ? cause.code : undefined;
}

/** How Node and pg name a connection that ended under a query or before it; pg gives its own errors no code. */
function isLostConnection(error: unknown): boolean {
  const cause = driverErrorOf(error);
  if (!(cause instanceof Error)) return false;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ECONNRESET" || code === "EPIPE") return true;
  return /^Connection terminated(?! due)|is not queryable$/.test(cause.message);
}
