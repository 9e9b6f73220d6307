import { defineConfig, type ViteUserConfig } from "vitest/config";
import { FailedSuites } from "../../mutation/failed-suites.js";
import { keptWorker } from "../../mutation/kept-worker.js";
import { InOrder, include } from "../../mutation/selected-tests.js";
import base from "./vitest.config.js";

// A test that sets a time zone sets this one. The tests run in threads here, where that has no effect.
process.env.TZ = "Asia/Shanghai";

// For `npm run test:mutation`.
const config: ViteUserConfig = defineConfig({
  ...base,
  root: import.meta.dirname,
  plugins: [keptWorker],
  test: {
    ...base.test,
    include,
    reporters: new FailedSuites(),
    isolate: false,
    sequence: { sequencer: InOrder },
  },
});

export default config;
