import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sqlitePath } from "../src/db/open.js";
import { openSqlite } from "../src/db/sqlite.js";
import { readHere } from "../src/db/sqlite-reader/reader.js";
import { commandRunner } from "./support/run-command.js";
import { secretKey } from "./support/system.js";

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "backup-command-"));
  await (await openSqlite(sqlitePath(path("data")), { createReader: readHere })).close();
  writeFileSync(path("data/secret-keys"), `${secretKey}\n`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (name: string) => join(folder, name);
const command = commandRunner(() => ({ SECRET_KEYS: "", DATABASE_URL: "", INIT_CWD: folder }));

/** Runs the command with this data folder. */
function backup(dataDir: string, ...args: string[]) {
  vi.stubEnv("DATA_DIR", path(dataDir));
  return command(() => import("../src/backup.js"), args);
}
const succeeded = (stdout: unknown) => ({ stdout, stderr: "", exitCode: undefined });

describe("`npm run backup`", () => {
  it("brings the keys to a folder that has none, and says where the database before is kept", async () => {
    expect(await backup("data", "make", "made")).toEqual(
      succeeded(
        expect.stringMatching(
          /^The backup is in \S+\/made: \d{1,3}(,\d{3})+ bytes, with its secret keys: keep it as safe as them\.\n$/,
        ),
      ),
    );
    const restored =
      /^The backup of \S+Z is restored\. Start the service: it erases again who was erased since\.\n$/;
    expect(await backup("empty", "restore", "made")).toEqual(succeeded(expect.stringMatching(restored)));
    expect(readFileSync(path("empty/secret-keys"), "utf8")).toBe(`${secretKey}\n`);

    const { stdout, ...rest } = await backup("empty", "restore", "made", "--replace");
    expect(rest).toEqual({ stderr: "", exitCode: undefined });
    const kept = / is restored\. The database before it is kept in (\S+)\. Start the service: /.exec(stdout);
    expect(existsSync(kept?.[1] ?? "")).toBe(true);
  });

  it("leaves a folder its own keys, and restores without those of the backup only if that is asked for", async () => {
    await backup("data", "make", "made");
    const ownKey = "an0ther-k3y-Zp7Qw2Lm9Xc4Vb6Nn8Rt1Yu5";
    mkdirSync(path("other"));
    writeFileSync(path("other/secret-keys"), ownKey);
    expect(await backup("other", "restore", "made")).toEqual({
      ...{ stdout: "", exitCode: 1 },
      stderr: expect.stringMatching(/^The backup needs secret keys that are not here: [0-9a-f]{8}\. /),
    });
    expect(existsSync(sqlitePath(path("other")))).toBe(false);
    expect(await backup("other", "restore", "made", "--without-keys")).toMatchObject({ stderr: "" });
    expect(existsSync(sqlitePath(path("other")))).toBe(true);
    expect(readFileSync(path("other/secret-keys"), "utf8")).toBe(ownKey);
  });
});
