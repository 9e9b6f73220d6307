import { defineConfig, type ViteUserConfig } from "vitest/config";
import { inOrder } from "../../mutation/in-order.js";
import base from "./vitest.config.js";

// The tests of the guards, for `npm run test:mutation`. None of them starts a server or a process.
const guardTests = [
  "callback",
  "authorize-url",
  "answer-bounds",
  "redaction",
  "mask",
  "requests",
  "errors",
  "followers",
  "operations",
  "retries-and-reports",
  "answers",
  "secrets",
].map((name) => `test/${name}.test.ts`);

const config: ViteUserConfig = defineConfig({
  ...base,
  root: import.meta.dirname,
  test: {
    ...base.test,
    include: guardTests,
    setupFiles: ["test/fixed-seed.ts"],
    sequence: { sequencer: inOrder(guardTests) },
  },
});

export default config;
