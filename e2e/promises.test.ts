import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

interface FoundTest {
  file: string;
  numbers: number[];
  title: string;
  engine?: "SQLite" | "PostgreSQL";
}

// The scripts are plain JavaScript, so that they run before anything is built; their types are declared here.
const script = (name: string) => new URL(`../scripts/promises/${name}.mjs`, import.meta.url).href;
const { findTests }: { findTests(file: string, source: string): { tests: FoundTest[]; problems: string[] } } =
  await import(script("titles"));
const { readTests }: { readTests(folder: string): { tests: FoundTest[]; problems: string[] } } = await import(
  script("read-tests")
);
const { pageOf }: { pageOf(tests: FoundTest[]): string } = await import(script("page"));
const { promises }: { promises: { number: number; promise: string }[] } = await import(script("list"));
const file = "apps/api/test/made-up.test.ts";
const found = (source: string) => findTests(file, source).tests.map(({ numbers, title }) => [numbers, title]);
const problems = (source: string) => findTests(file, source).problems;

describe("docs/promises.md", () => {
  let read: ReturnType<typeof readTests>;
  beforeAll(() => {
    read = readTests(root);
  });

  it("matches the titles of the tests", () => {
    const page = readFileSync(join(root, "docs/promises.md"), "utf8").replaceAll("\r\n", "\n");
    expect(page === pageOf(read.tests), "run `npm run promises`").toBe(true);
  });

  it("is made from titles that spell their numbers correctly, and only from numbers in the list", () => {
    expect(read.problems).toEqual([]);
    expect(read.tests.length).toBeGreaterThan(100);
  });
});

describe("the list of promises", () => {
  it("has a sentence for each number from 1 to 108, and later numbers in ascending order", () => {
    const numbers = promises.map(({ number }) => number);
    expect(numbers.slice(0, 108)).toEqual(Array.from({ length: 108 }, (_, n) => n + 1));
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    for (const { promise } of promises) expect(promise).toMatch(/^[A-Z].{20,200}\.$/);
  });
});

describe("findTests", () => {
  it("finds all promise numbers in the title of a test", () => {
    expect(found(`it("refuses a copied state [T1, T3]", () => {});`)).toEqual([
      [[1, 3], "refuses a copied state"],
    ]);
    expect(found(`test('accepts single quotes [T7]', { timeout: 1 }, async () => {});`)).toEqual([
      [[7], "accepts single quotes"],
    ]);
  });

  it("finds a test whose body is a named function, one that is conditional and one that is concurrent", () => {
    const source = `
      it("has a named function [T1]", runs);
      it.runIf(linux)("is conditional [T2]", () => {});
      it.concurrent("is concurrent [T3]", () => {});`;
    expect(found(source).map(([numbers]) => numbers)).toEqual([[1], [2], [3]]);
  });

  it("adds the numbers of a describe to those of every test in it, at any depth", () => {
    const source = `
      describe("the callback [T12]", () => {
        describe("of a broken link", function () {
          it("shows a page", () => {});
          it("records a failure [T5, T12]", () => {});
        });
      });
      it("has no number", () => {});`;
    expect(found(source)).toEqual([
      [[12], "the callback › of a broken link › shows a page"],
      [[12, 5], "the callback › of a broken link › records a failure"],
    ]);
  });

  it("replaces the placeholders in the title of a parameterized test by an ellipsis (…)", () => {
    const source = `
      it.each([[1, 2]])("starts nothing by %s (%j, 100%%) [T33]", (a, b) => {});
      it.for(rows)("accepts $name.first [T34]", () => {});
      describe.each\`a | b\`("sessions on $a", () => { it("end [T35]", () => {}); });`;
    expect(found(source)).toEqual([
      [[33], "starts nothing by … (…, 100%)"],
      [[34], "accepts …"],
      [[35], "sessions on … › end"],
    ]);
  });

  it("reads titles that are template literals or concatenated strings", () => {
    const source = [
      "it(`is plain [T40]`, () => {});",
      `it(\`is \${how} slow [T41]\`, () => {});`,
      `it(\`takes \${seconds} [T42]\`, () => {});`,
      'it(name + " is long " + "and longer [T43]", () => {});',
    ].join("\n");
    expect(found(source)).toEqual([
      [[40], "is plain"],
      [[41], "is … slow"],
      [[42], "takes …"],
      [[43], "… is long and longer"],
    ]);
  });

  it("finds tests inside a loop or a function that declares a suite", () => {
    const source = `
      for (const name of names) describe(name, () => { it("stays open [T8]", () => {}); });
      function suite(title: string) { it("closes [T9]", () => {}); }`;
    expect(found(source)).toEqual([
      [[8], "stays open"],
      [[9], "closes"],
    ]);
  });

  it("gives a test inside onlyOn that one engine, and any other test both", () => {
    const source = `
      onlyOn("sqlite", "a locked file [T85]", () => { it("delays", () => {}); });
      describe("a failure", () => {
        onlyOn("postgres", "of a connection", () => { describe("twice", () => { it("repeats nothing [T94]", run); }); });
        it("is shown once [T6]", () => {});
      });`;
    expect(findTests(file, source).tests).toEqual([
      { file, numbers: [85], title: "a locked file › delays", engine: "SQLite" },
      {
        file,
        numbers: [94],
        title: "a failure › of a connection › twice › repeats nothing",
        engine: "PostgreSQL",
      },
      { file, numbers: [6], title: "a failure › is shown once" },
    ]);
  });

  it("leaves out tests that are skipped, to do, expected to fail or only quoted", () => {
    const source = `
      it.skip("a [T1]", () => {});
      it.todo("b [T2]");
      it.fails("c [T3]", () => {});
      describe.skip("d [T4]", () => { it("e [T5]", () => {}); });
      // it("f [T6]", () => {});
      const text = 'it("g [T7]", () => {});';`;
    expect(found(source)).toEqual([]);
    expect(problems(source)).toEqual([]);
  });

  // # stands for T: written with T, these lines would be reported themselves.
  it.each(
    [
      "#1, #3: a sentence",
      "#1 #3: a sentence",
      "#5 without a colon",
      "[#1] a sentence",
      "a sentence #1",
      "a sentence (#1)",
      "a sentence [#1 #3]",
      "a sentence [#1,#3]",
      "a sentence [#1 and #3]",
      "a sentence [#01]",
      "a sentence [#0]",
      "a sentence [#1] that goes on",
      "a sentence[#1]",
      "#1: a sentence [#3]",
    ].map((title) => title.replaceAll("#", "T")),
  )("reports, by file and line, a title that is spelled %j", (title) => {
    for (const call of ["it", "describe", "it.each(rows)"]) {
      expect(problems(`\n${call}(${JSON.stringify(title)}, () => {});`)).toEqual([
        `${file}:2: must name its promises at the end: "a sentence [T1, T3]"`,
      ]);
    }
  });

  it.each([
    `it.each([["is in a row [T33]"]])("%s", () => {});`,
    `it(slow ? "is one of two [T33]" : "else", () => {});`,
    `declare("is given to an unknown function [T33]", () => {});`,
    `const title = \`is assembled \${here} [T33]\`;`,
    `const title = "T33: has its number in front";`,
    `const title = \`T33: is assembled \${here}\`;`,
  ])("reports a title that no test has: %s", (source) => {
    expect(problems(source)).toEqual([
      `${file}:1: names a promise, but is not written as the title of a test`,
    ]);
  });
});

describe("scripts/promises.mjs", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "promises-"));
    cpSync(join(root, "scripts"), join(folder, "scripts"), { recursive: true });
    cpSync(join(root, "package.json"), join(folder, "package.json"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
    mkdirSync(join(folder, "docs"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (path: string, sentence: string, numbers: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `it(${JSON.stringify(`${sentence} [${numbers}]`)}, () => {});\n`);
  };

  it("reads every test file and no other file", () => {
    write("apps/api/test/db/deep.test.ts", "a", "T1");
    write("apps/admin/test/page.test.tsx", "b", "T2");
    write("packages/wechat-oauth/test/c.test.ts", "c", "T3");
    write("e2e/d.test.ts", "d", "T4");
    write("apps/api/test/support/not-a-test.ts", "f", "T6");
    write("e2e/long/e.test.ts", "e", "T5");
    write("e2e/support/not-run.test.ts", "f", "T6");
    write("e2e/long/support/not-run.test.ts", "f", "T6");
    write("bench/test/g.test.ts", "g", "T7");
    const places = readTests(folder).tests.map(({ numbers, ...test }) => [...numbers, test]);
    expect(places).toEqual([
      [2, { file: "apps/admin/test/page.test.tsx", title: "b", runsOn: ["no database"] }],
      [1, { file: "apps/api/test/db/deep.test.ts", title: "a", runsOn: ["SQLite", "PostgreSQL"] }],
      [4, { file: "e2e/d.test.ts", title: "d", runsOn: ["whole system"] }],
      [5, { file: "e2e/long/e.test.ts", title: "e", runsOn: ["long run"] }],
      [3, { file: "packages/wechat-oauth/test/c.test.ts", title: "c", runsOn: ["no database"] }],
    ]);
  });

  it("counts a file that is named after an engine for that engine alone", () => {
    write("apps/api/test/a.postgres.test.ts", "a", "T1");
    write("apps/api/test/a.sqlite.test.ts", "a", "T1");
    expect(readTests(folder).tests).toMatchObject([{ runsOn: ["PostgreSQL"] }, { runsOn: ["SQLite"] }]);
  });

  it("refuses a number that is not in the list, and names file and title", async () => {
    write("e2e/a.test.ts", "promises too much", "T999");
    expect(await run(folder)).toEqual({
      code: 1,
      output: 'e2e/a.test.ts: T999 is not in the list of promises: "promises too much"\n',
    });
  });

  it("refuses a number in front of a title, and names file and line", async () => {
    write("e2e/a.test.ts", "T1 refuses a copied state", "T3");
    expect(await run(folder)).toEqual({
      code: 1,
      output: 'e2e/a.test.ts:1: must name its promises at the end: "a sentence [T1, T3]"\n',
    });
  });

  it("writes the tests of each promise as plain text, where they run, and which promises have none", async () => {
    write("apps/api/test/a.test.ts", "<b>keeps</b> | what *it* says_", "T4");
    write("apps/api/test/b.sqlite.test.ts", "waits", "T85, T86");
    write("e2e/c.test.ts", "recovers", "T86");
    write("e2e/long/d.test.ts", "are cut", "T98");
    expect(await run(folder)).toEqual({ code: 0, output: "" });
    const page = readFileSync(join(folder, "docs/promises.md"), "utf8");
    const cellsOf = (number: number) =>
      page
        .split("\n")
        .find((line) => line.startsWith(`| <a id="t${number}"`))
        ?.split(" | ")
        .slice(2)
        .join(" | ");
    expect(page).toContain(
      `**4 of ${promises.length} promises have at least one test**, 1 of them on SQLite and on PostgreSQL.`,
    );
    expect(cellsOf(3)).toBe("**not proven yet** |  |");
    expect(cellsOf(4)).toBe(
      "[api/a.test.ts](../apps/api/test/a.test.ts)" +
        "<ul><li>&lt;b&gt;keeps&lt;/b&gt; \\| what \\*it\\* says\\_</li></ul> | SQLite, PostgreSQL |",
    );
    expect(cellsOf(85)).toBe(
      "[api/b.sqlite.test.ts](../apps/api/test/b.sqlite.test.ts)" +
        "<ul><li>waits (SQLite only)</li></ul> | SQLite only |",
    );
    expect(cellsOf(98)).toBe(
      "[e2e/long/d.test.ts](../e2e/long/d.test.ts)<ul><li>are cut</li></ul> | long run |",
    );
    expect(cellsOf(86)).toBe(
      "<details><summary>2 tests in 2 files</summary>" +
        "[api/b.sqlite.test.ts](../apps/api/test/b.sqlite.test.ts)<ul><li>waits (SQLite only)</li></ul>" +
        "[e2e/c.test.ts](../e2e/c.test.ts)<ul><li>recovers</li></ul></details> | SQLite, whole system |",
    );
  });

  it("reports with --check, in one line, that the page lacks a new test, until the page is written again", async () => {
    const outOfDate = { code: 1, output: "docs/promises.md is out of date: run `npm run promises`.\n" };
    expect(await run(folder, "--check")).toEqual(outOfDate);
    expect(await run(folder)).toEqual({ code: 0, output: "" });
    expect(await run(folder, "--check")).toEqual({ code: 0, output: "" });
    write("apps/api/test/a.test.ts", "keeps its word", "T1");
    expect(await run(folder, "--check")).toEqual(outOfDate);
  });
});

/** Runs the copy of `scripts/promises.mjs` in `folder`. */
async function run(folder: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const command = [join(folder, "scripts/promises.mjs"), ...args];
  const finished = promisify(execFile)(process.execPath, command, { cwd: folder });
  return finished.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}
