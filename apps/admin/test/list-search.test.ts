import { describe, expect, it } from "vitest";
import type { ErrorsSearch } from "../src/search-params/errors-search.js";
import {
  findActiveFilter,
  nextPage,
  type PagePosition,
  pick,
  previousPage,
  withFilters,
} from "../src/search-params/list-search.js";

describe("a changed filter of a list", () => {
  const search: ErrorsSearch = { view: "log", q: "oAlice", cursor: "c3", open: "01K" };

  it("starts the list at its first page and keeps the other search params", () => {
    expect(withFilters(search, { appId: "wx1" })).toEqual({
      view: "log",
      q: "oAlice",
      appId: "wx1",
      cursor: undefined,
      open: "01K",
    });
  });

  it("removes a filter that is set to undefined", () => {
    expect(withFilters(search, { q: undefined }).q).toBeUndefined();
  });
});

describe("picking search params", () => {
  it("returns the named ones and nothing else", () => {
    const search: ErrorsSearch = { view: "log", q: "oAlice", cursor: "c3" };
    expect(pick(search, ["view"])).toEqual({ view: "log" });
    expect(pick(search, [])).toEqual({});
  });
});

describe("the active filter of an empty list", () => {
  const groups = { filters: ["appId", "endpoint", "errcode"], hasTimeRange: true } as const;
  const log = { filters: ["q", "appId", "endpoint", "errcode"], hasTimeRange: true } as const;

  it("is the filters, then the time range, then nothing", () => {
    expect(findActiveFilter<ErrorsSearch>({ errcode: "40029", range: "all" }, groups)).toBe("filters");
    expect(findActiveFilter<ErrorsSearch>({ errcode: "40029" }, groups)).toBe("filters");
    expect(findActiveFilter<ErrorsSearch>({}, groups)).toBe("range");
    expect(findActiveFilter<ErrorsSearch>({ range: "24h" }, groups)).toBe("range");
    expect(findActiveFilter<ErrorsSearch>({ range: "all" }, groups)).toBeNull();
  });

  it("does not include a text that the view ignores", () => {
    expect(findActiveFilter<ErrorsSearch>({ q: "小明", range: "all" }, groups)).toBeNull();
    expect(findActiveFilter<ErrorsSearch>({ q: "小明", range: "all" }, log)).toBe("filters");
  });

  it("is never the time range in a list without one", () => {
    expect(findActiveFilter<ErrorsSearch>({}, { filters: ["q"] })).toBeNull();
  });

  it("is neither the cursor nor the open drawer", () => {
    expect(findActiveFilter<ErrorsSearch>({ cursor: "c2", open: "01K", range: "all" }, log)).toBeNull();
  });
});

describe("the pages of a list", () => {
  const first: PagePosition = { cursor: undefined, trail: [] };

  it("lead back to the first page through the same cursors", () => {
    const second = nextPage(first, "c2");
    const third = nextPage(second, "c3");
    expect(third).toEqual({ cursor: "c3", trail: ["", "c2"] });
    expect(previousPage(third)).toEqual(second);
    expect(previousPage(second)).toEqual(first);
  });

  it("have the first page before a page whose trail is unknown", () => {
    expect(previousPage({ cursor: "c7", trail: [] })).toEqual(first);
  });
});
