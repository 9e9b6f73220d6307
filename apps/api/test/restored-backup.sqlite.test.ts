import { copyFileSync, rmSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { createDeps } from "../src/domain/create-deps.js";
import { eraseUser } from "../src/domain/people/erase.js";
import { loadSettings } from "../src/load-settings.js";
import { newLedgerPath } from "./support/erasure-ledger.js";
import { freePort } from "./support/free-port.js";
import { killAll, spawnApi, waitUntilReady } from "./support/process.js";
import { rowsOf } from "./support/rows.js";
import { seedPerson } from "./support/seed.js";
import { sqliteDatabase } from "./support/sqlite.js";
import { secretKey } from "./support/system.js";

afterEach(killAll);

it("a copy of the database file from before an erasure has forgotten the person once the service has started on it [T122]", async () => {
  const database = await sqliteDatabase();
  const ledger = newLedgerPath();
  const env = { ...database.env, ERASURE_LEDGER: ledger, SECRET_KEYS: secretKey };
  const about = { at: new Date(), appId: "wx51a0b1c2d3e4f501" };
  let db: Database = await database.open();
  const alice = await seedPerson(db, { ...about, openid: "oAlice", nickname: "Nickname of Alice" });
  const ben = await seedPerson(db, { ...about, openid: "oBen", nickname: "Nickname of Ben" });
  await db.checkpoint({ always: true });
  copyFileSync(database.path, `${database.path}.backup`);

  const log = { info() {}, warn() {}, error() {} };
  const deps = createDeps({ settings: loadSettings(env, () => []), db, now: () => new Date(), log });
  await eraseUser(deps, { userId: alice.userId, by: "person" });
  expect((await database.bytes()).includes("oAlice")).toBe(true);
  await db.close();
  for (const suffix of ["-wal", "-shm"]) rmSync(`${database.path}${suffix}`, { force: true });
  copyFileSync(`${database.path}.backup`, database.path);
  rmSync(`${database.path}.backup`);

  const port = await freePort();
  const main = spawnApi("main", { ...env, PORT: String(port) });
  await waitUntilReady(main, port);
  const bytes = (await database.bytes()).toString("latin1");
  expect([bytes.includes("Nickname of Ben"), bytes.includes("Nickname of Alice")]).toEqual([true, false]);
  expect(bytes).not.toContain("oAlice");
  expect(main.stdout()).toContain('"event":"erasures_replayed"');
  await killAll();
  db = await database.open();
  expect((await rowsOf(db, "users")).map(({ id }) => id)).toEqual([ben.userId]);
  await db.close();
  await database.remove();
  rmSync(ledger);
}, 60_000);
