import { describe, expect, it } from "vitest";
import { renderErrcodes } from "../scripts/errcodes-doc.js";
import { errcodes } from "../src/errcodes.js";

describe("docs/errcodes.md", () => {
  it("matches the table of errcodes; after a change run: pnpm --filter wechat-oauth run errcodes-doc", async () => {
    await expect(renderErrcodes(errcodes)).toMatchFileSnapshot("../../../docs/errcodes.md");
  });
});
