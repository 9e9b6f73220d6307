import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import { deleteBatchSize } from "../../src/db/delete-batch.js";
import { deleteExpiredIdempotencyKeys } from "../../src/db/idempotency-keys.js";
import { deleteExpiredChallenges } from "../../src/db/operator-factors.js";
import { deleteExpiredOperatorSessions } from "../../src/db/operators.js";
import { openPostgres } from "../../src/db/postgres.js";
import { deleteExpiredSessions } from "../../src/db/sessions.js";
import { abandonSignIns } from "../../src/db/sign-ins.js";
import { type Params, statement } from "../../src/db/statement.js";
import { decrementThrottle, deleteExpiredThrottles, incrementThrottle } from "../../src/db/throttles.js";
import type { Deps } from "../../src/domain/deps.js";
import { type Identity, resolveIdentity } from "../../src/domain/identity/identity.js";
import {
  postgresDatabase,
  unmigratedPostgres,
  waitForLockedQueries,
  withConnection,
} from "../support/postgres.js";
import { rowsOf } from "../support/rows.js";
import { startSeveringProxy } from "../support/severing-proxy.js";
import { at, attempt, signInRow } from "./rows.js";

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

describe("a batch that PostgreSQL refuses", () => {
  it("leaves its connection ready for the statements that were skipped", async () => {
    const divide = statement("divide", (orm, _, p: Params<{ by: number }>) =>
      orm.select({ value: sql`1 / ${p.by}::int` }).from(sql`(select 1) as one`),
    );
    const batch = (by: number, key: string) =>
      db.batch([divide.with({ by }), incrementThrottle.with(attempt(key))]);
    // Neither has been prepared on the connection yet, and one after the other is given the same one.
    await expect(batch(0, "refused")).rejects.toThrow();
    await db.run(incrementThrottle, attempt("alone"));
    await batch(1, "together");
    expect((await rowsOf(db, "throttles")).map(({ key }) => key).sort()).toEqual(["alone", "together"]);
  });
});

describe("the console's lists", () => {
  it("hold three connections at most, so that a statement of a sign-in finds one", async () => {
    const sleep = () =>
      db.consoleQuery((orm) => orm.select({ slept: sql`pg_sleep(0.4)` }).from(sql`(select 1) as one`));
    const lists = Array.from({ length: 12 }, sleep);
    await waitForSleepers(3);
    expect(await sleepers()).toBe(3);
    await Promise.all(lists);
  });

  const sleepers = () =>
    withConnection(database.url, async (client) => {
      const { rows } = await client.query(
        "select count(*)::int as count from pg_stat_activity where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()",
      );
      return (rows[0] as { count: number }).count;
    });
  async function waitForSleepers(count: number): Promise<void> {
    while ((await sleepers()) < count) await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

describe("deleting what has expired", () => {
  it("does not mark a sign-in as abandoned that finishes meanwhile [T96]", async () => {
    await db.batch([signInRow({ expiresAt: at(0) })]);
    const outcome = await withConnection(database.url, async (signingIn) => {
      await signingIn.query("begin");
      await signingIn.query("update sign_ins set outcome = 'signed_in', user_id = 'u' where id = 'sign-in'");
      const deleteExpired = db.run(abandonSignIns, { now: at(1), defaultReturnTo: "/" });
      await waitForLockedQueries(database.url, 1);
      await signingIn.query("commit");
      await deleteExpired;
      return (await rowsOf(db, "signIns"))[0]?.outcome;
    });
    expect(outcome).toBe("signed_in");
  });

  it("leaves a session that is used meanwhile", async () => {
    const left = await withConnection(database.url, async (browsing) => {
      await browsing.query(`
        insert into users (id, created_at) values ('u', to_timestamp(0));
        insert into sessions (secret_hash, id, user_id, sign_in_id, created_at, last_seen_at, expires_at)
          values ('h', 'i', 'u', 's', to_timestamp(0), to_timestamp(0), now())`);
      await browsing.query("begin");
      await browsing.query("update sessions set last_seen_at = now()");
      const deleteExpired = db.run(deleteExpiredSessions, { now: at(1), seenAfter: at(1) });
      await waitForLockedQueries(database.url, 1);
      await browsing.query("commit");
      return [await deleteExpired, (await rowsOf(db, "sessions")).map(({ id }) => id)];
    });
    expect(left).toEqual([[], ["i"]]);
  });

  it("leaves an idempotency key that a new request claims meanwhile", async () => {
    const left = await withConnection(database.url, async (claiming) => {
      await claiming.query(`
        insert into idempotency_keys (client_id, key, request_hash, created_at, expires_at)
          values ('shop', 'k', 'h', to_timestamp(0), to_timestamp(0))`);
      await claiming.query("begin");
      await claiming.query("update idempotency_keys set expires_at = now() + interval '1 day'");
      const deleteExpired = db.run(deleteExpiredIdempotencyKeys, { now: at(1) });
      await waitForLockedQueries(database.url, 1);
      await claiming.query("commit");
      return [await deleteExpired, (await rowsOf(db, "idempotencyKeys")).map(({ key }) => key)];
    });
    expect(left).toEqual([[], ["k"]]);
  });

  it.each([
    ["throttles", () => db.run(deleteExpiredThrottles, { now: at(1) })],
    ["operator_sessions", () => db.run(deleteExpiredOperatorSessions, { now: at(1), seenAfter: at(0) })],
    ["operator_challenges", () => db.run(deleteExpiredChallenges, { now: at(1) })],
  ])("(%s) leaves what is renewed meanwhile", async (table, cleanUp) => {
    const count = await withConnection(database.url, async (renewing) => {
      await renewing.query(`
        insert into operators (id, username, password_hash, role, status, created_at)
          values ('o', 'olga', '-', 'owner', 'active', to_timestamp(0));
        insert into operator_sessions (secret_hash, operator_id, created_at, last_seen_at, expires_at)
          values ('s', 'o', to_timestamp(0), 'infinity', to_timestamp(0));
        insert into operator_challenges (secret_hash, operator_id, kind, expires_at)
          values ('s', 'o', 'sign_in', to_timestamp(0));
        insert into throttles (key, count, expires_at) values ('k', 1, to_timestamp(0))`);
      await renewing.query(`begin; update ${table} set expires_at = 'infinity'`);
      const cleaned = cleanUp();
      await waitForLockedQueries(database.url, 1);
      await renewing.query("commit");
      await cleaned;
      const { rows } = await renewing.query(`select count(*)::int as count from ${table}`);
      return (rows[0] as { count: number }).count;
    });
    expect(count).toBe(1);
  });

  it.each([
    ["sessions", () => db.run(deleteExpiredSessions, { now: at(1), seenAfter: at(1) })],
    ["throttles", () => db.run(deleteExpiredThrottles, { now: at(1) })],
  ])("(%s) works in limited batches [T97]", async (_, cleanUp) => {
    await withConnection(database.url, (client) =>
      client.query(`
        insert into users (id, created_at) values ('u', to_timestamp(0));
        insert into sessions (secret_hash, id, user_id, sign_in_id, created_at, last_seen_at, expires_at)
          select 'h' || n, 'i' || n, 'u', 's', to_timestamp(0), to_timestamp(0), to_timestamp(0) from generate_series(1, ${deleteBatchSize * 3}) n;
        insert into throttles (key, count, expires_at) select 'k' || n, 1, to_timestamp(0) from generate_series(1, ${deleteBatchSize * 3}) n`),
    );
    expect((await cleanUp()).length).toBeLessThanOrEqual(deleteBatchSize);
  });
});

describe("a statement prepared before another process migrated", () => {
  const migrate = () =>
    withConnection(database.url, (client) =>
      client.query('alter table throttles alter column "key" type text collate "POSIX"'),
    );
  const migrateBack = () =>
    withConnection(database.url, (client) =>
      client.query('alter table throttles alter column "key" type text collate "C"'),
    );

  it("is prepared again, alone and in a batch [T92]", async () => {
    await db.run(incrementThrottle, attempt("key"));
    await db.run(decrementThrottle, { key: "key" });
    await db.batch([decrementThrottle.with({ key: "key" })]);
    await migrate();
    try {
      await db.run(decrementThrottle, { key: "key" });
      await db.batch([decrementThrottle.with({ key: "key" })]);
    } finally {
      await migrateBack();
    }
  });
});

describe("a commit", () => {
  it("is not repeated if the connection was terminated after the commit but before its answer [T94]", async () => {
    const proxy = await startSeveringProxy(database.url);
    const through = await openPostgres(proxy.url);
    try {
      proxy.severAfterCommit(1);
      await through.batch([incrementThrottle.with(attempt("key"))]).catch(() => {});
      expect((await rowsOf(db, "throttles")).map((row) => row.count)).toEqual([1]);
    } finally {
      await through.close();
      await proxy.close();
    }
  });
});

describe("a batch", () => {
  it("is repeated if the connection was terminated before the commit [T94]", async () => {
    const proxy = await startSeveringProxy(database.url);
    const through = await openPostgres(proxy.url);
    try {
      proxy.severAfterBegin(1);
      await through.batch([incrementThrottle.with(attempt("key"))]);
      expect((await rowsOf(db, "throttles")).map((row) => row.count)).toEqual([1]);
    } finally {
      await through.close();
      await proxy.close();
    }
  });
});

describe("a database with its own settings", () => {
  const withSetting = (setting: string) => async (work: (other: Database) => Promise<void>) => {
    const name = new URL(database.url).pathname.slice(1);
    const set = (sql: string) => withConnection(database.url, (client) => client.query(sql));
    await set(`alter database ${name} set ${setting}`);
    const other = await openPostgres(database.url);
    try {
      await work(other);
    } finally {
      await other.close();
      await set(`alter database ${name} reset all`);
    }
  };

  it.each([
    "timezone = 'Asia/Shanghai'",
    "timezone = 'America/St_Johns'",
    "datestyle = 'German'",
    "datestyle = 'SQL, DMY'",
  ])("stores timestamps correctly with %s", (setting) =>
    withSetting(setting)(async (other) => {
      await other.batch([signInRow({ now: at(1), expiresAt: at(2) })]);
      expect(await rowsOf(other, "signIns")).toMatchObject([{ createdAt: at(1), expiresAt: at(2) }]);
    }),
  );

  it("is used with the limits and the isolation that this code depends on, also for the console's lists", () =>
    withSetting("idle_in_transaction_session_timeout = 0")(async (other) => {
      const settings = {
        statement: sql<string>`current_setting('statement_timeout')`,
        idleInTransaction: sql<string>`current_setting('idle_in_transaction_session_timeout')`,
        isolation: sql<string>`current_setting('transaction_isolation')`,
        application: sql<string>`current_setting('application_name')`,
        parallel: sql<string>`current_setting('max_parallel_workers_per_gather')`,
        hashJoin: sql<string>`current_setting('enable_hashjoin')`,
        mergeJoin: sql<string>`current_setting('enable_mergejoin')`,
      };
      const show = statement("show_settings", (orm) => orm.select(settings).from(sql`(select 1) as one_row`));
      const expected = {
        statement: "3800ms",
        idleInTransaction: "2500ms",
        isolation: "read committed",
        application: "wechat-login",
        ...{ parallel: "0", hashJoin: "on", mergeJoin: "on" },
      };
      expect(await other.run(show, {})).toEqual([expected]);
      expect(
        await other.consoleQuery((orm) => orm.select(settings).from(sql`(select 1) as one_row`)),
      ).toEqual([{ ...expected, statement: "5s", hashJoin: "off", mergeJoin: "off" }]);
    }));

  it("refuses as busy what waits for a lock for too long, and what PostgreSQL cancels at its time limit", async () => {
    await db.batch([incrementThrottle.with(attempt("held"))]);
    await withSetting("lock_timeout = '200ms'")((impatient) =>
      withConnection(database.url, async (holder) => {
        await holder.query("begin");
        await holder.query("select 1 from throttles where key = 'held' for update");
        const busy = { name: "DatabaseError", reason: "busy" };
        await expect(impatient.run(incrementThrottle, attempt("held"))).rejects.toMatchObject(busy);
        const cancelled = expect(db.run(incrementThrottle, attempt("held"))).rejects.toMatchObject(busy);
        await waitForLockedQueries(database.url, 1);
        await holder.query(
          "select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        await cancelled;
        await holder.query("rollback");
      }),
    );
  });

  const person = (n: number): Identity => ({
    app: {
      key: "app",
      kind: "website",
      appId: n % 2 ? "wx1" : "wx2",
      appSecret: "secret",
      group: "group",
      profile: "ask",
      verifyFiles: [],
    },
    openid: n % 2 ? "oInOne" : "oInTwo",
    unionid: "u",
    scope: "snsapi_login",
    profile: undefined,
  });

  it.each(["repeatable read", "serializable"])(
    "completes thirty simultaneous sign-ins of one person at isolation level %s [T78]",
    (level) =>
      withSetting(`default_transaction_isolation = '${level}'`)(async (other) => {
        const deps = { db: other, now: () => at(0) } as Deps;
        const outcomes = await Promise.allSettled(
          Array.from({ length: 30 }, (_, n) => resolveIdentity(deps, person(n))),
        );
        expect(outcomes.filter((outcome) => outcome.status === "rejected")).toEqual([]);
      }),
  );

  it("starts four processes together on an empty database at isolation level repeatable read [T92]", async () => {
    const empty = await unmigratedPostgres();
    const name = new URL(empty.url).pathname.slice(1);
    await withConnection(empty.url, (client) =>
      client.query(`alter database ${name} set default_transaction_isolation = 'repeatable read'`),
    );
    const starts = await Promise.allSettled(Array.from({ length: 4 }, () => empty.open()));
    for (const start of starts) if (start.status === "fulfilled") await start.value.close();
    expect(starts.map((start) => start.status)).toEqual(Array(4).fill("fulfilled"));
  });
});
