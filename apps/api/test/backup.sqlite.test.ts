import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqliteBackup } from "../src/db/backup/sqlite.js";
import { Sqlite } from "../src/db/better-sqlite3.js";
import { sqlitePath } from "../src/db/open.js";
import { openSqlite } from "../src/db/sqlite.js";
import { readHere } from "../src/db/sqlite-reader/reader.js";
import { keysIn, makeBackup, restoreBackup } from "../src/domain/backups/backups.js";
import { eraseUser } from "../src/domain/people/erase.js";
import { replayErasures } from "../src/domain/people/replay-erasures.js";
import type { Browser } from "./support/browser.js";
import { newLedgerPath } from "./support/erasure-ledger.js";
import { freePort } from "./support/free-port.js";
import { killAll, spawnApi } from "./support/process.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { sqliteDatabase } from "./support/sqlite.js";
import { type System, secretKey, startSystem } from "./support/system.js";

let folder: string;
let simulator: Simulator;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "backup-"));
  simulator = await startSimulator();
});
afterAll(async () => {
  await killAll();
  await simulator.close();
  rmSync(folder, { recursive: true });
});

const path = (name: string) => join(folder, name);
const now = new Date("2026-11-28T12:00:00Z");
const noOptions = { replace: false, withoutKeys: false };

/** The backup of this data folder, whose service has this key. */
const backupOf = (dataDir: string, key = secretKey) => ({
  database: sqliteBackup(sqlitePath(dataDir)),
  settings: { dataDir, secretKeys: [key] },
  now,
});

describe("a backup that is made while people sign in", () => {
  it("restores to a system that knows every sign-in confirmed before its start, and forgets again who was erased since [T93]", async () => {
    const file = await sqliteDatabase();
    const [port, ledger] = [await freePort(), newLedgerPath()];
    const env = { ERASURE_LEDGER: ledger, RATE_LIMIT: "off" };
    const start = async (db: System["db"]) => startSystem({ db, simulator, port, env });
    const db = await file.open();
    const system = await start(db);
    const signIn = async (person: string) => {
      const browser = system.browser({ person });
      await browser.signIn();
      return browser;
    };
    const confirmed: Browser[] = [];
    for (const person of ["alice", "emoji", "alice"]) confirmed.push(await signIn(person));
    const erased = await signIn("noavatar");
    const erasedId = (await userOf(erased)) ?? "";

    const made = spawnApi(
      "backup",
      { ...file.env, SECRET_KEYS: secretKey },
      { args: ["make", path("under-load")] },
    );
    let isMade = false;
    const exit = made.exit.finally(() => {
      isMade = true;
    });
    const meanwhile: Browser[] = [];
    while (!isMade) meanwhile.push(await signIn(meanwhile.length % 2 === 0 ? "alice" : "emoji"));
    expect([await exit, made.stderr()]).toEqual([0, ""]);
    expect(made.stdout()).toMatch(
      /^The backup is in \S+\/under-load: [\d,]+ bytes, without its secret keys, which it needs: keep SECRET_KEYS \([0-9a-f]{8}\) elsewhere\.\n$/,
    );
    expect(meanwhile.length).toBeGreaterThan(5);
    await eraseUser(system.app.deps, { userId: erasedId, by: "person" });
    await system.app.server.close();
    await db.close();

    await restoreBackup(path("under-load"), backupOf(path("restored")), noOptions);
    const restored = await openSqlite(sqlitePath(path("restored")), { createReader: readHere });
    expect((await rowsOf(restored, "users")).map(({ id }) => id)).toContain(erasedId);
    const again = await start(restored);
    await replayErasures(again.app.deps);
    for (const browser of confirmed) expect(await userOf(browser)).toBeDefined();
    expect(await userOf(erased)).toBeUndefined();
    const users = (await rowsOf(restored, "users")).map(({ id }) => id);
    expect(users).not.toContain(erasedId);
    expect(new Set(users).size).toBe(2);
    expect((await again.browser({ person: "alice" }).signIn()).status).toBe(200);
    await again.close();
    await restored.close();
    await file.remove();
    rmSync(ledger, { force: true });
  });
});

describe("a backup", () => {
  const marks = (dataDir: string) => {
    const client = new Sqlite(sqlitePath(dataDir), { readonly: true });
    const rows = client.prepare("select mark from marks").pluck().all();
    client.close();
    return rows;
  };
  /** A data folder with a database that has one row. */
  async function newData(name: string, mark: string) {
    await (await openSqlite(sqlitePath(path(name)), { createReader: readHere })).close();
    const client = new Sqlite(sqlitePath(path(name)));
    client.exec(`create table marks (mark text); insert into marks values ('${mark}')`);
    client.close();
    return path(name);
  }

  it("brings the keys that this system made itself, names others by their ids, and has no name before it is complete", async () => {
    const data = await newData("with-keys", "one");
    writeFileSync(join(data, "secret-keys"), `${secretKey}\n`);
    const { manifest, includesKeys } = await makeBackup(path("keys"), backupOf(data));
    expect(includesKeys).toBe(true);
    expect(manifest).toEqual({
      madeAt: "2026-11-28T12:00:00.000Z",
      engine: "sqlite",
      file: "wechat-login.sqlite",
      bytes: readFileSync(path("keys/wechat-login.sqlite")).length,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      secretKeyIds: [expect.stringMatching(/^[0-9a-f]{8}$/)],
    });
    expect(JSON.parse(readFileSync(path("keys/backup.json"), "utf8"))).toEqual(manifest);
    expect(readdirSync(path("keys")).sort()).toEqual(["backup.json", "secret-keys", "wechat-login.sqlite"]);
    expect(statSync(path("keys")).mode & 0o777).toBe(0o700);
    expect(keysIn(path("keys"))).toBe(path("keys/secret-keys"));
    const other = await makeBackup(path("other-key"), backupOf(data, "k3y-of-the-settings-Zp7Qw2Lm9Xc4Vb6N"));
    expect([other.includesKeys, existsSync(path("other-key/secret-keys"))]).toEqual([false, false]);
    expect(keysIn(path("other-key"))).toBeUndefined();
    await expect(makeBackup(path("keys"), backupOf(data))).rejects.toThrow("The folder is there already");
    await expect(makeBackup(path("none"), backupOf(path("no-data")))).rejects.toThrow("There is no database");
    expect(readdirSync(folder).filter((name) => /none|partial/.test(name))).toEqual([]);
  });

  it("may be made in a folder that is not there yet, and where an earlier one was cut off", async () => {
    const data = await newData("nested", "one");
    await makeBackup(path("new/folder"), backupOf(data));
    expect(keysIn(path("new/folder"))).toBeUndefined();
    mkdirSync(path(".cut-off.partial"));
    writeFileSync(path(".cut-off.partial/wechat-login.sqlite"), "half of it");
    await makeBackup(path("cut-off"), backupOf(data));
    await restoreBackup(path("cut-off"), backupOf(data), { replace: true, withoutKeys: false });
    expect(marks(data)).toEqual(["one"]);
  });

  it.each([
    ["no JSON", "{", "its backup.json cannot be read."],
    ["a hash that is no text", { sha256: 1 }, "its backup.json is not one of this system."],
    ["no list of keys", { secretKeyIds: "one" }, "its backup.json is not one of this system."],
    ["an unknown engine", { engine: "sqlite3" }, "its backup.json is not one of this system."],
    ["another unknown engine", { engine: "my-postgres" }, "its backup.json is not one of this system."],
  ])("is refused if its backup.json is not whole: %s", async (title, change, reason) => {
    const data = await newData(`of ${title}`, "one");
    const made = path(`made of ${title}`);
    const { manifest } = await makeBackup(made, backupOf(data));
    const text = typeof change === "string" ? change : JSON.stringify({ ...manifest, ...change });
    writeFileSync(join(made, "backup.json"), text);
    await expect(restoreBackup(made, backupOf(data), noOptions)).rejects.toMatchObject({
      message: `The folder holds no backup: ${reason}`,
      ...(typeof change === "string" ? { cause: expect.any(SyntaxError) } : {}),
    });
  });

  it("takes the place of a database only if that is asked for and no process uses it, and keeps it", async () => {
    const data = await newData("in-use", "before");
    await makeBackup(path("of-before"), backupOf(data));
    const service = new Sqlite(sqlitePath(data));
    service.exec("update marks set mark = 'after'");
    const restore = (replace: boolean) =>
      restoreBackup(path("of-before"), backupOf(data), { replace, withoutKeys: false });
    await expect(restore(false)).rejects.toThrow("There is a database in DATA_DIR already");
    await expect(restore(true)).rejects.toThrow("The database is in use: stop the service first.");
    expect(marks(data)).toEqual(["after"]);
    service.close();
    const { before } = await restore(true);
    expect(marks(data)).toEqual(["before"]);
    expect(before).toBe(`${sqlitePath(data)}.before-20261128T120000Z`);
    const kept = new Sqlite(before ?? "", { readonly: true });
    expect(kept.prepare("select mark from marks").pluck().all()).toEqual(["after"]);
    kept.close();
    expect(readdirSync(data).filter((name) => name.endsWith(".restoring"))).toEqual([]);
  });

  it("takes the place of a damaged database, whose write-ahead log is not applied to it", async () => {
    const data = await newData("damaged", "sound");
    await makeBackup(path("of-sound"), backupOf(data));
    writeFileSync(sqlitePath(data), "no database, but long enough to be looked at".repeat(100));
    writeFileSync(`${sqlitePath(data)}-wal`, "its log");
    await restoreBackup(path("of-sound"), backupOf(data), { replace: true, withoutKeys: false });
    expect(marks(data)).toEqual(["sound"]);
  });

  it("is refused if it is damaged, of another engine or without its keys, and then changes nothing", async () => {
    const data = await newData("refusing", "kept");
    await makeBackup(path("cut"), backupOf(data));
    const options = { replace: true, withoutKeys: false };
    const elsewhere = backupOf(data, "an0ther-k3y-Zp7Qw2Lm9Xc4Vb6Nn8Rt1");
    await expect(restoreBackup(path("cut"), elsewhere, options)).rejects.toThrow(
      /^The backup needs secret keys that are not here: [0-9a-f]{8}\. /,
    );
    const { manifest: two } = await makeBackup(path("two-keys"), {
      ...backupOf(data),
      settings: { dataDir: data, secretKeys: [secretKey, "k3y-of-the-settings-Zp7Qw2Lm9Xc4Vb6N"] },
    });
    await expect(restoreBackup(path("two-keys"), elsewhere, options)).rejects.toThrow(
      `not here: ${two.secretKeyIds.join(", ")}. `,
    );
    await expect(restoreBackup(path("nowhere"), backupOf(data), options)).rejects.toThrow("holds no backup");
    const manifest = JSON.parse(readFileSync(path("cut/backup.json"), "utf8"));
    const describeAs = (change: object) =>
      writeFileSync(path("cut/backup.json"), JSON.stringify({ ...manifest, ...change }));
    describeAs({ engine: "postgres" });
    await expect(restoreBackup(path("cut"), backupOf(data), options)).rejects.toThrow(
      "The backup is of PostgreSQL, and the settings name SQLite: check DATABASE_URL.",
    );
    describeAs({});
    truncateSync(path("cut/wechat-login.sqlite"), 8192);
    await expect(restoreBackup(path("cut"), backupOf(data), options)).rejects.toThrow(
      "The backup is damaged",
    );
    expect([marks(data), readdirSync(data).filter((name) => name.includes("before"))]).toEqual([
      ["kept"],
      [],
    ]);

    await makeBackup(path("whole"), backupOf(data));
    await restoreBackup(path("whole"), elsewhere, { replace: true, withoutKeys: true });
    expect(marks(data)).toEqual(["kept"]);
  });
});
