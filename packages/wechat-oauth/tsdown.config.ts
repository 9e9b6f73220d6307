import { defineConfig, type UserConfig } from "tsdown";

const config: UserConfig = defineConfig({
  entry: [
    "src/index.ts",
    "src/errcodes.ts",
    "src/keeper.ts",
    "src/node.ts",
    "src/operations.ts",
    "src/redis.ts",
    "src/testing.ts",
  ],
  format: "esm",
  platform: "neutral",
  dts: true,
  fixedExtension: false,
});

export default config;
