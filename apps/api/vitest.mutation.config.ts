import { defineConfig } from "vitest/config";
import { FailedSuites } from "../../mutation/failed-suites.js";
import { InOrder, include } from "../../mutation/selected-tests.js";
import sqlite from "./vitest.config.js";

// For `npm run test:mutation`, on SQLite.
export default defineConfig({
  ...sqlite,
  root: import.meta.dirname,
  test: {
    ...sqlite.test,
    include,
    // A mutant that runs while its module is loaded needs a fresh module.
    isolate: true,
    setupFiles: ["test/support/fixed-seed.ts"],
    reporters: new FailedSuites(),
    // One worker loads the modules once for all files; each change has a worker of its own.
    isolate: false,
    sequence: { sequencer: InOrder },
  },
});
