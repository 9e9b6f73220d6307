import { writeFileSync } from "node:fs";

/** A Vitest reporter for test.mjs: writes the counts, and each skipped test with its reason, to TEST_REPORT. */
export default class TestReport {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      // A file that fails to load, or before its first test, counts as one failure. Its tests, which then do not run, were
      // not skipped on purpose.
      const hasFailed = module.state() === "failed" && module.errors().length > 0;
      if (hasFailed) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (state === "passed") counts.passed += 1;
        else if (state === "failed") counts.failed += 1;
        else if (!hasFailed || note) counts.skipped.push({ name: test.fullName, reason: note ?? "" });
      }
    }
    if (process.env.TEST_REPORT) writeFileSync(process.env.TEST_REPORT, JSON.stringify(counts));
  }
}
