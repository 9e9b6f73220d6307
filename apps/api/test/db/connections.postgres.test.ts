import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Database, DatabaseError } from "../../src/db/database.js";
import { openPostgres } from "../../src/db/postgres.js";
import { required, statement } from "../../src/db/statement.js";
import { decrementThrottle, incrementThrottle } from "../../src/db/throttles.js";
import { findUserState } from "../../src/db/users.js";
import { postgresDatabase, unmigratedPostgres, withConnection } from "../support/postgres.js";
import { rowsOf } from "../support/rows.js";
import { startSeveringProxy } from "../support/severing-proxy.js";
import { attempt } from "./rows.js";

let database: Awaited<ReturnType<typeof postgresDatabase>>;
let db: Database;
beforeEach(async () => {
  database = await postgresDatabase();
  db = await database.open();
});
afterEach(async () => {
  await db.close();
  await database.remove();
});

describe("an error that PostgreSQL answers", () => {
  const call = (state: string) => sql<number>`fail_with(${sql.raw(`'${state}'`)})`;
  const failWith = (state: string) =>
    statement(`fail_with_${state}`, (orm) => orm.select({ value: call(state) }).from(sql`(select 1) as one`));

  it("is told by its reason: refused for what was sent, busy, or not available", async () => {
    await withConnection(database.url, (client) =>
      client.query(
        "create or replace function fail_with(state text) returns int language plpgsql as $$ begin raise exception using errcode = state; end $$",
      ),
    );
    const reasonOf = (work: Promise<unknown>) =>
      work.then(
        () => "none",
        (error: DatabaseError) => error.reason,
      );
    const reasons: Record<string, unknown> = {};
    for (const state of ["22012", "23505", "42P01", "40001", "40P01", "55P03", "57014", "53300", "XX000"]) {
      reasons[state] = [
        await reasonOf(db.run(failWith(state), {})),
        await reasonOf(db.batch([failWith(state).with({})])),
        await reasonOf(
          db.consoleQuery((orm) => orm.select({ value: call(state) }).from(sql`(select 1) as one`)),
        ),
      ];
    }
    expect(reasons).toEqual({
      "22012": ["rejected", "rejected", "rejected"],
      "23505": ["rejected", "rejected", "rejected"],
      "42P01": ["rejected", "rejected", "rejected"],
      "40001": ["busy", "busy", "busy"],
      "40P01": ["busy", "busy", "busy"],
      "55P03": ["busy", "busy", "busy"],
      "57014": ["busy", "busy", "too_slow"],
      "53300": ["unavailable", "unavailable", "unavailable"],
      XX000: ["unavailable", "unavailable", "unavailable"],
    });
  });
});

describe("a commit that PostgreSQL refuses", () => {
  const refuseCommits = (times: number, state: string) => `
    create sequence commits;
    create function refuse_commit() returns trigger language plpgsql as $$ begin
      if nextval('commits') <= ${times} then raise exception using errcode = '${state}'; end if;
      return null;
    end $$;
    create constraint trigger refuse_commit after insert or update on throttles
      deferrable initially deferred for each row execute function refuse_commit()`;
  const query = (text: string) => withConnection(database.url, (client) => client.query(text));
  afterEach(() => query("drop function refuse_commit cascade; drop sequence commits"));

  it.each([
    [2, "40001", "written once", [1]],
    [2, "40P01", "written once", [1]],
    [3, "40001", "busy", []],
  ])(
    "is repeated if it may succeed, and after %i refusals with %s the batch is %s",
    async (times, state, end, counts) => {
      await query(refuseCommits(times, state));
      const result = await db.batch([incrementThrottle.with(attempt("key"))]).then(
        () => "written once",
        (error: DatabaseError) => error.reason,
      );
      expect(result).toBe(end);
      expect((await rowsOf(db, "throttles")).map(({ count }) => count)).toEqual(counts);
    },
  );

  it("is not repeated if it would be refused again, and its error says why", async () => {
    await query(refuseCommits(1, "23514"));
    await expect(db.batch([incrementThrottle.with(attempt("key"))])).rejects.toMatchObject({
      reason: "rejected",
      cause: { code: "23514" },
    });
    expect(await rowsOf(db, "throttles")).toEqual([]);
  });
});

describe("a batch that is rolled back because a row has changed", () => {
  it("leaves its connection to the next caller", async () => {
    const readPid = statement("read_pid", (orm) =>
      orm.select({ pid: sql<number>`pg_backend_pid()` }).from(sql`(select 1) as one`),
    );
    const before = await db.run(readPid, {});
    const missing = required(decrementThrottle.with({ key: "none" }));
    await expect(db.batch([missing])).rejects.toMatchObject({ name: "StaleDataError" });
    expect(await db.run(readPid, {})).toEqual(before);
  });
});

describe("a call that has ended", () => {
  it("leaves no timer behind, which would hold up the end of a command", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    await db.run(findUserState, { id: "anyone" });
    const before = timers();
    for (let n = 0; n < 20; n++) await db.run(findUserState, { id: "anyone" });
    expect(timers() - before).toBeLessThan(5); // the pool and Vitest have some of their own
  });
});

describe("a server that was read-only", () => {
  it.each([
    ["a statement", (key: string) => db.run(incrementThrottle, attempt(key))],
    ["a batch", (key: string) => db.batch([incrementThrottle.with(attempt(key))])],
  ])("takes %s over a new connection once it takes writes again", async (_, write) => {
    const name = new URL(database.url).pathname.slice(1);
    const set = (text: string) =>
      withConnection(database.url, async (client) => {
        await client.query("set default_transaction_read_only = off");
        await client.query(`alter database ${name} ${text}`);
      });
    await set("set default_transaction_read_only = on");
    try {
      await expect(write("refused")).rejects.toMatchObject({ reason: "unavailable" });
      // What reads leaves a connection of that time in the pool.
      await db.run(findUserState, { id: "anyone" });
    } finally {
      await set("reset default_transaction_read_only");
    }
    await write("written");
    expect((await rowsOf(db, "throttles")).map(({ key }) => key)).toEqual(["written"]);
  });
});

describe("opening the database", () => {
  it("migrates it over a new connection if the first one breaks amid the migration, as if it had not begun", async () => {
    const empty = await unmigratedPostgres();
    const proxy = await startSeveringProxy(empty.url);
    onTestFinished(() => proxy.close());
    proxy.cutAt("create table if not exists drizzle");
    const opened = await openPostgres(proxy.url);
    onTestFinished(() => opened.close());
    await opened.run(incrementThrottle, attempt("key"));
    expect((await rowsOf(opened, "throttles")).map(({ key }) => key)).toEqual(["key"]);
  });
});

describe("a migration", () => {
  it("gives up a lock that it does not get within 10 s, because every query queues behind it", async () => {
    const empty = await unmigratedPostgres();
    const read = (text: string) =>
      withConnection(empty.url, async (client) => (await client.query(text)).rows);
    await read(`
      create schema noted;
      create table noted.timeouts (value text);
      create function noted.note() returns event_trigger language plpgsql as
        $$ begin insert into noted.timeouts values (current_setting('lock_timeout')); end $$;
      create event trigger note on ddl_command_start when tag in ('CREATE TABLE') execute function noted.note()`);
    await (await openPostgres(empty.url)).close();
    expect(await read("select distinct value from noted.timeouts")).toEqual([{ value: "10s" }]);
  });

  it("needs no right to create schemas once they are there", async () => {
    const name = new URL(database.url).pathname.slice(1);
    const login = `login_of_${name}`;
    const asAdmin = (text: string) => withConnection(database.url, (client) => client.query(text));
    await asAdmin(`
      create role ${login} login password 'of the role';
      grant all on schema public, drizzle to ${login};
      grant all on all tables in schema public, drizzle to ${login};
      grant all on all sequences in schema public, drizzle to ${login}`);
    onTestFinished(async () => {
      await asAdmin(`drop owned by ${login}; drop role ${login}`);
    });
    const url = new URL(database.url);
    url.username = login;
    url.password = "of the role";
    const opened = await openPostgres(url.href);
    onTestFinished(() => opened.close());
    await opened.run(incrementThrottle, attempt("key"));
    expect((await rowsOf(db, "throttles")).map(({ key }) => key)).toEqual(["key"]);
  });
});

describe("closing the database", () => {
  it("leaves no connection to the server, also none that read a list", async () => {
    const other = await openPostgres(database.url);
    await other.run(findUserState, { id: "anyone" });
    await rowsOf(other, "throttles");
    const connections = () =>
      withConnection(database.url, async (client) => {
        const { rows } = await client.query(
          "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = 'wechat-login'",
        );
        return rows.length;
      });
    expect(await connections()).toBe(2);
    await other.close();
    await expect.poll(connections).toBe(0);
  });
});
