import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import {
  checkRequired,
  consoleLimitMs,
  type Database,
  DatabaseError,
  type RowsOf,
  StaleDataError,
} from "./database.js";
import { driverErrorOf } from "./driver-error.js";
import { postgresOrm } from "./postgres-dialect.js";
import { GroupingClient } from "./postgres-group.js";
import { migratePostgres, unfinishedCopy } from "./postgres-migrate.js";
import { postgresTables as tables } from "./schema.postgres.js";
import type { BoundStatement, Orm, Statement } from "./statement.js";

/** In ms. A request that cannot be served is refused within 5 s, except lists; a lock held for 3 s is waited for. */
const limits = {
  /** One call of `run` or `batch`: waiting for a connection, its statements, and retries. */
  call: 4_500,
  connection: 3_800,
  /** PostgreSQL's own limit, so that it answers first; `answer` is the client's, for a server that does not answer. */
  statement: 3_800,
  answer: 4_200,
  /** Less than this before the end of a call, nothing is begun or committed any more. */
  margin: 300,
  /** The rows of a process that froze inside a batch are released before other processes give up on them. */
  idleInTransaction: 2_500,
  /** One list of the console: waiting for a connection, and the query. */
  consoleCall: 3_800 + consoleLimitMs + 500,
};

/**
 * Settings that this code depends on, and that a database or a role may set to something else. Statements read few rows: to
 * start processes for one would take longer than the statement.
 */
const sessionSettings = (statementMs: number) => `
  set datestyle to 'iso';
  set default_transaction_isolation to 'read committed';
  set statement_timeout to ${statementMs};
  set max_parallel_workers_per_gather to 0;
  set idle_in_transaction_session_timeout to ${limits.idleInTransaction}`;

/**
 * Of lists: they read a bounded number of rows, and what belongs to each is found by its id. Where PostgreSQL expects far more rows
 * than there are, as between two row values, it would rather read the whole other table.
 */
const consoleSettings = `
  set enable_hashjoin to off;
  set enable_mergejoin to off`;

/**
 * Migrates the database at `url` to this version and opens its pools.
 *
 * @throws {DatabaseError} newer · busy · unavailable · half_copied
 */
export async function openPostgres(url: string): Promise<Database> {
  await withDeadlineAndRetry(() => migrate(url), Number.POSITIVE_INFINITY);
  const pool = openPool(url, 10, limits.statement);
  // Lists of the console may take long: they queue behind each other, and no sign-in behind them.
  const consolePool = openPool(url, 3, consoleLimitMs, consoleSettings);
  const connections = new WeakMap<pg.PoolClient, Connection>();

  /**
   * A connection in an unknown state is closed instead of going back to the pool. What began late gets a shorter
   * statement_timeout: the caller is told "busy" at its deadline, so nothing may be written after it. The next caller sets
   * its own, however this one ended.
   */
  async function withConnection<Result>(
    deadline: Deadline,
    work: (client: pg.PoolClient, connection: Connection) => Promise<Result>,
  ) {
    const client = await pool.connect();
    const connection = connections.get(client) ?? openConnection(client);
    connections.set(client, connection);
    try {
      const timeoutMs = Math.min(Math.floor(deadline.leftMs()), limits.statement);
      if (timeoutMs !== connection.timeoutMs) {
        await client.query(`set statement_timeout to ${timeoutMs}`);
        connection.timeoutMs = timeoutMs;
      }
      const result = await work(client, connection);
      client.release();
      return result;
    } catch (error) {
      client.release(!isReusableAfter(error));
      throw error;
    }
  }

  /**
   * Steps are sent together, up to the next one that is required: if that one finds its row changed, nothing after it may run and
   * wait for other rows. The commit is sent once all rows are here, and only if it is still in time.
   */
  const transaction = (deadline: Deadline, steps: readonly BoundStatement<unknown>[]) =>
    withConnection(deadline, async (client, { grouping, prepare }) => {
      let isCommitting = false;
      try {
        const rows: unknown[][] = [];
        let begin = [{ name: "begin", text: "begin" }];
        for (const group of upToRequired(steps)) {
          const answers = await grouping.together(() => [
            ...begin.map((query) => grouping.query(query)),
            ...group.map((step) => prepare(step.statement).execute(step.values)),
          ]);
          for (const [n, step] of group.entries()) {
            const stepRows = rowsIn(answers[begin.length + n]);
            checkRequired(step, stepRows);
            rows.push(stepRows);
          }
          begin = [];
        }
        deadline.leftMs(); // each step has a timeout of its own; together they may have taken longer
        isCommitting = true;
        await client.query("commit");
        return rows;
      } catch (error) {
        const state = sqlStateOf(error);
        const isOpen = isOwnError(error) || (state !== undefined && !isConnectionEnd(state));
        if (isOpen) await client.query("rollback");
        // A commit that was sent and not answered may have happened, unless PostgreSQL itself says that it did not.
        if (isCommitting && !state?.startsWith("40")) {
          throw new CommitOutcomeUnknownError("no answer to a commit", { cause: error });
        }
        throw error;
      }
    });

  return {
    engine: "postgres",
    run: <Values extends object, Row>(statement: Statement<Values, Row>, values: Values) =>
      withDeadlineAndRetry((deadline) =>
        withConnection(deadline, async (_client, { prepare }) => {
          const ready = prepare(statement as Statement<never, Row>);
          return (await ready.execute(values as Record<string, unknown>)) as Row[];
        }),
      ),
    consoleQuery: (build) =>
      withDeadlineAndRetry(
        async () => build(postgresOrm(consolePool), tables).then(undefined, refuseAsTooSlow),
        limits.consoleCall,
      ),
    batch: (steps) =>
      withDeadlineAndRetry(async (deadline) => (await transaction(deadline, steps)) as RowsOf<typeof steps>),
    copyLog: async () => {},
    checkpoint: async () => ({ walBytes: 0 }),
    close: async () => {
      await Promise.all([pool.end(), consolePool.end()]);
    },
  };
}

function openPool(url: string, max: number, statementMs: number, settings = ""): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "wechat-login",
    max,
    connectionTimeoutMillis: limits.connection,
    query_timeout: statementMs + limits.answer - limits.statement,
    // As statements, not as connection parameters: PgBouncer refuses parameters that it does not know.
    onConnect: async (client) => {
      await client.query(`${sessionSettings(statementMs)};${settings}`);
    },
  });
  // The pool replaces a connection that breaks, and a query under way on it fails. Without these listeners, for idle
  // connections and for those in use, the error event would also end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Groups of steps, each of which ends with a required one, or is the last. */
function upToRequired(steps: readonly BoundStatement<unknown>[]): BoundStatement<unknown>[][] {
  const groups: BoundStatement<unknown>[][] = [[]];
  for (const [n, step] of steps.entries()) {
    groups.at(-1)?.push(step);
    if (step.requiredRows !== undefined && n < steps.length - 1) groups.push([]);
  }
  return groups;
}

/** @throws what a step of a batch failed with */
function rowsIn(answer: PromiseSettledResult<unknown> | undefined): unknown[] {
  if (answer?.status === "fulfilled") return answer.value as unknown[];
  throw answer?.reason;
}

interface Preparation {
  execute(values: Record<string, unknown>): Promise<unknown>;
}

/** What is known of a connection of the pool. */
interface Connection {
  grouping: GroupingClient;
  prepare: Prepare;
  /** Its statement_timeout, in ms. */
  timeoutMs: number;
}

type Prepare = (statement: Statement<never, unknown>) => Preparation;

function openConnection(client: pg.PoolClient): Connection {
  const grouping = new GroupingClient(client, limits.call);
  const orm = postgresOrm(grouping as unknown as pg.PoolClient);
  return { grouping, prepare: prepareOn(orm), timeoutMs: limits.statement };
}

/** drizzle binds a prepared statement to one connection; each connection builds a statement once. */
function prepareOn(orm: Orm): Prepare {
  const prepared = new Map<Statement<never, unknown>, Preparation>();
  return (statement) => {
    let ready = prepared.get(statement);
    if (!ready) {
      ready = statement.build(orm, tables).prepare(statement.name) as Preparation;
      prepared.set(statement, ready);
    }
    return ready;
  };
}

/** @throws {DatabaseError} newer, half_copied */
async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: limits.connection });
  client.on("error", () => {}); // the query under way fails by itself
  await client.connect();
  try {
    if (await unfinishedCopy(client)) {
      throw new DatabaseError("half_copied", { cause: new Error("the table copy_from_sqlite is there") });
    }
    await migratePostgres(client);
  } finally {
    await client.end(); // rolls back, unless it was committed
  }
}

/** A commit was sent and not answered, so the batch must not be retried. */
class CommitOutcomeUnknownError extends Error {}

/** A table was changed after the statement was prepared; on a new connection it is prepared again. */
const stalePlan = "0A000";

/** This server may have been the one to write to, and the name in DATABASE_URL may lead to another by now. */
const readOnlyTransaction = "25006";

/** PostgreSQL's answers for which the connection is replaced, and the statement may be sent again on a new one: it did nothing. */
const refusedHere = new Set([stalePlan, readOnlyTransaction]);

const isConnectionEnd = (state: string) => /^(08|57P0)/.test(state);

/** Whether a connection may go back to the pool after this error: PostgreSQL answered, and a new one would get the same answer. */
function isReusableAfter(error: unknown): boolean {
  if (isOwnError(error)) return true;
  const state = sqlStateOf(error);
  return state !== undefined && !refusedHere.has(state) && !isConnectionEnd(state);
}

/** Thrown between two statements, not by PostgreSQL: the connection is as good as before. */
const isOwnError = (error: unknown) => error instanceof StaleDataError || error instanceof DatabaseError;

/**
 * Whether nothing was done, so that a retry is safe: a deadlock, a refusal of this connection alone, a connection that ended. A single
 * statement may have run nevertheless, if the server was shut down at that moment; all of ours may run twice.
 */
function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state === undefined) return isLostConnection(error);
  return state === "40001" || state === "40P01" || refusedHere.has(state) || state === "57P01";
}

/** Until when a call must have ended. */
interface Deadline {
  /** @throws {DatabaseError} busy: too little is left to begin or commit anything */
  leftMs(): number;
}

/** Retries what is safe to retry, and fails with `busy` after `deadlineMs`. What cannot end by then is not begun. */
async function withDeadlineAndRetry<Result>(
  attempt: (deadline: Deadline) => Promise<Result>,
  deadlineMs = limits.call,
): Promise<Result> {
  const endsAt = performance.now() + deadlineMs;
  const busy = (cause: unknown) => new DatabaseError("busy", { cause });
  const leftMs = () => {
    const left = endsAt - performance.now();
    if (left < limits.margin) throw busy(new Error(`not done within ${deadlineMs} ms`));
    return left;
  };
  const result = retry(
    () => attempt({ leftMs }),
    () => endsAt - performance.now() > limits.margin,
  );
  if (deadlineMs === Number.POSITIVE_INFINITY) return result;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(busy(new Error(`no answer within ${deadlineMs} ms`))), deadlineMs);
  });
  return Promise.race([result, late]).finally(() => clearTimeout(timer));
}

async function retry<Result>(attempt: () => Promise<Result>, isInTime: () => boolean): Promise<Result> {
  for (let triesLeft = 3; ; triesLeft--) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof CommitOutcomeUnknownError) throw toDatabaseError(error.cause);
      if (triesLeft === 1 || !isRetryable(error) || !isInTime()) throw toDatabaseError(error);
    }
    await sleep(Math.random() * 40); // so that two transactions that deadlocked do not meet again
  }
}

function toDatabaseError(error: unknown): unknown {
  const cause = driverErrorOf(error);
  const isNoDatabaseError =
    cause instanceof TypeError || cause instanceof RangeError || cause instanceof StaleDataError;
  if (isNoDatabaseError || cause instanceof DatabaseError) return cause;
  const sqlState = sqlStateOf(cause) ?? "";
  if (/^(22|23|42)/.test(sqlState)) return new DatabaseError("rejected", { cause });
  // Repeated deadlocks, a lock that was not granted, a statement that reached its time limit.
  const isBusy = /^(40|55P03)/.test(sqlState) || sqlState === queryCanceled;
  return new DatabaseError(isBusy ? "busy" : "unavailable", { cause });
}

/** @returns SQLSTATE, five characters; undefined if the error is not PostgreSQL's. */
function sqlStateOf(error: unknown): string | undefined {
  const cause = driverErrorOf(error);
  return cause instanceof pg.DatabaseError ? cause.code : undefined;
}

/** PostgreSQL cancelled it at its statement_timeout. */
const queryCanceled = "57014";

function refuseAsTooSlow(error: unknown): never {
  if (sqlStateOf(error) !== queryCanceled) throw error;
  throw new DatabaseError("too_slow", { cause: driverErrorOf(error) });
}

/** How Node and pg report a connection that ended during a query or before it; pg's own errors have no code. */
function isLostConnection(error: unknown): boolean {
  const cause = driverErrorOf(error);
  if (!(cause instanceof Error)) return false;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ECONNRESET" || code === "EPIPE") return true;
  return /^Connection terminated(?! due)|is not queryable$/.test(cause.message);
}
