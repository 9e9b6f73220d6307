import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { createDeps } from "../src/domain/create-deps.js";
import { createApiKey } from "../src/domain/hosts/api-keys.js";
import { createHostClient } from "../src/domain/hosts/clients.js";
import { loadSettings } from "../src/load-settings.js";
import { Browser, userAgents } from "./support/browser.js";
import { freePort } from "./support/free-port.js";
import { type LoadBalancer, startLoadBalancer } from "./support/load-balancer.js";
import { postgresDatabase, unmigratedPostgres, withConnection } from "./support/postgres.js";
import { type ApiProcess, killAll, spawnApi, waitUntilReady } from "./support/process.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { secretKey } from "./support/system.js";
import { expectWhole } from "./support/whole.js";

// Two processes on one PostgreSQL behind a load balancer, of which one is killed and started again all the time.

/** `npm run test:long` has 10,000 people, and a kill every 20 s. */
const count = Number(process.env.INSTANCES_PEOPLE ?? 50);
const intervalMs = Number(process.env.INSTANCES_KILL_MS ?? 1_000);

type Server = { url: string; env: Record<string, string> };

const folder = mkdtempSync(join(tmpdir(), "killed-instances-"));
const backup = join(folder, "backup");
let database: Awaited<ReturnType<typeof postgresDatabase>>;
let db: Database;
let simulator: Simulator;
let balancer: LoadBalancer;
const ports: number[] = [];
const processes: ApiProcess[] = [];
/** The places of the processes that receive requests. */
let serving = [0, 1];
const confirmed: Browser[] = [];
let confirmedBefore: Browser[] = [];
let hasDump = false;

const settingsOf = ({ env }: Server) => ({
  ...{ ...env, SECRET_KEYS: secretKey, PUBLIC_URL: `http://localhost:${balancer.port}` },
  ...{ WECHAT_OPEN_URL: simulator.url, WECHAT_API_URL: simulator.url },
  ...{ RATE_LIMIT: "off", LOG_LEVEL: "warn" },
});

async function start(place: number, server: Server): Promise<void> {
  const started = spawnApi("main", { ...settingsOf(server), PORT: String(ports[place]) });
  processes[place] = started;
  await waitUntilReady(started, ports[place] ?? 0);
}

beforeAll(async () => {
  [database, simulator] = [await postgresDatabase(), await startSimulator()];
  for (let place = 0; place < 3; place++) ports.push(await freePort());
  balancer = await startLoadBalancer(
    () => ports[serving[Math.floor(Math.random() * serving.length)] ?? 0] ?? 0,
  );
  simulator.settings({ callbackHosts: [`localhost:${balancer.port}`] });
  await Promise.all([0, 1].map((place) => start(place, database)));
  db = await database.open();
  hasDump = dumpVersion() >= (await serverVersion());
}, 60_000);
afterAll(async () => {
  await killAll();
  await db.close();
  await balancer.close();
  await simulator.close();
  await database.remove();
  rmSync(folder, { recursive: true });
});

/** PostgreSQL's program copies from servers of its own version and older ones. */
function dumpVersion(): number {
  try {
    return Number.parseInt(
      /\d+/.exec(execFileSync("pg_dump", ["--version"], { encoding: "utf8" }))?.[0] ?? "",
      10,
    );
  } catch {
    return 0;
  }
}

const serverVersion = () =>
  withConnection(database.url, async (client) => {
    const { rows } = await client.query("show server_version_num");
    return Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  });

/** A host application that gets the global token from whichever process answers. */
async function newHost() {
  const silent = { info() {}, warn() {}, error() {} };
  const settings = loadSettings(settingsOf(database), () => []);
  const deps = createDeps({ settings, db, now: () => new Date(), log: silent });
  await createHostClient(deps, { id: "shop", name: "The shop", origins: [], redirectPaths: [] });
  const { key } = await createApiKey(deps, { clientId: "shop", scopes: ["tokens"], cidrs: [] });
  return async (method: string, path: string, body?: object) => {
    const answer = await fetch(`http://localhost:${balancer.port}/api/v1/apps/oa/token${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await answer.json()) as { generation: number };
  };
}

async function signIn(person: number): Promise<void> {
  const userAgent = person % 2 ? userAgents.desktop : userAgents.wechatAndroid;
  const browser = new Browser(`http://localhost:${balancer.port}`, { person: `crowd-${person}`, userAgent });
  while (browser.session === undefined) {
    await browser.signIn("/login/wechat?tap=1").catch(() => pause(50)); // its process was killed
  }
  confirmed.push(browser);
}

async function makeBackup(): Promise<void> {
  confirmedBefore = [...confirmed];
  const made = spawnApi("backup", settingsOf(database), { args: ["make", backup] });
  expect([await made.exit, made.stderr()]).toEqual([0, ""]);
}

describe(`two processes that sign in ${count} people while one of them is killed again and again`, () => {
  it(
    "keep each confirmed sign-in, double no one, and fetch the global token once each time it ends [T87, T95, T96]",
    async () => {
      const host = await newHost();
      const token = await host("GET", "");
      const waiting = Array.from({ length: count }, (_, n) => n);
      const signInNext = async () => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await signIn(next);
      };
      let isDone = false;
      const everyone = Promise.all(Array.from({ length: 20 }, signInNext)).finally(() => {
        isDone = true;
      });
      let { generation } = token;
      let kills = 0;
      let backingUp: Promise<void> | undefined;
      while (!isDone || kills === 0) {
        await Promise.race([everyone, pause(intervalMs)]);
        const value = simulator.tokens().find(({ kind }) => kind === "global_token")?.value ?? "";
        simulator.endToken(value);
        const reports = Array.from({ length: 10 }, () => host("POST", "/invalid", { generation }));
        expect(await Promise.all(reports)).toEqual(reports.map(() => ({ generation: generation + 1 })));
        generation++;
        if (hasDump && confirmed.length > 0) backingUp ??= makeBackup();
        const place = kills++ % 2;
        processes[place]?.child.kill("SIGKILL");
        serving = [1 - place];
        await processes[place]?.exit;
        await start(place, database);
        serving = [0, 1];
      }
      await everyone;
      await backingUp;
      expect(simulator.calls("stable_token")).toBe(kills + 1);
      expect(confirmed).toHaveLength(count);
      const users: (string | undefined)[] = [];
      for (const browser of confirmed) users.push(await userOf(browser));
      expect(users).not.toContain(undefined);
      expect(new Set(users).size).toBe(count);
      expect(await rowsOf(db, "bindings")).toHaveLength(count);
      await expectWhole(db);
      if (process.env.INSTANCES_PEOPLE !== undefined) {
        console.info(
          `${count} people, ${kills} kills, ${confirmedBefore.length} confirmed before the backup`,
        );
      }
    },
    60_000 + 200 * count,
  );

  it("leave a backup, made meanwhile, that restores to every sign-in confirmed before it began [T93]", async ({
    skip,
  }) => {
    skip(!hasDump, "pg_dump of the server's version is not on this machine");
    const restored = await unmigratedPostgres();
    const restoring = spawnApi("backup", settingsOf(restored), { args: ["restore", backup] });
    expect([await restoring.exit, restoring.stderr()]).toEqual([0, ""]);
    await start(2, restored);
    serving = [2];
    expect(confirmedBefore.length).toBeGreaterThan(0);
    const users: (string | undefined)[] = [];
    for (const browser of confirmedBefore) users.push(await userOf(browser));
    expect(users).not.toContain(undefined);
    expect(new Set(users).size).toBe(confirmedBefore.length);
    const copy = await restored.open();
    await expectWhole(copy);
    await copy.close();
  }, 120_000);
});
