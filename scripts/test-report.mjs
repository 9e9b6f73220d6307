import { writeFileSync } from "node:fs";

/**
 * A Vitest reporter for test.mjs: writes to TEST_REPORT how many tests passed, each failure with its message, and each
 * skipped test with its reason.
 */
export default class TestReport {
  onTestRunEnd(modules, unhandledErrors) {
    const report = { passed: 0, failures: [], skipped: [] };
    const fail = (name, errors) => report.failures.push({ name, message: firstLine(errors) });
    for (const error of unhandledErrors) fail("outside of a test", [error]);
    for (const module of modules) {
      const file = `${module.project.name} ${module.relativeModuleId}`;
      // A file that fails to load, or before its first test, counts as one failure. Its tests, which then do not run, were
      // not skipped on purpose.
      const hasFailed = module.state() === "failed" && module.errors().length > 0;
      if (hasFailed) fail(file, module.errors());
      for (const test of module.children.allTests()) {
        const { state, note, errors } = test.result();
        if (state === "passed") report.passed += 1;
        else if (state === "failed") fail(`${file} > ${test.fullName}`, errors);
        else if (!hasFailed || note) report.skipped.push({ name: test.fullName, reason: note ?? "" });
      }
    }
    if (process.env.TEST_REPORT) writeFileSync(process.env.TEST_REPORT, JSON.stringify(report));
  }
}

const firstLine = ([error]) => String(error?.message ?? error).split("\n", 1)[0];
