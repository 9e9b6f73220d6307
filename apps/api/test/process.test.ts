import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Browser } from "./support/browser.js";
import {
  applyMigrations,
  listMigrations,
  recordMigration,
  unmigratedDatabase,
} from "./support/earlier-version.js";
import { onlyOn, type TestDatabase, testDatabase } from "./support/engine.js";
import { freePort } from "./support/free-port.js";
import { accounts } from "./support/operator.js";
import {
  type ApiProcess,
  getStatus,
  killAll,
  spawnApi,
  waitUntil,
  waitUntilReady,
} from "./support/process.js";
import { rowsOf } from "./support/rows.js";
import { secretKey } from "./support/system.js";

// Starts real processes, with their own data folder.

let database: TestDatabase;
let dataDir: string;
let port: number;
beforeAll(async () => {
  database = await testDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "wechat-login-process-"));
  port = await freePort();
});
afterAll(async () => {
  await rm(dataDir, { recursive: true });
  await database.remove();
});

type Options = Parameters<typeof spawnApi>[2];

function run(script: "main" | "operator", env: Record<string, string>, options: Options = {}): ApiProcess {
  return spawnApi(script, { DATA_DIR: dataDir, PORT: String(port), ...database.env, ...env }, options);
}

const statusOf = (path: string) => getStatus(port, path);

async function startMain(env: Record<string, string> = {}): Promise<ApiProcess> {
  const main = run("main", env);
  await waitUntilReady(main, port);
  return main;
}

describe("the process", { timeout: 60_000 }, () => {
  afterEach(killAll);

  it("does not start on a database of a newer version, and explains it in one line [T92]", async () => {
    const { database: ofTomorrow, raw } = await unmigratedDatabase();
    const migrations = listMigrations();
    await applyMigrations(raw, migrations);
    await recordMigration(raw, (migrations.at(-1)?.when ?? 0) + 1, "of-tomorrow");
    const { exit, stderr } = run("main", ofTomorrow.env);
    expect(await exit).toBe(1);
    expect(stderr()).toMatch(/^The database belongs to a newer version [^\n]*\n$/);
    await ofTomorrow.remove();
  });

  it("becomes ready, redeems an operator's link once, refuses a second process on its port, and exits with 0 [T40, T90]", async () => {
    const [internal, other] = [await freePort(), await freePort()];
    const main = await startMain({ INTERNAL_PORT: String(internal) });
    expect([await statusOf("/healthz"), await statusOf("/metrics")]).toEqual([200, 404]);
    expect(await getStatus(internal, "/metrics")).toBe(200);

    for (const [taken, env] of [
      [port, {}],
      // It listens on the other port by then, and has connections to the database.
      [port, { INTERNAL_PORT: String(other) }],
      [internal, { INTERNAL_PORT: String(internal) }],
    ] as const) {
      const second = run("main", env);
      expect(await second.exit).toBe(1);
      expect(second.stderr()).toBe(
        `The port ${taken} is in use: stop what listens there, or set PORT or INTERNAL_PORT.\n`,
      );
    }

    const link = run("operator", {}, { args: ["link", "--role", "viewer"] });
    expect(await link.exit).toBe(0);
    const [, address, secret = ""] =
      /^(http:\/\/\S+\/admin\/set-up)#([\w-]{43})\n$/.exec(link.stdout()) ?? [];
    expect(address).toBe(`http://localhost:${port}/admin/set-up`);
    const browser = new Browser(`http://localhost:${port}`);
    const redeemed = await browser.mutate(
      "operator.redeemLink",
      { secret, ...accounts.viewer },
      "/admin/trpc",
    );
    expect(redeemed.data).toMatchObject({ role: "viewer" });
    const again = await browser.mutate("operator.redeemLink", { secret, ...accounts.viewer }, "/admin/trpc");
    expect(again.status).toBe(400);
    expect(main.stdout()).not.toContain(secret);

    // The banner's link is for the first operator only.
    const banner = run("operator", {}, { args: ["link", "--if-first"] });
    expect([await banner.exit, banner.stdout()]).toEqual([0, ""]);

    main.child.kill("SIGTERM");
    expect(await main.exit).toBe(0);
    for (const line of main.stdout().trim().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
  });

  it("exits with 0 on a second SIGINT, as Ctrl-C reaches it from the terminal and from its parent process [T90]", async () => {
    const main = await startMain({ RETENTION_DAYS: "180" });
    main.child.kill("SIGINT");
    await pause(50);
    main.child.kill("SIGINT");
    expect(await main.exit).toBe(0);
    // 180 days are what the law asks for, so that a warning would mean nothing.
    expect(main.stdout()).not.toContain("retention_short");
  });

  it("makes the operator of its settings at the start, and writes the calls that it has counted before it ends [T40]", async () => {
    const db = await database.open();
    // What the processes of other tests left behind: after a failed call the next one would wait.
    await db.consoleQuery((orm, t) => orm.delete(t.apiCallCounts).returning());
    await db.consoleQuery((orm, t) => orm.delete(t.apiFailures).returning());
    await db.consoleQuery((orm, t) => orm.delete(t.appTokens).returning());
    await db.consoleQuery((orm, t) => orm.delete(t.operators).returning());
    const main = await startMain({ ADMIN_USERNAME: "Olga", ADMIN_PASSWORD: accounts.owner.password });
    expect(await rowsOf(db, "operators")).toMatchObject([
      {
        username: "olga",
        role: "owner",
        status: "active",
        passwordHash: expect.stringMatching(/^\$scrypt\$ln=17,r=8,p=1\$/),
      },
    ]);
    // The job for global tokens has called WeChat by now, which does not listen; counts are written every 5 s.
    await waitUntil(async () => (await rowsOf(db, "apiFailures")).length > 0, "a call has failed");
    main.child.kill("SIGTERM");
    expect(await main.exit).toBe(0);
    const counts = await rowsOf(db, "apiCallCounts");
    expect(counts.map(({ endpoint, errcode }) => `${endpoint} ${errcode}`)).toEqual([
      "cgi-bin/stable_token NETWORK",
    ]);
    await db.close();
  });
});

// What a start does before it opens the database, or whatever the database is.
onlyOn("sqlite", "a start", { timeout: 60_000 }, () => {
  afterEach(killAll);

  it("exits with 1 and lists every bad setting on stderr, by name and never by value [T102]", async () => {
    const { exit, stderr, stdout } = run("main", {
      PORT: "hunter2",
      SECRET_KEYS: "hunter2",
      STATE_TTL_SECONDS: "9000",
      NODE_ENV: "production",
    });
    expect(await exit).toBe(1);
    expect(stderr()).toContain("PORT");
    expect(stderr()).toContain("STATE_TTL_SECONDS");
    expect(stderr() + stdout()).not.toMatch(/hunter2|9000|\bat /);
  });

  it("does not start in production with the defaults of development [T79, T102]", async () => {
    const { exit, stderr } = run("main", { NODE_ENV: "production", SECRET_KEYS: "" });
    expect(await exit).toBe(1);
    for (const name of ["PUBLIC_URL", "SECRET_KEYS", "WECHAT_APPS"]) expect(stderr()).toContain(name);
  });

  it("does not start if DATA_DIR is not a folder, and names the setting [T102]", async () => {
    const path = join(dataDir, "a-file");
    await writeFile(path, "");
    for (const secretKeys of [secretKey, ""]) {
      const { exit, stderr } = run("main", { DATABASE_URL: "", DATA_DIR: path, SECRET_KEYS: secretKeys });
      expect(await exit).toBe(1);
      expect(stderr()).toContain("DATA_DIR");
      expect(stderr()).not.toMatch(/\bat /);
    }
  });

  it("stores its generated secret key, readable by the owner only, and uses it at the next start", async () => {
    const own = await mkdtemp(join(tmpdir(), "wechat-login-keys-"));
    const keys = [];
    for (let start = 0; start < 2; start++) {
      const main = await startMain({ DATA_DIR: own, SECRET_KEYS: "" });
      main.child.kill("SIGTERM");
      expect(await main.exit).toBe(0);
      keys.push(await readFile(join(own, "secret-keys"), "utf8"));
      expect(main.stdout()).not.toContain(keys[0]?.trim());
    }
    expect(keys[0]?.trim()).toMatch(/^[\w-]{43}$/);
    expect(keys[1]).toBe(keys[0]);
    const { stat } = await import("node:fs/promises");
    expect((await stat(join(own, "secret-keys"))).mode & 0o077).toBe(0);

    await writeFile(join(own, "secret-keys"), "");
    const cut = run("main", { DATA_DIR: own, SECRET_KEYS: "" });
    expect(await cut.exit).toBe(1);
    expect(cut.stderr()).toContain("secret-keys is damaged");
    await rm(own, { recursive: true });
  });
});

onlyOn("sqlite", "a start with questionable settings", { timeout: 60_000 }, () => {
  let main: ApiProcess;
  beforeAll(async () => {
    const app = (key: string, n: number, rest: object) => ({
      ...{ key, kind: "official_account", appSecret: "5d0c1a7e0000000000000000000000aa", name: "Clinic" },
      ...{ appId: `wx51a0b1c2d3e4f5a${n}`, ...rest },
    });
    const apps = [
      app("unnamed", 0, { kind: "website", name: undefined }),
      app("named", 6, { kind: "website" }),
      app("app1", 1, { group: "g", profile: "none" }),
      app("app2", 2, { group: "g", profile: "ask" }),
      app("app3", 3, { profile: "none" }),
      app("app4", 4, { group: "g", profile: "none", kind: "website" }),
      app("app5", 5, { group: "g", profile: "none", unionidConsent: true }),
    ];
    main = await startMain({
      ...{ NODE_ENV: "production", PUBLIC_URL: "https://login.example.com", ALLOW_SIMULATOR: "yes" },
      ...{ WECHAT_APPS: JSON.stringify(apps), RETENTION_DAYS: "179" },
    });
  });
  afterAll(killAll);

  it("warns if the simulator is allowed in production [T79]", () => {
    expect(main.stdout()).toContain('"event":"simulator_in_production"');
  });

  it("warns about each real app without a name, because people see whose page it is", () => {
    const warnings = main.stdout().match(/"event":"app_without_name","app":"\w+"/g);
    expect(warnings).toEqual(['"event":"app_without_name","app":"unnamed"']);
  });

  it("warns about each Official Account that has a group and asks for no profile", () => {
    const warnings = main.stdout().match(/"event":"group_without_profile","app":"\w+"/g);
    expect(warnings).toEqual(['"event":"group_without_profile","app":"app1"']);
  });

  it("warns if the records of sign-ins are kept for less than the 180 days that the law asks for", () => {
    expect(main.stdout()).toContain('"event":"retention_short","days":179');
  });

  it("goes on, until it is stopped, with exit code 0", async () => {
    main.child.kill("SIGTERM");
    expect(await main.exit).toBe(0);
  });
});
