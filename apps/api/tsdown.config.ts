import { defineConfig } from "tsdown";

export default defineConfig({
  entry: [
    "src/main.ts",
    "src/operator.ts",
    "src/groups.ts",
    "src/audit.ts",
    "src/doctor.ts",
    "src/people.ts",
    "src/openids.ts",
    "src/host.ts",
    "src/backup.ts",
    "src/keys.ts",
    "src/to-postgres.ts",
    "src/seed.ts",
    "src/demo.ts",
    // A process of its own: see db/sqlite-reader/process.ts.
    "src/db/sqlite-reader/child.js",
    // A thread of its own: see db/sqlite-checkpointer.ts.
    "src/db/sqlite-checkpointer-thread.js",
  ],
  format: "esm",
  platform: "node",
  fixedExtension: false,
  // One output file per source file, because migrations and pages are found relative to it.
  unbundle: true,
});
