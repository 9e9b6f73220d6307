import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { safeReturnTo } from "../src/domain/return-to.js";
import { allowedPaths, attacks, internalPaths } from "./support/return-targets.js";

const publicUrl = new URL("https://login.example.com");
const origins = ["https://shop.example.com", "http://localhost:3000"];
const safe = (asked: unknown) => safeReturnTo(asked, { publicUrl, origins });

/** Where a browser that stands on our callback goes by this Location. */
const landingOf = (location: string) => new URL(location, new URL("/login/wechat/callback", publicUrl));

describe("safeReturnTo", () => {
  it.each(attacks.map((attack) => [JSON.stringify(attack.slice(0, 60)), attack]))(
    "T14: turns %s into the default page",
    (_, attack) => {
      expect(safe(attack)).toBe("/");
    },
  );

  it.each(internalPaths)("T14: does not lead into the machinery itself: %s", (loop) => {
    expect(safe(loop)).toBe("/");
  });

  it.each(allowedPaths)("keeps %s as it is", (path) => {
    expect(safe(path)).toBe(path);
  });

  it("keeps Chinese, in the path and in the query", () => {
    expect(decodeURI(safe("/订单/小明🎉?备注=你好#合计"))).toBe("/订单/小明🎉?备注=你好#合计");
  });

  it.each([undefined, null, 1, true, {}, [], ["/orders"], { toString: () => "/orders" }])(
    "T15: turns what is not one text into the default page (%j)",
    (asked) => {
      expect(safe(asked)).toBe("/");
    },
  );

  it("T14: goes to a configured origin, which is compared whole", () => {
    expect(safe("https://shop.example.com")).toBe("https://shop.example.com/");
    expect(safe("https://shop.example.com/cart?x=1#top")).toBe("https://shop.example.com/cart?x=1#top");
    expect(safe("https://SHOP.example.com:443/cart")).toBe("https://shop.example.com/cart");
    expect(safe("http://localhost:3000/cart")).toBe("http://localhost:3000/cart");
    expect(safeReturnTo("https://shop.example.com/", { publicUrl, origins: [] })).toBe("/");
  });

  it("T15: takes 2048 characters, and not one more, even where fewer would be left of them", () => {
    const longest = `/${"a".repeat(2047)}`;
    expect(safe(longest)).toBe(longest);
    expect(safe(`${longest}a`)).toBe("/");
    expect(safe(`/${"./".repeat(1100)}orders`)).toBe("/");
  });

  it("T14: undoes four layers of encoding, and takes what has more for a disguise", () => {
    expect(safe("/%25252541")).toBe("/%25252541");
    expect(safe("/%2525252541")).toBe("/");
  });

  it.each(["/%252e", "/%252e%252e", "/a/%252e%252e", "/a/%252e%252e/b", "/%25252e/b"])(
    "T14: leads nowhere by dots that show once it is decoded: %s",
    (path) => {
      expect(safe(path)).toBe("/");
    },
  );

  it.each(["/help/login", "/a/trpc/b", "/a.b", "/.well-known", "/...", "/a/..b"])("keeps %s, too", (path) => {
    expect(safe(path)).toBe(path);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      "/",
      "\\",
      "//",
      ".",
      "..",
      "@",
      ":",
      "?",
      "#",
      "%2f",
      "%5c",
      "%2e",
      "%25",
      "%00",
      "\t",
      "\n",
    ),
    fc.constantFrom(
      "https:",
      "javascript:",
      "evil.example",
      "shop.example.com",
      "login.example.com",
      "login",
      ";",
    ),
    fc.constantFrom("\u2028", "\uff0f", "\u3002", "\ud800", "\u200b", "\u0085", "\u202e", "订单", "🎉"),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  const anything = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
    fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`),
    fc.array(piece, { maxLength: 8 }).map((pieces) => `https://shop.example.com${pieces.join("")}`),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
  );

  it("T14: lands on this origin or a configured one, whatever was asked for", () => {
    fc.assert(
      fc.property(anything, (asked) => {
        const location = safe(asked);
        const landing = landingOf(location);
        expect([publicUrl.origin, ...origins]).toContain(landing.origin);
        expect(landing.username + landing.password).toBe("");
        if (landing.origin !== publicUrl.origin) return;
        expect(location).toMatch(/^\/(?![/\\])/);
        expect(landing.pathname).not.toMatch(/^\/(login|trpc)(\/|$)/i);
      }),
      { numRuns: 3000 },
    );
  });

  it("T15: never throws, and gives what fits into a header", () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.anything(), fc.string({ unit: "binary" })), (asked) => {
        const location = safe(asked);
        expect(location).toMatch(/^[\x21-\x7e]{1,2048}$/);
        expect(() => new Headers({ location })).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });

  it("T15: keeps a long path short enough for its way through headers, however it is spelled", () => {
    expect(safe(`/${"订".repeat(2000)}`) === "/").toBe(true);
    expect(safe(`/${"订".repeat(200)}`)).toHaveLength(1801);
    expect(safe(`/${"a".repeat(2000)}`)).toHaveLength(2001);
  });

  it("gives the same when asked again with its own answer, as a retry does", () => {
    fc.assert(
      fc.property(anything, (asked) => {
        expect(safe(safe(asked))).toBe(safe(asked));
      }),
      { numRuns: 2000 },
    );
  });
});
