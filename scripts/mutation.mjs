// Changes the guards (mutation/guards.mjs) one spot at a time and asks whether any test notices. Ends with 1 when a
// change goes unnoticed that mutation/accepted.mjs does not name, and when the list names one that is gone.
//
//   npm run test:mutation                          all guards: ten minutes on two quiet cores
//   npm run test:mutation -- redact.ts cookies.ts  those whose path has one of these words
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { accepted } from "../mutation/accepted.mjs";
import { guarded } from "../mutation/guards.mjs";
import { rangesOf } from "../mutation/ranges.mjs";
import { runStryker } from "../mutation/stryker.mjs";
import { isSame, resultsByFile } from "../mutation/survivors.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root); // Stryker reads and copies from here
rmSync("coverage/mutation", { recursive: true, force: true }); // what an interrupted run left
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
    `\nmutation/accepted.mjs names what no longer survives: ${file}\n    ${line}\n    ${was}  →  ${becomes}`,
  );
}
console.log(`\n${unnoticed.length} changes went unnoticed, ${stale.length} entries are out of date`);
if (unnoticed.length + stale.length > 0) process.exitCode = 1;
