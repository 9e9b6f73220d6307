import { createRequire } from "node:module";
import { defineConfig } from "vitest/config";

const { resolve } = createRequire(import.meta.url);

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Neither UTC nor the machine's: a time in the wrong zone shows.
    env: { TZ: "Asia/Shanghai" },
    // Slow machines import the first page for seconds.
    testTimeout: 20_000,
    // The files share processes, as those of apps/api do: each one would load React and Mantine anew. So none may mock
    // a module, and consoleTests() undoes what a test changes.
    isolate: false,
  },
  resolve: {
    // The icons as one file: its ES build is 6000 files, and each test file would load them all.
    alias: { "@tabler/icons-react": resolve("@tabler/icons-react") },
  },
});
