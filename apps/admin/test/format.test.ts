import { describe, expect, it } from "vitest";
import { avatarSource } from "../src/format/avatar-source.js";
import { formatMilliseconds, splitSpan } from "../src/format/duration.js";
import { isLongEnough } from "../src/format/password-rule.js";
import { cleanPastedText } from "../src/format/pasted-text.js";
import { shortenMiddle } from "../src/format/shorten.js";
import { initials, visibleText } from "../src/format/text.js";
import { formatExactTime } from "../src/format/time.js";

describe("a shortened id", () => {
  it("keeps a short id whole", () => {
    expect(shortenMiddle("wx12345678901")).toBe("wx12345678901");
  });

  it("keeps more of the tail, where ids differ", () => {
    expect(shortenMiddle("oT4xQ5cGVyc29uMXdlY2hhdGRlbW8")).toBe("oT4x…hdGRlbW8");
  });

  it("never halves a character", () => {
    expect(shortenMiddle("🌸".repeat(20), 2, 2)).toBe("🌸🌸…🌸🌸");
  });
});

describe("a nickname", () => {
  it.each(["   ", "\u200B\u200D", "\u3164", "\u2800\u2800", "\u202E"])(
    "is no name when nothing shows: %j",
    (text) => {
      expect(visibleText(text)).toBeNull();
      expect(initials(text)).toBe("?");
    },
  );

  it("stays as its owner wrote it when something does", () => {
    expect(visibleText("\u202E 小明")).toBe("\u202E 小明");
    expect(initials("\u202E 小明")).toBe("小");
    expect(initials("alice")).toBe("A");
    expect(initials("🌸 flower")).toBe("🌸");
    expect(initials(null)).toBe("?");
  });
});

describe("an avatar", () => {
  it("is shown from WeChat's picture hosts over https", () => {
    const url = "https://thirdwx.qlogo.cn/mmopen/vi_32/a/132";
    expect(avatarSource(url)).toBe(url);
  });

  it.each([
    "http://thirdwx.qlogo.cn/a",
    "https://thirdwx.qlogo.cn.evil.example/a",
    "https://thirdwx.qlogo.cn:8443/a",
    "https://thirdwx.qlogo.cn@evil.example/a",
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
    [0, "0 ms"],
    [87.4, "87 ms"],
    [1240, "1.24 s"],
    [125_000, "2 min 5 s"],
  ])("of %d ms reads %s", (milliseconds, text) => {
    expect(formatMilliseconds(milliseconds)).toBe(text);
  });
});

describe("an exact time", () => {
  const date = new Date("2026-11-22T16:35:05Z");

  it("names the clock it is read from", () => {
    expect(formatExactTime(date, "Asia/Shanghai")).toBe("2026-11-23 00:35:05 GMT+8");
    expect(formatExactTime(date, "UTC")).toBe("2026-11-22 16:35:05 UTC");
  });
});

describe("a countdown", () => {
  it.each([
    [6_720_000, { unit: "hours", hours: 1, minutes: 52 }],
    [2_592_000_000, { unit: "days", days: 30, hours: 0 }],
    [61_000, { unit: "minutes", minutes: 1, seconds: 1 }],
    [999, { unit: "seconds", seconds: 0 }],
    [-5, { unit: "seconds", seconds: 0 }],
  ])("of %d ms is told in its two largest units", (milliseconds, span) => {
    expect(splitSpan(milliseconds)).toEqual(span);
  });
});

describe("what is pasted into the search box", () => {
  it("loses the dust of chat programs", () => {
    expect(cleanPastedText("\uFEFF 01KAQ\u200B00501 \n")).toBe("01KAQ00501");
  });

  it("is nothing when only dust was there", () => {
    expect(cleanPastedText(" \u200B ")).toBeNull();
  });

  it("is cut to what the api looks at", () => {
    expect(cleanPastedText("x".repeat(5000))).toHaveLength(200);
  });
});

describe("a password", () => {
  it("is counted in characters", () => {
    expect(isLongEnough("密码密码密码密码")).toBe(true);
    expect(isLongEnough("🌸🌸🌸🌸")).toBe(false);
    expect(isLongEnough("x".repeat(300))).toBe(true);
  });
});
