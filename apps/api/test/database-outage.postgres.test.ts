import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { openPostgres } from "../src/db/postgres.js";
import { postgresDatabase, withConnection } from "./support/postgres.js";
import { rowsOf } from "./support/rows.js";
import { profileCallback, userOf, waitForCalls } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";
import { startTcpProxy, type TcpProxy } from "./support/tcp-proxy.js";

let database: Awaited<ReturnType<typeof postgresDatabase>>;
let proxy: TcpProxy;
let db: Database;
let system: System;
beforeEach(async () => {
  database = await postgresDatabase();
  const url = new URL(database.url);
  proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  db = await openPostgres(url.href);
  system = await startSystem({ db });
});
afterEach(async () => {
  proxy.restore();
  await system.close();
  await db.close();
  await proxy.close();
  await database.remove();
});

/** Ends all connections of the system from the server, as an administrator or a failover does. */
const endConnections = () =>
  withConnection(database.url, (client) =>
    client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'wechat-login' and datname = current_database()",
    ),
  );

async function timed<Result>(ask: () => Promise<Result>): Promise<{ result: Result; seconds: number }> {
  const startedAt = performance.now();
  const result = await ask();
  return { result, seconds: (performance.now() - startedAt) / 1000 };
}

describe("the api during an outage of PostgreSQL", () => {
  it.each(["disconnect", "freeze"] as const)(
    "(%s) answers every page with 503 within 5 s, and everything works again afterwards [T94]",
    async (how) => {
      const signedIn = system.browser({ person: "alice" });
      await signedIn.signIn();
      const half = system.browser({ person: "emoji" });
      const callback = await profileCallback(half);
      proxy[how]();

      const asked = await Promise.all([
        timed(async () => (await signedIn.visit("/login/account")).status),
        timed(async () => (await signedIn.query("session.get")).status),
        timed(async () => (await system.browser().visit("/login/wechat")).status),
        timed(async () => (await half.visit(callback)).status),
        timed(async () => (await signedIn.visit("/readyz")).status),
      ]);
      for (const { result, seconds } of asked) {
        expect(result).toBe(503);
        expect(seconds).toBeLessThan(5);
      }
      expect((await signedIn.visit("/healthz")).status).toBe(200);

      proxy.restore();
      expect(await userOf(signedIn)).toBeDefined();
      expect((await half.visit(callback)).status, "the state was still unclaimed").toBe(303);
      expect(await userOf(half)).toBeDefined();
      expect((await signedIn.visit("/readyz")).status).toBe(200);
    },
  );

  it("answers a callback in progress with 503 within 5 s [T94]", async () => {
    const person = system.browser();
    const callback = await profileCallback(person);
    system.simulator.fail("access_token", { kind: "delay", ms: 200 }, 1);
    const exchanges = system.simulator.calls("access_token");
    const asked = timed(async () => (await person.visit(callback)).status);
    await waitForCalls(system.simulator, "access_token", exchanges + 1);
    proxy.freeze();
    const { result, seconds } = await asked;
    expect(result).toBe(503);
    expect(seconds).toBeLessThan(5);
  });

  it("doubles no user if PostgreSQL keeps closing connections, even inside transactions [T94]", async () => {
    const people = Array.from({ length: 30 }, (_, n) => system.browser({ person: `crowd-${n}` }));
    let over = false;
    const ending = (async () => {
      while (!over) await endConnections();
    })();
    await Promise.allSettled(people.map((person) => person.signIn()));
    over = true;
    await ending;

    for (const person of people) {
      if ((await userOf(person)) === undefined) await person.signIn("/login/wechat?tap=1");
      expect(await userOf(person)).toBeDefined();
    }
    expect(await rowsOf(db, "users")).toHaveLength(30);
    expect(await rowsOf(db, "bindings")).toHaveLength(30);
    const known = new Set((await rowsOf(db, "users")).map((user) => user.id));
    for (const binding of await rowsOf(db, "bindings")) expect(known).toContain(binding.userId);
  });

  it("answers without an error if PostgreSQL closed connections while they were idle [T94]", async () => {
    const person = system.browser();
    await person.signIn();
    for (let round = 0; round < 5; round++) {
      await endConnections();
      expect(await userOf(person)).toBeDefined();
      expect((await system.browser().visit("/login/wechat")).status).toBe(302);
    }
  });
});
