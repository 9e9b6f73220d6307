// `npm run test:long`: the tests that take too long for `npm test`. The last line counts the suites.
import { root } from "./package-json.mjs";
import { run } from "./run-command.mjs";

const suites = [
  { name: "all tests on Node 22", args: ["scripts/test-node.mjs", "22"] },
  { name: "all tests on Node 24", args: ["scripts/test-node.mjs", "24"] },
  { name: "the sources, changed in one place at a time", args: ["scripts/mutation.mjs"] },
];

const results = [];
for (const { name, args } of suites) {
  console.log(`\n── ${name}\n`);
  results.push({ name, passed: (await run(process.execPath, args, { cwd: root })) === 0 });
}
console.log("");
for (const { name, passed } of results) console.log(`${passed ? "✓" : "✗"} ${name}`);
const failed = results.filter(({ passed }) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;
