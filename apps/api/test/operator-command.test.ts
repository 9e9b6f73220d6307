import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Database } from "../src/db/database.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { addRows, rowsOf } from "./support/rows.js";
import { commandRunner } from "./support/run-command.js";
import { secretKey } from "./support/system.js";

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await testDatabase();
  db = await database.open();
});
afterAll(() => db.close().then(database.remove));

const runCommand = commandRunner(() => ({
  ...{ SECRET_KEYS: secretKey, DATABASE_URL: "", PUBLIC_URL: "http://login.test:4321" },
  ...database.env,
}));

async function run(...args: string[]) {
  const result = await runCommand(() => import("../src/operator.js"), args);
  const links = await rowsOf(db, "operatorLinks");
  await db.consoleQuery((orm, t) => orm.delete(t.operatorLinks).returning());
  return { ...result, roles: links.map(({ role }) => role) };
}

const link = expect.stringMatching(/^http:\/\/login\.test:4321\/admin\/set-up#[\w-]{43}\n$/);
const made = (role: string) => ({ stdout: link, stderr: "", exitCode: undefined, roles: [role] });
const nothing = { stdout: "", stderr: "", exitCode: undefined, roles: [] };

describe("the operator command", () => {
  it("prints a link for an owner, or for the role that is asked for", async () => {
    expect(await run("link")).toEqual(made("owner"));
    expect(await run("link", "--role", "viewer")).toEqual(made("viewer"));
    expect(await run("link", "--role=operator")).toEqual(made("operator"));
  });

  it("makes no link with --dry-run, and with --if-first only while there is no operator", async () => {
    const address = "http://login.test:4321/admin/set-up#…\n";
    expect(await run("link", "--if-first", "--dry-run")).toEqual({ ...nothing, stdout: address });
    expect(await run("link", "--if-first")).toEqual(made("owner"));
    const olga = { id: "olga", username: "olga", passwordHash: "-", role: "viewer" as const };
    await addRows(db, "operators", [{ ...olga, status: "disabled", createdAt: new Date() }]);
    expect(await run("link", "--if-first")).toEqual(nothing);
    expect(await run("link")).toEqual(made("owner"));
  });

  it("removes the second factors and recovery codes of the operator that is named, once, and of no other one [T124]", async () => {
    const factor = { kind: "totp" as const, name: "phone", secret: "-", counter: 0, createdAt: new Date() };
    const account = { passwordHash: "-", role: "owner", status: "active", createdAt: new Date() } as const;
    for (const name of ["nina", "nora"]) {
      await addRows(db, "operators", [{ ...account, id: name, username: name }]);
      await addRows(db, "operatorFactors", [{ ...factor, id: name, operatorId: name }]);
      await addRows(db, "operatorRecoveryCodes", [{ codeHash: name, operatorId: name }]);
    }
    const reset = (name: string) => run("reset-factors", "--username", name);
    const removed =
      "The second factors and recovery codes were removed. The password alone signs in again.\n";
    expect(await reset("Nina")).toEqual({ ...nothing, stdout: removed });
    const unchanged = "This operator has no second factor: nothing was changed.\n";
    expect(await reset("nina")).toEqual({ ...nothing, stdout: unchanged });
    expect((await rowsOf(db, "operatorFactors")).map(({ id }) => id)).toEqual(["nora"]);
    expect((await rowsOf(db, "operatorRecoveryCodes")).map(({ codeHash }) => codeHash)).toEqual(["nora"]);
    const entries = (await rowsOf(db, "auditLog")).map(({ event, operatorId, target }) => [
      ...[event, operatorId, target],
    ]);
    expect(entries).toEqual([["operator.reset_factors", null, "nina"]]);
    const unknown = await reset("stranger");
    expect([unknown.stdout, unknown.exitCode]).toEqual(["", 1]);
    expect(unknown.stderr).toContain("there is no operator with this name");
  });

  it.each([
    [["reset-factors"], "reset-factors needs --username."],
    [[], "The command is: link or reset-factors."],
    [["delete"], "The command is: link or reset-factors."],
    [["link", "link"], "The command is: link or reset-factors."],
    [["link", "--role", "admin"], "--role must be one of viewer, operator, owner."],
    [["link", "--roles", "viewer"], "Unknown option '--roles'"],
    [["link", "--role"], "Option '--role <value>' argument missing"],
  ])("makes no link and no change by arguments that it does not know: %j", async (args, problem) => {
    const result = await run(...args);
    expect(result).toEqual({ ...nothing, exitCode: 1, stderr: expect.stringContaining(problem) });
    expect(result.stderr).toMatch(
      /\nUsage: npm run operator -- link \[--role viewer\|operator\|owner\]\n +npm run operator -- reset-factors --username NAME\n$/,
    );
  });

  it("says in one line what is wrong with the settings", async () => {
    vi.stubEnv("PUBLIC_URL", "no address");
    const result = await run("link");
    expect(result).toEqual({ ...nothing, exitCode: 1, stderr: expect.stringContaining("PUBLIC_URL") });
  });
});
