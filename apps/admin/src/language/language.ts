export const languages = ["en", "zh"] as const;
export type Language = (typeof languages)[number];

// public/before-paint.js reads the same key.
const STORAGE_KEY = "console-language";

/** The operator's stored choice, or else the browser's language. */
export function initialLanguage(): Language {
  const chosen = storedLanguage();
  if (chosen) return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function storeLanguage(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // Storage may be disabled. The choice then lasts until the page is reloaded.
  }
}

function storedLanguage(): Language | null {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return languages.find((language) => language === stored) ?? null;
  } catch {
    return null;
  }
}
