import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts", "src/errcodes.ts"],
  format: "esm",
  platform: "neutral",
  dts: true,
  fixedExtension: false,
});
