// `npm run test:mutation`: changes the guards (mutation/guards.mjs) in one place at a time and runs their tests. Fails
// when no test notices a change, unless mutation/accepted.mjs lists it, and when that list is out of date.
//
//   npm run test:mutation                          all guards: ten minutes on two idle cores
//   npm run test:mutation -- redact.ts cookies.ts  guards whose path contains one of these words
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { accepted } from "../mutation/accepted.mjs";
import { guarded } from "../mutation/guards.mjs";
import { rangesOf } from "../mutation/ranges.mjs";
import { runStryker } from "../mutation/stryker.mjs";
import { isSame, resultsByFile } from "../mutation/survivors.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root); // Stryker reads and copies from here
rmSync("coverage/mutation", { recursive: true, force: true }); // left by an interrupted run
process.env.FORCE_COLOR ??= "0";

const words = process.argv.slice(2);
const isWanted = (path) => words.length === 0 || words.some((word) => path.includes(word));

const table = [];
const unnoticed = [];
const stale = [];
for (const { directory, guards } of guarded) {
  const wanted = guards.filter(({ file }) => isWanted(`${directory}/${file}`));
  if (wanted.length === 0) continue;
  const startedAt = performance.now();
  const results = await runStryker(
    directory,
    wanted.flatMap((guard) => rangesOf(directory, guard)),
  );
  for (const { file, changes, noticed, survivors } of resultsByFile(root, results)) {
    const isAccepted = (survivor) => accepted.some((entry) => isSame(entry, survivor));
    unnoticed.push(...survivors.filter((survivor) => !isAccepted(survivor)));
    stale.push(
      ...accepted.filter((entry) => entry.file === file && !survivors.some((one) => isSame(entry, one))),
    );
    table.push({ file, changes, noticed, accepted: survivors.filter(isAccepted).length });
  }
  console.log(`${directory}: ${Math.round((performance.now() - startedAt) / 1000)} s`);
}
if (table.length === 0) throw new Error(`no guard has a path with ${words.join(" or ")}`);

console.table(table);
for (const { file, at, line, was, becomes } of unnoticed) {
  console.log(`\n${file}:${at}\n    ${line}\n    ${was}  →  ${becomes}`);
}
for (const { file, line, was, becomes } of stale) {
  console.log(
    `\nmutation/accepted.mjs lists a change that a test notices now: ${file}\n    ${line}\n    ${was}  →  ${becomes}`,
  );
}
console.log(
  `\n${unnoticed.length} changes went unnoticed by the tests, ${stale.length} entries are out of date`,
);
if (unnoticed.length + stale.length > 0) process.exitCode = 1;
