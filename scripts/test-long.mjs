// `npm run test:long`: the tests that take too long for `npm test`. The last line counts the suites.
import { root } from "./package-json.mjs";
import { run } from "./run-command.mjs";

const suites = [
  { name: "all tests on Node 22", args: ["scripts/test-node.mjs", "22"] },
  { name: "all tests on Node 24", args: ["scripts/test-node.mjs", "24"] },
  {
    name: "10,000 people bound by processes that are killed, on SQLite and on PostgreSQL",
    args: ["scripts/test.mjs", "events-killed"],
    env: { EVENTS_PEOPLE: "10000" },
  },
  {
    name: "a service that is killed in the middle of 1,000 sign-ins, 20 times, on SQLite and on PostgreSQL",
    args: ["scripts/test.mjs", "killed.test"],
    env: { KILLED_ROUNDS: "20", KILLED_SIGN_INS: "1000" },
  },
  {
    name: "two processes that sign in 10,000 people while one of them is killed every 20 s",
    args: ["scripts/test.mjs", "killed-instances"],
    env: { INSTANCES_PEOPLE: "10000", INSTANCES_KILL_MS: "20000" },
  },
  {
    name: "a copy from SQLite into PostgreSQL that is killed five times on the way",
    args: ["scripts/test.mjs", "to-postgres"],
    env: { COPY_KILLED_AFTER: "3,12,20,30,40" },
  },
  {
    name: "the folder that the image holds behind nginx and Caddy, the examples in new projects of their frameworks, nine clients of npm, what an attacker tries with a browser, slow clients, a steady load, processes of earlier versions during an upgrade, and the site of the documents",
    args: ["scripts/test.mjs", "--config", "e2e/vitest.long.config.ts"],
  },
  { name: "the sources, changed in one place at a time", args: ["scripts/mutation.mjs"] },
];

const results = [];
for (const { name, args, env } of suites) {
  console.log(`\n── ${name}\n`);
  const code = await run(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
  results.push({ name, passed: code === 0 });
}
console.log("");
for (const { name, passed } of results) console.log(`${passed ? "✓" : "✗"} ${name}`);
const failed = results.filter(({ passed }) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;
