import { readFile } from "node:fs/promises";
import { demoOfficialAccount, demoWebsite } from "@wechat-login/simulator";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { testDatabase } from "./support/engine.js";
import { type ImportFiles, importFiles } from "./support/import-files.js";
import { killAll, spawnApi, waitUntil } from "./support/process.js";
import { rowsOf } from "./support/rows.js";

// The commands in processes of their own, as npm starts them.

let files: ImportFiles;
beforeAll(async () => {
  files = await importFiles();
});
afterEach(killAll);
afterAll(() => files.remove());

const apps = [demoOfficialAccount, demoWebsite].map(({ appId, appSecret, kind }) => ({
  ...{ appId, appSecret, kind },
  ...{ key: kind === "website" ? "web" : "oa", group: "demo", name: "Shop" },
}));

async function system() {
  const database = await testDatabase();
  const db = await database.open();
  const env = { DATABASE_URL: "", WECHAT_APPS: JSON.stringify(apps), ...database.env };
  return { db, env, close: () => db.close().then(database.remove) };
}

const start = (script: "people" | "openids", env: Record<string, string>, args: string[]) =>
  spawnApi(script, { ...env, INIT_CWD: files.folder }, { args: ["import", ...args] });

async function run(...started: Parameters<typeof start>) {
  const { exit, stdout, stderr } = start(...started);
  return { code: await exit, stdout: stdout(), stderr: stderr() };
}

/** All that an import wrote, with each generated id replaced by the first identity that has it. */
async function written(db: Database) {
  const [users, bindings, unions, external, imports, audit] = await Promise.all([
    rowsOf(db, "users"),
    rowsOf(db, "bindings"),
    rowsOf(db, "unions"),
    rowsOf(db, "externalUsers"),
    rowsOf(db, "imports"),
    rowsOf(db, "auditLog"),
  ]);
  const openids = new Map<string, string>();
  for (const { userId, openid } of bindings) {
    const known = openids.get(userId);
    if (known === undefined || openid < known) openids.set(userId, openid);
  }
  const named = <Row extends { userId: string }>(rows: Row[]) =>
    rows
      .map(({ userId, ...row }) =>
        JSON.stringify({ ...row, id: 0, createdAt: 0, lastSignInAt: 0, user: openids.get(userId) }),
      )
      .sort();
  return {
    users: users
      .map(({ id, createdAt: _, ...user }) => JSON.stringify({ ...user, id: openids.get(id) }))
      .sort(),
    bindings: named(bindings),
    unions: named(unions),
    external: named(external),
    imports: imports.map(({ startedAt: _, updatedAt: __, doneAt, ...row }) => ({
      ...row,
      isDone: doneAt !== null,
    })),
    audit: audit.map(({ id: _, at: __, ...entry }) => entry),
  };
}

/** Every third person has a unionid and a second record, every 500th record cannot be read, and one in 100 is repeated. */
const record = (n: number) => {
  if (n % 500 === 499) return `${n},oa,not an openid,`;
  if (n % 100 === 99) return `${n - 1},oa,o${n - 1},`;
  const person = n % 3 === 2 ? n - 1 : n;
  return `${person},${n % 3 === 2 ? "web" : "oa"},o${n},${n % 3 ? `oUnionId_${String(person).padStart(10, "0")}` : ""}`;
};

describe("the import commands", { timeout: 60_000 }, () => {
  it("leave the same after a kill -9 in the middle as without one, with the same list and report [T133]", async () => {
    const lines = Array.from({ length: 5_000 }, (_, n) => record(n));
    await files.write("people.csv", ["externalId,app,openid,unionid", ...lines, ""].join("\n"));
    const [killed, whole] = await Promise.all([system(), system()]);
    const args = (report: string) => ["people.csv", "--client", "shop", "--report", report];

    const undisturbed = run("people", whole.env, args("whole.csv"));
    const first = start("people", killed.env, args("killed.csv"));
    const records = async () => (await rowsOf(killed.db, "imports"))[0]?.records ?? 0;
    await waitUntil(async () => (await records()) >= 1_000, "1,000 records are imported");
    first.child.kill("SIGKILL");
    await first.exit;
    const before = await records();
    expect(before).toBeLessThan(5_000);

    const resumed = await run("people", killed.env, args("killed.csv"));
    const { stdout, ...result } = await undisturbed;
    expect(result).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^[\d,]+ new people, [\d,]+ join a known person, [\d,]+ already there, \d+ conflicts, 10 lines that cannot be read\.\n( {2}line \d+: .*\n){10,100}$/,
    );
    expect(resumed).toEqual({
      code: 0,
      stderr: "",
      stdout: `Went on after ${before.toLocaleString("en")} records, where it had stopped.\n${stdout}`,
    });
    expect(await written(killed.db)).toEqual(await written(whole.db));
    const [killedReport, wholeReport] = await Promise.all(
      ["killed.csv", "whole.csv"].map((name) => readFile(`${files.folder}/${name}`, "utf8")),
    );
    expect(killedReport).toBe(wholeReport);
    expect(wholeReport?.split("\n", 2)).toEqual([
      "line,result,reason",
      expect.stringMatching(/^\d+,\w+,"[^"]+"$/),
    ]);
    await Promise.all([killed.close(), whole.close()]);
  });

  it("take an app by its key or its appid, and refuse what is neither", async () => {
    await files.write("openids.csv", "old,new\noOld,oNew\n");
    const { env, close } = await system();
    const usage =
      "Usage: npm run openids -- import FILE --app KEY [--from APPID] [--dry-run] [--report FILE] [--format csv|ndjson]\n";
    const asked = (...args: string[]) => run("openids", env, ["openids.csv", "--dry-run", ...args]);
    const tried = { code: 0, stderr: "", stdout: expect.stringContaining("1 of no user here") };
    const [byKey, byAppId, unknown, short, long] = await Promise.all([
      asked("--app", "oa", "--from", `wx${"0".repeat(16)}`),
      asked("--app", demoWebsite.appId),
      asked("--app", "shop"),
      asked("--app", "oa", "--from", `wx${"0".repeat(15)}`),
      asked("--app", "oa", "--from", `wx${"0".repeat(17)}`),
    ]);
    expect([byKey, byAppId]).toEqual([tried, tried]);
    const refused = (why: string) => ({ code: 1, stdout: "", stderr: `${why}\n${usage}` });
    expect(unknown).toEqual(refused("--app names an app of WECHAT_APPS by its key or its appid."));
    const notAnAppId = refused("--from is an appid: wx and 16 characters.");
    expect([short, long]).toEqual([notAnAppId, notAnAppId]);
    await close();
  });
});
