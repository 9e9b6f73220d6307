import { defineConfig } from "vitest/config";
import { FailedSuites } from "../../mutation/failed-suites.js";
import { InOrder, include } from "../../mutation/selected-tests.js";
import base from "./vitest.config.js";

// Stryker runs the tests in threads, which take the time zone of their process.
Object.assign(process.env, base.test?.env);

// For `npm run test:mutation`.
export default defineConfig({
  ...base,
  root: import.meta.dirname,
  test: { ...base.test, include, reporters: new FailedSuites(), sequence: { sequencer: InOrder } },
});
