import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { safeReturnTo } from "../src/domain/return-to.js";
import { profileButton } from "./support/browser.js";
import { attacks, good, loops } from "./support/return-targets.js";
import { type System, startSystem } from "./support/system.js";

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

  it.each(loops)("T14: does not lead into the machinery itself: %s", (loop) => {
    expect(safe(loop)).toBe("/");
  });

  it.each(good)("keeps %s as it is", (path) => {
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

describe("after a sign-in", () => {
  let system: System;
  beforeAll(async () => {
    const env = { RETURN_TO_ORIGINS: "https://shop.example.com, http://localhost:3000/", RATE_LIMIT: "off" };
    system = await startSystem({ env });
    await system.browser({ person: "alice" }).signIn();
  });
  afterAll(() => system.close());

  async function landing(query: string): Promise<{ status: number; location: URL | undefined }> {
    const browser = system.browser({ person: "alice" });
    return browser.visit(await browser.callbackUrl(`/login/wechat?${query}`));
  }
  const returnTo = (asked: string) => landing(new URLSearchParams({ return_to: asked }).toString());

  it("T14: the browser lands on the default page for every attack, and is signed in all the same", async () => {
    for (const attack of [...attacks, ...loops]) {
      const { status, location } = await returnTo(attack);
      expect(status).toBe(303);
      expect(location?.href, attack).toBe(`${system.url}/`);
    }
  });

  it.each(good)("the browser lands on %s", async (path) => {
    const { location } = await returnTo(path);
    expect(location?.href).toBe(`${system.url}${path}`);
  });

  it("the browser lands on a Chinese path, also by way of the profile page", async () => {
    const browser = system.browser({ person: "emoji" });
    const asked = await browser.follow(`/login/wechat?return_to=${encodeURIComponent("/订单?备注=你好")}`);
    const visit = await browser.visit(await browser.callbackUrl(profileButton(asked.html) ?? ""));
    expect(decodeURI(visit.location?.href ?? "")).toBe(`${system.url}/订单?备注=你好`);
  });

  it("T14: the browser lands on a configured origin, on its own port only", async () => {
    expect((await returnTo("https://shop.example.com/cart")).location?.href).toBe(
      "https://shop.example.com/cart",
    );
    expect((await returnTo("http://localhost:3000/cart")).location?.href).toBe("http://localhost:3000/cart");
    expect((await returnTo("http://localhost:3002/cart")).location?.href).toBe(`${system.url}/`);
  });

  it.each([
    "return_to=/a&return_to=/b",
    "return_to=/a&return_to=//evil.example",
    "return_to[]=/a",
    "return_to[toString]=/a",
    "return_to=%ff%fe",
    "return_to=%",
    "return_to=%00",
    "return_to",
    "&&&=&return_to=&",
    "__proto__[return_to]=/a",
  ])("T15: a broken target breaks nothing (%s)", async (query) => {
    const { status, location } = await landing(query);
    expect(status).toBe(303);
    expect(location?.href).toBe(`${system.url}/`);
  });

  it("T14: a failure page's retry leads to the same safe place, not to the one that was asked for", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl("/login/wechat?return_to=//evil.example");
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40029 });
    const visit = await browser.visit(callback);
    expect(visit.html).not.toContain("evil.example");
  });
});
