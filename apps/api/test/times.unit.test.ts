import { describe, expect, it } from "vitest";
import { longDate, relativeTime } from "../src/http/times.js";

describe("relativeTime", () => {
  const now = new Date(2026, 2, 10, 12);
  const minute = 60;
  const hour = 60 * minute;
  const day = 24 * hour;
  const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000);

  it.each([
    [0, "just now", "刚刚"],
    [minute - 1, "just now", "刚刚"],
    [minute, "1 minute ago", "1分钟前"],
    [2 * minute - 1, "1 minute ago", "1分钟前"],
    [hour - 1, "59 minutes ago", "59分钟前"],
    [hour, "1 hour ago", "1小时前"],
    [day - 1, "23 hours ago", "23小时前"],
    [day, "yesterday", "昨天"],
    [3 * day, "3 days ago", "3天前"],
    [31 * day - 1, "30 days ago", "30天前"],
    [31 * day, "February 7, 2026", "2026年2月7日"],
    // Another process's clock may be a little ahead.
    [-20, "just now", "刚刚"],
    [-2 * minute, "in 2 minutes", "2分钟后"],
  ])("turns %i s ago into %s and %s", (seconds, en, zh) => {
    expect(relativeTime(secondsAgo(seconds), now, "en")).toBe(en);
    expect(relativeTime(secondsAgo(seconds), now, "zh")).toBe(zh);
  });
});

describe("longDate", () => {
  it("names the day in the language", () => {
    const noon = new Date(2026, 2, 10, 12);
    expect([longDate(noon, "en"), longDate(noon, "zh")]).toEqual(["March 10, 2026", "2026年3月10日"]);
  });
});
