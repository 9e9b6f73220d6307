import { describe, expect, it } from "vitest";
import { formatInZone, minutesUntil, offsetMinutesOf, parseInZone } from "../src/format/zone.js";
import { parseTypedRange } from "../src/search-params/typed-range.js";

const at = { nowMs: Date.parse("2026-03-01T12:00:30.000Z"), timeZone: "Asia/Shanghai" };
const custom = (from: string, to?: string) => ({ range: "custom", from, to });

describe("a typed time range", () => {
  it.each([
    ["now-6h", custom("2026-03-01T06:00:30.000Z")],
    [" NOW-90M ", custom("2026-03-01T10:30:30.000Z")],
    ["now-2w", custom("2026-02-15T12:00:30.000Z")],
    ["now-6h to now", custom("2026-03-01T06:00:30.000Z")],
    ["now-2h to now-1h", custom("2026-03-01T10:00:30.000Z", "2026-03-01T11:00:30.000Z")],
    ["2026-02-03 08:00", custom("2026-02-03T00:00:00.000Z")],
    ["2026-02-03T08:00 to now", custom("2026-02-03T00:00:00.000Z")],
    ["2026-02-03", custom("2026-02-02T16:00:00.000Z", "2026-02-03T15:59:59.999Z")],
    [" 2026-02-03  TO  2026-02-04\t", custom("2026-02-02T16:00:00.000Z", "2026-02-04T15:59:59.999Z")],
    ["now-24h to now-1h", custom("2026-02-28T12:00:30.000Z", "2026-03-01T11:00:30.000Z")],
    ["now-9999m", custom("2026-02-22T13:21:30.000Z")],
    ["2026-02-03 to 2026-02-04", custom("2026-02-02T16:00:00.000Z", "2026-02-04T15:59:59.999Z")],
    ["2026-02-03 08:00 至 2026-02-03 09:30", custom("2026-02-03T00:00:00.000Z", "2026-02-03T01:30:00.000Z")],
    ["2026-02-03 08:00 – now-1d", custom("2026-02-03T00:00:00.000Z", "2026-02-28T12:00:30.000Z")],
  ])("is read in the operator's zone: %s", (text, range) => {
    expect(parseTypedRange(text, at)).toEqual(range);
  });

  it.each(["15m", "1h", "24h", "7d", "30d"])(
    "becomes the range that moves on with the time: now-%s",
    (range) => {
      const fixed = { range, from: undefined, to: undefined };
      expect(parseTypedRange(`now-${range}`, at)).toEqual(fixed);
      expect(parseTypedRange(`now-${range} to now`, at)).toEqual(fixed);
      expect(parseTypedRange(`NOW-${range.toUpperCase()} to Now`, at)).toEqual(fixed);
    },
  );

  it.each([
    "",
    "yesterday",
    "now",
    "now-",
    "now-6",
    "now-6y",
    "now-all",
    "now-custom",
    "now+6h",
    "xnow-24h",
    "xnow-6h",
    "now-24h!",
    "now-6hours",
    "now-12345m",
    "now-24h to xnow",
    "now-24h to nowx",
    "now-6h to",
    "to now-6h",
    "x2026-02-03",
    "2026-02-03x",
    "2026-02-03 08:00:15",
    "2026-02-30",
    "2026-13-01",
    "2026-02-03 24:30",
    "2026-02-03 8:00",
    "2026-02-04 to 2026-02-03",
    "now-1h to now-2h",
    "now-3h to now-2h to now-1h",
    "2026-03-02 08:00",
  ])("is refused: %j", (text) => {
    expect(parseTypedRange(text, at)).toBeNull();
  });
});

describe("a time of a zone", () => {
  it.each([
    ["2026-03-01T09:30", "Asia/Shanghai", "2026-03-01T01:30:00.000Z"],
    ["2026-03-01T09:30", "UTC", "2026-03-01T09:30:00.000Z"],
    ["2026-07-01T09:30", "Europe/Berlin", "2026-07-01T07:30:00.000Z"],
    ["2026-01-01T00:15", "America/New_York", "2026-01-01T05:15:00.000Z"],
  ])(
    "is read as the moment at which a clock there shows it, and shown again: %s in %s",
    (text, zone, moment) => {
      expect(parseInZone(text, zone)?.toISOString()).toBe(moment);
      expect(formatInZone(new Date(moment), zone)).toBe(text);
    },
  );

  it("that is left out in spring is an hour later, and one that comes twice in autumn is the first", () => {
    expect([
      parseInZone("2026-03-29T02:30", "Europe/Berlin")?.toISOString(),
      parseInZone("2026-10-25T02:30", "Europe/Berlin")?.toISOString(),
    ]).toEqual(["2026-03-29T01:30:00.000Z", "2026-10-25T00:30:00.000Z"]);
  });

  it.each([
    ["2026-03-01T19:00:00.000Z", "Asia/Shanghai", 300],
    ["2026-03-01T00:00:00.000Z", "Asia/Shanghai", 24 * 60],
    ["2026-02-28T23:59:01.000Z", "Asia/Shanghai", 1],
    ["2026-03-01T03:00:00.000Z", "UTC", 300],
    ["2026-03-01T22:30:00.000Z", "UTC", 570],
    ["2026-03-28T22:00:00.000Z", "Europe/Berlin", 480],
  ])("that comes next, eight in the morning, is so many minutes after %s in %s: %i", (now, zone, minutes) => {
    expect(minutesUntil("08:00", new Date(now), zone)).toBe(minutes);
  });

  it.each(["", "2026-02-30T10:00", "2026-02-01T25:00", "soon"])("is none: %j", (text) => {
    expect(parseInZone(text, "UTC")).toBeNull();
  });

  it("is as far from UTC as its clock is ahead", () => {
    const moment = new Date("2026-07-01T00:00:00.400Z");
    expect(["Asia/Shanghai", "UTC", "America/New_York"].map((zone) => offsetMinutesOf(moment, zone))).toEqual(
      [480, 0, -240],
    );
  });
});
