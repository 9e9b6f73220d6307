import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

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
  mutate(path: object): Iterable<{ value: number }>;
}
const numbers: {
  kindsOfChanges(): Promise<Kind[]>;
  changeNumbers(options: { only: boolean }): Promise<void>;
  isOfNumber(entry: { was: string }): boolean;
} = await import(script("numbers"));

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

describe("the changes of numbers", () => {
  const at = (value: number, parent: object = {}) => ({
    ...{ isNumericLiteral: () => true, node: { value }, parent },
  });

  it("are added to the kinds that Stryker knows, or take their place", async () => {
    const kinds = await numbers.kindsOfChanges();
    const ofStryker = kinds.map(({ name }) => name);
    expect(ofStryker).toContain("StringLiteral");
    await numbers.changeNumbers({ only: false });
    expect(kinds.map(({ name }) => name)).toEqual([...ofStryker, "NumericLiteral"]);
    await numbers.changeNumbers({ only: true });
    expect(kinds.map(({ name }) => name)).toEqual(["NumericLiteral"]);
  });

  it("double what is a number when the program runs, from 2 on", async () => {
    await numbers.changeNumbers({ only: true });
    const [{ mutate }] = (await numbers.kindsOfChanges()) as [Kind];
    const name = at(60);
    const changes = [
      ...[at(60), at(2), at(0.5), at(1)],
      ...[at(60, { type: "TSLiteralType" }), { ...name, parent: { key: name.node } }],
    ].map((path) => [...mutate(path)].map(({ value }) => value));
    expect(changes).toEqual([[120], [4], [], [], [], []]);
  });

  it("are told from other changes in the list of accepted ones", () => {
    const texts = ["60", "5_000", "0.5", "0o700", "0xff", '"60"', "60 * 2", "limit"];
    expect(texts.filter((was) => numbers.isOfNumber({ was }))).toEqual(texts.slice(0, 5));
  });
});

describe("docs/mutation.md", () => {
  it("shows the results of the last runs", () => {
    expect(readFileSync("docs/mutation.md", "utf8")).toBe(results.documentOf(results.readResults()));
  });
});
