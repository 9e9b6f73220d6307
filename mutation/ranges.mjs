import { readFileSync } from "node:fs";

/** @typedef {[first: number, last: number]} Lines both counted from 1 and included */

/**
 * The lines of a guard: the whole file, or those of the listed functions and constants.
 *
 * @param {string} path
 * @param {string[]} [only]
 * @returns {Lines[]}
 * @throws {Error} the file declares no such function or constant
 */
export function linesOf(path, only) {
  const lines = readFileSync(path, "utf8").split("\n");
  if (!only) return [[1, lines.length]];
  return only.map((name) => {
    const declared = new RegExp(`^(export )?(async )?(function|const|class) ${name}\\b`);
    const first = lines.findIndex((line) => declared.test(line));
    if (first === -1) throw new Error(`${path} declares no ${name}`);
    if (lines[first].endsWith(";")) return [first + 1, first + 1];
    // The formatter starts the code after a declaration in the first column.
    const length = lines
      .slice(first + 1)
      .findIndex((line) => /^\S/.test(line) && !/^[)}\]]+.*[{(]$/.test(line));
    return [first + 1, length === -1 ? lines.length : first + 1 + length + 1];
  });
}

/** The lines of a file that `linesOf` leaves out. @returns {Lines[]} */
export function otherLines(path, only) {
  const [[, length]] = linesOf(path);
  const taken = linesOf(path, only).sort(([a], [b]) => a - b);
  const starts = [1, ...taken.map(([, last]) => last + 1)];
  const ends = [...taken.map(([first]) => first - 1), length];
  return starts.flatMap((first, n) => (first <= ends[n] ? [[first, ends[n]]] : []));
}

/** What two lists of lines have in common. @returns {Lines[]} */
export function commonLines(some, others) {
  return some.flatMap(([first, last]) =>
    others.flatMap(([from, to]) =>
      Math.max(first, from) <= Math.min(last, to) ? [[Math.max(first, from), Math.min(last, to)]] : [],
    ),
  );
}
