import { describe, expect, it } from "vitest";
import { errorsSearch } from "../src/search-params/errors-search.js";
import { nextSearch } from "../src/search-params/next-search.js";
import { peopleSearch } from "../src/search-params/people-search.js";
import { parseQueryString, stringifyQueryString } from "../src/search-params/query-string.js";
import { rangeBounds } from "../src/search-params/time-range.js";
import { tokensSearch } from "../src/search-params/tokens-search.js";

describe("an address", () => {
  it("keeps an errcode a text, as a person types it", () => {
    expect(parseQueryString("?errcode=40029&q=-1")).toEqual({ errcode: "40029", q: "-1" });
    expect(stringifyQueryString({ errcode: "40029" })).toBe("?errcode=40029");
  });

  it("leaves out what is not set", () => {
    expect(stringifyQueryString({ q: undefined, cursor: "", open: 3 })).toBe("");
  });

  it("carries any nickname there and back", () => {
    const q = "小明 & #1 = 100% 🌸";
    expect(parseQueryString(stringifyQueryString({ q }))).toEqual({ q });
  });

  it("survives broken escapes", () => {
    expect(() => parseQueryString("?q=%E5%B0&%&=&a")).not.toThrow();
  });
});

describe("the filters in an address", () => {
  it("are taken when they make sense", () => {
    const address = { q: " 小明 ", appId: "wx1", unionid: "yes", status: "blocked", cursor: "c", open: "u" };
    expect(peopleSearch.parse(address)).toEqual({ ...address, q: "小明" });
  });

  it("fall back one by one when they do not", () => {
    expect(peopleSearch.parse({ q: "   ", status: "gone", unionid: ["yes"], appId: "wx1" })).toEqual({
      appId: "wx1",
    });
    expect(tokensSearch.parse({ state: "stale", open: "x".repeat(201) })).toEqual({});
    expect(errorsSearch.parse({ view: "table", range: "1y", from: "yesterday", to: "2026-02-30" })).toEqual(
      {},
    );
  });

  it("forget parameters nobody knows", () => {
    expect(peopleSearch.parse({ __proto__: { q: "x" }, utm_source: "chat", q: "小明" })).toEqual({
      q: "小明",
    });
  });
});

describe("where to go after signing in", () => {
  it("is an address inside the console", () => {
    expect(nextSearch.parse({ next: "/errors?view=log&q=a%20b" })).toEqual({
      next: "/errors?view=log&q=a%20b",
    });
  });

  it.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\n/b", ""])(
    "is never %j",
    (next) => {
      expect(nextSearch.parse({ next })).toEqual({});
    },
  );
});

describe("a time range", () => {
  const now = Date.parse("2026-03-01T12:00:42.123Z");

  it("is the last seven days when none is named", () => {
    expect(rangeBounds({}, now)).toEqual({ from: "2026-02-22T12:00:00.000Z" });
  });

  it("starts on a whole minute, so that two looks ask one question", () => {
    expect(rangeBounds({ range: "15m" }, now)).toEqual(rangeBounds({ range: "15m" }, now + 10_000));
  });

  it("has no bounds for all time, even if some are left in the address", () => {
    expect(rangeBounds({ range: "all", from: "2026-01-01T00:00:00Z" }, now)).toEqual({});
  });

  it("passes an operator's own bounds on, open at either end", () => {
    expect(rangeBounds({ range: "custom", from: "2026-01-01T08:00:00+08:00" }, now)).toEqual({
      from: "2026-01-01T00:00:00.000Z",
    });
    expect(rangeBounds({ range: "custom" }, now)).toEqual({});
  });
});
