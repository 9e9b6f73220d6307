import { defineConfig, type ViteUserConfig } from "vitest/config";
import { inOrder } from "../../mutation/in-order.js";
import base from "./vitest.config.js";

// What `npm run test:mutation` runs: the tests that answer for a guard. None starts a server or a process.
const answerable = [
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
    include: answerable,
    setupFiles: ["test/fixed-seed.ts"],
    sequence: { sequencer: inOrder(answerable) },
  },
});

export default config;
