import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { mutated } from "./parts.mjs";

/**
 * What the last run of each source file found: how many `changes` were tried, how many went `unnoticed` and are not
 * accepted, and a hash `of` the file and its tests. The guards of a file are counted apart from its other lines, because
 * they have tests of their own.
 *
 * @typedef {{ of: string, changes: number, unnoticed: number }} Result
 * @typedef {Record<string, { guard?: Result, other?: Result }>} Results by file, as a path from the root
 */
const path = "mutation/results.json";

/** @returns {Results} */
export const readResults = () => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {});

/** Changes with the source file and with each file of tests that its changes are tried on. */
export function hashOf(file, { directory, tests }) {
  const hash = createHash("sha256").update(readFileSync(file));
  for (const test of testFiles(directory, tests)) hash.update(readFileSync(test));
  return hash.digest("hex").slice(0, 16);
}

/** The files of tests that parts.mjs or guards.mjs names, as paths from the root. */
export function testFiles(directory, names) {
  const isMeant = (path) =>
    names.some((name) => (name.endsWith("*") ? path.startsWith(name.slice(0, -1)) : path === name));
  return readdirSync(`${directory}/test`, { recursive: true })
    .filter((path) => /\.test\.tsx?$/.test(path) && isMeant(path.replace(/\.test\.tsx?$/, "")))
    .map((path) => `${directory}/test/${path}`)
    .sort();
}

/**
 * Writes what a run found. A folder of whose known files more goes unnoticed than before keeps its earlier results.
 *
 * @param {import("./plan.mjs").Run} run
 * @param {{ file: string, of: string, changes: number, unnoticed: object[] }[]} found
 * @returns {{ folder: string, share: number, was: number | undefined, limit: number }[]} in percent: the folders of
 *   which more goes unnoticed than before, or than their limit admits
 */
export function recordResults(run, found) {
  const part = run.isGuard ? "guard" : "other";
  const before = readResults();
  const after = structuredClone(before);
  for (const { file, of, changes, unnoticed } of found) {
    after[file] = { ...after[file], [part]: { of, changes, unnoticed: unnoticed.length } };
  }
  const worse = [];
  for (const folder of new Set(found.map(({ file }) => dirname(file)))) {
    const known = found.filter(({ file }) => dirname(file) === folder && before[file]?.[part]);
    const was = known.length === 0 ? undefined : shareOf(known.map(({ file }) => before[file][part]));
    const isRise = was !== undefined && shareOf(known.map(({ file }) => after[file][part])) > was;
    if (isRise) for (const { file } of known) after[file] = before[file];
    const { share } = sharesByFolder(after).get(folder);
    const limit = limitOf(folder);
    if (isRise || share > limit) worse.push({ folder, share, was, limit });
  }
  writeResults(after);
  return worse;
}

const shareOf = (results) => {
  const sum = (name) => results.reduce((total, one) => total + one[name], 0);
  return sum("changes") === 0 ? 0 : (100 * sum("unnoticed")) / sum("changes");
};

function writeResults(results) {
  const lines = Object.keys(results)
    .filter((file) => existsSync(file))
    .sort()
    .map((file) => `  ${JSON.stringify(file)}: ${JSON.stringify(results[file])}`);
  writeFileSync(path, `{\n${lines.join(",\n")}\n}\n`);
  writeFileSync("docs/mutation.md", documentOf(results));
}

/** @returns {Map<string, { files: number, changes: number, unnoticed: number, share: number }>} `share` in percent */
function sharesByFolder(results) {
  const folders = new Map();
  for (const file of Object.keys(results)) folders.set(dirname(file), []);
  for (const [file, parts] of Object.entries(results)) folders.get(dirname(file)).push(Object.values(parts));
  return new Map(
    [...folders].map(([folder, files]) => {
      const all = files.flat();
      const sum = (name) => all.reduce((total, one) => total + one[name], 0);
      return [
        folder,
        { files: files.length, changes: sum("changes"), unnoticed: sum("unnoticed"), share: shareOf(all) },
      ];
    }),
  );
}

const limitOf = (folder) => mutated.find(({ directory }) => `${folder}/`.startsWith(`${directory}/`)).limit;

export const percent = (share) => `${share.toFixed(1)} %`;

export function documentOf(results) {
  const rows = [...sharesByFolder(results)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([folder, { files, changes, unnoticed, share }]) =>
        `| ${folder} | ${files} | ${changes} | ${unnoticed} | ${percent(share)} | ${limitOf(folder)} % |`,
    );
  return `<!-- Written by \`npm run test:mutation\`. -->

# What the tests do not notice

\`npm run test:mutation\` changes the sources in one place at a time (\`<=\` for \`<\`, an empty function body, a field left
out) and runs the tests of that part. A change that no test notices is a mistake that a person could make without being
told. The share of such changes may only fall, and each folder has a limit. Changes without an observable effect are
listed with their reason in \`mutation/accepted.mjs\`, and are not counted here.

| folder | files | changes | unnoticed | share | limit |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join("\n")}
`;
}
