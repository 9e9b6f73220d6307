import { describe, expect, it } from "vitest";
import { renderErrcodes, unexplainedErrcodes } from "../scripts/errcodes-doc.js";
import { errcodes, explainErrcode } from "../src/errcodes.js";

describe("docs/errcodes.md", () => {
  it("matches the table of errcodes; after a change run: pnpm run errcodes-doc", async () => {
    await expect(renderErrcodes(errcodes)).toMatchFileSnapshot("../../../docs/errcodes.md");
  });

  it("lists as unexplained only codes that the table does not explain", () => {
    const explained = unexplainedErrcodes.filter((code) => explainErrcode(code));
    expect([unexplainedErrcodes.length, explained]).toEqual([12, []]);
  });
});
