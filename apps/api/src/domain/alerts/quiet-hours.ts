/** The quiet hours of a channel: minutes after midnight in its time zone. From 22:00 to 7:00 is over midnight. */
export interface QuietHours {
  timeZone: string;
  quietFrom: number | null;
  quietTo: number | null;
}

const dayMinutes = 1440;

/** Minutes after midnight in a time zone. */
function minuteOfDay(moment: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  }).formatToParts(moment);
  const numberOf = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return numberOf("hour") * 60 + numberOf("minute");
}

/** When the quiet hours end that it is in; undefined outside of them, and without any. */
export function endOfQuietHours({ timeZone, quietFrom, quietTo }: QuietHours, now: Date): Date | undefined {
  if (quietFrom === null || quietTo === null) return undefined;
  const minute = minuteOfDay(now, timeZone);
  const sinceBegin = (minute - quietFrom + dayMinutes) % dayMinutes;
  const length = (quietTo - quietFrom + dayMinutes) % dayMinutes;
  if (sinceBegin >= length) return undefined;
  const startOfMinute = Math.floor(now.getTime() / 60_000) * 60_000;
  return new Date(startOfMinute + (length - sinceBegin) * 60_000);
}
