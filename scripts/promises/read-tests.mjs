import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promises } from "./list.mjs";
import { findTests } from "./titles.mjs";

/**
 * Reads the test files of the workspace in `root` that `npm test` and `npm run test:long` would run.
 *
 * @returns `tests`: those that name promises, by file and line, each with where it runs; `problems`: a line for each
 * title that names its promises wrongly.
 */
export function readTests(root) {
  const known = new Set(promises.map(({ number }) => number));
  const tests = [];
  const problems = [];
  for (const file of testFiles(root)) {
    const found = findTests(file, readFileSync(join(root, file), "utf8"));
    problems.push(...found.problems);
    for (const test of found.tests) {
      for (const number of test.numbers.filter((named) => !known.has(named))) {
        problems.push(`${file}: T${number} is not in the list of promises: "${test.title}"`);
      }
      tests.push({ ...test, runsOn: runsOn(test) });
    }
  }
  return { tests, problems };
}

/** Paths from the root with forward slashes, sorted, so that the order is the same on every file system. */
function testFiles(root) {
  const testFolders = ["apps", "packages"].flatMap((parent) =>
    foldersOf(join(root, parent)).map((name) => `${parent}/${name}/test`),
  );
  const ofPackages = testFolders.flatMap((folder) => filesOf(root, folder, true));
  const ofSystem = ["e2e", "e2e/long"].flatMap((folder) => filesOf(root, folder, false));
  return [...ofPackages, ...ofSystem].filter((file) => /\.test\.tsx?$/.test(file)).sort();
}

const foldersOf = (folder) => entriesOf(folder).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

function filesOf(root, folder, deep) {
  return entriesOf(join(root, folder)).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isFile()) return [path];
    return deep && entry.isDirectory() ? filesOf(root, path, true) : [];
  });
}

const entriesOf = (folder) => (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []);

/** Tests of the api run once on each engine, unless `onlyOn` or the name of the file limits them to one. */
function runsOn({ file, engine }) {
  if (file.startsWith("e2e/long/")) return ["long run"];
  if (file.startsWith("e2e/")) return ["whole system"];
  if (!file.startsWith("apps/api/")) return ["no database"];
  if (engine) return [engine];
  if (file.endsWith(".sqlite.test.ts")) return ["SQLite"];
  if (file.endsWith(".postgres.test.ts")) return ["PostgreSQL"];
  return ["SQLite", "PostgreSQL"];
}
