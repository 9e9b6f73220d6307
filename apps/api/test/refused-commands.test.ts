import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { commandRunner } from "./support/run-command.js";
import { secretKey } from "./support/system.js";

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
  await (await database.open()).close();
  folder = mkdtempSync(join(tmpdir(), "no-backup-"));
});
afterAll(async () => {
  await database.remove();
  rmSync(folder, { recursive: true });
});

const app = {
  ...{ key: "alone", kind: "official_account", profile: "none" },
  ...{ appId: `wx${"0".repeat(16)}`, appSecret: "0".repeat(32) },
};
const run = commandRunner(() => ({
  ...{ SECRET_KEYS: secretKey, DATABASE_URL: "", INIT_CWD: folder, WECHAT_APPS: JSON.stringify([app]) },
  ...database.env,
}));
const commands = {
  backup: () => import("../src/backup.js"),
  groups: () => import("../src/groups.js"),
  keys: () => import("../src/keys.js"),
};
const usages = {
  backup:
    "Usage:\n  npm run backup -- make FOLDER\n  npm run backup -- restore FOLDER [--replace] [--without-keys]\n",
  groups: "The command is: preview.\nUsage: npm run groups -- preview\n",
  keys: "Usage:\n  npm run keys -- make\n  npm run keys -- rotate\n",
};

describe("a command that is asked for what it does not do", () => {
  it.each([
    ["backup", ""],
    ["backup", "make"],
    ["backup", "make a b"],
    ["backup", "make a --replace"],
    ["backup", "make a --without-keys"],
    ["backup", "restore a --what"],
    ["backup", "delete a"],
    ["groups", ""],
    ["groups", "preview twice"],
    ["groups", "join"],
    ["keys", ""],
    ["keys", "rotate now"],
    ["keys", "forget"],
  ] as const)("writes its usage and exits with 1: %s %s", async (name, args) => {
    expect(await run(commands[name], args.split(" ").filter(Boolean))).toEqual({
      ...{ stdout: "", stderr: usages[name], exitCode: 1 },
    });
  });
});

describe("a command that fails", () => {
  it("says why and exits with 1: a backup that is not there", async () => {
    const result = await run(commands.backup, ["restore", "nothing"]);
    expect(result).toEqual({
      ...{ stdout: "", exitCode: 1 },
      stderr: "The folder holds no backup: its backup.json cannot be read.\n",
    });
  });

  it.each(["groups", "keys"] as const)("says why and exits with 1: %s without its settings", async (name) => {
    vi.stubEnv("WECHAT_APPS", "[]");
    const result = await run(commands[name], [name === "keys" ? "rotate" : "preview"]);
    expect(result).toEqual({ stdout: "", stderr: expect.stringContaining("WECHAT_APPS"), exitCode: 1 });
  });
});

describe("a command that has nothing to do", () => {
  it.each([
    ["groups", "preview", "No app has a group in WECHAT_APPS.\n"],
    [
      "keys",
      "rotate",
      expect.stringMatching(/^0 tokens and webhook secrets were encrypted again, under the key \w+\.\n$/),
    ],
  ] as const)("says so and exits with 0: %s %s", async (name, command, stdout) => {
    expect(await run(commands[name], [command])).toEqual({ stdout, stderr: "", exitCode: undefined });
  });
});
