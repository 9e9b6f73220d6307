import { defineConfig } from "vitest/config";

const conditions = ["dev-source", "node", "development|production"];

/** Shared by both runs of the suite: this one on SQLite, and vitest.postgres.config.ts on PostgreSQL. */
export const common = {
  // Resolves workspace packages to their sources, so that tests need no build of the library or the simulator.
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // The files share processes: loading the app anew for each of them took a third of the run. So nothing that a
    // file changes for the whole process (spies, environment, faked time) may outlive its tests.
    isolate: false,
    globalSetup: ["test/support/build-programs.ts"],
  },
};

export default defineConfig({
  ...common,
  test: {
    ...common.test,
    name: "api on SQLite",
    exclude: ["test/**/*.postgres.test.ts"],
    provide: { engine: "sqlite", postgresUrl: "" },
  },
});
