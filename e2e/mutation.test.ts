import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

type Lines = [first: number, last: number];
interface Run {
  directory: string;
  isGuard: boolean;
  tests: string[];
  sources: { file: string; lines: Lines[] }[];
}

// The scripts are plain JavaScript; their types are declared here.
const script = (name: string) => new URL(`../mutation/${name}.mjs`, import.meta.url).href;
const { plannedRuns }: { plannedRuns(): Run[] } = await import(script("plan"));
const { mutated, unmutated }: { mutated: { directory: string }[]; unmutated: { path: string }[] } =
  await import(script("parts"));
const ranges: {
  linesOf(path: string, only?: string[]): Lines[];
  otherLines(path: string, only: string[]): Lines[];
  commonLines(some: Lines[], others: Lines[]): Lines[];
} = await import(script("ranges"));
const results: {
  readResults(): object;
  documentOf(results: object): string;
  testFiles(directory: string, names: string[]): string[];
} = await import(script("results"));
interface Kind {
  name: string;
}
interface Mutant {
  location: { start: { line: number; column: number }; end: { column: number } };
  replacement: string;
}
const mistakes: {
  kindsOfChanges(): Promise<Kind[]>;
  tryMistakes(options: { only: boolean; directories: string[] }): Promise<void>;
} = await import(script("mistakes"));
interface Place {
  start: number;
  end: number;
  length: number;
}
const fields: {
  fieldsOf(directory: string): { optional: Place[]; fitting: Place[] };
} = await import(script("fields"));

const directoryBefore = process.cwd();
beforeAll(() => process.chdir(root)); // as scripts/mutation.mjs does
afterAll(() => process.chdir(directoryBefore));

describe("the plan of the mutation runs", () => {
  it("has every line of every source file once, apart from the files that are listed with a reason", () => {
    const lines = new Map<string, Lines[]>();
    for (const { file, lines: some } of plannedRuns().flatMap(({ sources }) => sources)) {
      lines.set(file, [...(lines.get(file) ?? []), ...some]);
    }
    for (const [file, some] of lines) {
      const inOrder = some.toSorted(([a], [b]) => a - b);
      expect(inOrder[0]?.[0], file).toBe(1);
      expect(inOrder.at(-1)?.[1], file).toBe(readFileSync(file, "utf8").split("\n").length);
      for (const [n, [first]] of inOrder.entries()) {
        if (n > 0) expect(first, file).toBe((inOrder[n - 1]?.[1] ?? 0) + 1);
      }
    }
    for (const { directory } of mutated) {
      expect([...lines.keys()].some((file) => file.startsWith(`${directory}/src/`))).toBe(true);
    }
  });

  it("names only tests that exist", () => {
    const missing = plannedRuns().flatMap(({ directory, tests }) =>
      tests
        .filter((name) => results.testFiles(directory, [name]).length === 0)
        .map((name) => `${directory}: ${name}`),
    );
    expect([...new Set(missing)]).toEqual([]);
  });

  it("leaves out only paths that exist", () => {
    expect(unmutated.map(({ path }) => path).filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe("the lines of a guard", () => {
  const folder = mkdtempSync(join(tmpdir(), "mutation-"));
  const file = join(folder, "guard.ts");
  writeFileSync(
    file,
    "const a = 1;\n\nexport function b(\n  c: string,\n): void {\n  d(c);\n}\n\nexport const e = [\n  1,\n];\n",
  );
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are those of the functions and constants that are named", () => {
    expect(ranges.linesOf(file)).toEqual([[1, 12]]);
    expect(ranges.linesOf(file, ["a", "b", "e"])).toEqual([
      [1, 1],
      [3, 7],
      [9, 11],
    ]);
    expect(() => ranges.linesOf(file, ["f"])).toThrow("declares no f");
  });

  it("make the whole file with the other ones", () => {
    expect(ranges.otherLines(file, ["e", "b"])).toEqual([
      [1, 2],
      [8, 8],
      [12, 12],
    ]);
    expect(ranges.otherLines(file, ["a"])).toEqual([[2, 12]]);
  });

  it("are cut to the lines that a branch changed", () => {
    expect(
      ranges.commonLines(
        [
          [1, 4],
          [10, 12],
        ],
        [
          [4, 4],
          [6, 7],
          [9, 30],
        ],
      ),
    ).toEqual([
      [4, 4],
      [10, 12],
    ]);
  });
});

describe("the small mistakes", () => {
  const own = [
    ...["NumberDoubled", "ConditionLeftOut", "FieldLeftOut", "NextValue", "CallLeftOut", "StepLeftOut"],
  ];

  it("are added to the kinds of changes that Stryker knows, or take their place", async () => {
    const kinds = await mistakes.kindsOfChanges();
    const ofStryker = kinds.map(({ name }) => name);
    expect(ofStryker).toContain("StringLiteral");
    await mistakes.tryMistakes({ only: false, directories: [] });
    expect(kinds.map(({ name }) => name)).toEqual([...ofStryker, ...own]);
    await mistakes.tryMistakes({ only: true, directories: [] });
    expect(kinds.map(({ name }) => name)).toEqual(own);
  });

  it("double a number, and leave out a condition, a call or a step", async () => {
    await mistakes.tryMistakes({ only: true, directories: [] });
    const source = [
      "type Tries = 3;",
      "const limits = { 7: 60 * 0.5 };",
      "orm.from(users).where(and(isNull(id), eq(name), ...more)).limit(5);",
      "or(only);",
      'await log.warn("late"); count = next(); watch?.stop();',
      "class Late extends Error { constructor() { super(); } }",
    ];
    expect(await changesOf(source)).toEqual([
      ["60", "120"],
      [source[2], ";"],
      [source[2]?.slice(0, -1), "orm.from(users).where(and(isNull(id), eq(name), ...more))"],
      ["orm.from(users).where(and(isNull(id), eq(name), ...more))", "orm.from(users)"],
      ["isNull(id)", "undefined"],
      ["eq(name)", "undefined"],
      ["...more", "...[]"],
      ["5", "10"],
      ["or(only);", ";"],
      ['await log.warn("late");', ";"],
      ["watch?.stop();", ";"],
    ]);
  });

  it("leave out a field that the compiler does not miss", () => {
    const source = `
      declare const ip: string | undefined, all: { id: string };
      const row: { id: string; name?: string } = { id: "1", name: "kim" };
      const headers: Record<string, string> = { accept: "*", ["x-" + ip]: "y" };
      console.log({ ip, ...(ip && { from: ip }), ...all });
      const inferred = { id: 1 };
      const later = async (): Promise<{ id: string; name?: string }> => ({ id: "2", name: "lee" });
    `;
    expect(foundIn(source).optional).toEqual([
      ...['name: "kim"', 'accept: "*"', '["x-" + ip]: "y"'],
      ...["ip", "...(ip && { from: ip })", "from: ip", 'name: "lee"'],
    ]);
  });

  it("put the value of the next one in the place of a field or an argument, where the compiler accepts it", () => {
    const source = `
      declare const from: { id: string; name: string; age: number; anything: any }, ids: string[], name: string;
      declare function rename(id: string, name: string, age: number, ...more: string[]): void;
      const row = { id: from.id, name: from.name, age: from.age };
      const known: { id: string; title: string | null; at?: number } = { id: from.id, title: null, at: 1 };
      const short = { id: from.id, name, again: name, other: from.anything };
      const last = { title: known.title, id: known.id, text: "x", ...row, name };
      rename(from.id, from.name, from.age, ...ids);
    `;
    expect(foundIn(source).fitting).toEqual(["id: from.id", "title: known.title", "from.id"]);
  });

  it("are made at the fields and arguments that the compiler told of", async () => {
    const source = [
      "declare const id: string, name: string;",
      "const row: { id: string; name?: string } = { id, name: id.concat(name, id) };",
    ];
    await mistakes.tryMistakes({ only: true, directories: [packageOf(source.join("\n"))] });
    expect(await changesOf(source)).toEqual([
      ["id", "id: id.concat(name, id)"],
      ["name: id.concat(name, id)", "...{}"],
      ["name", "id"],
    ]);
    await mistakes.tryMistakes({ only: true, directories: [] });
    expect(await changesOf(source)).toEqual([]);
  });
});

/** The texts of the fields and values in a source that can be changed. */
function foundIn(source: string) {
  const { optional, fitting } = fields.fieldsOf(packageOf(source));
  expect(new Set([...optional, ...fitting].map(({ length }) => length))).toEqual(new Set([source.length]));
  const textOf = ({ start, end }: Place) => source.slice(start, end);
  return { optional: optional.map(textOf), fitting: fitting.map(textOf) };
}

/** The directory of a package that has one source. */
function packageOf(source: string) {
  const directory = mkdtempSync(join(tmpdir(), "fields-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, "src"));
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify({ compilerOptions: { strict: true } }));
  writeFileSync(join(directory, "src/source.ts"), source);
  return directory;
}

/** What Stryker changes in a source, with what it puts there. */
async function changesOf(lines: string[]): Promise<[was: string, becomes: string][]> {
  const fromStryker = createRequire(createRequire(script("mistakes")).resolve("@stryker-mutator/core"));
  const { Instrumenter } = await import(
    pathToFileURL(fromStryker.resolve("@stryker-mutator/instrumenter")).href
  );
  const log = { debug() {}, info() {}, isDebugEnabled: () => false };
  const options = { plugins: null, excludedMutations: [], ignorers: [] };
  const file = { name: "/source.ts", mutate: true, content: lines.join("\n") };
  const { mutants } = await new Instrumenter(log).instrument([file], options);
  return mutants.map(({ location: { start, end }, replacement }: Mutant) => [
    lines[start.line]?.slice(start.column, end.column),
    replacement,
  ]);
}

describe("docs/mutation.md", () => {
  it("shows the results of the last runs", () => {
    expect(readFileSync("docs/mutation.md", "utf8")).toBe(results.documentOf(results.readResults()));
  });
});
