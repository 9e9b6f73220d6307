import { describe, expect, it } from "vitest";
import { cssVariables, theme } from "../src/theme.js";

/** As WCAG 2 defines it, whose level AA asks for a contrast of 4.5. */
function luminance(color: string): number {
  expect(color).toMatch(/^#[0-9a-f]{6}$/);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

// The resolver takes a whole theme of Mantine, and looks at none of it.
const variables = cssVariables({} as never);
const { green, dark } = theme.colors as Record<string, readonly string[]>;

describe.each(["light", "dark"] as const)("the %s theme", (scheme) => {
  const color = (name: string) => variables[scheme][`--mantine-color-${name}`];
  const body = color("body") ?? "";

  it.each(["text", "dimmed", "placeholder", "error", "anchor"])(
    "has a contrast of at least 4.5 between %s and each background",
    (name) => {
      const backgrounds = [body, color("default"), color("default-hover")].filter((one) => one !== undefined);
      expect(backgrounds.length).toBe(scheme === "dark" ? 3 : 1);
      for (const background of backgrounds)
        expect(contrast(color(name) ?? "", background), background).toBeGreaterThanOrEqual(4.5);
    },
  );

  it("has borders that can be seen, fainter than any text", () => {
    const border = contrast(color("default-border") ?? "", body);
    expect(border).toBeGreaterThan(1.3);
    expect(border).toBeLessThan(3);
  });

  it("takes its backgrounds from white or from the steps of dark gray", () => {
    const steps = scheme === "dark" ? dark : ["#ffffff"];
    for (const background of [body, color("default") ?? body]) expect(steps).toContain(background);
  });
});

describe("the theme", () => {
  it("changes no variable that is the same in light and dark", () => {
    expect(variables.variables).toEqual({});
    expect(Object.keys(variables.dark)).toEqual(expect.arrayContaining(Object.keys(variables.light)));
  });

  it.each(["green", "dark"])("has ten steps of %s, each darker than the one before", (name) => {
    const steps = (theme.colors as Record<string, readonly string[]>)[name] ?? [];
    expect(steps).toHaveLength(10);
    const values = steps.map(luminance);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(new Set(values).size).toBe(10);
  });

  it("writes white on a green on which it can be read, and marks with WeChat's own", () => {
    const { light, dark: inDark } = theme.primaryShade as { light: number; dark: number };
    expect(theme.primaryColor).toBe("green");
    for (const shade of [light, inDark])
      expect(contrast("#ffffff", green?.[shade] ?? "")).toBeGreaterThan(4.5);
    expect(green?.[5]).toBe("#07c160");
    expect(contrast("#ffffff", "#07c160")).toBeLessThan(3);
  });

  it("names fonts for Chinese on each system, and a font of one width for ids", () => {
    const fonts = theme.fontFamily?.split(", ");
    expect(fonts?.[0]).toBe("system-ui");
    expect(fonts).toEqual(
      expect.arrayContaining(['"PingFang SC"', '"Microsoft YaHei"', '"Noto Sans CJK SC"', "sans-serif"]),
    );
    expect(theme.fontFamilyMonospace?.split(", ")).toEqual(
      expect.arrayContaining(["ui-monospace", "Menlo", "Consolas", "monospace"]),
    );
  });

  it("moves less for who asks for it, and shows a hand over what can be clicked", () => {
    const { respectReducedMotion, cursorType, defaultRadius, fontSizes, headings } = theme;
    expect({ respectReducedMotion, cursorType, defaultRadius, fontSizes, headings }).toEqual({
      respectReducedMotion: true,
      cursorType: "pointer",
      defaultRadius: "md",
      fontSizes: { sm: "13px" },
      headings: { fontWeight: "600" },
    });
  });
});
