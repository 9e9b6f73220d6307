import { defineConfig } from "vitest/config";
import { common } from "./vitest.config.js";

export default defineConfig({
  ...common,
  test: {
    ...common.test,
    name: "api on PostgreSQL",
    exclude: ["test/**/*.sqlite.test.ts"],
    provide: { engine: "postgres" },
    globalSetup: [...common.test.globalSetup, "test/support/postgres-server.ts"],
    setupFiles: ["test/support/drop-databases.ts"],
  },
});
