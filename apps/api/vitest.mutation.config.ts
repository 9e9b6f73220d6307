import { defineConfig } from "vitest/config";
import { FailedSuites } from "../../mutation/failed-suites.js";
import { keptWorker } from "../../mutation/kept-worker.js";
import { InOrder, include } from "../../mutation/selected-tests.js";
import sqlite from "./vitest.config.js";

// For `npm run test:mutation`, on SQLite.
export default defineConfig({
  ...sqlite,
  root: import.meta.dirname,
  plugins: [keptWorker],
  test: {
    ...sqlite.test,
    include,
    setupFiles: ["test/support/fixed-seed.ts"],
    reporters: new FailedSuites(),
    sequence: { sequencer: InOrder },
  },
});
