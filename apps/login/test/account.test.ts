import { describe, expect, it } from "vitest";
import { deviceName } from "../src/account/devices.js";
import { accountTextsOf } from "../src/account/texts.js";
import { relativeTime } from "../src/account/times.js";

describe("relativeTime", () => {
  const now = new Date("2026-03-10T12:00:00Z");

  it.each([
    ["2026-03-10T11:59:30Z", "just now"],
    ["2026-03-10T11:57:00Z", "3 minutes ago"],
    ["2026-03-10T09:30:00Z", "2 hours ago"],
    ["2026-03-09T11:00:00Z", "yesterday"],
    ["2026-02-10T12:00:00Z", "28 days ago"],
  ])("turns %s into %s", (iso, text) => {
    expect(relativeTime(iso, now, "en", "just now")).toBe(text);
  });

  it("returns a date after a month", () => {
    expect(relativeTime("2026-01-05T12:00:00Z", now, "en", "just now")).toBe("January 5, 2026");
  });

  it("returns 'just now' when the server's clock is a little ahead of the browser's", () => {
    expect(relativeTime("2026-03-10T12:00:20Z", now, "en", "just now")).toBe("just now");
  });
});

describe("deviceName", () => {
  it("joins the client and the platform", () => {
    expect(deviceName({ client: "wechat", platform: "ios" }, accountTextsOf.zh)).toBe("微信 · iOS");
    expect(deviceName({ client: "browser", platform: "windows" }, accountTextsOf.en)).toBe(
      "Browser · Windows",
    );
  });

  it("returns the client alone when the platform is unknown", () => {
    expect(deviceName({ client: "browser", platform: "other" }, accountTextsOf.en)).toBe("Browser");
  });
});
