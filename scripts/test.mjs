// `npm test`: installs, then lint, words, types, dead code, build, and all tests. The last line counts them.
//
//   npm test                               everything
//   npm test -- --project wechat-oauth     the build, and the tests that these arguments of Vitest select
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build-workspaces.mjs";
import { install } from "./install.mjs";
import { root } from "./package-json.mjs";
import { pnpm } from "./pnpm.mjs";
import { run, runTool } from "./run-command.mjs";
import { testRuns } from "./test-runs.mjs";

/** What SKIP_TESTS may name: programs without which tests fail, unless their skip is asked for. */
const skippable = ["chromium"];

/** The reasons for which a test may be skipped: SKIP_TESTS, or a program that this machine lacks. Any other skip fails. */
const allowedSkips = [
  /^SKIP_TESTS names \w+$/,
  /^no Redis\b/,
  /^(curl|python3|go|java|nginx|caddy|php( with (curl|openssl))?|pg_dump of the server's version) is not on this machine$/,
];

/** What turbo.json lists beside our settings: a test that fetches something from npm needs the machine's proxy. */
const ofTheMachine = /^(NODE_OPTIONS|CI|(HTTPS|NO)_PROXY)$/i;

const quiet = { quiet: true };
const lint = {
  name: "lint, format and import directions",
  run: () => runTool("biome", ["check", "--error-on-warnings", "."], quiet),
};
const wording = {
  name: "words",
  run: () => run(process.execPath, [join(root, "scripts/check-words.mjs")], quiet),
};
const types = {
  name: "types",
  run: () => pnpm(["exec", "turbo", "run", "typecheck", "--output-logs=errors-only"], quiet),
};
const deadCode = { name: "dead code", run: () => runTool("knip", [], quiet) };
const buildAll = { name: "build", run: async () => ((await build()) ? 0 : 1) };

process.exitCode = await main(process.argv.slice(2));

async function main(selection) {
  const unknown = (process.env.SKIP_TESTS ?? "").split(",").map((name) => name.trim());
  for (const name of unknown.filter((name) => name !== "" && !skippable.includes(name))) {
    console.error(`SKIP_TESTS may name ${skippable.join(", ")}, and not ${name}.`);
    return 2;
  }
  const report = { passed: 0, failures: [], skipped: [] };
  if (!(await install())) return finish({ ...report, failures: [{ name: "install" }] });
  const check = async ({ name, run: runCheck }) => {
    const passed = (await runCheck()) === 0;
    console.log(`${passed ? "✓" : "✗"} ${name}`);
    if (passed) report.passed += 1;
    else report.failures.push({ name });
  };
  const beforeBuild = selection.length > 0 ? [] : [types, lint, wording, deadCode];
  await callAll(
    beforeBuild.map((one) => () => check(one)),
    { atOnce: availableParallelism() },
  );
  await check(buildAll);
  for (const tests of await runTests(selection)) {
    report.passed += tests.passed;
    report.failures.push(...tests.failures);
    report.skipped.push(...tests.skipped);
  }
  return finish(report);
}

async function runTests(selection) {
  if (selection.length > 0) return [await runVitest(selection)];
  const color = process.stdout.isTTY ? ["--color"] : [];
  const runs = testRuns.map((projects) => () => {
    const names = projects.flatMap((name) => ["--project", name]);
    return runVitest([...names, "--maxWorkers=1", ...color], { wholeLines: true });
  });
  // One more than there are processors: tests also wait.
  return callAll(runs, { atOnce: availableParallelism() + 1 });
}

async function runVitest(args, output) {
  const name = `vitest run ${args.join(" ")}`;
  const folder = mkdtempSync(join(tmpdir(), "test-report-"));
  const path = join(folder, "report.json");
  try {
    // The settings of a system that runs on this machine must not reach the tests.
    const env = { ...withoutSettings(), TEST_REPORT: path };
    const code = await runTool("vitest", ["run", ...args], { env, ...output });
    const report = JSON.parse(readFileSync(path, "utf8"));
    if (code !== 0 && report.failures.length === 0) {
      report.failures.push({ name, message: `exited with ${code}, though no test failed` });
    }
    return report;
  } catch {
    return { passed: 0, failures: [{ name, message: "exited without a report" }], skipped: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Calls each function, and the next one when one of `atOnce` has finished. The results are in their order. */
async function callAll(functions, { atOnce }) {
  const results = [];
  const remaining = functions.entries();
  const callNext = async () => {
    for (const [n, call] of remaining) results[n] = await call();
  };
  await Promise.all(Array.from({ length: atOnce }, callNext));
  return results;
}

function withoutSettings() {
  const { globalPassThroughEnv } = JSON.parse(readFileSync(join(root, "turbo.json"), "utf8"));
  const settings = globalPassThroughEnv.filter((name) => !ofTheMachine.test(name));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.includes(name)));
}

function finish({ passed, failures, skipped }) {
  let refused = 0;
  for (const { name, reason } of skipped) {
    const allowed = allowedSkips.some((pattern) => pattern.test(reason));
    if (!allowed) refused += 1;
    console.log(`skipped: ${name} (${reason || "no reason given"})${allowed ? "" : " — NOT ALLOWED"}`);
  }
  // The output of a long run is often kept from its end: what failed is said there once more.
  for (const { name, message } of failures) {
    console.log(`failed: ${name}${message ? ` (${message})` : ""}`);
  }
  const failed = failures.length + refused;
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed === 0 ? 0 : 1;
}
