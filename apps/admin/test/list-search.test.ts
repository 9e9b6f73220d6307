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
    expect(withFilters(search, { q: undefined })).toEqual({ view: "log", open: "01K" });
  });
});

describe("picking search params", () => {
  it("returns the named ones and nothing else", () => {
    const search: ErrorsSearch = { view: "log", q: "oAlice", cursor: "c3" };
    expect(pick(search, ["view"])).toEqual({ view: "log" });
    expect(pick(search, [])).toEqual({});
  });
});

describe("findActiveFilter", () => {
  const groups = { filters: ["appId", "endpoint", "errcode"], hasTimeRange: true } as const;
  const log = { filters: ["q", "appId", "endpoint", "errcode"], hasTimeRange: true } as const;

  it("returns the filters if any is set, otherwise the time range, otherwise null", () => {
    expect(findActiveFilter<ErrorsSearch>({ errcode: "40029", range: "all" }, groups)).toBe("filters");
    expect(findActiveFilter<ErrorsSearch>({ errcode: "40029" }, groups)).toBe("filters");
    expect(findActiveFilter<ErrorsSearch>({}, groups)).toBe("range");
    expect(findActiveFilter<ErrorsSearch>({ range: "24h" }, groups)).toBe("range");
    expect(findActiveFilter<ErrorsSearch>({ range: "custom" }, groups)).toBe("range");
    expect(findActiveFilter<ErrorsSearch>({ appId: "", range: "all" }, groups)).toBeNull();
    expect(findActiveFilter<ErrorsSearch>({ range: "all" }, groups)).toBeNull();
  });

  it("ignores a text that the view does not use", () => {
    expect(findActiveFilter<ErrorsSearch>({ q: "小明", range: "all" }, groups)).toBeNull();
    expect(findActiveFilter<ErrorsSearch>({ q: "小明", range: "all" }, log)).toBe("filters");
  });

  it("never returns the time range for a list without one", () => {
    expect(findActiveFilter<ErrorsSearch>({}, { filters: ["q"] })).toBeNull();
  });

  it("ignores the cursor and the open drawer", () => {
    expect(findActiveFilter<ErrorsSearch>({ cursor: "c2", open: "01K", range: "all" }, log)).toBeNull();
  });
});

describe("nextPage and previousPage", () => {
  const first: PagePosition = { cursor: undefined, trail: [] };

  it("lead to a later page and back to the first through the same cursors", () => {
    const second = nextPage(first, "c2");
    const third = nextPage(second, "c3");
    expect(third).toEqual({ cursor: "c3", trail: ["", "c2"] });
    expect(previousPage(third)).toEqual(second);
    expect(previousPage(second)).toEqual(first);
  });

  it("lead back to the first page from a page whose earlier cursors are unknown", () => {
    expect(previousPage({ cursor: "c7", trail: [] })).toEqual(first);
  });
});
