import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostReturnTo, readHomeUrl, safeReturnTo, withParameter } from "../src/domain/return-to.js";
import { allowedPaths, attacks, internalPaths } from "./support/return-targets.js";

const publicUrl = new URL("https://login.example.com");
const safe = (asked: unknown) => safeReturnTo(asked, publicUrl);

/** The URL to which a browser at our callback follows this Location. */
const resolve = (location: string) => new URL(location, new URL("/login/wechat/callback", publicUrl));

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

  it("leads to this origin, for any input [T14]", () => {
    fc.assert(
      fc.property(anything, (asked) => {
        const location = safe(asked);
        const target = resolve(location);
        expect(target.origin).toBe(publicUrl.origin);
        expect(target.username + target.password).toBe("");
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

describe("hostReturnTo", () => {
  const shop = {
    origins: ["https://shop.example.com", "http://localhost:3000", publicUrl.origin],
    redirectPaths: ["/wechat/return", "/back"],
  };
  const safeHost = (asked: unknown) => hostReturnTo(asked, shop, publicUrl);

  it.each([
    ["https://shop.example.com/wechat/return", "https://shop.example.com/wechat/return"],
    ["https://SHOP.example.com:443/back?a=1&a=2#top", "https://shop.example.com/back?a=1&a=2#top"],
    [
      "http://localhost:3000/back?next=https://other.example/",
      "http://localhost:3000/back?next=https://other.example/",
    ],
    // A host on this origin.
    ["https://login.example.com/wechat/return?a", "/wechat/return?a"],
    ["/back", "/back"],
  ])("takes %s as %s", (asked, returnTo) => {
    expect(safeHost(asked)).toBe(returnTo);
  });

  it.each([
    ...["https://shop.example.com", "https://shop.example.com/", "https://shop.example.com/wechat"],
    ...["https://shop.example.com/wechat/return/", "https://shop.example.com/wechat/return/more"],
    ...["https://shop.example.com/WECHAT/return", "https://shop.example.com/wechat/%72eturn"],
    ...["https://shop.example.com/wechat//return", "https://shop.example.com/other?/wechat/return"],
    ...["https://other.example/wechat/return", "http://shop.example.com/wechat/return"],
    ...["https://shop.example.com:444/wechat/return", "https://a@shop.example.com/wechat/return"],
    ...["//shop.example.com/wechat/return", "wechat/return", "/", "/orders", "/login/wechat"],
    // Each is an address of an origin only for a reader that is more lenient than the one before.
    ...["https:login.example.com/back", " https://login.example.com/back"],
    "//shop.example.com/wechat/return?next=https://shop.example.com/",
    ...["https://a@login.example.com/wechat/return", `https://shop.example.com/back?${"a".repeat(2048)}`],
    ...attacks,
  ])("refuses %j, which is no redirect path of the client [T14]", (asked) => {
    expect(safeHost(asked)).toBeUndefined();
  });

  it.each([
    ...[undefined, null, 1, {}, ["/back"], { toString: () => "/back" }],
    ...[["https://login.example.com/back"], { toString: () => "https://login.example.com/back" }],
  ])("refuses what is not one text (%j) [T15]", (asked) => {
    expect(safeHost(asked)).toBeUndefined();
  });

  it("leads to an origin and a redirect path of the client, for any input [T14]", () => {
    fc.assert(
      fc.property(anything, fc.constantFrom("", "/back", "/back?a", "/wechat/return#a"), (asked, end) => {
        const location = safeHost(asked + end);
        if (location === undefined) return;
        const target = resolve(location);
        expect(shop.origins).toContain(target.origin);
        expect(shop.redirectPaths).toContain(target.pathname);
        expect(target.username + target.password).toBe("");
        expect(location).toMatch(/^[\x21-\x7e]{1,2048}$/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("withParameter", () => {
  it.each([
    ["/back", "/back?ticket=t-1"],
    ["/back?", "/back?ticket=t-1"],
    ["/back#top?x", "/back?ticket=t-1#top?x"],
    ["https://a.example/back?b=%20&c&d=+#e", "https://a.example/back?b=%20&c&d=+&ticket=t-1#e"],
    ["/back?ticket=old&a=1&ticket&%74icket=x&tickets=2", "/back?a=1&tickets=2&ticket=t-1"],
    ["/back?a=?ticket=b", "/back?a=?ticket=b&ticket=t-1"],
  ])("adds to %s, and keeps the rest as it is spelled: %s", (returnTo, expected) => {
    expect(withParameter(returnTo, "ticket", "t-1")).toBe(expected);
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
