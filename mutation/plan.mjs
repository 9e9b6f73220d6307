import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { guarded } from "./guards.mjs";
import { mutated, unmutated } from "./parts.mjs";
import { linesOf, otherLines } from "./ranges.mjs";

/**
 * The runs of `npm run test:mutation`: the guards of each package with their own tests, then, a folder at a time, every
 * other line of its sources with the tests of its part.
 *
 * @typedef {{ file: string, lines: import("./ranges.mjs").Lines[] }} Source `file` from the root
 * @typedef {{ directory: string, isGuard: boolean, tests: string[], sources: Source[] }} Run
 * @returns {Run[]}
 */
export function plannedRuns() {
  return mutated.flatMap(({ directory, parts }) => {
    const { guards, tests } = guarded.find((entry) => entry.directory === directory) ?? { guards: [] };
    const only = new Map(guards.map((guard) => [`${directory}/${guard.file}`, guard.only]));
    const runs = new Map();
    for (const file of sourcesOf(directory)) {
      if (only.has(file) && !only.get(file)) continue;
      const part = partOf(file, directory, parts);
      const key = `${dirname(file)} ${parts.indexOf(part)}`;
      const run = runs.get(key) ?? { directory, isGuard: false, tests: part.tests, sources: [] };
      const lines = only.has(file) ? otherLines(file, only.get(file)) : linesOf(file);
      runs.set(key, { ...run, sources: [...run.sources, { file, lines }] });
    }
    const sources = [...only].map(([file, names]) => ({ file, lines: linesOf(file, names) }));
    const ofGuards = sources.length > 0 ? [{ directory, isGuard: true, tests, sources }] : [];
    return [...ofGuards, ...runs.values()];
  });
}

function sourcesOf(directory) {
  return readdirSync(`${directory}/src`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !unmutated.some((one) => file.startsWith(one.path) && file.endsWith(one.ending ?? "")))
    .sort();
}

/** The part whose path is the longest that the file begins with. */
function partOf(file, directory, parts) {
  const lengths = parts.map(({ sources }) =>
    Math.max(
      0,
      ...sources.filter((path) => file.startsWith(`${directory}/${path}`)).map(({ length }) => length),
    ),
  );
  const longest = Math.max(...lengths);
  if (longest === 0) throw new Error(`no part in mutation/parts.mjs has ${file}`);
  return parts[lengths.indexOf(longest)];
}
