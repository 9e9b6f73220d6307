import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";

/**
 * Stryker's statuses of a mutation that a test noticed, that ran into the timeout or that caused an error outside the
 * tests (failed-suites.ts), and of one that no test noticed.
 */
const noticed = new Set(["Killed", "Timeout", "RuntimeError"]);
const unnoticed = new Set(["Survived", "NoCoverage"]);

/**
 * Stryker's results by file, in the terms of accepted.mjs. A change is identified by the text of its line rather than
 * its number, which changes when other lines are added or removed.
 *
 * @typedef {{ file: string, at: string, line: string, was: string, becomes: string }} Change
 * @returns {{ file: string, changes: number, noticed: Change[], survivors: Change[] }[]}
 */
export function resultsByFile(root, results) {
  const files = [...new Set(results.map(({ fileName }) => fileName))];
  return files.map((name) => {
    const file = relative(root, resolve(root, name));
    const mutants = results.filter(({ fileName }) => fileName === name);
    const lines = readFileSync(resolve(root, name), "utf8").split("\n");
    const of = (statuses) =>
      mutants
        .filter(({ status }) => statuses.has(status))
        .map(({ location: { start, end }, replacement }) => ({
          file,
          at: `${start.line}:${start.column}`,
          line: lines[start.line - 1].trim(),
          was: oneLine(textBetween(lines, start, end)),
          becomes: oneLine(replacement),
        }));
    const [caught, survivors] = [of(noticed), of(unnoticed)];
    return { file, changes: caught.length + survivors.length, noticed: caught, survivors };
  });
}

export const isSame = (a, b) =>
  a.file === b.file && a.line === b.line && a.was === b.was && a.becomes === b.becomes;

/** Lines and columns count from 1, and the end is exclusive. */
function textBetween(lines, start, end) {
  const within = lines.slice(start.line - 1, end.line);
  within[within.length - 1] = within.at(-1).slice(0, end.column - 1);
  return within.join("\n").slice(start.column - 1);
}

const oneLine = (text) => text.replace(/\s+/g, " ");
