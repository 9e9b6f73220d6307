import { describe, expect, it } from "vitest";
import { formatGroupKey, parseGroupKey } from "../src/pages/errors/group-key.js";
import { routeForHit } from "../src/shell/search-route.js";

describe("routeForHit", () => {
  it("returns the sign-in's own page", () => {
    expect(routeForHit({ kind: "sign_in", id: "01K" })).toEqual({
      to: "/sign-ins/$id",
      params: { id: "01K" },
    });
  });

  it("returns the list of people with the person open", () => {
    expect(routeForHit({ kind: "person", userId: "01K" })).toEqual({
      to: "/people",
      search: { open: "01K" },
    });
  });

  it("returns failures of all time, not only of the last days", () => {
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

  it("returns a page of its own for a request that began no sign-in", () => {
    const hit = { kind: "request", number: "01K-C", id: "01K", at: "2026-11-28T05:00:00.000Z" } as const;
    expect(routeForHit({ ...hit, page: "invalid-callback" })).toEqual({
      to: "/requests/$number",
      params: { number: "01K-C" },
    });
  });

  it("returns a search for people if nothing else matches", () => {
    expect(routeForHit({ kind: "people", q: "小明" })).toEqual({ to: "/people", search: { q: "小明" } });
  });
});

describe("the key of an error group in the URL", () => {
  it("parses back to the same group", () => {
    const group = { appId: "wx1", endpoint: "sns/oauth2/access_token", errcode: "-1" };
    expect(parseGroupKey(formatGroupKey(group))).toEqual(group);
  });

  it.each(["", "~~", "wx1~sns/auth", "a~b~c~d"])("does not parse from %j", (text) => {
    expect(parseGroupKey(text)).toBeNull();
  });
});
