import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The files of a folder as paths within it. */
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(root, folder, path)).isFile())
    .sort();

const textOf = (folder: string, file: string) => readFileSync(join(root, folder, file), "utf8");
const isText = (file: string) => [".js", ".css", ".html", ".svg", ".ts", ".json"].includes(extname(file));

/** What only a test has, and what leads to a source. */
const forbidden = {
  "a key of the tests": /k3y-for-tests/,
  "an import of the test runner": /\bfrom\s*["']vitest["']/,
  "a reference to a source map": /\bsourceMappingURL=/,
};

describe.each([
  "apps/api/dist",
  "apps/admin/dist",
  "apps/login/dist",
  "packages/wechat-oauth/dist",
  "packages/wechat-simulator/dist",
])("the build in %s", (folder) => {
  const files = filesIn(folder);

  it("holds no source map, no TypeScript but declarations, and no file of the tests [T60]", () => {
    expect(files.length).toBeGreaterThan(3);
    const unexpected = /\.map$|(?<!\.d)\.tsx?$|\.test\.|(^|\/)tests?\//;
    expect(files.filter((file) => unexpected.test(file))).toEqual([]);
  });

  it.each(Object.entries(forbidden))("does not contain %s [T60]", (_, pattern) => {
    const texts = files.filter(isText);
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.filter((file) => pattern.test(textOf(folder, file)))).toEqual([]);
  });
});
