const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A measured time, in units every operator reads alike: "87 ms", "1.24 s", "2 min 5 s". */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < SECOND_MS) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < MINUTE_MS) return `${(milliseconds / SECOND_MS).toFixed(2)} s`;
  const seconds = Math.round(milliseconds / SECOND_MS);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export type Span =
  | { unit: "days"; days: number; hours: number }
  | { unit: "hours"; hours: number; minutes: number }
  | { unit: "minutes"; minutes: number; seconds: number }
  | { unit: "seconds"; seconds: number };

/** Splits a time to wait into its two largest units, for a countdown. What is past counts as zero. */
export function splitSpan(milliseconds: number): Span {
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
