import { defineConfig } from "vitest/config";
import { inOrder } from "../../mutation/in-order.js";
import sqlite from "./vitest.config.js";

// What `npm run test:mutation` runs, on SQLite: the tests that speak to the guards themselves. Those that start a
// whole server say the same from outside, and would take ten times as long to notice a change.
const answerable = [
  "cookie-rules",
  "log-redaction",
  "return-to-rules",
  "procedure-rules",
  "sign-in-rules",
  "profile-rules",
  "replay-rules",
  "session-rules",
  "identity-rules",
  "db/identities",
].map((name) => `test/${name}.test.ts`);

export default defineConfig({
  ...sqlite,
  root: import.meta.dirname,
  test: {
    ...sqlite.test,
    include: answerable,
    setupFiles: ["test/support/fixed-seed.ts"],
    sequence: { sequencer: inOrder(answerable) },
  },
});
