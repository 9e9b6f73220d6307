import { describe, expect, it } from "vitest";
import { alertsSearch } from "../src/search-params/alerts-search.js";
import { auditSearch } from "../src/search-params/audit-search.js";
import { conflictsSearch } from "../src/search-params/conflicts-search.js";
import { errorsSearch } from "../src/search-params/errors-search.js";
import { hostSearch } from "../src/search-params/host-search.js";
import { mergeSearch } from "../src/search-params/merge-search.js";
import { nextSearch } from "../src/search-params/next-search.js";
import { operatorsSearch } from "../src/search-params/operators-search.js";
import { overviewSearch } from "../src/search-params/overview-search.js";
import { peopleSearch } from "../src/search-params/people-search.js";
import { parseQueryString, stringifyQueryString } from "../src/search-params/query-string.js";
import { searchPageSearch } from "../src/search-params/search-page-search.js";
import { signInsSearch } from "../src/search-params/sign-ins-search.js";
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

  it.each([
    ["?q=%E5%B0&%&=&a", { q: "\uFFFD", "%": "", "": "", a: "" }],
    ["?q=%zz", { q: "%zz" }],
    ["?q=first&q=last", { q: "last" }],
    ["?q=a+b%20c", { q: "a b c" }],
    ["?", {}],
    ["", {}],
  ])("is parsed as far as it can be: %j", (query, params) => {
    expect(parseQueryString(query)).toEqual(params);
  });
});

describe("the search params of a list page", () => {
  const long = "x".repeat(200);
  const range = { range: "custom", from: "2026-01-01T08:00:00+08:00", to: "2026-01-02T00:00:00Z" };
  const pages = [
    [
      "people",
      peopleSearch,
      { q: "小明", appId: "wx1", unionid: "yes", status: "blocked", cursor: "c", open: "u" },
    ],
    ["conflicts", conflictsSearch, { view: "merges", cursor: "c", open: "m" }],
    ["tokens", tokensSearch, { q: "a", appId: "wx1", state: "refused", cursor: "c", open: "b", app: "wx2" }],
    [
      "errors",
      errorsSearch,
      {
        view: "log",
        q: "a",
        appId: "wx1",
        endpoint: "sns/auth",
        errcode: "-1",
        ...range,
        cursor: "c",
        open: "f",
        group: "g",
      },
    ],
    [
      "sign-ins",
      signInsSearch,
      { q: "a", outcome: "in_progress", appId: "wx1", userId: "u", ...range, cursor: "c" },
    ],
    ["alerts", alertsSearch, { cursor: "c" }],
    [
      "the audit log",
      auditSearch,
      {
        ...{ operatorId: "o", event: "people.block", target: "u", result: "refused" },
        ...{ ...range, cursor: "c", open: "7" },
      },
    ],
    ["a host application", hostSearch, { webhook: "w", state: "failed", cursor: "c" }],
    ["a merge", mergeSearch, { user: "u", other: "v", q: "a" }],
    ["operators", operatorsSearch, { cursor: "c", open: "o" }],
    ["the overview", overviewSearch, { appId: "wx1", ...range }],
    ["what is searched for", searchPageSearch, { q: "a" }],
  ] as const;

  it.each(pages)("of %s keep all valid values, and nothing else", (_page, search, params) => {
    expect(search.parse({ ...params, utm_source: "chat", __proto__: { q: "x" } })).toEqual(params);
  });

  it.each(pages)("of %s lose each invalid value alone", (_page, search, params) => {
    for (const name of Object.keys(params)) {
      const { [name as never]: _, ...others } = params;
      for (const invalid of ["", "   ", `${long}x`, 7, ["yes"], null]) {
        expect(search.parse({ ...params, [name]: invalid }), `${name}=${invalid}`).toEqual(others);
      }
    }
  });

  it("are trimmed, and may be as long as the api takes them", () => {
    expect(peopleSearch.parse({ q: ` ${long} `, open: long })).toEqual({ q: long, open: long });
  });

  it.each([
    ["errors", "view", errorsSearch, ["groups", "people", "log"]],
    ["errors", "state", errorsSearch, ["open", "regressed", "acknowledged", "muted", "resolved", "all"]],
    ["errors", "sort", errorsSearch, ["last_seen", "first_seen", "people", "events", "trend"]],
    ["errors", "live", errorsSearch, ["on"]],
    ["errors", "range", errorsSearch, ["15m", "1h", "24h", "7d", "30d", "all", "custom"]],
    ["people", "unionid", peopleSearch, ["yes", "no"]],
    ["people", "status", peopleSearch, ["active", "blocked"]],
    ["tokens", "state", tokensSearch, ["fresh", "refreshable", "refused", "dead"]],
    ["the audit log", "result", auditSearch, ["ok", "denied", "refused"]],
    ["a host application", "state", hostSearch, ["pending", "delivered", "failed"]],
    ["sign-ins", "live", signInsSearch, ["on"]],
    [
      "sign-ins",
      "outcome",
      signInsSearch,
      ["signed_in", "refused", "expired", "snapshot", "blocked", "failed", "abandoned", "in_progress"],
    ],
  ] as const)("of %s have fixed values for %s", (_page, name, search, values) => {
    const candidates = [...values, "stale", "table", "1y", "gone", values[0].toUpperCase()];
    const kept = candidates.filter((value) => Object.values(search.parse({ [name]: value })).includes(value));
    expect(kept).toEqual(values);
  });

  it.each([
    ["2026-03-01T09:30:00Z", true],
    ["2026-03-01T09:30:00.123+08:00", true],
    ["2026-03-01T09:30:00", false],
    ["2026-03-01", false],
    ["2026-02-30T00:00:00Z", false],
    ["yesterday", false],
  ])("take a time with its zone: %s is %s", (from, isValid) => {
    expect(errorsSearch.parse({ from })).toEqual(isValid ? { from } : {});
  });
});

describe("nextSearch, which names the page to open after signing in", () => {
  it("accepts a path inside the console", () => {
    expect(nextSearch.parse({ next: "/errors?view=log&q=a%20b" })).toEqual({
      next: "/errors?view=log&q=a%20b",
    });
  });

  it.each(["/", "/people", `/${"x".repeat(1999)}`])("accepts %j", (next) => {
    expect(nextSearch.parse({ next })).toEqual({ next });
  });

  it.each([
    "//evil.example",
    "/\\evil.example",
    "/people\\..",
    "https://evil.example",
    "javascript:alert(1)",
    "people",
    "/a\n/b",
    "/a b",
    `/${"x".repeat(2000)}`,
    "",
  ])("drops the address %j", (next) => {
    expect(nextSearch.parse({ next })).toEqual({});
  });
});

describe("a time range", () => {
  const now = Date.parse("2026-03-01T12:00:42.123Z");

  it.each([
    [undefined, "2026-02-22T12:00:00.000Z"],
    ["15m", "2026-03-01T11:45:00.000Z"],
    ["1h", "2026-03-01T11:00:00.000Z"],
    ["24h", "2026-02-28T12:00:00.000Z"],
    ["7d", "2026-02-22T12:00:00.000Z"],
    ["30d", "2026-01-30T12:00:00.000Z"],
  ] as const)("of %s starts on a whole minute and ends now", (range, from) => {
    // What a custom range left in the address does not count.
    expect(rangeBounds({ range, from: "2020-01-01T00:00:00Z", to: "2020-01-02T00:00:00Z" }, now)).toEqual({
      from,
    });
  });

  it("keeps its bounds for the rest of the minute, so that two visits share a query key", () => {
    expect(rangeBounds({ range: "15m" }, now + 17_876)).toEqual({ from: "2026-03-01T11:45:00.000Z" });
    expect(rangeBounds({ range: "15m" }, now + 17_877)).toEqual({ from: "2026-03-01T11:46:00.000Z" });
  });

  it("has no bounds for all time, even when the URL still has some", () => {
    expect(rangeBounds({ range: "all", from: "2026-01-01T00:00:00Z" }, now)).toEqual({});
  });

  it("uses custom bounds, each of which may be missing", () => {
    expect(rangeBounds({ range: "custom", from: "2026-01-01T08:00:00+08:00" }, now)).toEqual({
      from: "2026-01-01T00:00:00.000Z",
    });
    expect(rangeBounds({ range: "custom", to: "2026-01-01T08:00:00+08:00" }, now)).toEqual({
      to: "2026-01-01T00:00:00.000Z",
    });
    expect(rangeBounds({ range: "custom" }, now)).toEqual({});
  });
});
