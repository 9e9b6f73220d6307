import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "e2e",
    include: ["*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 90_000,
    // The files share processes: each one would load Playwright anew. So nothing that a file changes may outlive its tests.
    isolate: false,
  },
});
