import { readFileSync } from "node:fs";
import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Sqlite } from "../src/db/better-sqlite3.js";
import { copyDatabase } from "../src/db/copy/copy.js";
import { PostgresTarget } from "../src/db/copy/postgres-target.js";
import { SqliteSource } from "../src/db/copy/sqlite-source.js";
import { copiedTables } from "../src/db/copy/tables.js";
import { Browser } from "./support/browser.js";
import { change, fillTables } from "./support/filled-sqlite.js";
import { freePort } from "./support/free-port.js";
import { unmigratedPostgres, withConnection } from "./support/postgres.js";
import { killAll, spawnApi, waitUntil } from "./support/process.js";
import { addRows, rowsOf } from "./support/rows.js";
import { startSeveringProxy } from "./support/severing-proxy.js";
import { userOf } from "./support/sign-ins.js";
import { migratedSqlite, sqliteDatabase } from "./support/sqlite.js";
import { type System, startSystem } from "./support/system.js";

type File = Awaited<ReturnType<typeof migratedSqlite>>;
type Server = Awaited<ReturnType<typeof unmigratedPostgres>>;

/** Of each table: more than one batch. */
const count = 1_100;
/** How many tables are copied when it is killed; `npm run test:long` kills it more often. */
const killedAfter = (process.env.COPY_KILLED_AFTER ?? "20").split(",").map(Number);

let file: File;
let simulator: Simulator;
const files: File[] = [];
beforeAll(async () => {
  simulator = await startSimulator();
  file = await migratedSqlite();
  fillTables(file.path, count);
});
afterEach(async () => {
  await killAll();
  for (const other of files.splice(0)) await other.remove();
});
afterAll(() => Promise.all([file.remove(), simulator.close()]));

async function smallFile(rows: number): Promise<File> {
  const small = await migratedSqlite();
  files.push(small);
  fillTables(small.path, rows);
  return small;
}

async function copy(from: File, to: Server, { startOver = false } = {}) {
  const source = new SqliteSource(from.path);
  try {
    const target = await PostgresTarget.open(to.url, { startOver });
    try {
      return await copyDatabase(source, target, () => {});
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}

const start = (from: File, to: Server, ...args: string[]) =>
  spawnApi("to-postgres", { ...from.env, ...to.env }, { args });

async function run(...started: Parameters<typeof start>) {
  const { exit, stdout, stderr } = start(...started);
  return { code: await exit, stdout: stdout(), stderr: stderr() };
}

/** Every row of every table, as the service reads it. */
async function contents(database: { open(): Promise<System["db"]> }): Promise<Record<string, string[]>> {
  const db = await database.open();
  try {
    const names = await db.consoleQuery(
      async (_orm, tables) => Object.keys(tables) as (keyof typeof tables)[],
    );
    const texts: Record<string, string[]> = {};
    for (const name of names) {
      texts[name] = (await rowsOf(db, name)).map((row) => JSON.stringify(row)).sort();
    }
    return texts;
  } finally {
    await db.close();
  }
}

describe("`npm run to-postgres`", { timeout: 60_000 }, () => {
  it("copies every row of every table, although it is killed on the way, and leaves the SQLite file as it was [T92]", async () => {
    const [server, before] = [await unmigratedPostgres(), readFileSync(file.path)];
    for (const tables of killedAfter) {
      const killed = start(file, server);
      const isFarEnough = () => killed.stdout().split("\n").length > tables;
      await waitUntil(() => isFarEnough() || killed.child.exitCode !== null, `${tables} tables are copied`);
      killed.child.kill("SIGKILL");
      expect(await killed.exit).toBeNull();
      await expect(server.open()).rejects.toMatchObject({ name: "DatabaseError", reason: "half_copied" });
    }
    const { code, stdout, stderr } = await run(file, server);
    expect([code, stderr]).toEqual([0, ""]);
    const rows = (count * copiedTables.length).toLocaleString("en");
    expect(stdout).toContain("\nsessions: 1,100 rows\n");
    expect(stdout).toMatch(/\n[0-9a-f]{16} {2}users\n/);
    expect(stdout).toContain(`\n${rows} rows are copied. Start the service with this DATABASE_URL`);
    expect(readFileSync(file.path).equals(before)).toBe(true);
    const [there, here] = [await contents(file), await contents(server)];
    for (const [name, texts] of Object.entries(here)) expect(texts, name).toEqual(there[name]);
    expect(Object.values(here).map((texts) => texts.length)).toEqual(copiedTables.map(() => count));
    expect(await run(file, server)).toEqual({
      code: 1,
      stdout: "",
      stderr: "The PostgreSQL database has data already: name an empty one in DATABASE_URL.\n",
    });
  });

  it("tells of the tables that have rows only, and leaves the statistics that PostgreSQL plans with", async () => {
    const [small, server] = [await migratedSqlite(), await unmigratedPostgres()];
    files.push(small);
    change(small.path, "insert into users (id, created_at) values ('01M0ALICE', 0)");
    expect(await run(small, server)).toEqual({
      ...{ code: 0, stderr: "" },
      stdout: expect.stringMatching(
        /^users: 1 rows\n\nBoth databases hold the same, by the SHA-256 of all rows of each table:\n[0-9a-f]{16} {2}users\n\n1 rows are copied\. Start the service with this DATABASE_URL, and keep DATA_DIR: the secret keys in it are still used\.\n$/,
      ),
    });
    const statistics = await withConnection(server.url, async (client) => {
      const { rows } = await client.query("select reltuples from pg_class where relname = 'users'");
      return rows;
    });
    expect(statistics).toEqual([{ reltuples: 1 }]);
  });

  it("has no time limit, and all of it is on the disk at its end, whatever the database is set to", async () => {
    const [from, server] = [await smallFile(3), await unmigratedPostgres()];
    const name = new URL(server.url).pathname.slice(1);
    const read = (text: string) =>
      withConnection(server.url, async (client) => (await client.query(text)).rows);
    await read(`
      alter database ${name} set statement_timeout to '1min';
      alter database ${name} set datestyle to 'German';
      create schema noted;
      create table noted.settings (at_tag text, at_time timestamptz default clock_timestamp(), time_limit text, durable text);
      create function noted.note() returns event_trigger language plpgsql as $$ begin
        insert into noted.settings (at_tag, time_limit, durable)
          values (tg_tag, current_setting('statement_timeout'), current_setting('synchronous_commit'));
      end $$;
      create event trigger note on ddl_command_start when tag in ('CREATE TABLE', 'DROP TABLE')
        execute function noted.note()`);
    await copy(from, server);
    const noted = await read("select at_tag, time_limit, durable from noted.settings order by at_time desc");
    // The mark of an unfinished copy is made last of all tables, and dropped when everything is copied.
    expect(noted.slice(0, 2)).toEqual([
      { at_tag: "DROP TABLE", time_limit: "0", durable: "on" },
      { at_tag: "CREATE TABLE", time_limit: "0", durable: "off" },
    ]);
    expect(await contents(server)).toEqual(await contents(from));
  });

  it("ends in one line if its connection breaks, and goes on when it is begun again", async () => {
    const [from, server] = [await smallFile(3), await unmigratedPostgres()];
    const proxy = await startSeveringProxy(server.url);
    onTestFinished(() => proxy.close());
    proxy.cutAt("json_to_recordset");
    expect(await run(from, { ...server, env: { DATABASE_URL: proxy.url } })).toEqual({
      code: 1,
      stdout: "",
      stderr: "Connection terminated unexpectedly\n",
    });
    expect(await run(from, server)).toMatchObject({ code: 0, stderr: "" });
    expect(await contents(server)).toEqual(await contents(from));
  });

  it("copies into no database that has a single row", async () => {
    const [small, server] = [await smallFile(10), await unmigratedPostgres()];
    const db = await server.open();
    await addRows(db, "users", [{ id: "01M0ALICE", createdAt: new Date(0) }]);
    await db.close();
    await expect(copy(small, server)).rejects.toThrow("The PostgreSQL database has data already");
    expect((await contents(server)).users).toHaveLength(1);
  });

  it("names the tables that changed in SQLite after a first try, lets no service start, and begins again if asked to", async () => {
    const [small, server] = [await smallFile(10), await unmigratedPostgres()];
    const source = new SqliteSource(small.path);
    const target = await PostgresTarget.open(server.url, { startOver: false });
    // As if it had been killed before it compared.
    const table = copiedTables.find(({ name }) => name === "users");
    if (!table) throw new Error("there are users");
    const rows = source.rows(table, undefined, 10);
    await target.write(table, rows, { rows: 10, after: [String(rows.at(-1)?.[0])] });
    await target.close();
    source.close();
    change(small.path, "update users set created_at = created_at + 1 where rowid = 4");

    await expect(copy(small, server)).rejects.toThrow(
      /^These tables differ: users \(10 rows in SQLite, 10 in PostgreSQL\)\. .* begin again with --start-over\.$/,
    );
    await expect(server.open()).rejects.toMatchObject({ reason: "half_copied" });
    await expect(copy(small, server)).rejects.toThrow("These tables differ: users");
    expect(await run(small, server, "--start-over")).toMatchObject({ code: 0, stderr: "" });
    expect(await contents(server)).toEqual(await contents(small));
  });

  it("sets no sequence, because no table numbers its rows by one", async () => {
    const server = await unmigratedPostgres();
    await (await server.open()).close();
    const sequences = await withConnection(server.url, async (client) => {
      const { rows } = await client.query(
        "select sequencename from pg_sequences where schemaname = 'public'",
      );
      return rows;
    });
    expect(sequences).toEqual([]);
  });

  it("keeps everyone signed in, and a returning person is the same user [T30, T92]", async () => {
    const [small, server, port] = [await migratedSqlite(), await unmigratedPostgres(), await freePort()];
    files.push(small);
    const db = await small.open();
    const before = await startSystem({ db, simulator, port });
    const alice = before.browser({ person: "alice" });
    await alice.signIn();
    const userId = await userOf(alice);
    await before.app.server.close();
    await db.close();
    await copy(small, server);

    const copied = await server.open();
    const after = await startSystem({ db: copied, simulator, port });
    const browser = new Browser(after.url);
    browser.cookies.set("wl_session", alice.session ?? "");
    expect(userId).toBeDefined();
    expect(await userOf(browser)).toBe(userId);
    const again = after.browser({ person: "alice" });
    await again.signIn();
    expect(await userOf(again)).toBe(userId);
    await after.app.server.close();
    await copied.close();
  });
});

describe("a copy into PostgreSQL", () => {
  it("is refused while a service runs on either side, and keeps one from the SQLite file until it ends", async () => {
    const [small, server] = [await smallFile(1), await unmigratedPostgres()];
    const service = await small.open();
    await expect(copy(small, server)).rejects.toThrow(
      "The SQLite database is in use: stop the service first.",
    );
    await service.close();

    const other = await server.open();
    await rowsOf(other, "users");
    await expect(copy(small, server)).rejects.toThrow("The PostgreSQL database is in use");
    await other.close();

    const source = new SqliteSource(small.path);
    const reader = new Sqlite(small.path, { timeout: 0 });
    expect(() => reader.prepare("select id from users").all()).toThrow("database is locked");
    reader.close();
    const target = await PostgresTarget.open(server.url, { startOver: false });
    await expect(PostgresTarget.open(server.url, { startOver: false })).rejects.toThrow(
      "Another copy into this PostgreSQL is under way.",
    );
    await copyDatabase(source, target, () => {});
    await target.close();
    source.close();
  });

  it("is refused if there is no SQLite database, or one of an older version, which it does not migrate", async () => {
    const none = await sqliteDatabase();
    files.push(none);
    expect(() => new SqliteSource(none.path)).toThrow("There is no SQLite database in DATA_DIR.");
    const older = await smallFile(1);
    change(
      older.path,
      "delete from __drizzle_migrations where created_at = (select max(created_at) from __drizzle_migrations)",
    );
    const bytes = readFileSync(older.path);
    expect(() => new SqliteSource(older.path)).toThrow(
      "is of an older version: start the service of this version",
    );
    expect(readFileSync(older.path).equals(bytes)).toBe(true);
  });

  it("says what PostgreSQL refused without the row, which holds the names of people", async () => {
    const [small, server] = [await smallFile(1), await unmigratedPostgres()];
    change(small.path, "update users set merged_into = 'Nick' || char(0) || 'name'");
    await expect(copy(small, server)).rejects.toThrow(
      /^PostgreSQL refused rows of the table users: 22P05\.$/,
    );
  });

  it("asks for DATABASE_URL, and knows no other option", async () => {
    expect(await run(file, { ...(await unmigratedPostgres()), env: {} })).toMatchObject({
      code: 1,
      stderr: "DATABASE_URL is not set: it names the PostgreSQL database that the copy goes into.\n",
    });
    expect(await run(file, await unmigratedPostgres(), "--force")).toMatchObject({
      code: 1,
      stderr: "Usage: npm run to-postgres [-- --start-over]\n",
    });
  });
});
