import { parseInZone } from "../format/zone.js";
import { ranges, type TimeRangeSearch } from "./time-range.js";

const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** The words and signs between the two ends of a range. */
const between = /\s+(?:to|至|到|–|—|-)\s+/i;

/**
 * Reads a typed range: "now-6h", "2026-11-03 08:00", "2026-11-03", or two of these with "to" between them. One that a fixed range
 * names becomes that range, which moves on with the time.
 *
 * @returns null for anything else, and for a range that ends before it begins
 */
export function parseTypedRange(
  text: string,
  { nowMs, timeZone }: { nowMs: number; timeZone: string },
): TimeRangeSearch | null {
  const ends = text.trim().split(between);
  const [first = "", second] = ends;
  if (ends.length > 2) return null;
  const read = (end: string, isLast: boolean) => readMoment(end.trim(), { nowMs, timeZone, isLast });
  const fixed = /^now-(.+)$/i.exec(first.trim())?.[1];
  if (fixed !== undefined && (second === undefined || /^now$/i.test(second.trim()))) {
    const range = ranges.find((one) => one === fixed.toLowerCase() && one !== "all" && one !== "custom");
    if (range) return { range, from: undefined, to: undefined };
  }
  const from = read(first, false);
  // A day alone is that whole day; a moment alone goes on up to now.
  const to = read(second ?? (isDay(first.trim()) ? first : "now"), true);
  if (!from || !to || from >= to) return null;
  const isOpen = second === undefined ? !isDay(first.trim()) : /^now$/i.test(second.trim());
  return { range: "custom", from: from.toISOString(), to: isOpen ? undefined : to.toISOString() };
}

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);

function readMoment(
  text: string,
  { nowMs, timeZone, isLast }: { nowMs: number; timeZone: string; isLast: boolean },
): Date | null {
  const [isRelative, count, unit] = /^now(?:-(\d{1,4})([mhdw]))?$/i.exec(text) ?? [];
  if (isRelative !== undefined) {
    const unitMs = unit ? unitsMs[unit.toLowerCase() as keyof typeof unitsMs] : 0;
    return new Date(nowMs - Number(count ?? 0) * unitMs);
  }
  if (isDay(text)) return parseInZone(`${text}T${isLast ? "23:59:59.999" : "00:00"}`, timeZone);
  if (!/^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}$/.test(text)) return null;
  return parseInZone(text.replace(" ", "T"), timeZone);
}
