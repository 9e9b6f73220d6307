import { describe, expect, it } from "vitest";
import { formatGroupKey, parseGroupKey } from "../src/pages/errors/group-key.js";
import { routeForHit } from "../src/shell/search-route.js";

describe("routeForHit", () => {
  const request = {
    kind: "request",
    id: "01K",
    at: "2026-11-28T05:00:00.000Z",
    page: "invalid-callback",
  } as const;
  // Failures and sign-ins of all time, not only of the last days: what was pasted may be weeks old.
  it.each([
    [
      { kind: "sign_in", id: "01K" },
      { to: "/sign-ins/$id", params: { id: "01K" } },
    ],
    [
      { kind: "person", userId: "01K" },
      { to: "/people", search: { open: "01K" } },
    ],
    [
      { kind: "failure", id: "01K" },
      { to: "/errors", search: { view: "log", range: "all", open: "01K" } },
    ],
    [
      { kind: "errcode", errcode: "40029" },
      { to: "/errors", search: { range: "all", errcode: "40029" } },
    ],
    [
      { kind: "failures", q: "6923a1f4" },
      { to: "/errors", search: { view: "log", range: "all", q: "6923a1f4" } },
    ],
    [
      { kind: "sign_ins", q: "203.0.113.7" },
      { to: "/sign-ins", search: { range: "all", q: "203.0.113.7" } },
    ],
    [
      { ...request, number: "01K-C" },
      { to: "/requests/$number", params: { number: "01K-C" } },
    ],
    [
      { kind: "people", q: "小明" },
      { to: "/people", search: { q: "小明" } },
    ],
  ] as const)("leads to what was found: %j", (hit, route) => {
    expect(routeForHit(hit)).toEqual(route);
  });
});

describe("the key of an error group in the URL", () => {
  it("parses back to the same group", () => {
    const group = { appId: "wx1", endpoint: "sns/oauth2/access_token", errcode: "-1" };
    expect(formatGroupKey(group)).toBe("wx1~sns/oauth2/access_token~-1");
    expect(parseGroupKey(formatGroupKey(group))).toEqual(group);
  });

  it.each(["", "~~", "wx1~sns/auth", "a~b~c~d", "~b~c", "a~~c", "a~b~", "a~b~c~"])(
    "does not parse from %j",
    (text) => {
      expect(parseGroupKey(text)).toBeNull();
    },
  );
});
