import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readHomeUrl, safeReturnTo } from "../src/domain/return-to.js";
import { allowedPaths, attacks, internalPaths } from "./support/return-targets.js";

const publicUrl = new URL("https://login.example.com");
const origins = ["https://shop.example.com", "http://localhost:3000"];
const safe = (asked: unknown) => safeReturnTo(asked, { publicUrl, origins });

/** The URL to which a browser at our callback follows this Location. */
const resolve = (location: string) => new URL(location, new URL("/login/wechat/callback", publicUrl));

describe("safeReturnTo", () => {
  it.each(attacks.map((attack) => [JSON.stringify(attack.slice(0, 60)), attack]))(
    "turns %s into the default page [T14]",
    (_, attack) => {
      expect(safe(attack)).toBe("/");
    },
  );

  it.each(internalPaths)("turns our own path %s into the default page [T14]", (loop) => {
    expect(safe(loop)).toBe("/");
  });

  it.each(allowedPaths)("keeps %s as it is", (path) => {
    expect(safe(path)).toBe(path);
  });

  it("keeps Chinese, in the path and in the query", () => {
    expect(decodeURI(safe("/订单/小明🎉?备注=你好#合计"))).toBe("/订单/小明🎉?备注=你好#合计");
  });

  it.each([undefined, null, 1, true, {}, [], ["/orders"], { toString: () => "/orders" }])(
    "turns a value that is not one string into the default page (%j) [T15]",
    (asked) => {
      expect(safe(asked)).toBe("/");
    },
  );

  it("allows a configured origin, compared exactly [T14]", () => {
    expect(safe("https://shop.example.com")).toBe("https://shop.example.com/");
    expect(safe("https://shop.example.com/cart?x=1#top")).toBe("https://shop.example.com/cart?x=1#top");
    expect(safe("https://SHOP.example.com:443/cart")).toBe("https://shop.example.com/cart");
    expect(safe("http://localhost:3000/cart")).toBe("http://localhost:3000/cart");
    expect(safeReturnTo("https://shop.example.com/", { publicUrl, origins: [] })).toBe("/");
  });

  it("allows 2048 characters and no more, even if normalizing would shorten them [T15]", () => {
    const longest = `/${"a".repeat(2047)}`;
    expect(safe(longest)).toBe(longest);
    expect(safe(`${longest}a`)).toBe("/");
    expect(safe(`/${"./".repeat(1100)}orders`)).toBe("/");
  });

  it("decodes four layers of encoding, and refuses more as a disguise [T14]", () => {
    expect(safe("/%25252541")).toBe("/%25252541");
    expect(safe("/%2525252541")).toBe("/");
  });

  it.each(["/%252e", "/%252e%252e", "/a/%252e%252e", "/a/%252e%252e/b", "/%25252e/b"])(
    "refuses dot segments that appear after decoding: %s [T14]",
    (path) => {
      expect(safe(path)).toBe("/");
    },
  );

  it.each(["/help/login", "/a/trpc/b", "/a.b", "/.well-known", "/...", "/a/..b"])(
    "keeps the similar but harmless path %s",
    (path) => {
      expect(safe(path)).toBe(path);
    },
  );

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

  it("leads to this origin or a configured one, for any input [T14]", () => {
    fc.assert(
      fc.property(anything, (asked) => {
        const location = safe(asked);
        const target = resolve(location);
        expect([publicUrl.origin, ...origins]).toContain(target.origin);
        expect(target.username + target.password).toBe("");
        if (target.origin !== publicUrl.origin) return;
        expect(location).toMatch(/^\/(?![/\\])/);
        expect(target.pathname).not.toMatch(/^\/(login|trpc)(\/|$)/i);
      }),
      { numRuns: 3000 },
    );
  });

  it("never throws, and returns a valid header value, for any input [T15]", () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.anything(), fc.string({ unit: "binary" })), (asked) => {
        const location = safe(asked);
        expect(location).toMatch(/^[\x21-\x7e]{1,2048}$/);
        expect(() => new Headers({ location })).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });

  it("keeps the encoded form of a long path short enough for a header [T15]", () => {
    expect(safe(`/${"订".repeat(2000)}`) === "/").toBe(true);
    expect(safe(`/${"订".repeat(200)}`)).toHaveLength(1801);
    expect(safe(`/${"a".repeat(2000)}`)).toHaveLength(2001);
  });

  it("is idempotent, as a retry passes its result in again", () => {
    fc.assert(
      fc.property(anything, (asked) => {
        expect(safe(safe(asked))).toBe(safe(asked));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("readHomeUrl", () => {
  const read = (home: string) => readHomeUrl(home, publicUrl);

  it.each([
    ["/shop?from=login#top", "/shop?from=login#top"],
    ["/login/account", "/login/account"],
    ["https://shop.example.com", "https://shop.example.com/"],
    ["HTTPS://other.example/a?b#c", "https://other.example/a?b#c"],
    ["https://login.example.com/shop?a#b", "/shop?a#b"],
    ["HTTPS://login.example.com/shop", "/shop"],
    ["http://login.example.com/", "http://login.example.com/"],
  ])("takes %s as %s", (home, url) => {
    expect(read(home)).toBe(url);
  });

  it("takes an http address of this server as a path, in development", () => {
    expect(readHomeUrl("http://localhost:4000/shop", new URL("http://localhost:4000"))).toBe("/shop");
  });

  it.each([
    ...["/", "/?a", "/#a", "/.", "https://login.example.com", "https://login.example.com/?a"],
    ...[
      "https://login.example.com/login/wechat",
      "shop",
      "shop.example.com",
      "//shop.example.com",
      "https://",
    ],
    ...[
      "javascript:alert(1)",
      "ftp://shop.example.com/",
      "https:shop",
      "shop?from=https://a.example",
      "https://a:b@shop.example.com/",
      "",
    ],
    ...internalPaths,
  ])("refuses %j, which is no page to land on [T14]", (home) => {
    expect(read(home)).toBeUndefined();
  });
});
