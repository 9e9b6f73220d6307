import { defineConfig, type UserConfig } from "tsdown";

const config: UserConfig = defineConfig({
  entry: {
    index: "src/index.ts",
    cli: "src/cli.ts",
    tls: "src/tls/start-tls-proxy.ts",
    // Node loads it before another program, by `--import`.
    preload: "src/tls/node-preload.ts",
  },
  format: "esm",
  platform: "node",
  dts: true,
  fixedExtension: false,
});

export default config;
