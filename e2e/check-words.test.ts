import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

interface Exception {
  file: string;
  text: string;
  word: string;
  reason: string;
}

const script = (name: string) => new URL(`../scripts/words/${name}.mjs`, import.meta.url).href;
const {
  findWords,
}: {
  findWords(
    file: string,
    text: string,
    options?: { allowed?: Exception[]; used?: Set<Exception> },
  ): { line: number; word: string; instead: string }[];
} = await import(script("find-words"));
const list: {
  words: { forms: string[]; instead: string }[];
  unread: { path: string; reason: string }[];
  exceptions: Exception[];
} = await import(script("list"));

const found = (text: string) => findWords("a.ts", text).map(({ line, word }) => [line, word]);

describe("the check of words", () => {
  it.each([
    "Nobody is asked.",
    "const nobodyElse = 1;",
    "askNobody()",
    "ASK_NOBODY",
    "ask-nobody",
    "ask_nobody_2",
    "「nobody」",
    "XMLNobody",
    ".nobody[data-x] {}",
  ])("finds an unwanted word in %j", (text) => {
    expect(found(text)).toEqual([[1, "nobody"]]);
  });

  it("finds every listed form, and names what to write instead", () => {
    for (const { forms, instead } of list.words) {
      for (const word of forms) {
        expect(findWords("a.md", `one\ntwo ${word} three`)).toEqual([
          { file: "a.md", line: 2, word, instead },
        ]);
      }
    }
  });

  it.each([
    "strip",
    "stripped",
    "shop",
    "hope",
    "indeed",
    "workshops",
    "hopper",
    "latest",
    "elsewhere",
    "triple",
  ])("accepts %j, which only contains a word", (text) => {
    expect(found(text)).toEqual([]);
  });

  it("finds a word in the name of a file", () => {
    expect(findWords("src/last-hop.ts", "export {};")).toMatchObject([{ line: 0, word: "hop" }]);
  });

  it("names each word of a line once, and each line", () => {
    expect(found("a trip, a trip and a hop\nfine\nTrips")).toEqual([
      [1, "trip"],
      [1, "hop"],
      [3, "trips"],
    ]);
  });

  it("applies an exception to its word in lines of its file that contain its text, and to no other", () => {
    const exception = { file: "a.ts", text: "(hop) =>", word: "hop", reason: "a name of Fastify" };
    const lines = "(hop) => hop\n(hop, other) => 1\n(hop) => trip";
    const used = new Set<Exception>();
    const findings = findWords("a.ts", lines, { allowed: [exception], used });
    expect(findings.map(({ line, word }) => [line, word])).toEqual([
      [2, "hop"],
      [3, "trip"],
    ]);
    expect([...used]).toEqual([exception]);
    expect(findWords("b.ts", "(hop) => hop", { allowed: [exception] })).toHaveLength(1);
  });

  it("has a reason for every exception and for everything that it does not read", () => {
    for (const { reason } of [...list.exceptions, ...list.unread]) expect(reason).toMatch(/^.{15,}$/);
  });
});

describe("`npm run check:words`", () => {
  let workspace: string;

  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), "words-"));
    cpSync(join(root, "scripts"), join(workspace, "scripts"), { recursive: true });
    cpSync(join(root, "package.json"), join(workspace, "package.json"));
    rmSync(join(workspace, "scripts/promises"), { recursive: true });
    for (const { file, text } of list.exceptions) write(file, text);
    write(".gitignore", "dist/\n/data/\n.env.*\n");
  });

  afterEach(() => rmSync(workspace, { recursive: true, force: true }));

  it("passes in silence where no file has a listed word", async () => {
    expect(await check()).toEqual({ code: 0, output: "" });
  });

  it("prints file, line, word and advice, and reads no file that git ignores", async () => {
    write("docs/page.md", "\n\nA journey begins.\n");
    write("apps/login/page.css", ".hop {}\n");
    write("apps/login/dist/built.js", "const trip = 1;\n");
    write("apps/login/.env.local", "TRIP=1\n");
    write("data/secret", "trip\n");
    write("apps/login/data/hop.txt", "one\n");
    write(".git/config", "trip\n");
    write("pnpm-lock.yaml", "trip-package: 1.0.0\n");
    const { code, output } = await check();
    expect(code).toBe(1);
    expect(output.split("\n").sort()).toEqual([
      "",
      'apps/login/data/hop.txt (its name): "hop": write event or step of a timeline; redirect',
      'apps/login/page.css:1: "hop": write event or step of a timeline; redirect',
      'docs/page.md:3: "journey": write sign-in',
    ]);
  });

  it("fails for an exception that allows nothing any more", async () => {
    const [{ file, text }] = list.exceptions as [Exception];
    write(file, "export {};\n");
    expect(await check()).toEqual({
      code: 1,
      output: `scripts/words/list.mjs: the exception for "${text}" in ${file} is out of date: remove it\n`,
    });
  });

  function write(path: string, content: string): void {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), content);
  }

  async function check(): Promise<{ code: number; output: string }> {
    const command = [join(workspace, "scripts/check-words.mjs")];
    return promisify(execFile)(process.execPath, command, { cwd: workspace }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        output: error.stdout + error.stderr,
      }),
    );
  }
});
