import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const directory = join(import.meta.dirname, "../src");
/** Without comments, which name other files. */
const read = (file: string) => readFileSync(file, "utf8").replace(/\/\*.*?\*\//gs, "");
const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).map((file) =>
  join(directory, file),
);

/** Each style sheet of a component, with the classes that components take from it. */
const taken = new Map(
  files.filter((file) => file.endsWith(".module.css")).map((file) => [file, new Set<string>()]),
);
for (const file of files.filter((name) => /\.tsx?$/.test(name))) {
  const source = readFileSync(file, "utf8");
  for (const [, name, sheet = ""] of source.matchAll(/import (\w+) from "(.+\.module\.css)"/g)) {
    const classes = taken.get(join(dirname(file), sheet));
    for (const [, used = ""] of source.matchAll(new RegExp(`\\b${name}\\.(?!module)(\\w+)`, "g")))
      classes?.add(used);
  }
}
const defined = (sheet: string) =>
  new Set([...read(sheet).matchAll(/\.([a-z]\w*)(?=[^{}]*\{)/gi)].map(([, name]) => name ?? ""));

describe("the classes of style sheets", () => {
  it("are there for every component that names one, and each is named by one", () => {
    const faults = [...taken].flatMap(([sheet, used]) => {
      const there = defined(sheet);
      return [
        ...[...used].filter((name) => !there.has(name)).map((name) => `${sheet} has no .${name}`),
        ...[...there]
          .filter((name) => !used.has(name))
          .map((name) => `no component has .${name} of ${sheet}`),
      ];
    });
    expect(taken.size).toBeGreaterThan(20);
    expect(faults).toEqual([]);
  });
});
