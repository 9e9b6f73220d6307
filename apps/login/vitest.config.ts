import { defineConfig } from "vitest/config";

// Apart from vite.config.ts: the tests need neither the pages' development server nor its build.
export default defineConfig({ test: { include: ["test/**/*.test.ts"] } });
