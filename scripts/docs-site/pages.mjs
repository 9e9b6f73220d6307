const chineseEnding = ".zh-CN.md";

/** The groups of the navigation, in its order, and which documents each holds. */
export const groups = [
  { en: "Start", zh: "开始", holds: named("README", "docs/first-account", "docs/host-applications") },
  {
    en: "Run it",
    zh: "运行",
    holds: named("docs/operations", "docs/settings", "docs/errcodes", "SECURITY", "CHANGELOG"),
  },
  {
    en: "Packages",
    zh: "软件包",
    holds: named(
      "packages/wechat-oauth/README",
      "packages/wechat-simulator/README",
      "docs/simulator-for-any-sdk",
    ),
  },
  {
    en: "Develop",
    zh: "开发",
    holds: named("ARCHITECTURE", "CONTRIBUTING", "docs/promises", "docs/benchmarks", "docs/mutation"),
  },
];

function named(...names) {
  return (file) => names.includes(file.replace(/(\.zh-CN)?\.md$/, "")) && file.endsWith(".md");
}

export const languageOf = (page) => (page.endsWith(chineseEnding) ? "zh" : "en");

/** The same page in the other language, if there is one. */
export function translationOf(page, pages) {
  const other =
    languageOf(page) === "zh" ? page.replace(chineseEnding, ".md") : page.replace(/\.md$/, chineseEnding);
  return pages.includes(other) ? other : undefined;
}

/** `README.md` is its folder's index; every other page keeps its name. */
export const sitePath = (page) => page.replace(/(^|\/)README(?=\.)/, "$1index").replace(/\.md$/, ".html");
