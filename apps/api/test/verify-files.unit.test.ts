import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { SettingsError } from "../src/env.js";
import { loadSettings } from "../src/load-settings.js";

const root = mkdtempSync(join(tmpdir(), "wechat-login-verify-"));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, "files-"));
});
afterAll(() => rmSync(root, { recursive: true }));

const app = {
  ...{ key: "oa", kind: "official_account", appId: "wx1234567890abcdef" },
  ...{ appSecret: "0f1e2d3c4b5a69788796a5b4c3d2e1f0", verifyFiles: ["MP_verify_AbCdEfGh01234567.txt"] },
};
const filesOf = (VERIFY_FILES: string | object, apps: object[] = []) =>
  loadSettings(
    {
      VERIFY_FILES: typeof VERIFY_FILES === "string" ? VERIFY_FILES : JSON.stringify(VERIFY_FILES),
      WECHAT_APPS: apps.length > 0 ? JSON.stringify(apps) : undefined,
    },
    () => ["Zk4pV9wQ2rT7yB1nM6xC8dF3gH5jL0aS"],
  ).verifyFiles;
const problemsOf = (...given: Parameters<typeof filesOf>) => {
  try {
    return filesOf(...given);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
};

describe("VERIFY_FILES", () => {
  it("is a folder, whose files are taken byte for byte, except those that begin with a dot", () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a, 0xff]);
    writeFileSync(join(folder, "WW_verify_AbCd.txt"), bytes);
    writeFileSync(join(folder, "0a1b-2c.d.txt"), Buffer.alloc(10 * 1024, "x"));
    writeFileSync(join(folder, ".gitkeep"), "");
    expect(filesOf(folder).toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: "0a1b-2c.d.txt", content: Buffer.alloc(10 * 1024, "x") },
      { name: "WW_verify_AbCd.txt", content: bytes },
    ]);
  });

  it("is JSON with names and contents, beside the files that the apps name", () => {
    const files = [
      { name: "0a1b2c.txt", content: Buffer.from(" 山茶\n") },
      { name: "MP_verify_AbCdEfGh01234567.txt", content: Buffer.from("AbCdEfGh01234567") },
    ];
    expect(filesOf({ "0a1b2c.txt": " 山茶\n" }, [app])).toEqual(files);
    const same = { "0a1b2c.txt": " 山茶\n", "MP_verify_AbCdEfGh01234567.txt": "AbCdEfGh01234567" };
    expect(filesOf(same, [app])).toEqual(files);
  });

  it.each([
    "healthz",
    "login",
    "admin.json",
    "a/b.txt",
    "..txt",
    "",
    ".txt",
    "a b.txt",
    "名.txt",
    "a.txt\n",
    ":a.txt",
    "*.txt",
    `${"a".repeat(101)}.txt`,
  ])(
    "with the name %j stops the start, so that no path of this server and no other file is taken [T102]",
    (name) => {
      const problem = `VERIFY_FILES: ${JSON.stringify(name.slice(0, 60))} is not a name of letters, digits, _, - and dots that ends with .txt`;
      expect(problemsOf({ "good.txt": "1", [name]: "1" })).toEqual([problem]);
    },
  );

  it("stops the start for another file in the folder, and for one that is empty or too large [T102]", () => {
    writeFileSync(join(folder, "apps.json"), "[]");
    writeFileSync(join(folder, "empty.txt"), "");
    writeFileSync(join(folder, "large.txt"), Buffer.alloc(10 * 1024 + 1, "x"));
    expect(problemsOf(folder)).toEqual([
      'VERIFY_FILES: "apps.json" is not a name of letters, digits, _, - and dots that ends with .txt',
      'VERIFY_FILES: "empty.txt" is empty',
      'VERIFY_FILES: "large.txt" is larger than 10 KB',
    ]);
  });

  it("stops the start if it cannot be read, or contradicts the name of an app's file [T102]", () => {
    const unreadable =
      'VERIFY_FILES is a folder of readable files and nothing else, or JSON such as { "WW_verify_AbCd.txt": "its content" }';
    mkdirSync(join(folder, "folder.txt"));
    for (const setting of [folder, join(folder, "none"), "{", { "a.txt": 1 }]) {
      expect(problemsOf(setting)).toEqual([unreadable]);
    }
    expect(problemsOf({ "MP_verify_AbCdEfGh01234567.txt": "other" }, [app])).toEqual([
      'VERIFY_FILES: "MP_verify_AbCdEfGh01234567.txt" has another content than its name in an app\'s verifyFiles says',
    ]);
  });
});
