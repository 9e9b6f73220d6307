// Runs before the first paint, so that a dark screen never flashes white. It is a separate file,
// because the content security policy forbids inline scripts. The keys are those in src/theme.ts and
// src/language/language.ts.
(() => {
  const root = document.documentElement;
  let theme = null;
  let language = null;
  try {
    theme = localStorage.getItem("console-theme");
    language = localStorage.getItem("console-language");
  } catch {
    // Storage may be disabled. The system settings are used then.
  }
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const dark = theme === "dark" || (theme !== "light" && systemIsDark);
  root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  const chinese = language ? language === "zh" : navigator.language.toLowerCase().startsWith("zh");
  root.lang = chinese ? "zh-CN" : "en";
})();
