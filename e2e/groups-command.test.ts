import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runScript } from "./support/run-script.js";

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "groups-"));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const groups = (args: string[]) => runScript("groups", args, { dataDir });

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
