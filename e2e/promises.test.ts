import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

interface FoundTest {
  file: string;
  numbers: number[];
  title: string;
  engine?: "SQLite" | "PostgreSQL";
}

// The scripts are plain JavaScript, so that they run before anything is built: what they give is told here.
const script = (name: string) => new URL(`../scripts/promises/${name}.mjs`, import.meta.url).href;
const { findTests }: { findTests(file: string, source: string): { tests: FoundTest[]; problems: string[] } } =
  await import(script("titles"));
const { readTests }: { readTests(folder: string): { tests: FoundTest[]; problems: string[] } } = await import(
  script("read-tests")
);
const { promises }: { promises: { number: number; promise: string }[] } = await import(script("list"));

const file = "apps/api/test/made-up.test.ts";
const found = (source: string) => findTests(file, source).tests.map(({ numbers, title }) => [numbers, title]);
const problems = (source: string) => findTests(file, source).problems;

describe("the page of promises", () => {
  it("is what the titles of the tests make of it", async () => {
    expect(await run(root, "--check")).toEqual({ code: 0, said: "" });
  });

  it("knows every number that a test names, and each title names its promises in the one way", () => {
    const read = readTests(root);
    expect(read.problems).toEqual([]);
    expect(read.tests.length).toBeGreaterThan(100);
  });

  it("has a sentence for each number from 1 to 108, in this order", () => {
    expect(promises.map(({ number }) => number)).toEqual(Array.from({ length: 108 }, (_, n) => n + 1));
    for (const { promise } of promises) expect(promise).toMatch(/^[A-Z].{20,200}\.$/);
  });
});

describe("a title that names a promise", () => {
  it("is found in a test, with all its numbers", () => {
    expect(found(`it("T1, T3: is given to nobody else", () => {});`)).toEqual([
      [[1, 3], "is given to nobody else"],
    ]);
    expect(found(`test('T7: works in single quotes', { timeout: 1 }, async () => {});`)).toEqual([
      [[7], "works in single quotes"],
    ]);
  });

  it("is found whatever runs the test: a function by name, a condition, side by side", () => {
    const source = `
      it("T1: by name", runs);
      it.runIf(linux)("T2: on a condition", () => {});
      it.concurrent("T3: side by side", () => {});`;
    expect(found(source).map(([numbers]) => numbers)).toEqual([[1], [2], [3]]);
  });

  it("counts for all tests of its group, to any depth, beside their own", () => {
    const source = `
      describe("T12: a callback", () => {
        describe("that is odd", function () {
          it("is a page", () => {});
          it("T5, T12: is a row", () => {});
        });
      });
      it("is about something else", () => {});`;
    expect(found(source)).toEqual([
      [[12], "a callback › that is odd › is a page"],
      [[12, 5], "a callback › that is odd › is a row"],
    ]);
  });

  it("is found where it is repeated, with … for what the rows say", () => {
    const source = `
      it.each([[1, 2]])("T33: by %s begins nothing (%j, 100%%)", (a, b) => {});
      it.for(rows)("T34: $name.first on one", () => {});
      describe.each\`a | b\`("on $a", () => { it("T35: is one", () => {}); });`;
    expect(found(source)).toEqual([
      [[33], "by … begins nothing (…, 100%)"],
      [[34], "… on one"],
      [[35], "on … › is one"],
    ]);
  });

  it("is found in a template and in a text of several pieces", () => {
    const source = [
      "it(`T40: is plain`, () => {});",
      `it(\`T41: is \${how} slow\`, () => {});`,
      'it("T42: is long " + "and longer" + end, () => {});',
    ].join("\n");
    expect(found(source)).toEqual([
      [[40], "is plain"],
      [[41], "is … slow"],
      [[42], "is long and longer…"],
    ]);
  });

  it("is found in suites that are made by a function or a loop", () => {
    const source = `
      for (const name of names) describe(name, () => { it("T8: is calm", () => {}); });
      function suite(title: string) { it("T9: is one", () => {}); }`;
    expect(found(source)).toEqual([
      [[8], "is calm"],
      [[9], "is one"],
    ]);
  });

  it("belongs to one engine inside onlyOn, and to both outside", () => {
    const source = `
      onlyOn("sqlite", "T85: a lock", () => { it("delays", () => {}); });
      describe("outside", () => {
        onlyOn("postgres", "a cut line", () => { describe("twice", () => { it("T94: doubles nobody", run); }); });
        it("T6: is one", () => {});
      });`;
    expect(findTests(file, source).tests).toEqual([
      { file, numbers: [85], title: "a lock › delays", engine: "SQLite" },
      { file, numbers: [94], title: "outside › a cut line › twice › doubles nobody", engine: "PostgreSQL" },
      { file, numbers: [6], title: "outside › is one" },
    ]);
  });

  it("does not count for a test that is skipped, left for later or meant to fail, or that is only talked of", () => {
    const source = `
      it.skip("T1: a", () => {});
      it.todo("T2: b");
      it.fails("T3: c", () => {});
      describe.skip("T4: d", () => { it("T5: e", () => {}); });
      // it("T6: f", () => {});
      const text = 'it("T7: g", () => {});';`;
    expect(found(source)).toEqual([]);
    expect(problems(source)).toEqual([]);
  });
});

describe("a title that cannot count is said, by file and line", () => {
  it.each(["T1 T3", "T1,T3", "T1 and T3", "T01", "T0", "T5 without a colon, or"])(
    "when it is written like %j",
    (numbers) => {
      expect(problems(`\nit("${numbers}: a sentence", () => {});`)).toEqual([
        `${file}:2: names promises otherwise than "T1, T3: a sentence"`,
      ]);
    },
  );

  it.each([
    `it.each([["T33: in a row"]])("%s", () => {});`,
    `it(slow ? "T33: in a choice" : "else", () => {});`,
    `ours("T33: of a function that nobody knows", () => {});`,
    `const title = \`T33: put together \${here}\`;`,
  ])("when no test carries it: %s", (source) => {
    expect(problems(source)).toEqual([
      `${file}:1: names a promise, but is not written as the title of a test`,
    ]);
  });
});

describe("in a made-up workspace", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "promises-"));
    cpSync(join(root, "scripts"), join(folder, "scripts"), { recursive: true });
    cpSync(join(root, "package.json"), join(folder, "package.json"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
    mkdirSync(join(folder, "docs"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (path: string, numbers: string, title: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `it(${JSON.stringify(`${numbers}: ${title}`)}, () => {});\n`);
  };

  it("every test file is read, and nothing else", () => {
    write("apps/api/test/db/deep.test.ts", "T1", "a");
    write("apps/admin/test/page.test.tsx", "T2", "b");
    write("packages/wechat-oauth/test/c.test.ts", "T3", "c");
    write("e2e/d.test.ts", "T4", "d");
    write("apps/api/test/support/help.ts", "T5", "no test file");
    write("apps/api/node_modules/x/test/x.test.ts", "T6", "not ours");
    write("e2e/node_modules/x/x.test.ts", "T7", "not ours");
    const places = readTests(folder).tests.map(({ numbers, ...test }) => [...numbers, test]);
    expect(places).toEqual([
      [2, { file: "apps/admin/test/page.test.tsx", title: "b", runsOn: ["no database"] }],
      [1, { file: "apps/api/test/db/deep.test.ts", title: "a", runsOn: ["SQLite", "PostgreSQL"] }],
      [4, { file: "e2e/d.test.ts", title: "d", runsOn: ["whole system"] }],
      [3, { file: "packages/wechat-oauth/test/c.test.ts", title: "c", runsOn: ["no database"] }],
    ]);
  });

  it("a file that is named for one engine runs on that one", () => {
    write("apps/api/test/a.postgres.test.ts", "T1", "a");
    write("apps/api/test/a.sqlite.test.ts", "T1", "a");
    expect(readTests(folder).tests).toMatchObject([{ runsOn: ["PostgreSQL"] }, { runsOn: ["SQLite"] }]);
  });

  it("a number that is no promise is refused, by file and title", async () => {
    write("e2e/a.test.ts", "T1, T109", "promises too much");
    expect(await run(folder)).toEqual({
      code: 1,
      said: 'e2e/a.test.ts: T109 is no promise: "promises too much"\n',
    });
  });

  it("the page shows a promise's tests, each as plain text, and where they run; and what is not proven yet", async () => {
    write("apps/api/test/a.test.ts", "T4", "<b>keeps</b> | what *it* says_");
    write("apps/api/test/b.sqlite.test.ts", "T85, T86", "waits");
    write("e2e/c.test.ts", "T86", "recovers");
    expect(await run(folder)).toEqual({ code: 0, said: "" });
    const page = readFileSync(join(folder, "docs/promises.md"), "utf8");
    const cellsOf = (number: number) =>
      page
        .split("\n")
        .find((line) => line.startsWith(`| <a id="t${number}"`))
        ?.split(" | ")
        .slice(2)
        .join(" | ");
    expect(page).toContain(
      "**3 of 108 promises have at least one test**, 1 of them on SQLite and on PostgreSQL.",
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
    expect(cellsOf(86)).toBe(
      "<details><summary>2 tests in 2 files</summary>" +
        "[api/b.sqlite.test.ts](../apps/api/test/b.sqlite.test.ts)<ul><li>waits (SQLite only)</li></ul>" +
        "[e2e/c.test.ts](../e2e/c.test.ts)<ul><li>recovers</li></ul></details> | SQLite, whole system |",
    );
  });

  it("a page without the newest test is out of date, in one line, until it is written again", async () => {
    const outOfDate = { code: 1, said: "docs/promises.md is out of date: run `npm run promises`.\n" };
    expect(await run(folder, "--check")).toEqual(outOfDate);
    expect(await run(folder)).toEqual({ code: 0, said: "" });
    expect(await run(folder, "--check")).toEqual({ code: 0, said: "" });
    write("apps/api/test/a.test.ts", "T1", "keeps its word");
    expect(await run(folder, "--check")).toEqual(outOfDate);
  });
});

/** Runs the script that belongs to the workspace in `folder`. */
async function run(folder: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const command = [join(folder, "scripts/promises.mjs"), ...args];
  const ended = promisify(execFile)(process.execPath, command, { cwd: folder });
  return ended.then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      said: error.stdout + error.stderr,
    }),
  );
}
