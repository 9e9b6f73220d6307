import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runScript } from "./support/run-script.js";

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "host-"));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Runs a line such as `npm run host -- create shop --name "The shop"`. */
function run(line: string) {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");
  expect(words.slice(0, 4)).toEqual(["npm", "run", "host", "--"]);
  return runScript("host", words.slice(4), { dataDir });
}

describe("`npm run host`", () => {
  it("makes the host application and the keys of docs/host-applications.md, shows each key once, and revokes it", async () => {
    const guide = fileURLToPath(new URL("../docs/host-applications.md", import.meta.url));
    const commands = readFileSync(guide, "utf8").match(/^npm run host -- .*$/gm) ?? [];
    expect(commands).toHaveLength(4);
    const [create = "", createKey = "", update = "", createTokenKey = ""] = commands;

    expect(await run(create)).toEqual({
      code: 0,
      output:
        "The host application shop is made. Its first key: npm run host -- keys create shop --scope tickets\n",
    });
    const made = await run(createKey);
    const [, id, key] =
      /^(?=[\s\S]*Key (\w{26}) of shop, shown this once:\n)[\s\S]*(wlk_[\w-]{43})\n/.exec(made.output) ?? [];
    expect([made.code, id?.length, key?.length]).toEqual([0, 26, 47]);
    expect(await run(update)).toEqual({ code: 0, output: "The host application shop is changed.\n" });
    const { output } = await run("npm run host -- keys list shop");
    expect(output).toContain(
      `${id}  …${key?.slice(-4)}\n  scopes     ${/--scope (\S+)/.exec(createKey)?.[1]?.replaceAll(",", ", ")}\n`,
    );
    expect(output).not.toContain(key);
    expect((await run(createTokenKey)).code).toBe(0);
    expect((await run("npm run host -- keys list shop")).output).toContain("  scopes     tokens, jssdk\n");
    expect(await run(`npm run host -- keys revoke ${id}`)).toEqual({
      code: 0,
      output: `The key ${id} is refused from now on.\n`,
    });
  });
});
