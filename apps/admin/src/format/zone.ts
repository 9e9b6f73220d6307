const MINUTE_MS = 60_000;

/** How far the clock of a time zone is ahead of UTC at a moment. */
export function offsetMinutesOf(moment: Date, timeZone: string): number {
  return Math.round((wallClockOf(moment, timeZone) - moment.getTime()) / MINUTE_MS);
}

/** What `datetime-local` and `parseInZone` take: "2026-03-01T09:30", as a clock in the time zone shows it. */
export function formatInZone(moment: Date, timeZone: string): string {
  return new Date(wallClockOf(moment, timeZone)).toISOString().slice(0, 16);
}

/**
 * The moment at which a clock in the time zone shows a time, with seconds or without. A time that is left out in spring is the
 * one as much later; one that comes twice in autumn is the first.
 *
 * @returns null for what is no date and time, such as 30 February
 */
export function parseInZone(text: string, timeZone: string): Date | null {
  const asUtc = new Date(`${text}Z`);
  if (Number.isNaN(asUtc.getTime()) || asUtc.toISOString().slice(0, 10) !== text.slice(0, 10)) return null;
  const offsetAt = (ms: number) => offsetMinutesOf(new Date(ms), timeZone) * MINUTE_MS;
  // A day before, the offset is the one before any change in between.
  const before = offsetAt(asUtc.getTime() - 24 * 60 * MINUTE_MS);
  const guess = asUtc.getTime() - before;
  if (offsetAt(guess) === before) return new Date(guess);
  const later = asUtc.getTime() - offsetAt(guess);
  return new Date(offsetAt(later) === offsetAt(guess) ? later : guess);
}

/** How many minutes pass until a clock in the time zone shows "08:00" next, at least one. */
export function minutesUntil(time: string, now: Date, timeZone: string): number {
  const today = new Date(`${formatInZone(now, timeZone).slice(0, 10)}T${time}Z`).getTime();
  const [next = now] = [0, 1]
    .map((days) => new Date(today + days * 24 * 60 * MINUTE_MS).toISOString().slice(0, 16))
    .map((text) => parseInZone(text, timeZone) ?? now)
    .filter((moment) => moment > now);
  return Math.ceil((next.getTime() - now.getTime()) / MINUTE_MS);
}

/** The time that a clock in the time zone shows, as if it were UTC. */
function wallClockOf(moment: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en", {
    ...{ timeZone, year: "numeric", month: "2-digit", day: "2-digit" },
    ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  }).formatToParts(moment);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((one) => one.type === type)?.value ?? 0);
  const day = [part("year"), part("month") - 1, part("day")] as const;
  return Date.UTC(...day, part("hour"), part("minute"), part("second"), moment.getMilliseconds());
}
