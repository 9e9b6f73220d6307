import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      "packages/*",
      "apps/*",
      "examples/*/vitest.config.ts",
      "apps/api/vitest.postgres.config.ts",
      "e2e",
    ],
    reporters: ["default", "./scripts/test-report.mjs"],
    // Two at a time: tests start real servers, and password hashing and Chromium want a core each.
    maxWorkers: 2,
    // apps/admin: happy-dom has no layout, so Mantine finds nothing to focus in a dialog, and prints its whole node.
    onConsoleLog: (log) => !log.includes("use-focus-trap"),
  },
});
