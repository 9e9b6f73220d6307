import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { environment } from "../src/env.js";
import { languages, renderSettings } from "./support/settings-reference.js";

describe.each([
  ["en", "settings.md"],
  ["zh", "settings.zh-CN.md"],
] as const)("the reference of the settings (%s)", (language, page) => {
  it("is up to date, and has every setting of the schema once", async () => {
    const { readme } = languages[language];
    const text = renderSettings(
      languages[language],
      readFileSync(new URL(`../../../${readme}`, import.meta.url), "utf8"),
    );
    const listed = [...text.matchAll(/^\| (`[A-Z][^|]*) \|/gm)].flatMap(
      ([, cell = ""]) => cell.match(/[A-Z_]+/g) ?? [],
    );
    expect(listed.filter((name) => !name.endsWith("_FILE")).sort()).toEqual(Object.keys(environment).sort());
    await expect(text).toMatchFileSnapshot(`../../../docs/${page}`);
  });
});
