import { describe, expect, it } from "vitest";
import { deviceName, isPhone } from "../src/account/devices.js";
import { accountTextsOf } from "../src/account/texts.js";
import { dateAndTime, relativeTime } from "../src/account/times.js";

describe("relativeTime", () => {
  const now = new Date("2026-03-10T12:00:00Z");
  const minute = 60;
  const hour = 60 * minute;
  const day = 24 * hour;
  const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

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
    // The server's clock may be a little ahead of the browser's.
    [-20, "just now", "刚刚"],
    [-2 * minute, "in 2 minutes", "2分钟后"],
  ])("turns %i s ago into %s and %s", (seconds, en, zh) => {
    expect(relativeTime(secondsAgo(seconds), now, "en", "just now")).toBe(en);
    expect(relativeTime(secondsAgo(seconds), now, "zh-CN", "刚刚")).toBe(zh);
  });
});

describe("dateAndTime", () => {
  it("shows the day and the minute in the browser's time zone", () => {
    // The time zone of this machine, which a test cannot choose.
    const noon = new Date(2026, 2, 10, 12, 34).toISOString();
    expect(dateAndTime(noon, "en")).toBe("March 10, 2026 at 12:34 PM");
    expect(dateAndTime(noon, "zh-CN")).toBe("2026年3月10日 12:34");
  });
});

describe("deviceName", () => {
  it.each([
    ["wechat", "微信 · iOS", "WeChat · iOS"],
    ["wecom", "企业微信 · iOS", "WeCom · iOS"],
    ["wechat_devtools", "微信开发者工具 · iOS", "WeChat DevTools · iOS"],
    ["mini_program", "微信小程序 · iOS", "Mini Program · iOS"],
    ["browser", "浏览器 · iOS", "Browser · iOS"],
  ] as const)("names the client %s in both languages", (client, zh, en) => {
    expect(deviceName({ client, platform: "ios" }, accountTextsOf.zh)).toBe(zh);
    expect(deviceName({ client, platform: "ios" }, accountTextsOf.en)).toBe(en);
  });

  it.each([
    ["ios", "Browser · iOS", true],
    ["android", "Browser · Android", true],
    ["harmony", "Browser · HarmonyOS", true],
    ["windows", "Browser · Windows", false],
    ["mac", "Browser · Mac", false],
    ["other", "Browser", false],
  ] as const)(
    "names the platform %s as its maker does; that it is a phone: %s, %s",
    (platform, name, phone) => {
      expect(deviceName({ client: "browser", platform }, accountTextsOf.en)).toBe(name);
      expect(isPhone(platform)).toBe(phone);
    },
  );
});
