// `npm test`: installs, then lint, types, dead code, build, and all tests. The last line counts them.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install, pnpm } from "./pnpm.mjs";

/** Tests that may be left out, by the start of their name; any other skip fails. */
const allowedSkips = ["in a browser", "on Redis", "with another language"];

const checks = [
  {
    name: "lint, format and import directions",
    args: ["exec", "biome", "check", "--error-on-warnings", "."],
  },
  { name: "types", args: ["exec", "turbo", "run", "typecheck", "--output-logs=errors-only"] },
  { name: "dead code", args: ["exec", "knip"] },
  { name: "build", args: ["exec", "turbo", "run", "build", "--output-logs=errors-only"] },
];

process.exitCode = await main();

async function main() {
  if (!(await install())) return finish({ passed: 0, failed: 1, skipped: [] });
  const counts = { passed: 0, failed: 0, skipped: [] };
  for (const { name, args } of checks) {
    const ok = (await pnpm(args, { quiet: true })) === 0;
    console.log(`${ok ? "✓" : "✗"} ${name}`);
    counts[ok ? "passed" : "failed"] += 1;
  }
  const tests = await runTests();
  counts.passed += tests.passed;
  counts.failed += tests.failed;
  counts.skipped = tests.skipped;
  return finish(counts);
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), "test-report-"));
  const report = join(folder, "report.json");
  try {
    // What is set on this machine for a running system is not what tests run with.
    const code = await pnpm(["exec", "vitest", "run"], {
      env: { ...withoutSettings(), TEST_REPORT: report },
    });
    const counts = JSON.parse(readFileSync(report, "utf8"));
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    return counts;
  } catch {
    console.log("✗ the test runner ended without a report");
    return { passed: 0, failed: 1, skipped: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withoutSettings() {
  const ours = [
    /^(HOST|PORT|PUBLIC_URL|DATA_DIR|DATABASE_URL|SECRET_KEYS|TRUST_PROXY|RETURN_TO_ORIGINS|NODE_ENV)$/,
    /^(STATE_TTL_SECONDS|RETENTION_DAYS|LOG_LEVEL|RATE_LIMIT|ALLOW_SIMULATOR|VITE_SERVERS)$/,
    /^(WECHAT|SIMULATOR|ADMIN|SESSION)_/,
  ];
  const isOurs = ([name]) => ours.some((pattern) => pattern.test(name));
  return Object.fromEntries(Object.entries(process.env).filter((setting) => !isOurs(setting)));
}

function finish({ passed, failed, skipped }) {
  let refused = 0;
  for (const { name, reason } of skipped) {
    const allowed = reason !== "" && allowedSkips.some((start) => name.startsWith(start));
    if (!allowed) refused += 1;
    console.log(`skipped: ${name} (${reason || "no reason given"})${allowed ? "" : " — NOT ALLOWED"}`);
  }
  console.log(`${passed} passed, ${failed + refused} failed, ${skipped.length} skipped`);
  return failed + refused === 0 ? 0 : 1;
}
