import { defineConfig } from "vitest/config";

// Not vite.config.ts: most tests need neither the development server nor the build.
export default defineConfig({ test: { include: ["test/**/*.test.ts"] } });
