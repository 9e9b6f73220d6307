import { demoOfficialAccount, demoWebsite } from "@wechat-login/simulator";
import { afterEach, describe, expect, it } from "vitest";
import { completeLateUnionids } from "../src/domain/identity/late-unionids.js";
import { type Browser, linksOf, profileButton, titleOf, userAgents } from "./support/browser.js";
import { createHost } from "./support/hosts.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

const apps = (about: object) =>
  JSON.stringify(
    [
      { ...demoOfficialAccount, key: "oa", kind: "official_account" },
      { ...demoWebsite, key: "web", kind: "website" },
    ].map(({ appId, appSecret, key, kind }) => ({
      ...{ appId, appSecret, key, kind, group: "shop", profile: "none", name: "Camellia Books" },
      ...{ privacyUrl: "/privacy", privacyVersion: "2026-11", ...(key === "oa" ? about : {}) },
    })),
  );
const { appId } = demoOfficialAccount;

let system: System;
afterEach(() => system.close());

/** The same database and the same WeChat, with other settings. */
async function restart(about: object): Promise<void> {
  const { db, simulator, port, close } = system;
  await system.app.server.close();
  system = await startSystem({ db, simulator, port, env: { WECHAT_APPS: apps(about) } });
  const closeNew = system.close;
  system.close = async () => {
    await closeNew();
    await close();
  };
}
const start = async (about: object) => {
  system = await startSystem({ env: { WECHAT_APPS: apps(about) } });
};

const phone = (options: object = {}) => system.browser({ person: "alice", ...options });
const orders = "/login/wechat?return_to=/orders";
const pathAfter = async (browser: Browser, from = orders) => (await browser.follow(from)).url.pathname;

describe("a change from no profile to a profile", () => {
  it("shows a known person one page, on which they may say no, and does not stop them again", async () => {
    await start({});
    const browser = phone();
    expect(await pathAfter(browser)).toBe("/orders");
    await restart({ profile: "ask" });
    const page = await browser.follow(orders);
    expect([page.status, titleOf(page.html)]).toEqual([200, "Show your WeChat nickname and photo"]);
    expect(await userOf(browser)).toBeDefined();
    const id = page.url.pathname.split("/").at(-1);
    expect(linksOf(page.html)).toEqual({
      "By continuing you agree to the privacy notice ": "/privacy",
      "Continue in WeChat": `/login/wechat/profile?sign_in=${id}`,
      "Not now": "/orders",
    });
    expect(page.html).toContain('data-label="version">2026-11</span>');
    // No other browser sees the page, and the session alone does not show it.
    expect((await phone().visit(page.url)).status).toBe(410);
    expect(await pathAfter(browser)).toBe("/orders");
    // The page is still in the history: a tap there counts.
    expect(await pathAfter(browser, profileButton(page.html))).toBe("/orders");
    expect((await browser.query<{ nickname: string }>("session.get")).data?.nickname).toBe("林小满");
    expect(await pathAfter(browser, page.url.pathname)).toBe("/orders");
    expect(await rowsOf(system.db, "consents")).toMatchObject([
      { answer: "agreed", noticeVersion: "2026-11" },
    ]);
  });

  it("leads a person who refuses in WeChat on to where they wanted to go", async () => {
    await start({});
    await phone().follow(orders);
    await restart({ profile: "ask" });
    const refusing = phone();
    const page = await refusing.follow(orders);
    system.simulator.settings({ refusal: "state_only" });
    const leaving = await refusing.visit(profileButton(page.html) ?? "");
    const back = await refusing.copy({ decision: "refuse" }).visit(leaving.location ?? "");
    expect(await pathAfter(refusing, back.location?.href)).toBe("/orders");
    expect(await userOf(refusing)).toBeDefined();
    expect(await rowsOf(system.db, "consents")).toMatchObject([{ answer: "refused" }]);
  });
});

describe("a question on the way to a host application", () => {
  const nonce = "n0nce-of-the-shop~1";
  const returnTo = "https://shop.example/wechat/return?cart=7";
  const link = `/login/wechat?${new URLSearchParams({ client: "shop", return_to: returnTo, nonce })}`;

  it("is left without an answer with a ticket of the person, in their browser and while they are signed in [T109]", async () => {
    await start({});
    await phone().follow(orders);
    await restart({ profile: "ask" });
    const shop = await createHost(system);
    const browser = phone();
    const page = await browser.follow(link);
    expect(titleOf(page.html)).toBe("Show your WeChat nickname and photo");
    const leave = `/login/wechat/leave?sign_in=${page.url.pathname.split("/").at(-1)}`;
    expect(linksOf(page.html)["Not now"]).toBe(leave);

    const { status, location } = await browser.visit(leave);
    const ticket = location?.searchParams.get("ticket") ?? "";
    expect([status, location?.href]).toEqual([303, `${returnTo}&ticket=${ticket}`]);
    const redeemed = await shop.call("POST", "/tickets/redeem", { ticket, nonce });
    expect(redeemed).toMatchObject({ status: 200, body: { userId: await userOf(browser), isNew: false } });

    const own = (name: string) => {
      const copy = phone();
      copy.cookies.set(name, browser.cookies.get(name) ?? "");
      return copy;
    };
    const expired = "This sign-in has expired";
    for (const [who, path, title] of [
      [phone(), leave, expired],
      [own("wl_session"), leave, expired],
      [own("wl_browser"), leave, "This link has already been used"],
      [browser, "/login/wechat/leave", expired],
      [browser, `${leave}&sign_in=01M00000000000000000000000`, expired],
    ] as const) {
      const refused = await who.visit(path);
      expect([refused.status, refused.location, titleOf(refused.html)]).toEqual([410, undefined, title]);
    }
  });
});

describe("a person who does not follow the account, and whose unionid WeChat therefore keeps", () => {
  it("is asked once it is known that only a consent helps, and is one user on the desktop then [T74, T117]", async () => {
    await start({ unionidConsent: true });
    const browser = phone();
    await browser.follow(orders);
    expect(await pathAfter(browser)).toBe("/orders");
    // The simulator's account is a test account, which only followers may enter.
    system.simulator.updatePerson("alice", { follows: false });
    await completeLateUnionids(system.app.deps);
    system.simulator.updatePerson("alice", { follows: true });
    expect(await rowsOf(system.db, "bindings")).toMatchObject([
      { unionid: null, unionidCheckedAt: expect.any(Date) },
    ]);

    const page = await browser.follow(orders);
    expect(titleOf(page.html)).toBe("One account everywhere");
    const userId = await userOf(browser);
    expect(await pathAfter(browser, profileButton(page.html))).toBe("/orders");
    expect(system.simulator.calls("userinfo")).toBe(0);
    const { unionid } = system.simulator.person("alice", appId);
    expect(await rowsOf(system.db, "bindings")).toMatchObject([{ unionid, userId, nickname: null }]);
    expect(await userOf(browser)).toBe(userId);

    const desktop = phone({ userAgent: userAgents.desktop });
    await desktop.follow(orders);
    expect(await userOf(desktop)).toBe(userId);
    expect(await rowsOf(system.db, "users")).toHaveLength(1);
  });
});
