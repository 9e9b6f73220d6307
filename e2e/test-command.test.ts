import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type SmallWorkspace, smallWorkspace } from "./support/small-workspace.js";

// `npm test` in a small workspace, where shell scripts replace the tools: each logs that it ran, with its arguments.

let workspace: SmallWorkspace;
const turboJson = readFileSync(new URL("../turbo.json", import.meta.url), "utf8");

beforeAll(() => {
  workspace = smallWorkspace();
  const { write, tool } = workspace;
  write("tmp/keep", "");
  write("turbo.json", turboJson);
  // It checks words of the whole checkout, which is not here.
  write(
    "scripts/check-words.mjs",
    'import { appendFileSync } from "node:fs";\nappendFileSync(process.env.STEPS_LOG, "words\\n");\n',
  );
  tool(
    "bin/npx",
    'shift 2; echo "pnpm $*" >> "$STEPS_LOG"; case "$*" in *" $FAIL"*) [ -z "$FAIL" ] || exit 1 ;; esac',
  );
  for (const name of ["biome", "knip"])
    tool(`node_modules/.bin/${name}`, `echo ${name} "$@" >> "$STEPS_LOG"; [ "$FAIL" != ${name} ]`);
  tool(
    "node_modules/.bin/vitest",
    `echo vitest "$@" >> "$STEPS_LOG"
env > "$STEPS_LOG.env"
case "$*" in *"$FAILING_PROJECT"*) REPORT="\${REPORT_OF_IT-$REPORT}" ;; esac
[ -z "$REPORT" ] || printf %s "$REPORT" > "$TEST_REPORT"
if [ -n "$PRINT" ]; then printf "$1 $3 beg"; sleep 0.2; printf "ins\\n$3 is "; printf "told " >&2; sleep 0.2; printf "over\\n"; printf "of $3\\n" >&2; printf "$3 has no line's end"; fi
if [ -n "$AT_ONCE" ]; then
  echo begins >> "$STEPS_LOG.times"
  waits=0
  while [ "$(grep -c begins "$STEPS_LOG.times")" -lt "$AT_ONCE" ] && [ $waits -lt 100 ]; do sleep 0.1; waits=$((waits + 1)); done
  sleep 0.3
  echo ends >> "$STEPS_LOG.times"
fi
exit \${VITEST_EXITS_WITH:-0}`,
  );
});
beforeEach(() => workspace.write("steps.log", ""));
afterAll(() => workspace.remove());

const { testRuns } = (await import(new URL("../scripts/test-runs.mjs", import.meta.url).href)) as {
  testRuns: string[][];
};
const projects = testRuns.map(([longest = ""]) => longest);
const runsOfVitest = testRuns.map(
  (names) => `vitest run ${names.map((name) => `--project ${name}`).join(" ")} --maxWorkers=1`,
);

const checks = ["✓ lint, format and import directions", "✓ words", "✓ types", "✓ dead code", "✓ build"];

describe.runIf(process.platform !== "win32")("`npm test`", () => {
  it("installs, runs each check and all tests, and counts them together in its last line", async () => {
    const { code, lines } = await npmTest([], { REPORT: report({ passed: 40 }) });
    expect(lines[0]).toBe("Installing (the first time takes a minute or two) …");
    expect(lines.slice(1, 5).sort()).toEqual(checks.slice(0, 4).sort());
    expect(lines.slice(5)).toEqual(["Building …", "✓ build", "285 passed, 0 failed, 0 skipped"]);
    expect(code).toBe(0);
    expect(steps()[0]).toBe("pnpm install --frozen-lockfile --reporter=append-only");
    // The checks begin at the same time, and so do some of the projects.
    expect(steps().slice(1, 5).sort()).toEqual([
      "biome check --error-on-warnings .",
      "knip",
      "pnpm exec turbo run typecheck --output-logs=errors-only",
      "words",
    ]);
    expect(steps()[5]).toBe("pnpm exec turbo run build --output-logs=errors-only");
    expect(steps().slice(6).sort()).toEqual([...runsOfVitest].sort());
    expect(readdirSync(workspace.path("tmp"))).toEqual(["keep"]);
  });

  it("runs every project of vitest.config.ts, each once", async () => {
    const { stdout } = await promisify(execFile)("npx", ["vitest", "list", "--json", "--filesOnly"], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
    });
    const files = JSON.parse(stdout) as { projectName: string }[];
    const found = new Set(files.map(({ projectName }) => projectName));
    expect(testRuns.flat().sort()).toEqual([...found].sort());
  });

  it("runs as many projects at a time as the machine has processors, and one more", async () => {
    const atOnce = Math.min(availableParallelism() + 1, testRuns.length);
    workspace.write("steps.log.times", "");
    const { code } = await npmTest([], { AT_ONCE: String(atOnce), REPORT: report({}) });
    const times = workspace.read("steps.log.times").trim().split("\n");
    let running = 0;
    const counts = times.map((time) => (running += time === "begins" ? 1 : -1));
    expect({ most: Math.max(...counts), last: counts.at(-1), runs: times.length / 2, code }).toEqual({
      most: atOnce,
      last: 0,
      runs: testRuns.length,
      code: 0,
    });
  });

  it("only builds before the tests that its arguments select", async () => {
    const { code, lines } = await npmTest(["--project", "login"], { REPORT: report({ passed: 3 }) });
    expect(lines).toEqual(["Building …", "✓ build", "4 passed, 0 failed, 0 skipped"]);
    expect(code).toBe(0);
    expect(steps()).toEqual([
      "pnpm exec turbo run build --output-logs=errors-only",
      "vitest run --project login",
    ]);
  });

  it.each([
    ["biome", 0],
    ["turbo run typecheck", 2],
    ["knip", 3],
    ["turbo run build", 4],
  ])("counts %s as a failure, and goes on", async (failing, index) => {
    const { code, lines } = await npmTest([], { FAIL: failing, REPORT: report({ passed: 40 }) });
    const marks = checks.map((check, at) => (at === index ? check.replace("✓", "✗") : check));
    expect(lines.filter((line) => /^[✓✗] /.test(line)).sort()).toEqual(marks.sort());
    expect(lines.slice(-2)).toEqual([
      `failed: ${checks[index]?.slice(2)}`,
      "284 passed, 1 failed, 0 skipped",
    ]);
    expect(code).toBe(1);
    expect(steps()).toEqual(expect.arrayContaining(runsOfVitest));
  });

  it("names the failures and skips of each project at its end, and a project without a report as one failure", async () => {
    const skipped = [{ name: "a > b", reason: "curl is not on this machine" }];
    const failures = [
      { name: "admin test/b.test.tsx > c > d", message: "expected 1 to be 2" },
      { name: "admin test/e.test.tsx > f", message: "" },
    ];
    const one = { FAILING_PROJECT: "--project admin", REPORT: report({ passed: 2 }) };
    const failing = await npmTest([], { ...one, REPORT_OF_IT: report({ passed: 1, failures, skipped }) });
    expect(failing.lines.slice(-4)).toEqual([
      "skipped: a > b (curl is not on this machine)",
      "failed: admin test/b.test.tsx > c > d (expected 1 to be 2)",
      "failed: admin test/e.test.tsx > f",
      "18 passed, 2 failed, 1 skipped",
    ]);
    expect(failing.code).toBe(1);

    const silent = await npmTest([], { ...one, REPORT_OF_IT: "" });
    expect(silent.lines.slice(-2)).toEqual([
      "failed: vitest run --project admin --maxWorkers=1 (exited without a report)",
      "17 passed, 1 failed, 0 skipped",
    ]);
    expect(silent.code).toBe(1);
  });

  it("prints whole lines of the projects that run at the same time, and the counts after them", async () => {
    const { lines } = await npmTest([], { PRINT: "yes", REPORT: report({}) });
    const printed = lines.slice(lines.indexOf("✓ build") + 1);
    const counts = "5 passed, 0 failed, 0 skipped";
    // What is written to the two outputs may be read in another order.
    expect(printed.filter((line) => !line.startsWith("told of ")).at(-1)).toBe(counts);
    const expected = projects.flatMap((name) => [
      `run ${name} begins`,
      `${name} is over`,
      `told of ${name}`,
      `${name} has no line's end`,
    ]);
    expect(printed.sort()).toEqual([...expected, counts].sort());
  });

  it("allows the skips that were asked for or that have a reason of the list, and no other", async () => {
    const listed = async (reasons: string[]) => {
      const skipped = reasons.map((reason) => ({ name: "a > b", reason }));
      return npmTest(["x"], { REPORT: report({ passed: 2, skipped }) });
    };
    const missing = ["curl", "python3", "go", "java", "php with curl", "php with openssl"].map(
      (program) => `${program} is not on this machine`,
    );
    const allowed = ["SKIP_TESTS names chromium", "no Redis on this machine", ...missing];
    const good = await listed(allowed);
    expect(good.lines.slice(2)).toEqual([
      ...allowed.map((reason) => `skipped: a > b (${reason})`),
      "3 passed, 0 failed, 8 skipped",
    ]);
    expect(good.code).toBe(0);

    const refused = [
      "no Chromium on this machine",
      "no Redishes",
      "curl is not on this machine today",
      "the curl is not on this machine",
      "SKIP_TESTS names chromium, twice",
      "ruby is not on this machine",
    ];
    const bad = await listed(["", ...refused, ...allowed]);
    expect(bad.lines.slice(2)).toEqual([
      "skipped: a > b (no reason given) — NOT ALLOWED",
      ...refused.map((reason) => `skipped: a > b (${reason}) — NOT ALLOWED`),
      ...allowed.map((reason) => `skipped: a > b (${reason})`),
      "3 passed, 7 failed, 15 skipped",
    ]);
    expect(bad.code).toBe(1);
  });

  it.each([
    ["a failed test", [{ name: "login a.test.ts > b", message: "no" }], "login a.test.ts > b (no)"],
    ["an error of the test runner itself", [], "vitest run x (exited with 3, though no test failed)"],
  ])("fails after %s", async (_, failures, named) => {
    const { code, lines } = await npmTest(["x"], {
      REPORT: report({ passed: 2, failures }),
      VITEST_EXITS_WITH: "3",
    });
    expect(lines.slice(2)).toEqual([`failed: ${named}`, "3 passed, 1 failed, 0 skipped"]);
    expect(code).toBe(1);
  });

  it("fails if the test runner writes no report", async () => {
    const { code, lines } = await npmTest(["x"], {});
    expect(lines.slice(2)).toEqual([
      "failed: vitest run x (exited without a report)",
      "1 passed, 1 failed, 0 skipped",
    ]);
    expect(code).toBe(1);
  });

  it("keeps the settings of a running system from the tests, and passes everything else on", async () => {
    const ofTheMachine = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "NODE_OPTIONS", "CI"];
    const { globalPassThroughEnv: listed } = JSON.parse(turboJson) as { globalPassThroughEnv: string[] };
    const settings = listed.filter((name) => !ofTheMachine.includes(name));
    expect(settings).toEqual(expect.arrayContaining(["PORT", "PROFILE_MAX_AGE_DAYS", "NODE_ENV"]));
    const others = ["CHROMIUM_PATH", "SKIP_TESTS", "MY_PORT", "REDIS_URL", "HTTPS_PROXY", "no_proxy", "CI"];
    const set = (names: string[]) => Object.fromEntries(names.map((name) => [name, "chromium"]));
    await npmTest(["x"], { REPORT: report({}), ...set(settings), ...set(others) });
    const passedOn = workspace
      .read("steps.log.env")
      .split("\n")
      .map((line) => line.split("=")[0] ?? "");
    expect(settings.filter((name) => passedOn.includes(name))).toEqual([]);
    expect(others.filter((name) => !passedOn.includes(name))).toEqual([]);
  });

  it("refuses a name in SKIP_TESTS that it does not know, before anything runs", async () => {
    const { code, output } = await npmTest([], { SKIP_TESTS: "chromium,chrome", REPORT: report({}) });
    expect({ code, output }).toEqual({ code: 2, output: "SKIP_TESTS may name chromium, and not chrome.\n" });
    expect(steps()).toEqual([]);
  });
});

function report(results: object): string {
  return JSON.stringify({ passed: 0, failures: [], skipped: [], ...results });
}

const steps = () => workspace.read("steps.log").split("\n").slice(0, -1);

function npmTest(args: string[], env: Record<string, string>) {
  const folders = { TMPDIR: workspace.path("tmp"), STEPS_LOG: workspace.path("steps.log") };
  return workspace.spawn("test.mjs", args, { ...folders, ...env }).finished;
}
