import { existsSync, renameSync, rmSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { killAll, spawnApi } from "./support/process.js";
import { sqliteDatabase } from "./support/sqlite.js";
import { type System, startSystem } from "./support/system.js";

let file: Awaited<ReturnType<typeof sqliteDatabase>>;
let system: System;
beforeEach(async () => {
  file = await sqliteDatabase();
  system = await startSystem({ db: await file.open() });
});
afterEach(async () => {
  await killAll();
  await system.close();
  await system.db.close();
  await file.remove();
});

it("a database file that was deleted while the service runs turns /readyz red, and signs in no one who would be lost [T86]", async () => {
  const browser = system.browser();
  const callback = await browser.callbackUrl();
  expect((await browser.visit("/readyz")).status).toBe(200);
  rmSync(file.path);
  const answers = [
    await browser.visit(callback),
    await browser.visit("/login/wechat"),
    await browser.visit("/readyz"),
  ];
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(browser.session).toBeUndefined();
  expect((await browser.visit("/healthz")).status).toBe(200);
  expect(system.logLines.join()).toContain(
    "was moved, deleted, replaced or emptied while it was open: restart",
  );
});

it("a database file that was moved and is moved back serves again", async () => {
  renameSync(file.path, `${file.path}.moved`);
  expect((await system.browser().visit("/readyz")).status).toBe(503);
  renameSync(`${file.path}.moved`, file.path);
  expect((await system.browser().visit("/readyz")).status).toBe(200);
  expect((await system.browser().signIn()).status).toBe(200);
});

it.each([
  ["the server", "main", []],
  ["the operator command", "operator", ["link"]],
] as const)(
  "%s does not start where the database file is missing, and says in one line what to do [T86]",
  async (...given) => {
    const [, script, args] = given;
    rmSync(file.path);
    const { exit, stdout, stderr } = spawnApi(script, file.env, { args: [...args] });
    expect(await exit).toBe(1);
    expect(stderr()).toMatch(/^[^\n]*is missing from DATA_DIR[^\n]*Restore it from a backup[^\n]*\n$/);
    expect(stdout()).toBe("");
    expect(existsSync(file.path)).toBe(false);
  },
  60_000,
);
