import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../scripts/groups.mjs", import.meta.url));

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "groups-"));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe("`npm run groups`", () => {
  it("says what each group of the settings would do to the people who are known", async () => {
    expect(await groups(["preview"])).toEqual({
      code: 0,
      output: "Group demo (oa, web)\n  0 people will be recognized in all of its apps.\n",
    });
  });

  it.each([[[]], [["show"]], [["preview", "demo"]]])(
    "refuses the arguments %j and prints the usage",
    async (args) => {
      expect(await groups(args)).toEqual({
        code: 1,
        output: "The command is: preview.\nUsage: npm run groups -- preview\n",
      });
    },
  );
});

async function groups(args: string[]): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env.PATH ?? "", DATA_DIR: dataDir, PUBLIC_URL: "http://localhost:4000" };
  return promisify(execFile)(process.execPath, [script, ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}
