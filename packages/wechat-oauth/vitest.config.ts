import { defineConfig, type ViteUserConfig } from "vitest/config";

// Workspace packages are tested from their TypeScript, without a build.
const conditions = ["dev-source", "node"];

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Property tests take about a second each, and many times that on a busy machine.
  // The files share their processes, as those of apps/api do: nothing that a file changes may outlive its tests.
  test: { name: "wechat-oauth", include: ["test/**/*.test.ts"], testTimeout: 30_000, isolate: false },
});

export default config;
