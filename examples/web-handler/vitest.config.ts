import { defineConfig } from "vitest/config";

// Resolves the library and the simulator to their sources, so that the tests need no build.
const conditions = ["dev-source", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { name: "example web-handler", include: ["test/**/*.test.ts"], testTimeout: 30_000 },
});
