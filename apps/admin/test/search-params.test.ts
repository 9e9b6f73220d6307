import { describe, expect, it } from "vitest";
import { errorsSearch } from "../src/search-params/errors-search.js";
import { nextSearch } from "../src/search-params/next-search.js";
import { peopleSearch } from "../src/search-params/people-search.js";
import { parseQueryString, stringifyQueryString } from "../src/search-params/query-string.js";
import { rangeBounds } from "../src/search-params/time-range.js";
import { tokensSearch } from "../src/search-params/tokens-search.js";

describe("the query string", () => {
  it("keeps an errcode as plain text", () => {
    expect(parseQueryString("?errcode=40029&q=-1")).toEqual({ errcode: "40029", q: "-1" });
    expect(stringifyQueryString({ errcode: "40029" })).toBe("?errcode=40029");
  });

  it("omits params that are not set", () => {
    expect(stringifyQueryString({ q: undefined, cursor: "", open: 3 })).toBe("");
  });

  it("keeps any nickname through encoding and decoding", () => {
    const q = "小明 & #1 = 100% 🌸";
    expect(parseQueryString(stringifyQueryString({ q }))).toEqual({ q });
  });

  it("is parsed even if it has broken escapes", () => {
    expect(() => parseQueryString("?q=%E5%B0&%&=&a")).not.toThrow();
  });
});

describe("the search params of a list page", () => {
  it("keep valid filters", () => {
    const address = { q: " 小明 ", appId: "wx1", unionid: "yes", status: "blocked", cursor: "c", open: "u" };
    expect(peopleSearch.parse(address)).toEqual({ ...address, q: "小明" });
  });

  it("lose only the filters that are invalid", () => {
    expect(peopleSearch.parse({ q: "   ", status: "gone", unionid: ["yes"], appId: "wx1" })).toEqual({
      appId: "wx1",
    });
    expect(tokensSearch.parse({ state: "stale", open: "x".repeat(201) })).toEqual({});
    expect(errorsSearch.parse({ view: "table", range: "1y", from: "yesterday", to: "2026-02-30" })).toEqual(
      {},
    );
  });

  it("lose unknown parameters", () => {
    expect(peopleSearch.parse({ __proto__: { q: "x" }, utm_source: "chat", q: "小明" })).toEqual({
      q: "小明",
    });
  });
});

describe("nextSearch, which names the page to open after signing in", () => {
  it("accepts a path inside the console", () => {
    expect(nextSearch.parse({ next: "/errors?view=log&q=a%20b" })).toEqual({
      next: "/errors?view=log&q=a%20b",
    });
  });

  it.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\n/b", ""])(
    "drops the address %j",
    (next) => {
      expect(nextSearch.parse({ next })).toEqual({});
    },
  );
});

describe("a time range", () => {
  const now = Date.parse("2026-03-01T12:00:42.123Z");

  it("defaults to the last seven days", () => {
    expect(rangeBounds({}, now)).toEqual({ from: "2026-02-22T12:00:00.000Z" });
  });

  it("starts on a whole minute, so that two visits share a query key", () => {
    expect(rangeBounds({ range: "15m" }, now)).toEqual(rangeBounds({ range: "15m" }, now + 10_000));
  });

  it("has no bounds for all time, even when the URL still has some", () => {
    expect(rangeBounds({ range: "all", from: "2026-01-01T00:00:00Z" }, now)).toEqual({});
  });

  it("uses custom bounds, each of which may be missing", () => {
    expect(rangeBounds({ range: "custom", from: "2026-01-01T08:00:00+08:00" }, now)).toEqual({
      from: "2026-01-01T00:00:00.000Z",
    });
    expect(rangeBounds({ range: "custom" }, now)).toEqual({});
  });
});
