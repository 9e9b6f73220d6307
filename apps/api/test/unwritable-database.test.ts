import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import type { SqliteClient } from "../src/db/better-sqlite3.js";
import type { Database } from "../src/db/database.js";
import { sqlitePath } from "../src/db/open.js";
import { openSqlite } from "../src/db/sqlite.js";
import { readHere } from "../src/db/sqlite-reader/reader.js";
import { incrementThrottle } from "../src/db/throttles.js";
import type { Browser } from "./support/browser.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { createHost } from "./support/hosts.js";
import { makeOperator } from "./support/operator.js";
import { withConnection } from "./support/postgres.js";
import { rowsOf } from "./support/rows.js";
import { profileCallback, userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";
import { expectWhole } from "./support/whole.js";

/** What happens to a database, and how it ends. */
interface Harm {
  /** What /readyz says meanwhile. */
  readiness: [status: number, body: string];
  begin(): Promise<void>;
  end(): Promise<void>;
}

const readable: Harm["readiness"] = [200, '{"status":"read-only"}'];

let database: TestDatabase;
let db: Database;
let client: SqliteClient | undefined;
let system: System;
beforeEach(async () => {
  database = await testDatabase();
  db = inject("engine") === "sqlite" ? await openWithClient() : await database.open();
  system = await startSystem({ db });
});
afterEach(async () => {
  await system.close();
  await db.close();
  await database.remove();
});

/** Keeps the connection, whose limits a test changes. */
const openWithClient = () =>
  openSqlite(pathOf(database), {
    createReader(opened) {
      client = opened;
      return readHere(opened);
    },
  });

const pathOf = ({ env }: TestDatabase) => sqlitePath(env.DATA_DIR ?? "");
const set = async (pragma: string) => void client?.pragma(pragma);
const execute = (...statements: string[]) =>
  withConnection(database.env.DATABASE_URL ?? "", async (connection) => {
    for (const statement of statements) await connection.query(statement);
  });

/** Fills what is free on the pages that the file has. */
async function fill(): Promise<void> {
  await set(`max_page_count = ${client?.pragma("page_count", { simple: true })}`);
  const attempt = { now: new Date(0), expiresAt: new Date(1), latestEnd: new Date(1) };
  for (let n = 0; ; n++) {
    const key = `${n} ${"x".repeat(2_000)}`;
    const isFull = await db.run(incrementThrottle, { key, ...attempt }).then(
      () => false,
      () => true,
    );
    if (isFull) return;
  }
}

/** The file's bytes before they were damaged. */
let bytes: Buffer;

function overwrite(content: Buffer, from = 0): void {
  const file = openSync(pathOf(database), "r+");
  writeSync(file, content, from, content.length - from, from);
  closeSync(file);
  client?.pragma("shrink_memory"); // the pages that SQLite has read already
}

/** PostgreSQL applies a setting of the database to new connections. */
const reconnect =
  "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
const everyTable = (action: string) => `do $$ declare name text; begin
  for name in select tablename from pg_tables where schemaname = 'public' loop execute format('${action}', name); end loop; end $$`;

/** PostgreSQL's own error for it, which a test cannot cause on a server that others use. */
const refusal = (sqlState: string): Harm => ({
  readiness: readable,
  begin: () =>
    execute(
      `create function refuse() returns trigger language plpgsql as $$ begin raise exception using errcode = '${sqlState}'; end $$`,
      everyTable("create trigger refused before insert or update or delete on %I execute function refuse()"),
    ),
  end: () => execute("drop function refuse() cascade"),
});

const harms: Record<"sqlite" | "postgres", Record<string, Harm>> = {
  sqlite: {
    full: { readiness: readable, begin: fill, end: () => set("max_page_count = 1073741823") },
    "read-only": {
      readiness: readable,
      begin: () => set("query_only = on"),
      end: () => set("query_only = off"),
    },
    damaged: {
      readiness: [503, '{"status":"not ready"}'], // it cannot be read either
      async begin() {
        await db.checkpoint({ always: true });
        bytes = readFileSync(pathOf(database));
        overwrite(Buffer.alloc(bytes.length, "x"), 4096);
      },
      end: async () => overwrite(bytes),
    },
  },
  postgres: {
    full: refusal("53100"),
    "read-only": {
      readiness: readable,
      begin: () =>
        execute(
          "do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$",
          reconnect,
        ),
      end: () =>
        execute(
          "set default_transaction_read_only = off",
          "do $$ begin execute format('alter database %I reset default_transaction_read_only', current_database()); end $$",
        ),
    },
    damaged: refusal("XX001"),
  },
};

async function readiness(): Promise<[number, string]> {
  const { status, html } = await system.browser().visit("/readyz");
  return [status, html];
}

describe("a database that can no longer be written", () => {
  it("still tells a page, a host and the console who is signed in, also when their last use is due to be noted [T86]", async () => {
    const harm = harms[inject("engine")]["read-only"];
    const browser = system.browser({ person: "alice" });
    await browser.signIn();
    const user = await userOf(browser);
    const shop = await createHost(system);
    const console = await makeOperator(system);
    const told = async () => [
      await userOf(browser),
      (await shop.call("POST", "/sessions/introspect", { cookie: browser.cookieHeader() })).body,
      (await console.query<{ username: string }>("operator.me")).data?.username,
    ];
    const before = await told();
    expect(before).toEqual([user, expect.objectContaining({ active: true, userId: user }), "olga"]);

    await harm?.begin();
    system.advance(61);
    expect(await told()).toEqual(before);
    expect(system.logLines.join("").match(/"use_not_noted"/g)).toHaveLength(4); // a session is looked at by its host, too
    await harm?.end();
    expect(await told()).toEqual(before);
    expect(system.logLines.join("").match(/"use_not_noted"/g)).toHaveLength(4);
  });

  it.each(Object.keys(harms[inject("engine")]))(
    "(%s) signs in no one and confirms no sign-out, says so with 503, shows at /readyz, and serves again once it can [T86]",
    async (name) => {
      const harm = harms[inject("engine")][name];
      if (!harm) throw new Error("an unknown harm");
      const signedIn = system.browser({ person: "alice" });
      await signedIn.signIn();
      const user = await userOf(signedIn);
      const waiting: { browser: Browser; callback: URL }[] = [];
      for (let n = 0; n < 10; n++) {
        const browser = system.browser({ person: `crowd-${n}` });
        waiting.push({ browser, callback: await profileCallback(browser) });
      }
      expect(await readiness()).toEqual([200, '{"status":"ok"}']);
      system.advance(10);
      await harm.begin();

      for (const { browser, callback } of waiting) {
        const { status } = await browser.visit(callback);
        // There may be room for one more.
        if (status === 303) expect(await userOf(browser)).toBeDefined();
        else expect([status, browser.session]).toEqual([503, undefined]);
      }
      expect(waiting.filter(({ browser }) => browser.session === undefined)).not.toEqual([]);
      expect((await signedIn.visit("/healthz")).status).toBe(200);
      expect(await readiness()).toEqual(harm.readiness);
      const copy = signedIn.copy();
      const { status } = await signedIn.mutate("session.signOut");
      await harm.end();

      expect([200, 503]).toContain(status); // a row can be deleted from a full file
      expect(await userOf(copy)).toBe(status === 200 ? undefined : user);
      system.advance(10);
      expect(await readiness()).toEqual([200, '{"status":"ok"}']);
      for (const { browser } of waiting) {
        if (browser.session === undefined) await browser.signIn("/login/wechat?tap=1");
        expect(await userOf(browser)).toBeDefined();
      }
      expect(await rowsOf(db, "users")).toHaveLength(waiting.length + 1);
      await expectWhole(db);
    },
  );
});
