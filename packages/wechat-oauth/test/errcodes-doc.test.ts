import { describe, expect, it } from "vitest";
import { renderErrcodes } from "../scripts/errcodes-doc.js";
import { errcodes } from "../src/errcodes.js";

describe("docs/errcodes.md", () => {
  it("is what the table says today; if not: pnpm --filter wechat-oauth run errcodes-doc", async () => {
    await expect(renderErrcodes(errcodes)).toMatchFileSnapshot("../../../docs/errcodes.md");
  });
});
