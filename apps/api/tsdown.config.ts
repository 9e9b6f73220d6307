import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/main.ts", "src/operator.ts"],
  format: "esm",
  platform: "node",
  fixedExtension: false,
});
