import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/main.ts", "src/operator.ts"],
  format: "esm",
  platform: "node",
  fixedExtension: false,
  // One file for one file: migrations and pages are found by their place beside it.
  unbundle: true,
});
