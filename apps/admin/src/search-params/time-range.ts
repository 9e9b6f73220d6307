import { dateTime, oneOf } from "./fields.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const lengthsMs = {
  "15m": 15 * MINUTE_MS,
  "1h": HOUR_MS,
  "24h": 24 * HOUR_MS,
  "7d": 7 * 24 * HOUR_MS,
  "30d": 30 * 24 * HOUR_MS,
} as const;

export const ranges = ["15m", "1h", "24h", "7d", "30d", "all", "custom"] as const;
export type TimeRange = (typeof ranges)[number];

/** The range of a page without a `range` param. */
export const DEFAULT_RANGE: TimeRange = "7d";

/** `from` and `to` are used only while `range` is "custom". */
export const rangeFields = { range: oneOf(ranges), from: dateTime, to: dateTime };

export interface TimeRangeSearch {
  range?: TimeRange | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/**
 * The bounds for the api. A relative range starts on a whole minute: otherwise every visit would have another
 * query key and never find the cache.
 */
export function rangeBounds(search: TimeRangeSearch, nowMs: number): { from?: string; to?: string } {
  const range = search.range ?? DEFAULT_RANGE;
  if (range === "all") return {};
  if (range === "custom") {
    return {
      ...(search.from && { from: new Date(search.from).toISOString() }),
      ...(search.to && { to: new Date(search.to).toISOString() }),
    };
  }
  const startMs = nowMs - lengthsMs[range];
  return { from: new Date(Math.floor(startMs / MINUTE_MS) * MINUTE_MS).toISOString() };
}
