import { describe, expect, it } from "vitest";
import { renderErrcodes, unexplainedErrcodes } from "../scripts/errcodes-doc.js";
import { errcodes, explainErrcode } from "../src/errcodes.js";

describe("the pages about errcodes", () => {
  it.each([
    ["docs/errcodes.md", "en"],
    ["docs/errcodes.zh-CN.md", "zh"],
  ] as const)(
    "%s matches the table of errcodes; after a change run: pnpm run errcodes-doc",
    async (page, language) => {
      await expect(renderErrcodes(errcodes, language)).toMatchFileSnapshot(`../../../${page}`);
    },
  );

  it("lists as unexplained only codes that the table does not explain", () => {
    const explained = unexplainedErrcodes.filter((code) => explainErrcode(code));
    expect([unexplainedErrcodes.length, explained]).toEqual([12, []]);
  });
});
