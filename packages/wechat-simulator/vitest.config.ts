import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  // The files share their processes, as those of apps/api do: nothing that a file changes may outlive its tests.
  test: { name: "wechat-simulator", include: ["test/**/*.test.ts"], testTimeout: 20_000, isolate: false },
});

export default config;
