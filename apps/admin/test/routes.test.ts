import { describe, expect, it } from "vitest";
import { readGroupKey, writeGroupKey } from "../src/pages/errors/group-key.js";
import { narrowedBy } from "../src/pages/errors/narrowed-by.js";
import { routeForHit } from "../src/shell/search-route.js";

describe("what the search recognised", () => {
  it("opens a sign-in on its own page", () => {
    expect(routeForHit({ kind: "sign_in", id: "01K" })).toEqual({
      to: "/sign-ins/$id",
      params: { id: "01K" },
    });
  });

  it("opens a person over the list of people", () => {
    expect(routeForHit({ kind: "person", userId: "01K" })).toEqual({
      to: "/people",
      search: { open: "01K" },
    });
  });

  it("looks for errors in all time, not in the last days", () => {
    expect(routeForHit({ kind: "failure", id: "01K" }).search).toEqual({
      view: "log",
      range: "all",
      open: "01K",
    });
    expect(routeForHit({ kind: "errcode", errcode: "40029" }).search).toEqual({
      range: "all",
      errcode: "40029",
    });
    expect(routeForHit({ kind: "failures", q: "6923a1f4" }).search).toMatchObject({
      range: "all",
      q: "6923a1f4",
    });
  });

  it("falls back to a search among people", () => {
    expect(routeForHit({ kind: "people", q: "小明" })).toEqual({ to: "/people", search: { q: "小明" } });
  });
});

describe("the address of an error group", () => {
  it("leads back to the group", () => {
    const group = { appId: "wx1", endpoint: "sns/oauth2/access_token", errcode: "-1" };
    expect(readGroupKey(writeGroupKey(group))).toEqual(group);
  });

  it.each(["", "~~", "wx1~sns/auth", "a~b~c~d"])("names no group when it is %j", (text) => {
    expect(readGroupKey(text)).toBeNull();
  });
});

describe("why a list of errors is empty", () => {
  it("may be the filters, then the time range, then that nothing ever failed", () => {
    expect(narrowedBy({ errcode: "40029", range: "all" })).toBe("filters");
    expect(narrowedBy({})).toBe("range");
    expect(narrowedBy({ range: "all" })).toBe("nothing");
  });

  it("is no text that the groups view does not look at", () => {
    expect(narrowedBy({ q: "小明", range: "all" })).toBe("nothing");
    expect(narrowedBy({ q: "小明", range: "all", view: "log" })).toBe("filters");
  });
});
