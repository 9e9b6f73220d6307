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
export function parseTypedRange(text: string, at: ReadAt): TimeRangeSearch | null {
  const [first, second, ...more] = text.trim().split(between) as [string, ...string[]];
  if (more.length > 0) return null;
  const fixed = ranges.find(
    (one) => one !== "all" && one !== "custom" && first.toLowerCase() === `now-${one}`,
  );
  if (fixed && (second === undefined || isNow(second))) {
    return { range: fixed, from: undefined, to: undefined };
  }
  const begin = readEnd(first, at);
  const end = second === undefined ? begin : readEnd(second, at);
  if (!begin || !end) return null;
  // A day alone is that whole day; a moment alone goes on up to now.
  const isOpen = second === undefined ? begin.first === begin.last : isNow(second);
  const to = isOpen ? new Date(at.nowMs) : end.last;
  if (begin.first >= to) return null;
  return { range: "custom", from: begin.first.toISOString(), to: isOpen ? undefined : to.toISOString() };
}

interface ReadAt {
  nowMs: number;
  timeZone: string;
}

const isNow = (end: string) => end.toLowerCase() === "now";

/** The first and the last moment of what is typed: one and the same, or those of a day. */
function readEnd(text: string, { nowMs, timeZone }: ReadAt): { first: Date; last: Date } | null {
  const relative = /^now(?:-(\d{1,4})([mhdw]))?$/i.exec(text);
  if (relative) {
    const [, count = "0", unit = "m"] = relative;
    const moment = new Date(nowMs - Number(count) * unitsMs[unit.toLowerCase() as keyof typeof unitsMs]);
    return { first: moment, last: moment };
  }
  const absolute = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}))?$/.exec(text);
  if (!absolute) return null;
  const [, day, time] = absolute;
  const first = parseInZone(`${day}T${time ?? "00:00"}`, timeZone);
  const last = time ? first : parseInZone(`${day}T23:59:59.999`, timeZone);
  return first && last && { first, last };
}
