import { readFileSync } from "node:fs";
import { accepted } from "./accepted.mjs";
import { commonLines } from "./ranges.mjs";
import { hashOf } from "./results.mjs";
import { runStryker } from "./stryker.mjs";
import { isSame, resultsByFile } from "./survivors.mjs";

/**
 * Runs the tests on each change of a run's sources.
 *
 * @param {import("./plan.mjs").Run} run
 * @returns {Promise<{ file: string, of: string, changes: number, unnoticed: import("./survivors.mjs").Change[], stale: object[] }[]>}
 *   for each source file: the hash of what was tried, how many changes were tried, those that no test noticed and
 *   accepted.mjs does not list, and those that it lists although a test notices them or they are gone
 */
export async function tryChanges({ directory, sources, tests }) {
  // Before the run, which copies them: an edit while it works has not been tried.
  const hashes = new Map(sources.map(({ file }) => [file, hashOf(file, { directory, tests })]));
  const results = resultsByFile(process.cwd(), await runStryker(directory, sources, tests));
  return sources.map(({ file, lines }) => {
    // Stryker says nothing about a file without a place to change.
    const { changes, noticed, survivors } = results.find((one) => one.file === file) ?? {
      changes: 0,
      noticed: [],
      survivors: [],
    };
    const entries = accepted.filter((entry) => entry.file === file && isWithin(lines, entry));
    return {
      file,
      of: hashes.get(file),
      changes,
      unnoticed: survivors.filter((survivor) => !entries.some((entry) => isSame(entry, survivor))),
      stale: entries.filter((entry) => isGone(entry) || noticed.some((change) => isSame(entry, change))),
    };
  });
}

function isWithin(lines, entry) {
  const numbers = numbersOf(entry);
  return numbers.length === 0 || commonLines(numbers, lines).length > 0;
}

const isGone = (entry) => numbersOf(entry).length === 0;

/** The lines of the file that have the text of an entry. */
function numbersOf({ file, line }) {
  const texts = readFileSync(file, "utf8").split("\n");
  return texts.flatMap((text, n) => (text.trim() === line ? [[n + 1, n + 1]] : []));
}
