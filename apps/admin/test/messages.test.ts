import { createTranslator } from "use-intl/core";
import { describe, expect, it } from "vitest";
import { en } from "../src/messages/en.js";
import { zh } from "../src/messages/zh.js";

/** Flattens a tree of texts into pairs of key ("people.title") and text. */
function flatten(tree: object, path = ""): [key: string, text: string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => {
    const here = path ? `${path}.${key}` : key;
    return typeof value === "object" && value !== null ? flatten(value, here) : [[here, String(value)]];
  });
}

const english = new Map(flatten(en));
const chinese = new Map(flatten(zh));

/** The placeholders and tags of a text: "{count, plural, …}" → "{count", "<link>" → "<link". */
function placeholders(text: string): string[] {
  return [...new Set(text.match(/\{[a-zA-Z]+(?=[,}])|<[a-z]+(?=>)/g))].sort();
}

describe("the texts of the console", () => {
  it("have the same keys in both languages", () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it.each([
    ["English", english],
    ["Chinese", chinese],
  ])("are never empty in %s", (_language, texts) => {
    expect([...texts].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("have the same placeholders in both languages", () => {
    const different = [...english].filter(
      ([key, text]) => placeholders(text).join() !== placeholders(chinese.get(key) ?? "").join(),
    );
    expect(different).toEqual([]);
  });

  it("are Chinese in the Chinese version, except for names of products and the placeholder errcode", () => {
    const untranslated = [...chinese].filter(([, text]) => !/\p{Script=Han}/u.test(text)).map(([key]) => key);
    expect(untranslated).toEqual([
      "device.ios",
      "device.android",
      "device.harmony",
      "device.windows",
      "device.mac",
      "errors.errcodePlaceholder",
      "alerts.kinds.slack",
      "alerts.kinds.webhook",
      "alerts.sends",
      "tokens.kind.access_token",
      "tokens.kind.jsapi_ticket",
    ]);
  });

  it("set off what may be Latin from Chinese words, by blanks or quotation marks", () => {
    const joined = [...chinese].filter(([, text]) =>
      /\p{Script=Han}\{\w+\}|\{\w+\}\p{Script=Han}/u.test(text),
    );
    expect(joined).toEqual([
      ["theme.switch", "主题：{now}。切换为{next}"],
      ["time.ago", "{duration}前"],
      ["time.ahead", "{duration}后"],
      ["operators.done.changeRole", "{username} 的角色已改为{role}。"],
      ["once.copy", "复制{what}"],
    ]);
    expect([...chinese].find(([key]) => key.endsWith(".makeTitle"))?.[1]).toBe("为“{name}”创建 API 密钥");
  });

  it("use the plural in both languages", () => {
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
