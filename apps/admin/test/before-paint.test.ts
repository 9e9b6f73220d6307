// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { colorSchemeManager } from "../src/theme.js";

const script = readFileSync(join(import.meta.dirname, "../public/before-paint.js"), "utf8");

interface Visitor {
  theme?: string;
  language?: string;
  systemIsDark?: boolean;
  browser?: string;
  hasStorage?: boolean;
}

/** Runs the script for a visitor, and tells what the page looks like. */
function paint({ theme, language, systemIsDark = false, browser = "en-US", hasStorage = true }: Visitor) {
  const stored: Record<string, string | undefined> = { "console-theme": theme, "console-language": language };
  vi.stubGlobal("localStorage", {
    getItem(key: string) {
      if (!hasStorage) throw new Error("disabled");
      return stored[key] ?? null;
    },
  });
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: query === "(prefers-color-scheme: dark)" && systemIsDark,
  }));
  vi.spyOn(navigator, "language", "get").mockReturnValue(browser);
  new Function(script)();
  const root = document.documentElement;
  return `${root.getAttribute("data-mantine-color-scheme")} ${root.lang}`;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the page before its first paint", () => {
  it.each<[Visitor, string]>([
    [{}, "light en"],
    [{ systemIsDark: true }, "dark en"],
    [{ theme: "auto", systemIsDark: true }, "dark en"],
    [{ theme: "light", systemIsDark: true }, "light en"],
    [{ theme: "dark" }, "dark en"],
    [{ browser: "ZH-cn" }, "light zh-CN"],
    [{ browser: "zh", language: "en" }, "light en"],
    [{ language: "zh" }, "light zh-CN"],
    [{ hasStorage: false, theme: "dark", systemIsDark: false, browser: "zh-HK" }, "light zh-CN"],
  ])("has the theme and the language of its visitor: %j", (visitor, look) => {
    expect(paint(visitor)).toBe(look);
  });

  it("has the theme that the console's switch stored", () => {
    onTestFinished(() => localStorage.clear());
    colorSchemeManager.set("dark");
    expect(colorSchemeManager.get("light")).toBe("dark");
    const theme = localStorage.getItem("console-theme") ?? "nothing";
    expect([theme, paint({ theme })]).toEqual(["dark", "dark en"]);
  });
});
