/** At which midnight quotas reset is not documented; China's is assumed. */
const CHINA_OFFSET_MS = 8 * 3600_000;

/** The number of the day in China at this time (unix milliseconds). */
export function chinaDay(unixMs: number): number {
  return Math.floor((unixMs + CHINA_OFFSET_MS) / 86_400_000);
}

/** The month in China, as `2026-01`. */
export function chinaMonth(unixMs: number): string {
  return new Date(unixMs + CHINA_OFFSET_MS).toISOString().slice(0, 7);
}
