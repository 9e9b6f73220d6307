import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// The tests of `npm run test:long`, which install packages from npm or open every page: minutes each.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  test: {
    name: "e2e long",
    include: ["long/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    reporters: ["default", fileURLToPath(new URL("../scripts/test-report.mjs", import.meta.url))],
  },
});
