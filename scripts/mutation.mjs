// `npm run test:mutation`: changes the sources in one place at a time and runs the tests of that part. It fails where
// no test notices a change of a guard (mutation/guards.mjs), unless mutation/accepted.mjs lists it; where that list is
// out of date; and where a larger share of a folder goes unnoticed than before, or than its limit admits. It writes the
// shares to docs/mutation.md.
//
//   npm run test:mutation                          every file that changed since its last run, or whose tests did
//   npm run test:mutation -- --guards              the guards: a quarter of an hour on two idle cores
//   npm run test:mutation -- --changed             the lines that this branch changes: minutes
//   npm run test:mutation -- --changed HEAD~3      the lines that changed since that commit
//   npm run test:mutation -- redact.ts src/http/   the files whose path contains one of these words
//   npm run test:mutation -- --mistakes src/db/    the same, but makes the mistakes of mutation/mistakes.mjs alone
//
// `--changed` makes those mistakes too. The shares of docs/mutation.md are without them.
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { changedLines } from "../mutation/changed-lines.mjs";
import { tryMistakes } from "../mutation/mistakes.mjs";
import { plannedRuns } from "../mutation/plan.mjs";
import { commonLines } from "../mutation/ranges.mjs";
import { hashOf, percent, readResults, recordResults } from "../mutation/results.mjs";
import { tryChanges } from "../mutation/run.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url))); // Stryker reads and copies from here
process.env.FORCE_COLOR ??= "0";
// Each test has a database of its own, and would wait for the disk at every commit.
if (existsSync("/dev/shm")) process.env.TMPDIR ??= "/dev/shm";

const { values, positionals: words } = parseArgs({
  options: { guards: { type: "boolean" }, changed: { type: "boolean" }, mistakes: { type: "boolean" } },
  allowPositionals: true,
});
// Left by an interrupted run. After the options were read: a mistyped one must not end a run that is under way.
rmSync("coverage/mutation", { recursive: true, force: true });

const isPartial = values.changed || values.mistakes;
const runs = plannedRuns()
  .map((run) => ({ ...run, sources: selected(run) }))
  .filter(({ sources }) => sources.length > 0);

if (isPartial) {
  const directories = [...new Set(runs.map(({ directory }) => directory))];
  await tryMistakes({ only: values.mistakes ?? false, directories });
}

const total = { changes: 0, ofGuards: 0, unnoticed: 0, stale: 0, worse: 0 };
for (const [n, run] of runs.entries()) {
  const startedAt = performance.now();
  const results = await tryChanges(run);
  for (const { file, changes, unnoticed, stale } of results) {
    for (const { at, line, was, becomes } of unnoticed) {
      console.log(
        `\n${file}:${at}${run.isGuard ? " (a guard)" : ""}\n    ${line}\n    ${was}  →  ${becomes}`,
      );
    }
    for (const { line, was, becomes } of stale) {
      console.log(`\n${file}: a test notices this now, or it is gone; remove it from mutation/accepted.mjs`);
      console.log(`    ${line}\n    ${was}  →  ${becomes}`);
    }
    total.changes += changes;
    total.unnoticed += unnoticed.length;
    total.ofGuards += run.isGuard ? unnoticed.length : 0;
    total.stale += stale.length;
  }
  console.table(
    results.map((one) => ({ file: one.file, changes: one.changes, unnoticed: one.unnoticed.length })),
  );
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(`${run.directory}, run ${n + 1} of ${runs.length}: ${seconds} s`);
  // Lines or mistakes alone have no share. The guards of a file with more code are one part of it, and the results say which.
  if (!isPartial) total.worse += recordResults(run, results).map(reportWorse).length;
}

console.log(
  `\n${total.unnoticed} of ${total.changes} changes went unnoticed by the tests, ${total.ofGuards} of them in guards; ` +
    `${total.stale} entries of mutation/accepted.mjs are out of date`,
);
// No more may be left behind than the strictest folders admit.
const isTooMuch = isPartial && total.unnoticed > total.changes / 10;
if (total.ofGuards + total.stale + total.worse > 0 || isTooMuch) process.exitCode = 1;

/** The sources, or lines of them, of a planned run that this call asks for. */
function selected(run) {
  if (values.guards && !run.isGuard) return [];
  if (values.changed) {
    const changed = changedLines(words[0] ?? "main");
    return run.sources
      .map(({ file, lines }) => ({ file, lines: commonLines(lines, changed.get(file) ?? []) }))
      .filter(({ lines }) => lines.length > 0);
  }
  if (words.length > 0) return run.sources.filter(({ file }) => words.some((word) => file.includes(word)));
  if (values.guards || values.mistakes) return run.sources;
  const known = readResults();
  return run.sources.filter(
    ({ file }) => known[file]?.[run.isGuard ? "guard" : "other"]?.of !== hashOf(file, run),
  );
}

function reportWorse({ folder, share, was, limit }) {
  const earlier = was === undefined ? "" : `, ${percent(was)} before`;
  console.log(
    `\n${folder}: ${percent(share)} of the changes go unnoticed${earlier}; the limit is ${limit} %`,
  );
}
