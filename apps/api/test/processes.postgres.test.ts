import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { Browser, userAgents } from "./support/browser.js";
import { freePort } from "./support/free-port.js";
import { type LoadBalancer, startLoadBalancer } from "./support/load-balancer.js";
import { postgresDatabase } from "./support/postgres.js";
import { type ApiProcess, killAll, spawnApi, waitUntilReady } from "./support/process.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";

// Two real processes on one PostgreSQL behind a load balancer that spreads requests over both.

let database: Awaited<ReturnType<typeof postgresDatabase>>;
let db: Database;
let simulator: Simulator;
let balancer: LoadBalancer;
let ports: number[];
let processes: ApiProcess[];
/** The indexes of the processes that receive requests. */
let serving = [0, 1];

function startProcess(place: number): ApiProcess {
  return spawnApi("main", {
    ...database.env,
    PORT: String(ports[place]),
    PUBLIC_URL: `http://localhost:${balancer.port}`,
    WECHAT_OPEN_URL: simulator.url,
    WECHAT_API_URL: simulator.url,
    RATE_LIMIT: "off",
    LOG_LEVEL: "warn",
  });
}

beforeAll(async () => {
  database = await postgresDatabase();
  simulator = await startSimulator();
  ports = [await freePort(), await freePort()];
  balancer = await startLoadBalancer(
    () => ports[serving[Math.floor(Math.random() * serving.length)] ?? 0] ?? 0,
  );
  simulator.settings({ callbackHosts: [`localhost:${balancer.port}`] });
  // The database is migrated already; db/migrations.test.ts has instances that start together on an empty one.
  processes = [startProcess(0), startProcess(1)];
  await Promise.all(processes.map((process, place) => waitUntilReady(process, ports[place] ?? 0)));
  db = await database.open();
}, 60_000);
afterAll(async () => {
  await killAll();
  await db.close();
  await balancer.close();
  await simulator.close();
  await database.remove();
});
afterEach(() => {
  serving = [0, 1];
});

const browser = (person: string) =>
  new Browser(`http://localhost:${balancer.port}`, {
    person,
    userAgent: Number(person.slice(6)) % 2 ? userAgents.desktop : userAgents.wechatAndroid,
  });

describe("two processes on one PostgreSQL", { timeout: 90_000 }, () => {
  it("sign in 200 people, spread over both at random, as 200 users known to both [T78, T96]", async () => {
    const people = Array.from({ length: 200 }, (_, n) => browser(`crowd-${n}`));
    const waiting = [...people];
    const worker = async () => {
      for (let person = waiting.pop(); person; person = waiting.pop()) await person.signIn();
    };
    await Promise.all(Array.from({ length: 20 }, worker));

    expect(await rowsOf(db, "users")).toHaveLength(200);
    expect(await rowsOf(db, "bindings")).toHaveLength(200);
    for (const place of [0, 1]) {
      serving = [place];
      const known = await Promise.all(people.map((person) => userOf(person)));
      expect(new Set(known).size, `at process ${place}`).toBe(200);
      expect(known).not.toContain(undefined);
    }
    expect(Math.min(...balancer.served.values()), "both had their share").toBeGreaterThan(200);
  });
});

describe("a process that cannot reach its PostgreSQL", { timeout: 30_000 }, () => {
  it("does not start, and explains it without the password in the address [T94, T102]", async () => {
    const url = new URL(database.url);
    url.port = String(await freePort());
    const unreachable = spawnApi("main", { DATABASE_URL: url.href, PORT: String(await freePort()) });
    expect(await unreachable.exit).toBe(1);
    expect(unreachable.stderr()).toMatch(/^The database could not be opened: [^\n]*DATABASE_URL[^\n]*\n$/);
    expect(unreachable.stderr()).not.toContain(url.password);

    url.port = new URL(database.url).port;
    url.password = "hunter2";
    const refused = spawnApi("main", { DATABASE_URL: url.href, PORT: String(await freePort()) });
    expect(await refused.exit).toBe(1);
    expect(refused.stderr()).toContain("DATABASE_URL");
    expect(refused.stderr()).not.toContain("hunter2");

    // A password that is not percent-encoded: its end looks like a host name.
    const torn = spawnApi("main", {
      DATABASE_URL: "postgres://postgres:hunter@2hunter/wechat",
      PORT: String(await freePort()),
    });
    expect(await torn.exit).toBe(1);
    expect(torn.stderr()).toContain("percent-encoded");
    expect(torn.stderr()).not.toContain("2hunter");
  });
});
