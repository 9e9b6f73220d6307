import { createTranslator } from "use-intl/core";
import { describe, expect, it } from "vitest";
import { en } from "../src/messages/en.js";
import { zh } from "../src/messages/zh.js";

/** "people.title" → text, for a tree of texts. */
function texts(tree: object, path = ""): [key: string, text: string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => {
    const here = path ? `${path}.${key}` : key;
    return typeof value === "object" && value !== null ? texts(value, here) : [[here, String(value)]];
  });
}

const english = new Map(texts(en));
const chinese = new Map(texts(zh));

/** The placeholders and tags that a page has to fill: "{count, plural, …}" → "count", "<link>" → "<link". */
function holes(text: string): string[] {
  return [...new Set(text.match(/\{[a-zA-Z]+(?=[,}])|<[a-z]+(?=>)/g))].sort();
}

describe("the words of the console", () => {
  it("are there in both languages, key by key", () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it.each([
    ["English", english],
    ["Chinese", chinese],
  ])("are nowhere empty in %s", (_language, words) => {
    expect([...words].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("have the same holes to fill in both languages", () => {
    const odd = [...english].filter(
      ([key, text]) => holes(text).join() !== holes(chinese.get(key) ?? "").join(),
    );
    expect(odd).toEqual([]);
  });

  it("are Chinese in Chinese, apart from names", () => {
    const untranslated = [...chinese].filter(([, text]) => !/\p{Script=Han}/u.test(text)).map(([key]) => key);
    expect(untranslated).toEqual([
      "device.ios",
      "device.android",
      "device.harmony",
      "device.windows",
      "device.mac",
      "errors.errcodePlaceholder",
    ]);
  });

  it("count in both languages", () => {
    const bindings = (locale: "en" | "zh", count: number) =>
      createTranslator({
        locale,
        messages: locale === "en" ? en : (zh as typeof en),
        namespace: "people",
      })("bindings", { count });
    expect(bindings("en", 1)).toBe("WeChat binding");
    expect(bindings("en", 3)).toBe("3 WeChat bindings");
    expect(bindings("zh", 3)).toBe("3 个微信绑定");
  });
});
