import { describe, expect, it } from "vitest";
import { PasskeyError } from "../src/api/passkey-error.js";
import { avatarSource } from "../src/format/avatar-source.js";
import { niceTop } from "../src/format/nice-top.js";
import { ownPlatform } from "../src/format/own-platform.js";
import { isLongEnough } from "../src/format/password-rule.js";
import { cleanPastedText, initial, nicknameInTitle, shortenMiddle, visibleText } from "../src/format/text.js";
import { formatExactTime, measuredDuration, splitDuration } from "../src/format/time.js";
import { isTotpCode } from "../src/format/totp-code.js";

describe("a code of an authenticator app", () => {
  it.each(["123456", "123 456", " 012345\n"])("has six digits: %j", (text) => {
    expect(isTotpCode(text)).toBe(true);
  });

  it.each(["", "12345", "1234567", "12345a", "１２３４５６"])("is nothing else: %j", (text) => {
    expect(isTotpCode(text)).toBe(false);
  });
});

describe("why a browser gave no passkey", () => {
  it.each([
    ["NotAllowedError", "cancelled"],
    ["AbortError", "cancelled"],
    ["InvalidStateError", "added"],
    ["SecurityError", "failed"],
  ])("is told by the name of its error: %s", (name, problem) => {
    const cause = Object.assign(new Error("no"), { name });
    const error = PasskeyError.of(cause);
    expect([error.name, error.problem, error.cause, error.message]).toEqual([
      ...["PasskeyError", problem, cause, `The browser gave no passkey: ${problem}`],
    ]);
  });

  it("is unknown for what is no error", () => {
    expect(PasskeyError.of("NotAllowedError").problem).toBe("failed");
  });
});

describe("a shortened id", () => {
  it("is whole as long as the dots would save nothing", () => {
    expect(shortenMiddle("wx12345678901")).toBe("wx12345678901");
    expect(shortenMiddle("wx123456789012")).toBe("wx12…56789012");
  });

  it("has more of the tail, where ids differ", () => {
    expect(shortenMiddle("oT4xQ5cGVyc29uMXdlY2hhdGRlbW8")).toBe("oT4x…hdGRlbW8");
  });

  it("has no half characters", () => {
    expect(shortenMiddle("🌸".repeat(20), 2, 2)).toBe("🌸🌸…🌸🌸");
  });
});

describe("a nickname", () => {
  it.each(["   ", "\u200B\u200D", "\u3164", "\u2800\u2800", "\u202E"])(
    "counts as absent without a visible character: %j",
    (text) => {
      expect(visibleText(text)).toBeNull();
      expect(initial(text)).toBe("?");
    },
  );

  it("stays unchanged with a visible character", () => {
    expect(visibleText("\u202E 小明")).toBe("\u202E 小明");
    expect(initial("\u202E 小明")).toBe("小");
    expect(initial("alice")).toBe("A");
    expect(initial("🌸 flower")).toBe("🌸");
    expect(initial(null)).toBe("?");
  });

  it("turns no word beside it in a title", () => {
    const turning = "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069";
    expect(nicknameInTitle(`${turning}小${turning}明`)).toBe("小明");
    expect(nicknameInTitle("علي")).toBe("علي");
    expect([nicknameInTitle(turning), nicknameInTitle(null)]).toEqual([null, null]);
  });
});

describe("an avatar", () => {
  it("is shown from this server", () => {
    for (const address of ["/admin/avatars/01M8X7C0ZZ0000000000000000?v=0a1b2c3d", "/admin/avatars/01M8"]) {
      expect(avatarSource(address)).toBe(address);
    }
    expect(avatarSource(null)).toBeNull();
  });

  it.each([
    "https://thirdwx.qlogo.cn/mmopen/vi_32/a/132",
    "http://127.0.0.1:4010/mmopen/vi_32/simulated-alice/132",
    "//evil.example/admin/avatars/01M8",
    "https://evil.example/admin/avatars/01M8",
    "/admin/avatars/../export/people",
    "/admin/avatars/01M8?v=0&x",
    "/admin/avatars/",
    "javascript:alert(1)",
    "data:image/svg+xml,<svg/>",
    "/132",
    "",
  ])("is not shown from %j", (url) => {
    expect(avatarSource(url)).toBeNull();
  });
});

describe("a measured time", () => {
  it.each([
    [0, { unit: "milliseconds", milliseconds: 0 }],
    [87.4, { unit: "milliseconds", milliseconds: 87 }],
    [999, { unit: "milliseconds", milliseconds: 999 }],
    [999.6, { unit: "milliseconds", milliseconds: 1000 }],
    [1000, { unit: "seconds", seconds: "1.00" }],
    [1240, { unit: "seconds", seconds: "1.24" }],
    [59_999, { unit: "seconds", seconds: "60.00" }],
    [60_000, { unit: "minutes", minutes: 1, seconds: 0 }],
    [125_000, { unit: "minutes", minutes: 2, seconds: 5 }],
    [125_600, { unit: "minutes", minutes: 2, seconds: 6 }],
  ])("(%d ms) is split into %j", (milliseconds, duration) => {
    expect(measuredDuration(milliseconds)).toEqual(duration);
  });
});

describe("an exact time", () => {
  const date = new Date("2026-11-22T16:35:05Z");

  it("includes its time zone", () => {
    expect(formatExactTime(date, "Asia/Shanghai")).toBe("2026-11-23 00:35:05 GMT+8");
    expect(formatExactTime(date, "UTC")).toBe("2026-11-22 16:35:05 UTC");
    // Midnight is 00, not 24.
    expect(formatExactTime(new Date("2026-01-02T00:00:09Z"), "UTC")).toBe("2026-01-02 00:00:09 UTC");
  });
});

describe("a countdown", () => {
  it.each([
    [3_599_999, { unit: "minutes", minutes: 59, seconds: 59 }],
    [3_600_000, { unit: "hours", hours: 1, minutes: 0 }],
    [86_399_999, { unit: "hours", hours: 23, minutes: 59 }],
    [86_400_000, { unit: "days", days: 1, hours: 0 }],
    [93_600_000, { unit: "days", days: 1, hours: 2 }],
    [59_999, { unit: "seconds", seconds: 59 }],
    [60_000, { unit: "minutes", minutes: 1, seconds: 0 }],
    [6_720_000, { unit: "hours", hours: 1, minutes: 52 }],
    [2_592_000_000, { unit: "days", days: 30, hours: 0 }],
    [61_000, { unit: "minutes", minutes: 1, seconds: 1 }],
    [999, { unit: "seconds", seconds: 0 }],
    [-5, { unit: "seconds", seconds: 0 }],
  ])("(%d ms) shows its two largest units", (milliseconds, duration) => {
    expect(splitDuration(milliseconds)).toEqual(duration);
  });
});

describe("text pasted into the search box", () => {
  it("loses the invisible characters that chat programs add", () => {
    expect(cleanPastedText("\uFEFF 01KAQ\u200B00501 \n")).toBe("01KAQ00501");
  });

  it("becomes null if it has only blanks and invisible characters", () => {
    expect(cleanPastedText(" \u200B ")).toBeNull();
  });

  it("is cut to the api's limit", () => {
    expect(cleanPastedText("x".repeat(5000))).toHaveLength(200);
  });
});

describe("the length of a password", () => {
  it("is counted in characters, not in bytes or UTF-16 units", () => {
    expect(isLongEnough("密码密码密码密码")).toBe(true);
    expect(isLongEnough("密码密码密码密")).toBe(false);
    expect(isLongEnough("🌸🌸🌸🌸")).toBe(false);
    expect(isLongEnough("x".repeat(300))).toBe(true);
  });
});

describe("the system that a browser says it runs on", () => {
  it.each([
    ["windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"],
    ["mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"],
    ["ios", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"],
    ["ios", "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X)"],
    ["android", "Mozilla/5.0 (Linux; Android 14; Pixel 8)"],
    ["harmony", "Mozilla/5.0 (Phone; OpenHarmony 5.0) Android 12"],
    [undefined, "Mozilla/5.0 (X11; Linux x86_64)"],
  ])("is %s: %s", (platform, userAgent) => {
    expect(ownPlatform(userAgent)).toBe(platform);
  });
});

describe("the top of a chart's scale", () => {
  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 3],
    [7, 8],
    [9, 10],
    [10, 10],
    [11, 15],
    [101, 150],
    [151, 200],
    [201, 300],
    [301, 400],
    [401, 500],
    [501, 600],
    [601, 800],
    [801, 1000],
    [999, 1000],
    [1203, 1500],
  ])("is round and at least the highest bar: for %d it is %d", (highest, top) => {
    expect(niceTop(highest)).toBe(top);
  });
});
