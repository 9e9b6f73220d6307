import { defineConfig, type ViteUserConfig } from "vitest/config";
import { InOrder, include } from "../../mutation/selected-tests.js";
import base from "./vitest.config.js";

// For `npm run test:mutation`.
const config: ViteUserConfig = defineConfig({
  ...base,
  root: import.meta.dirname,
  test: { ...base.test, include, sequence: { sequencer: InOrder } },
});

export default config;
