import type { Language } from "./language.js";

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const daysInAMonth = 30;
const justNow: { readonly [language in Language]: string } = { zh: "刚刚", en: "just now" };

/** "3 minutes ago", "昨天"; a date once it is more than a month old. */
export function relativeTime(at: Date, now: Date, language: Language): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  for (const [unit, length] of units) {
    const amount = Math.trunc(seconds / length);
    if (unit === "day" && Math.abs(amount) > daysInAMonth) return longDate(at, language);
    if (amount !== 0) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(amount, unit);
  }
  return justNow[language];
}

/** In the time zone of the server; the page's script writes it again in the browser's. */
export const longDate = (at: Date, language: Language): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(at);
