import {
  type CSSVariablesResolver,
  createTheme,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
} from "@mantine/core";

// White text on WeChat's green (#07c160, step 5) has a contrast of only 2.3. Buttons and links use the darker
// steps; the bright one is for marks without text.
const green: MantineColorsTuple = [
  "#e7f8ee",
  "#cdeedb",
  "#9fdfba",
  "#6dd097",
  "#38c877",
  "#07c160",
  "#0a9c50",
  "#0a7d42",
  "#08693a",
  "#06532e",
];

// Mantine's dark grays, a little cooler, so that inputs and menus match the panels.
const dark: MantineColorsTuple = [
  "#c3c9cf",
  "#aeb5bc",
  "#8b929a",
  "#697179",
  "#3a4046",
  "#31373c",
  "#202428",
  "#1a1d20",
  "#16191b",
  "#121416",
];

export const theme = createTheme({
  primaryColor: "green",
  primaryShade: { light: 7, dark: 7 },
  colors: { green, dark },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", SFMono-Regular, Menlo, "Cascadia Mono", Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { sm: "13px" },
  headings: { fontWeight: "600" },
});

/** Mantine's colors for dimmed text, placeholders and errors do not reach AA on these backgrounds. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#1c2024",
    "--mantine-color-dimmed": "#5b636b",
    "--mantine-color-placeholder": "#6a727a",
    "--mantine-color-error": "#b3261e",
    "--mantine-color-anchor": "#0a7d42",
    "--mantine-color-default-border": "#d5d9dd",
  },
  dark: {
    "--mantine-color-body": "#1a1d20",
    "--mantine-color-text": "#e4e7ea",
    "--mantine-color-dimmed": "#a4abb2",
    "--mantine-color-placeholder": "#939aa2",
    "--mantine-color-error": "#ff9d94",
    "--mantine-color-anchor": "#5fd597",
    "--mantine-color-default": "#202428",
    "--mantine-color-default-hover": "#2a2f34",
    "--mantine-color-default-border": "#3a4046",
  },
});

// public/before-paint.js reads the same key.
export const colorSchemeManager = localStorageColorSchemeManager({ key: "console-theme" });
