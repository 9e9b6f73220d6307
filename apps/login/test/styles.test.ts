import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (name: string) => readFileSync(new URL(`../src/styles/${name}.css`, import.meta.url), "utf8");
const [base, message, controls, account] = ["base", "message", "controls", "account"].map(read) as [
  ...[string, string, string, string],
];

/** The colors by their names, in light or dark. */
function colorsIn(css: string): Map<string, string> {
  return new Map(
    [...css.matchAll(/--([\w-]+): (#[0-9a-f]+);/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}
const [lightCss = "", darkCss = ""] = base.split("@media (prefers-color-scheme: dark)");
const light = colorsIn(lightCss);
const dark = new Map([...light, ...colorsIn(darkCss)]);

/** Red, green and blue from 0 to 1. */
function channelsOf(color: string): [number, number, number] {
  const digits =
    color.length === 4 ? [...color.slice(1)].map((digit) => digit + digit) : color.match(/[0-9a-f]{2}/g);
  return (digits ?? []).map((digit) => Number.parseInt(digit, 16) / 255) as [number, number, number];
}

function nameOf(color: string): string {
  const [red, green, blue] = channelsOf(color);
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  if (most - least < 0.02) return "gray";
  if (most === green) return "green";
  if (most !== red) return "blue";
  return (green - least) / (most - least) > 0.4 ? "orange" : "red";
}

/** As WCAG defines it, from 1 to 21. */
function contrast(one: string, other: string): number {
  const luminance = (color: string) => {
    const [red, green, blue] = channelsOf(color).map((channel) =>
      channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
    ) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (a + 0.05) / (b + 0.05);
}

const rule = (css: string, selector: string) =>
  new RegExp(`(?:^|\\n)${selector.replaceAll(".", "\\.")} \\{([^}]*)\\}`).exec(css)?.[1] ?? "";

describe("the colors of the login pages", () => {
  it.each([
    ["welcome", "green"],
    ["plain", "gray"],
    ["wait", "orange"],
    ["failed", "red"],
  ])("show the tone %s in %s on its own tint, legibly in light and dark", (tone, name) => {
    expect(rule(message, `.icon.${tone}`)).toMatch(
      new RegExp(`^\\s+background: var\\(--${tone}-tint\\);\\s+color: var\\(--${tone}\\);\\s+$`),
    );
    for (const colors of [light, dark]) {
      const [color = "", tint = ""] = [colors.get(tone), colors.get(`${tone}-tint`)];
      expect([nameOf(color), nameOf(tint)]).toEqual([name, name]);
      expect(contrast(color, tint)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each([
    ["text", "surface"],
    ["text", "page"],
    ["muted", "surface"],
    ["muted", "page"],
    ["muted", "fill"],
    ["link", "surface"],
    ["link", "page"],
    ["link", "fill"],
    ["welcome", "welcome-tint"],
    ["wait", "wait-tint"],
    ["failed", "surface"],
    ["failed", "fill"],
    ["text", "fill"],
  ])("keep %s legible on %s, in light and dark", (text, behind) => {
    for (const colors of [light, dark]) {
      expect(contrast(colors.get(text) ?? "", colors.get(behind) ?? "")).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("mark the main action in green under white, and one that ends or removes something in red", () => {
    for (const green of ["green", "green-active"]) {
      expect(nameOf(light.get(green) ?? "")).toBe("green");
      expect(contrast("#fff", light.get(green) ?? "")).toBeGreaterThanOrEqual(4.5);
    }
    expect(rule(controls, ".primary")).toMatch(/background: var\(--green\);\s+color: #fff;/);
    expect(rule(account, ".small")).toMatch(/background: var\(--fill\);\s+color: var\(--link\);/);
    for (const action of [".small.danger", ".row-action.danger"]) {
      expect(rule(account, action)).toMatch(/^\s+color: var\(--failed\);\s+$/);
    }
  });
});
