import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { signInByScript } from "../support/people.js";
import { freePort, type RunningSystem } from "../support/system.js";
import { buildServerOf, commitBefore, hasFile, migrations } from "./support/older-version.js";

// Processes of earlier versions, built from the history of this repository, on a database that today's version migrates.

const root = fileURLToPath(new URL("../../", import.meta.url));
const today = join(root, "apps/api/dist");

interface Postgres {
  urlOf(name: string): Promise<string>;
  majorVersion(): Promise<number>;
  stop(): Promise<void>;
}
const postgresScript = new URL("../../bench/postgres.mjs", import.meta.url).href;
const {
  startPostgres,
  givenPostgres,
}: { startPostgres(folder: string): Promise<Postgres>; givenPostgres(url: string): Postgres } = await import(
  postgresScript
);
/** Of the version of this machine's pg_dump, which copies no newer one. */
const givenUrl = process.env.TEST_POSTGRES_URL;

const folder = mkdtempSync(join(tmpdir(), "upgrade-"));
chmodSync(folder, 0o755); // as root, PostgreSQL runs as another user
let postgres: Postgres;
let simulatorUrl: string;
let ports: number[];
const children: ChildProcess[] = [];

beforeAll(async () => {
  postgres = givenUrl ? givenPostgres(givenUrl) : await startPostgres(join(folder, "postgres"));
  ports = [await freePort(), await freePort()];
  const port = await freePort();
  simulatorUrl = `http://127.0.0.1:${port}`;
  const hosts = ports.map((own) => `localhost:${own}`).join(",");
  const env = { ...process.env, SIMULATOR_PORT: String(port), SIMULATOR_CALLBACK_HOST: hosts };
  const program = join(root, "packages/wechat-simulator/dist/cli.js");
  children.push(spawn(process.execPath, [program], { env, stdio: ["ignore", "ignore", "inherit"] }));
});
afterEach(() => kill(...children.slice(1)));
afterAll(async () => {
  await kill(...children);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function kill(...processes: ChildProcess[]): Promise<void> {
  for (const child of processes.filter(
    ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
  )) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

type Env = Record<string, string>;

const envOf = (place: number, database: Env): Env => ({
  ...{ PATH: process.env.PATH ?? "", ...database },
  ...{ PORT: String(ports[place]), PUBLIC_URL: `http://localhost:${ports[place]}` },
  ...{ WECHAT_OPEN_URL: simulatorUrl, WECHAT_API_URL: simulatorUrl },
  ...{ SECRET_KEYS: "k3y-for-tests-Zp7Qw2Lm9Xc4Vb6Nn8Rt1", RATE_LIMIT: "off", LOG_LEVEL: "warn" },
});

async function start(programs: string, place: number, database: Env): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(programs, "main.js")], {
    ...{ env: envOf(place, database), stdio: ["ignore", "ignore", "inherit"] },
  });
  children.push(child);
  for (let attempt = 0; attempt < 600; attempt++) {
    const answer = await fetch(`http://localhost:${ports[place]}/readyz`).catch(() => undefined);
    if (answer?.ok) return child;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${programs} does not start`);
}

/** The exit code of a program that ends by itself, and what it says. */
function run(programs: string, program: string, database: Env, ...args: string[]) {
  const file = join(programs, `${program}.js`);
  const { status, stderr } = spawnSync(process.execPath, [file, ...args], {
    ...{ env: envOf(0, database), encoding: "utf8" },
  });
  return { status, stderr };
}

type Person = { name: string; cookies: Map<string, string> };

async function signIn(place: number, name: string): Promise<Person> {
  const cookies = new Map<string, string>();
  const system = { url: `http://localhost:${ports[place]}` } as RunningSystem;
  const failure = await signInByScript(system, name, undefined, cookies);
  if (failure || !cookies.has("wl_session")) throw new Error(`${name} is not signed in at ${place}`);
  return { name, cookies };
}

async function userOf(place: number, { cookies }: Person): Promise<string | undefined> {
  const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
  const answer = await fetch(`http://localhost:${ports[place]}/trpc/session.get`, {
    headers: { cookie },
  });
  const { result } = (await answer.json()) as { result?: { data: { userId: string } | null } };
  return result?.data?.userId;
}

/** People sign in one after the other until `end` is called. */
function crowd(place: number, first: number) {
  const people: Person[] = [];
  let isOver = false;
  const done = (async () => {
    for (let n = first; !isOver; n += 1) people.push(await signIn(place, `crowd-${n}`));
  })();
  done.catch(() => {}); // `end` throws it
  return {
    people,
    async end() {
      isOver = true;
      await done;
      return people;
    },
  };
}

/** What each engine needs for an empty database. */
const databases = {
  async SQLite(name: string): Promise<Env> {
    const dataDir = join(folder, name);
    mkdirSync(dataDir);
    return { DATA_DIR: dataDir };
  },
  async PostgreSQL(name: string): Promise<Env> {
    const unique = `${basename(folder)}_${name}`.replaceAll("-", "_").toLowerCase();
    return { DATABASE_URL: await postgres.urlOf(unique) };
  },
};

/** The first version whose processes run on, and the one before the newest migration. */
const newest = migrations.at(-1) ?? "";
const afterFirst = migrations[migrations.findIndex((name) => name.endsWith("_console_at_size")) + 1] ?? "";
const cases = [...new Set([afterFirst, newest])].flatMap((migration) =>
  (["SQLite", "PostgreSQL"] as const).map((engine) => ({ migration, engine })),
);
const builds = new Map<string, string>();

const noHistory = "the history of this checkout does not reach back so far";

/** Where the programs of the version before this migration are; built once. */
function programsBefore(migration: string): string | undefined {
  const commit = commitBefore(migration);
  if (!commit) return undefined;
  const made = builds.get(commit) ?? buildServerOf(commit, join(folder, `built-before-${migration}`));
  builds.set(commit, made);
  return made;
}

describe.each(cases)("a process of the version before $migration, on $engine", ({ migration, engine }) => {
  const databaseOf = (use: string) => databases[engine](`${use}-${migration}-${engine.toLowerCase()}`);

  it("goes on signing people in while today's version migrates its database, and does not start again [T92]", async ({
    skip,
  }) => {
    const older = programsBefore(migration);
    if (!older) return skip(noHistory);
    const database = await databaseOf("before");
    const process = await start(older, 0, database);
    const alice = await signIn(0, "alice");
    const user = await userOf(0, alice);
    expect(user).toBeDefined();

    const before = crowd(0, 0);
    await start(today, 1, database);
    const there = crowd(1, 10_000);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const people = [...(await before.end()), ...(await there.end())];
    expect(there.people.length).toBeGreaterThan(0);
    for (const place of [0, 1]) {
      const users = [];
      for (const person of people) users.push(await userOf(place, person));
      expect(users).not.toContain(undefined);
      expect(new Set(users).size, `at ${place}`).toBe(people.length);
      expect(await userOf(place, await signIn(place, "alice"))).toBe(user);
    }

    await kill(process);
    const refused = run(older, "main", database);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("newer version");
  });

  if (!hasFile(commitBefore(migration), "apps/api/src/backup.ts")) return; // this version made none
  it("runs again on the backup that it made before the upgrade, beside the database that today's version leaves [T92]", async ({
    skip,
  }) => {
    const older = programsBefore(migration);
    if (!older) return skip(noHistory);
    skip(
      engine === "PostgreSQL" && !(await canDump()),
      "pg_dump of the server's version is not on this machine",
    );
    const database = await databaseOf("upgraded");
    const process = await start(older, 0, database);
    const alice = await signIn(0, "alice");
    const user = await userOf(0, alice);
    const backup = join(folder, `backup-${migration}-${engine}`);
    expect(run(older, "backup", database, "make", backup)).toEqual({ status: 0, stderr: "" });
    await kill(process);
    const upgraded = await start(today, 0, database);
    const since = await signIn(0, "crowd-1");
    await kill(upgraded);

    const restored = await databaseOf("restored");
    expect(run(older, "backup", restored, "restore", backup)).toEqual({ status: 0, stderr: "" });
    await start(older, 0, restored);
    expect(await userOf(0, alice)).toBe(user);
    expect(await userOf(0, await signIn(0, "alice"))).toBe(user);
    expect(await userOf(0, since)).toBeUndefined();
    await start(today, 1, database);
    expect(await userOf(1, since)).toBeDefined();
  });
});

/** Whether PostgreSQL's own program is here, of the server's version or a newer one. */
async function canDump(): Promise<boolean> {
  try {
    const version = execFileSync("pg_dump", ["--version"], { encoding: "utf8" });
    return Number(/\d+/.exec(version)) >= (await postgres.majorVersion());
  } catch {
    return false;
  }
}
