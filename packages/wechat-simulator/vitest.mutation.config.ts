import { defineConfig, type ViteUserConfig } from "vitest/config";
import { FailedSuites } from "../../mutation/failed-suites.js";
import { InOrder, include } from "../../mutation/selected-tests.js";
import base from "./vitest.config.js";

// For `npm run test:mutation`.
const config: ViteUserConfig = defineConfig({
  ...base,
  root: import.meta.dirname,
  test: {
    ...base.test,
    include,
    reporters: new FailedSuites(),
    // One worker loads the modules once for all files; each change has a worker of its own.
    isolate: false,
    sequence: { sequencer: InOrder },
  },
});

export default config;
