import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderApi } from "../scripts/api-report.js";
import { buildPackage } from "./built-package.js";

const { folder, name: packageName, entries } = await buildPackage();

describe("the API report", () => {
  it.each(entries)(
    "matches the entry %s; after an intended change run: pnpm run api-report",
    async (entry) => {
      const name = entry === "." ? "index" : entry.slice("./".length);
      const title = entry === "." ? packageName : `${packageName}/${name}`;
      const report = renderApi(join(folder, "dist", `${name}.d.ts`), title);
      await expect(report).toMatchFileSnapshot(`../api/${name}.api.md`);
    },
  );
});
