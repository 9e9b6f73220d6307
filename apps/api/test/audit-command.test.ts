import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { recordAudit } from "../src/domain/audit.js";
import { sealAudit } from "../src/domain/audit-seals.js";
import { createDeps } from "../src/domain/create-deps.js";
import { loadSettings } from "../src/load-settings.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { killAll, spawnApi } from "./support/process.js";
import { secretKey } from "./support/system.js";

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await testDatabase();
  db = await database.open();
});
afterAll(async () => {
  await killAll();
  await db.close();
  await database.remove();
});

async function audit(...args: string[]) {
  const { exit, stdout, stderr } = spawnApi("audit", database.env, { args });
  return { code: await exit, output: stdout() + stderr() };
}

describe("the audit command", { timeout: 60_000 }, () => {
  it("counts the entries of a sound log, and ends with 1 at the first wrong entry or an unknown argument [T120]", async () => {
    const log = { info() {}, warn() {}, error() {} };
    const settings = loadSettings({ SECRET_KEYS: secretKey }, () => []);
    const deps = createDeps({ settings, db, now: () => new Date(), log });
    const record = () => recordAudit(deps, { operatorId: "olga", event: "operator.sign_in" });
    await record();
    await record();
    await sealAudit(deps);
    await record();
    const sound = await audit("verify");
    expect(sound).toEqual({ code: 0, output: "2 entries sealed, 1 not yet, sound.\n" });

    await db.consoleQuery((orm, t) => orm.delete(t.auditLog).where(eq(t.auditLog.sealNumber, 2)).returning());
    expect(await audit("verify")).toEqual({
      code: 1,
      output: "The audit log is not sound: entry 2 is missing. 1 entry before it is.\n",
    });
    const usage = "The command is: verify.\nUsage: npm run audit -- verify\n";
    expect(await audit("check")).toEqual({ code: 1, output: usage });
  });
});
