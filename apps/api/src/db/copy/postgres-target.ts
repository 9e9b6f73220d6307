import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { isInUse } from "../backup/postgres.js";
import { migratePostgres, unfinishedCopy } from "../postgres-migrate.js";
import { CopyError } from "./copy-error.js";
import { type CopiedTable, copiedTables, type Row } from "./tables.js";

/** Any number, the same in every process: the one that holds this advisory lock copies. */
const copyLock = 7_301_545;

/** How far a table is copied. */
interface Progress {
  rows: number;
  /** The key of the last row; undefined before the first. */
  after: Row | undefined;
}

const list = (columns: readonly { name: string }[]) => columns.map(({ name }) => `"${name}"`).join(", ");

/** The PostgreSQL database that rows are copied into. How far is written with the rows, in the same transaction. */
export class PostgresTarget {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  /**
   * Migrates the database, and marks it as being copied into: until the mark is removed no service starts on it.
   *
   * @param options.startOver forget what an interrupted copy has written
   * @throws {CopyError} it cannot be reached, it is in use, or it holds other data
   */
  static async open(url: string, { startOver }: { startOver: boolean }): Promise<PostgresTarget> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      application_name: "wechat-login copy",
    });
    client.on("error", () => {}); // the query under way fails by itself
    try {
      await client.connect();
      // Durability is asked for once, at the end: progress is never ahead of the rows.
      await client.query("set statement_timeout to 0; set synchronous_commit to off");
      const target = new PostgresTarget(client);
      await target.#begin(startOver);
      return target;
    } catch (error) {
      await client.end().catch(() => {});
      throw unreachable(error);
    }
  }

  async #begin(startOver: boolean): Promise<void> {
    const client = this.#client;
    await this.#waitUntilAlone();
    await migratePostgres(client);
    const isGoingOn = await unfinishedCopy(client);
    const names = copiedTables.map(({ name }) => `"${name}"`);
    if (!isGoingOn) {
      const found = await client.query(
        `select ${names.map((name) => `exists (select from ${name})`).join(" or ")} as is_full`,
      );
      if (found.rows[0]?.is_full) {
        throw new CopyError("The PostgreSQL database has data already: name an empty one in DATABASE_URL.");
      }
      await client.query(
        "create table copy_from_sqlite (name text primary key, rows bigint not null, after json not null)",
      );
    } else if (startOver) {
      await client.query(`truncate ${names.join(", ")}, copy_from_sqlite`);
    }
  }

  /** PostgreSQL may take a moment to notice that a process was killed. */
  async #waitUntilAlone(): Promise<void> {
    for (let triesLeft = 10; ; triesLeft--) {
      const { rows } = await this.#client.query("select pg_try_advisory_lock($1) as is_ours", [copyLock]);
      const isOurs = rows[0]?.is_ours === true;
      if (isOurs && !(await isInUse(this.#client))) return;
      if (triesLeft === 0) {
        throw new CopyError(
          isOurs
            ? "The PostgreSQL database is in use: stop every process of the service first."
            : "Another copy into this PostgreSQL is under way.",
        );
      }
      await sleep(200);
    }
  }

  async progress({ name }: CopiedTable): Promise<Progress> {
    const { rows } = await this.#client.query(
      "select rows::float8 as rows, after from copy_from_sqlite where name = $1",
      [name],
    );
    return rows[0] ?? { rows: 0, after: undefined };
  }

  /** Writes the next rows of a table, and how far it is copied. */
  async write(table: CopiedTable, rows: readonly Row[], progress: Required<Progress>): Promise<void> {
    const columns = table.columns.map(({ name, type }) => `"${name}" ${type}`).join(", ");
    const text = JSON.stringify(rows.map((row) => objectOf(table, row)));
    try {
      await this.#client.query("begin");
      await this.#client.query(
        `insert into "${table.name}" (${list(table.columns)})
         select ${list(table.columns)} from json_to_recordset($1::json) as r (${columns})`,
        [text],
      );
      await this.#client.query(
        `insert into copy_from_sqlite (name, rows, after) values ($1, $2, $3)
         on conflict (name) do update set rows = excluded.rows, after = excluded.after`,
        [table.name, progress.rows, JSON.stringify(progress.after)],
      );
      await this.#client.query("commit");
    } catch (error) {
      throw unreachable(error, `PostgreSQL refused rows of the table ${table.name}`);
    }
  }

  /** The next rows in the order of the table's key, as they were stored. */
  async rows(table: CopiedTable, after: Row | undefined, limit: number): Promise<Row[]> {
    const key = table.key.map((place) => table.columns[place]).filter((column) => column !== undefined);
    const isAfter = after
      ? `where (${list(key)}) > (${key.map(({ type }, n) => `$${n + 1}::${type}`).join(", ")})`
      : "";
    const values = table.columns.map(({ name, type }) =>
      type === "timestamptz" ? `(extract(epoch from "${name}") * 1000)::float8` : `"${name}"`,
    );
    const { rows } = await this.#client.query<Row>({
      text: `select ${values.join(", ")} from "${table.name}" ${isAfter} order by ${list(key)} limit ${limit}`,
      values: after ? key.map(({ type }, n) => stored(type, after[n] ?? null)) : [],
      rowMode: "array",
    } as pg.QueryArrayConfig);
    return rows;
  }

  /** Removes the mark, once all of it is on the disk. */
  async finish(): Promise<void> {
    // Without statistics the first queries would read whole tables.
    await this.#client.query("analyze");
    await this.#client.query("set synchronous_commit to on");
    await this.#client.query("drop table copy_from_sqlite");
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}

const objectOf = ({ columns }: CopiedTable, row: Row) =>
  Object.fromEntries(columns.map(({ name, type }, place) => [name, stored(type, row[place] ?? null)]));

const stored = (type: CopiedTable["columns"][number]["type"], value: string | number | null) =>
  type === "timestamptz" && value !== null ? new Date(value).toISOString() : value;

/** An error of PostgreSQL or of its connection in words that hold no address and no row. */
function unreachable(error: unknown, what = "PostgreSQL cannot be reached"): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  return code === undefined ? error : new CopyError(`${what}: ${code}.`, { cause: error });
}
