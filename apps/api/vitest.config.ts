import { defineConfig } from "vitest/config";

const conditions = ["dev-source", "module", "node", "development|production"];

export default defineConfig({
  // Workspace packages are read from their sources: tests need no build of the library or the simulator.
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { name: "api", include: ["test/**/*.test.ts"], testTimeout: 20_000, hookTimeout: 30_000 },
});
