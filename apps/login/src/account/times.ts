const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const daysInAMonth = 30;

/** "3 minutes ago", "昨天"; a date once it is more than a month old. */
export function relativeTime(iso: string, now: Date, language: string, justNow: string): string {
  const seconds = (new Date(iso).getTime() - now.getTime()) / 1000;
  for (const [unit, length] of units) {
    const amount = Math.trunc(seconds / length);
    if (unit === "day" && Math.abs(amount) > daysInAMonth) return date(iso, language);
    if (amount !== 0) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(amount, unit);
  }
  return justNow;
}

export function date(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(iso));
}

export function dateAndTime(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(new Date(iso));
}
