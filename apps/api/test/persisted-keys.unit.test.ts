import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { persistedKeys } from "../src/persisted-keys.js";

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "wechat-login-keys-"));
  folder = join(parent, "new", "data");
});
afterEach(() => rmSync(parent, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("the persisted secret key", () => {
  it("is made once, complete, readable to its owner only, and without a draft left behind", () => {
    const keys = persistedKeys(folder);
    expect(keys).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    expect(readdirSync(folder)).toEqual(["secret-keys"]);
    expect(readFileSync(join(folder, "secret-keys"), "utf8")).toBe(`${keys[0]}\n`);
    expect([modeOf(folder), modeOf(join(folder, "secret-keys"))]).toEqual([0o700, 0o600]);
    expect(persistedKeys(folder)).toEqual(keys);
  });

  it("may be a list, newest first, as an operator who rotates it writes it", () => {
    persistedKeys(folder);
    writeFileSync(join(folder, "secret-keys"), " newest-key,older-key \n");
    expect(persistedKeys(folder)).toEqual(["newest-key", "older-key"]);
  });

  it("is not made where the file cannot be read for another reason", () => {
    expect(() => persistedKeys(join(process.execPath, "data"))).toThrow(/ENOTDIR|EEXIST/);
  });
});
