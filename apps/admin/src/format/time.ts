const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A length of time as numbers, for the messages to put into words. `seconds` is a string where it has decimals. */
export type Duration =
  | { unit: "days"; days: number; hours: number }
  | { unit: "hours"; hours: number; minutes: number }
  | { unit: "minutes"; minutes: number; seconds: number }
  | { unit: "seconds"; seconds: number | string }
  | { unit: "milliseconds"; milliseconds: number };

/** The remaining time in its two largest units, for a countdown. A negative time counts as zero. */
export function splitDuration(milliseconds: number): Duration {
  const ms = Math.max(0, milliseconds);
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const seconds = Math.floor((ms % MINUTE_MS) / SECOND_MS);
  if (days > 0) return { unit: "days", days, hours };
  if (hours > 0) return { unit: "hours", hours, minutes };
  if (minutes > 0) return { unit: "minutes", minutes, seconds };
  return { unit: "seconds", seconds };
}

/** A measured time: in milliseconds below a second, in seconds with two decimals below a minute, then in whole seconds. */
export function measuredDuration(milliseconds: number): Duration {
  if (milliseconds < SECOND_MS) return { unit: "milliseconds", milliseconds: Math.round(milliseconds) };
  if (milliseconds < MINUTE_MS) return { unit: "seconds", seconds: (milliseconds / SECOND_MS).toFixed(2) };
  return splitDuration(Math.round(milliseconds / SECOND_MS) * SECOND_MS);
}

/** "2026-11-23 00:35:15 GMT+8": the same in both languages, sortable, with its time zone. */
export function formatExactTime(date: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  }).formatToParts(date);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  const day = `${part("year")}-${part("month")}-${part("day")}`;
  return `${day} ${part("hour")}:${part("minute")}:${part("second")} ${part("timeZoneName")}`;
}
