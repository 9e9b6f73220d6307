import { defineConfig } from "vitest/config";
import { inOrder } from "../../mutation/in-order.js";
import sqlite from "./vitest.config.js";

// The tests that `npm run test:mutation` runs, on SQLite: those that call the guards directly, fastest first. Tests
// through a whole server prove the same from outside but would take ten times as long to notice a change.
const files = [
  "cookies.unit",
  "log-redaction.unit",
  "return-to.unit",
  "procedures.unit",
  "sign-in.unit",
  "profile.unit",
  "repeated-callback.unit",
  "sessions.unit",
  "identity.unit",
  "db/identities",
].map((name) => `test/${name}.test.ts`);

export default defineConfig({
  ...sqlite,
  root: import.meta.dirname,
  test: {
    ...sqlite.test,
    include: files,
    setupFiles: ["test/support/fixed-seed.ts"],
    sequence: { sequencer: inOrder(files) },
  },
});
