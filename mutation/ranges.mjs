import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What Stryker mutates of a guard: the whole file, or the lines of the listed functions and constants.
 *
 * @param {string} directory of the package
 * @param {{ file: string, only?: string[] }} guard
 * @returns {string[]} `src/a.ts`, or `src/a.ts:12-34` for each name
 */
export function rangesOf(directory, { file, only }) {
  if (!only) return [file];
  const lines = readFileSync(join(directory, file), "utf8").split("\n");
  return only.map((name) => {
    const declared = new RegExp(`^(export )?(async )?(function|const|class) ${name}\\b`);
    const first = lines.findIndex((line) => declared.test(line));
    if (first === -1) throw new Error(`${file} declares no ${name}`);
    if (lines[first].endsWith(";")) return `${file}:${first + 1}-${first + 1}`;
    // The formatter starts the code after a declaration in the first column.
    const length = lines
      .slice(first + 1)
      .findIndex((line) => /^\S/.test(line) && !/^[)}\]]+.*[{(]$/.test(line));
    return `${file}:${first + 1}-${length === -1 ? lines.length : first + 1 + length + 1}`;
  });
}
