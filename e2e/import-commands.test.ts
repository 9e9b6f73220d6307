import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runScript } from "./support/run-script.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "imports-"));
  writeFileSync(join(folder, "people.csv"), "externalId,app,openid\n42,oa,oAlice\n43,web,not an openid\n");
  writeFileSync(join(folder, "openids.csv"), "old,new\noAlice,oAliceNew\n");
  writeFileSync(join(folder, "gbk.csv"), Buffer.from("app,openid,\xd0\xd5\xc3\xfb\n", "latin1"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const people = "0 join a known person, 0 already there, 0 conflicts, 1 line that cannot be read.";
const unreadable = "  line 3: openid is not a WeChat openid\n";
const usage = {
  people:
    "Usage: npm run people -- import FILE [--client NAME] [--dry-run] [--report FILE] [--format csv|ndjson]\n",
  openids:
    "Usage: npm run openids -- import FILE --app KEY [--from APPID] [--dry-run] [--report FILE] [--format csv|ndjson]\n",
};

const run = (command: "people" | "openids", ...args: string[]) =>
  runScript(command, args, { dataDir: join(folder, "data"), cwd: folder });

describe("the import commands", () => {
  it("import a file that is named as the caller names it, and say what they did, or would do", async () => {
    expect(await run("people", "import", "people.csv", "--client", "shop", "--dry-run")).toEqual({
      code: 0,
      output: `A dry run; nothing is changed.\n1 new person, ${people}\n${unreadable}`,
    });
    expect(await run("people", "import", "people.csv", "--client", "shop")).toEqual({
      code: 0,
      output: `1 new person, ${people}\n${unreadable}`,
    });
    expect(await run("openids", "import", "openids.csv", "--app", "oa")).toEqual({
      code: 0,
      output:
        "1 openid replaced, 0 already there, 0 of no user here, 0 conflicts, 0 lines that cannot be read.\n",
    });
  });

  it.each([
    ["people", [], "The command is: import FILE."],
    [
      "people",
      ["import", "people.txt"],
      "The name of the file ends in .csv, .ndjson or .jsonl, or --format is csv or ndjson.",
    ],
    [
      "people",
      ["import", "people.csv", "--report", "./people.csv"],
      "--report names the file that is imported: it would be overwritten.",
    ],
    ["people", ["import", "people.csv", "--dryrun"], expect.stringContaining("Unknown option '--dryrun'")],
    [
      "people",
      ["import", "people.csv", "--client", "The Shop"],
      "--client is a name of lower-case letters, digits, - and _, such as `shop`.",
    ],
    ["openids", ["import", "openids.csv"], "--app names an app of WECHAT_APPS by its key or its appid."],
  ] as const)("%s refuse the arguments %j and print the usage", async (command, args, problem) => {
    const { code, output } = await run(command, ...args);
    expect(code).toBe(1);
    expect(output.endsWith(`\n${usage[command]}`)).toBe(true);
    expect(output.slice(0, -usage[command].length - 1)).toEqual(problem);
  });

  it("refuse a file that cannot be imported as a whole, and say why", async () => {
    expect(await run("people", "import", "gbk.csv", "--client", "shop")).toEqual({
      code: 1,
      output: expect.stringMatching(/^The file is not UTF-8 \(line 1\)\. .*\nNothing was imported\.\n$/),
    });
  });
});
