import { defineConfig } from "vitest/config";

// What takes too long for `npm test`: scripts/test-long.mjs runs it.
export default defineConfig({
  test: {
    name: "e2e, long",
    dir: "e2e/long",
    include: ["*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    reporters: ["default", "./scripts/test-report.mjs"],
  },
});
