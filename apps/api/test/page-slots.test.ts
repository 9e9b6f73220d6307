import { renderSVG } from "uqr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSecret } from "../src/domain/key-ring.js";
import { type Browser, userAgents, type Visit } from "./support/browser.js";
import { rowsOf } from "./support/rows.js";
import { slotPages, slotsOf } from "./support/slot-pages.js";
import { type System, startSystem } from "./support/system.js";
import { tokenResponse } from "./support/wechat-responses.js";

/** The status and the slots of a page that was sent; those of the site only where they are not these apps' usual ones. */
function sentPage(visit: Visit): Record<string, unknown> {
  const { language, site, logo, privacy, terms, ...slots } = slotsOf(visit);
  expect({ language, site, logo, privacy, terms }).toEqual({
    ...{ language: "en", site: "Camellia Books", logo: "", privacy: "/privacy", terms: "/terms?a=1&b=2" },
  });
  return slots;
}

const app = (key: string, kind: string, appId: string, appSecret: string) => ({
  ...{ key, kind, appId, appSecret, group: "demo" },
  ...{ name: { zh: "山茶书店", en: "Camellia Books" }, privacyUrl: "/privacy", termsUrl: "/terms?a=1&b=2" },
  privacyVersion: "2026-11",
});
const oa = app("oa", "official_account", "wx51a0b1c2d3e4f501", "5d0c1a7e0000000000000000000000a1");
const web = app("web", "website", "wx51a0b1c2d3e4f502", "5d0c1a7e0000000000000000000000b2");
const start = (apps: object[], env: Record<string, string> = {}) =>
  startSystem({ pages: slotPages, env: { WECHAT_APPS: JSON.stringify(apps), ...env } });

let system: System;
beforeAll(async () => {
  system = await start([oa, web]);
});
afterAll(() => system.close());

const withCookie = (name: string, value: string, userAgent = userAgents.wechatAndroid): Browser => {
  const browser = system.browser({ userAgent });
  browser.cookies.set(name, value);
  return browser;
};

describe("the account page", () => {
  it("offers a sign-in, also after a sign-out, with a link that starts although the person signed out", async () => {
    expect(sentPage(await system.browser().visit("/login/account"))).toEqual({
      ...{ status: 200, page: "home", start: "/login/wechat?return_to=%2Flogin%2Faccount&tap=1" },
    });
    expect(sentPage(await withCookie("wl_signed_out", "1").visit("/login/account"))).toEqual({
      ...{ status: 200, page: "signed-out", start: "/login/wechat?return_to=%2Flogin%2Faccount&tap=1" },
    });
  });

  it("shows a signed-in person's account", async () => {
    const { nickname } = system.simulator.person("alice", oa.appId);
    for (const userAgent of [userAgents.wechatAndroid, userAgents.desktop]) {
      const browser = system.browser({ userAgent });
      const asked = await browser.follow("/login/wechat");
      const page = asked.html.includes("page=profile")
        ? await browser.follow(/^continue=(.*)$/m.exec(asked.html)?.[1]?.replaceAll("&amp;", "&") ?? "")
        : asked;
      const avatar = (await rowsOf(system.db, "bindings"))[0]?.avatarUrl;
      expect(avatar).toContain(system.simulator.url);
      expect(sentPage(page)).toEqual({
        ...{ status: 200, page: "account", isNamed: "yes", nickname, avatar, notice: "" },
        ...{ signOut: "/login/account/sign-out", signOutEverywhere: "/login/account/sign-out-everywhere" },
        ...{ data: "/login/account/data", deleteAccount: "/login/account/delete", keptDays: "190" },
        refreshProfile: "/login/account/refresh-profile",
        showProfile: "/login/wechat?tap=1&profile=1",
      });
    }
  });

  it("is sent with its type, and is kept by no cache for another reader", async () => {
    const { headers } = await system.browser().visit("/login/account");
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("vary")?.split(", ")).toEqual(expect.arrayContaining(["accept-language", "cookie"]));
  });
});

describe("the start of a sign-in", () => {
  it("waits for a tap after a sign-out, and keeps its app and its destination", async () => {
    const browser = withCookie("wl_signed_out", "1");
    expect(sentPage(await browser.visit("/login/wechat?return_to=/a%3Fb%3Dc&app=web"))).toEqual({
      ...{ status: 200, page: "signed-out", start: "/login/wechat?return_to=%2Fa%3Fb%3Dc&app=web&tap=1" },
    });
    expect(sentPage(await browser.visit("/login/wechat?return_to=/&tap=0"))).toEqual({
      ...{ status: 200, page: "signed-out", start: "/login/wechat?tap=1" },
    });
    expect((await browser.visit("/login/wechat?tap=1")).status).toBe(302);
  });

  it.each(["app=unknown", "app=OA", "app=", "app=oa&app=web", "app=__proto__", "app=constructor"])(
    "refuses a link with %s: the page and the log say that the app is unknown, and no other app is taken in its place",
    async (query) => {
      const begun = async () => (await rowsOf(system.db, "signIns")).length;
      const before = await begun();
      for (const browser of [system.browser(), withCookie("wl_signed_out", "1")]) {
        const visit = await browser.visit(`/login/wechat?${query}&return_to=/orders`);
        expect(sentPage(visit)).toEqual({
          ...{ status: 400, page: "invalid-host-link", retry: "/" },
          ...{ number: expect.any(String), errcode: "APP_UNKNOWN", self: "" },
        });
        expect(system.logLines.at(-2)).toContain('"event":"link_refused","problem":"APP_UNKNOWN"');
      }
      expect(await begun()).toBe(before);
      expect((await system.browser().visit("/login/wechat?app=web")).status).toBe(302);
    },
  );

  const miniProgram = `${userAgents.wechatAndroid} miniProgram/wx0000000000000000`;
  it.each([
    ["open-in-wechat", userAgents.safariIphone, [oa, web], "oa"],
    [
      "open-in-wechat",
      userAgents.safariIphone.replace(/iPhone;.*OS X/, "Linux; Android 14"),
      [web, oa],
      "oa",
    ],
    ["wecom", userAgents.wecom, [oa, web], "oa"],
    ["mini-program", miniProgram, [oa, web], "oa"],
    ["scan-with-phone", userAgents.desktop, [oa], "oa"],
    ["open-on-desktop", userAgents.wechatIos, [web], "web"],
  ] as const)(
    "leads to the page %s in a client without an app for it",
    async (page, userAgent, apps, key) => {
      const own = await start([...apps]);
      const visit = await own.browser({ userAgent }).visit("/login/wechat?return_to=/orders");
      const { qr, ...sent } = sentPage(visit);
      const url = `${own.url}/login/wechat?return_to=%2Forders`;
      const link = url.replace(/\/+/g, "$&<wbr>");
      expect(sent).toEqual({
        ...{ status: 200, page, link, anyway: `/login/wechat?return_to=%2Forders&app=${key}&tap=1` },
      });
      expect(qr).toBe(page === "scan-with-phone" ? renderSVG(url).replaceAll("&amp;", "&") : undefined);
      await own.close();
    },
  );

  it("is shown to other clients with the parameters that lead it, and no others", async () => {
    const browser = system.browser({ userAgent: userAgents.safariIphone });
    const { link } = sentPage(await browser.visit("/login/wechat?nonce=of-no-client-1234&x=y"));
    expect(link).toBe(`${system.url}/login/wechat`.replace(/\/+/g, "$&<wbr>"));
  });

  it("gives a browser whose secret is none a new one [T21]", async () => {
    const { headers } = await withCookie("wl_browser", "planted").visit("/login/wechat");
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^wl_browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=31536000$/),
      expect.stringMatching(/^wl_browser_/),
    ]);
  });

  it("keeps the secret of a browser that is known for another year, and is never cached", async () => {
    const secret = newSecret();
    const { status, headers } = await withCookie("wl_browser", secret).visit("/login/wechat");
    expect([status, headers.get("cache-control"), headers.get("referrer-policy")]).toEqual([
      ...[302, "no-store", "no-referrer"],
    ]);
    expect(headers.getSetCookie()).toEqual([
      `wl_browser=${secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000`,
    ]);
  });
});

describe("the profile page", () => {
  it("leads on to the second authorization request of its own sign-in, or to the start page", async () => {
    const asked = await system.browser({ person: "noavatar" }).follow("/login/wechat?return_to=/orders");
    const id = asked.url.pathname.split("/").at(-1) ?? "";
    expect(id).toMatch(/^[0-9A-Z]{26}$/);
    expect(sentPage(asked)).toEqual({
      ...{ status: 200, page: "profile", continue: `/login/wechat/profile?sign_in=${id}`, cancel: "/" },
      version: "2026-11",
    });
  });

  it.each(["/login/wechat/profile?sign_in=", "/login/wechat/leave?sign_in=", "/login/profile/"])(
    "leads on once its sign-in has ended, in the browser that it signed in and in no other: %s",
    async (path) => {
      const browser = system.browser();
      await browser.signIn("/login/wechat?return_to=/orders");
      const number =
        (await rowsOf(system.db, "signIns"))
          .map(({ id }) => id)
          .sort()
          .at(-1) ?? "";
      const { status, location } = await browser.visit(`${path}${number}`);
      expect([status, location?.href]).toEqual([303, `${system.url}/orders`]);
      browser.cookies.delete("wl_session");
      expect(slotsOf(await browser.visit(`${path}${number}`))).toMatchObject({
        status: 410,
        page: "used",
        number,
      });
      expect(slotsOf(await system.browser().visit(`${path}${number}`))).toMatchObject({ page: "expired" });
    },
  );

  it("names no version where the privacy notice has none", async () => {
    const own = await start([{ ...oa, privacyVersion: undefined }]);
    const asked = await own.browser({ person: "noavatar" }).follow("/login/wechat");
    expect(sentPage(asked)).toMatchObject({ page: "profile", version: "" });
    await own.close();
  });
});

describe("a failure page", () => {
  const begin = async (browser: Browser) => {
    const callback = await browser.callbackUrl("/login/wechat?return_to=/orders");
    const number =
      (await rowsOf(system.db, "signIns"))
        .map(({ id }) => id)
        .sort()
        .at(-1) ?? "";
    return { callback, number };
  };
  const refuse = (errcode: number) => system.simulator.fail("access_token", { kind: "errcode", errcode }, 1);
  const withoutCode = (callback: URL) => callback.searchParams.delete("code");
  const retry = "/login/wechat?return_to=%2Forders&tap=1";

  it.each<[string, number, string, (callback: URL) => void]>([
    ["refused", 200, "", withoutCode],
    ["code-rejected", 400, "40029", () => refuse(40_029)],
    ["wechat-unavailable", 424, "-1", () => refuse(-1)],
    ["sign-in-failed", 424, "40125", () => refuse(40_125)],
    ["not-allowed", 403, "40226", () => refuse(40_226)],
    [
      "snapshot",
      403,
      "",
      () =>
        system.simulator.fail(
          "access_token",
          { kind: "body", body: tokenResponse({ is_snapshotuser: 1 }) },
          1,
        ),
    ],
    ["expired", 410, "", () => system.advance(601)],
  ])(
    "(%s) is sent with %i, its number, its errcode %j and a way to begin again",
    async (page, status, errcode, end) => {
      const browser = system.browser();
      const { callback, number } = await begin(browser);
      end(callback);
      const self = `/login/ended/${number}`;
      const sent = { status, page, retry, number, errcode, self };
      expect(sentPage(await browser.visit(callback))).toEqual(sent);
      expect(sentPage(await browser.visit(self))).toEqual(sent);
    },
  );

  it("(used) keeps the number of the sign-in that has ended", async () => {
    const browser = system.browser();
    const { callback, number } = await begin(browser);
    const refusal = new URL(callback);
    withoutCode(refusal);
    await browser.visit(refusal);
    expect(sentPage(await browser.visit(callback))).toEqual({
      ...{ status: 410, page: "used", retry, number, errcode: "", self: `/login/ended/${number}` },
    });
  });

  it("(wrong-browser) has the number of the other browser's sign-in, and the callback's route as its address", async () => {
    const { callback, number } = await begin(system.browser());
    expect(sentPage(await system.browser().visit(callback))).toEqual({
      ...{ status: 403, page: "wrong-browser", retry, number, errcode: "", self: "/login/wechat/callback" },
    });
  });

  const anId = (letter: string) => expect.stringMatching(new RegExp(`^[0-9A-Z]{26}-${letter}$`));
  it.each([
    ["/login/wechat/callback?state=x", 400, "invalid-callback", "C", "/login/wechat/callback"],
    ["/login/wechat/profile", 410, "expired", "E", "/login/wechat/profile"],
    [
      "/login/wechat/profile?sign_in=01M00000000000000000000000",
      410,
      "expired",
      "E",
      "/login/wechat/profile",
    ],
    [
      "/login/wechat/profile?sign_in=01M00000000000000000000000&sign_in=01M00000000000000000000000",
      ...([410, "expired", "E", "/login/wechat/profile"] as const),
    ],
    ["/login/profile/x", 410, "expired", "E", "/login/profile/:id"],
  ])(
    "that answers %s, which has no sign-in, has the status %i and the number of the request",
    async (path, status, page, letter, self) => {
      expect(sentPage(await system.browser().visit(path))).toEqual({
        ...{ status, page, retry: "/login/wechat?tap=1", number: anId(letter), errcode: "", self },
      });
    },
  );

  it("leads from an unknown address to the start page", async () => {
    expect(sentPage(await system.browser().visit("/nowhere"))).toEqual({
      ...{ status: 404, page: "not-found", retry: "/", number: anId("N"), errcode: "", self: "" },
    });
  });

  it("gives way to the start page if its sign-in is unknown or another browser's", async () => {
    const { number } = await begin(system.browser());
    for (const id of [number, "x", "01M00000000000000000000000"]) {
      const { status, location } = await system.browser().visit(`/login/ended/${id}`);
      expect([status, location?.href]).toEqual([303, `${system.url}/`]);
    }
  });

  it("(too-many-requests) leads to the same address again", async () => {
    const limited = await start([oa, web], { RATE_LIMIT: "1" });
    await limited.browser().visit("/login/wechat");
    expect(sentPage(await limited.browser().visit("/login/wechat?return_to=/orders"))).toEqual({
      ...{ status: 429, page: "too-many-requests", retry: "", number: anId("T"), errcode: "", self: "" },
    });
    await limited.close();
  });

  it("(blocked) offers another account, except inside WeChat", async () => {
    const phone = system.browser();
    await system.db.consoleQuery((orm, { users }) =>
      orm.update(users).set({ status: "blocked" }).returning({ id: users.id }),
    );
    for (const [browser, retried] of [
      [phone, ""],
      [system.browser({ userAgent: userAgents.desktop }), retry],
    ] as const) {
      const { callback, number } = await begin(browser);
      expect(sentPage(await browser.visit(callback))).toEqual({
        ...{ status: 403, page: "blocked", retry: retried, number, errcode: "" },
        self: `/login/ended/${number}`,
      });
    }
  });
});
