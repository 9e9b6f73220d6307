import { defineConfig, type ViteUserConfig } from "vitest/config";

// Workspace packages are tested from their TypeScript, without a build.
const conditions = ["dev-source", "node"];

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Property tests take about a second each, and many times that on a busy machine.
  test: { include: ["test/**/*.test.ts"], testTimeout: 30_000 },
});

export default config;
