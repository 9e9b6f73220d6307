import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoOfficialAccount, demoWebsite } from "@wechat-login/simulator";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSettings } from "../src/load-settings.js";
import { userAgents } from "./support/browser.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

const folder = mkdtempSync(join(tmpdir(), "wechat-login-logo-"));
const logo = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const shop = {
  key: "shop",
  kind: "official_account",
  appId: demoOfficialAccount.appId,
  appSecret: demoOfficialAccount.appSecret,
  name: { zh: "山茶书店", en: "Camellia <Books>" },
  logo: "shop.svg",
  privacyUrl: "https://shop.example.com/privacy?a=1&b=2",
  termsUrl: "/terms",
};
const clinic = {
  key: "clinic",
  kind: "website",
  appId: demoWebsite.appId,
  appSecret: demoWebsite.appSecret,
  name: "Clinic",
};

let system: System;
const start = async (apps: object[]) => {
  const path = join(folder, "apps.json");
  writeFileSync(join(folder, "shop.svg"), logo);
  writeFileSync(path, JSON.stringify(apps));
  system = await startSystem({ env: { WECHAT_APPS: path } });
};
beforeEach(() => start([shop, clinic]));
afterEach(() => system.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const titleTag = (html: string) => /<title>(.*)<\/title>/.exec(html)?.[1];
const siteOf = (html: string) => /<header class="site">.*<bdi>(.*)<\/bdi>/.exec(html)?.[1];

describe("every page", () => {
  it("names the site in the reader's language, in its title and at its top", async () => {
    const english = await system.browser().visit("/login/account");
    expect(titleTag(english.html)).toBe("Sign in · Camellia &lt;Books&gt;");
    expect(siteOf(english.html)).toBe("Camellia &lt;Books&gt;");
    const chinese = await system.browser({ language: "zh-CN" }).visit("/nowhere");
    expect(titleTag(chinese.html)).toBe("找不到这个页面 · 山茶书店");
    expect(siteOf(chinese.html)).toBe("山茶书店");
  });

  it("shows the logo, which this server serves itself, and links to the notices", async () => {
    const { html } = await system.browser().visit("/login/account");
    expect(html).toContain('<img src="/login/logo/shop" alt=""');
    expect(html).toContain('href="https://shop.example.com/privacy?a=1&amp;b=2">Privacy notice</a>');
    expect(html).toContain('href="/terms">Terms</a>');

    const served = await system.browser().visit("/login/logo/shop");
    expect([served.status, served.headers.get("content-type"), served.html]).toEqual([
      200,
      "image/svg+xml",
      logo,
    ]);
    expect(served.headers.get("cache-control")).toBe("public, max-age=3600");
    expect((await system.browser().visit("/login/logo/clinic")).status).toBe(404);
    expect((await system.browser().visit("/login/logo/..%2fapps.json")).status).toBe(404);
  });

  it("leaves the addresses of the logo and the notices empty if its app has none, which the style sheet then hides", async () => {
    const { html } = await system.browser({ userAgent: userAgents.desktop }).visit("/login/account");
    expect(siteOf(html)).toBe("Clinic");
    expect(html).toContain('<img src="" alt=""');
    expect(html.match(/<a class="quiet optional" href="">/g)).toHaveLength(2);
  });

  it("names the host of PUBLIC_URL if its app has no name", async () => {
    await system.close();
    await start([{ ...shop, name: undefined }]);
    const { html } = await system.browser().visit("/login/account");
    expect(titleTag(html)).toBe(`Sign in · ${new URL(system.url).host}`);
  });

  it("names the site that the sign-in is for, even if this browser would choose another app", async () => {
    const browser = system.browser({ userAgent: userAgents.wechatAndroid });
    const callback = await browser.callbackUrl("/login/wechat?app=clinic");
    callback.searchParams.delete("code");
    expect(siteOf((await browser.visit(callback)).html)).toBe("Clinic");
    // Also where the person must tap first, and where they are asked for their profile.
    const signedOut = system.browser({ userAgent: userAgents.wechatAndroid });
    signedOut.cookies.set("wl_signed_out", "1");
    const waiting = await signedOut.visit("/login/wechat?app=clinic");
    expect([titleTag(waiting.html), siteOf(waiting.html)]).toEqual(["You are signed out · Clinic", "Clinic"]);
    const phone = system.browser({ person: "noavatar" });
    const asked = await phone.follow("/login/wechat?app=shop");
    const sameAsDesktop = phone.copy({ userAgent: userAgents.desktop });
    expect(siteOf((await sameAsDesktop.visit(asked.url)).html)).toBe("Camellia &lt;Books&gt;");
  });
});

describe("the consent page", () => {
  it("says who asks for nickname and photo", async () => {
    const english = await system.browser().follow("/login/wechat");
    expect(english.html).toContain("your first visit to Camellia &lt;Books&gt;, so WeChat will ask");
    expect(english.html).toContain("Camellia &lt;Books&gt; asks for them only to recognise you");
    const chinese = await system.browser({ language: "zh-CN" }).follow("/login/wechat");
    expect(chinese.html).toContain("看来你是第一次来山茶书店，");
    expect(chinese.html).toContain("山茶书店只用来识别你、显示你的名字。");
  });
});

describe("another WeChat account", () => {
  const accountSwitchOf = (html: string) =>
    /<a class="row-action" href="([^"]*)">Use another WeChat account/.exec(html)?.[1];
  const switchOf = (html: string) => /<a class="quiet optional" href="([^"]*)">Use another/.exec(html)?.[1];

  it("is offered on the account page, except inside WeChat, which can only sign the same one in", async () => {
    expect(accountSwitchOf((await system.browser().signIn()).html)).toBeUndefined();
    const desktop = await system.browser({ userAgent: userAgents.desktop }).signIn();
    expect(accountSwitchOf(desktop.html)).toBe("/login/wechat?return_to=%2Flogin%2Faccount&amp;tap=1");
  });

  it("is the secondary action for a blocked person; the main one is the number for the site's support", async () => {
    const phone = system.browser();
    const desktop = system.browser({ userAgent: userAgents.desktop });
    await phone.signIn();
    await desktop.signIn();
    for (const { id } of await rowsOf(system.db, "users")) {
      await system.db.consoleQuery((orm, { users }) =>
        orm.update(users).set({ status: "blocked" }).where(eq(users.id, id)).returning({ id: users.id }),
      );
    }
    for (const [browser, link] of [
      [phone, ""],
      [desktop, "/login/wechat?tap=1"],
    ] as const) {
      const { status, html } = await browser.visit(await browser.callbackUrl());
      expect(status).toBe(403);
      expect(switchOf(html)).toBe(link);
      expect(html).toMatch(/<button type="button" class="button primary" data-copy-source="number"/);
    }
  });
});

describe("the page for a browser outside WeChat", () => {
  it("tells a phone to open the link in WeChat, without a QR code, which the phone could not scan", async () => {
    const { html } = await system.browser({ userAgent: userAgents.safariIphone }).visit("/login/wechat");
    expect(html).toContain("Copy the link, send it to yourself in WeChat and tap it there.");
    expect(html).not.toContain("<svg xmlns");
    expect(html).not.toContain("QR");
  });

  it("shows a QR code for the phone on a desktop, if there is no website app", async () => {
    await system.close();
    await start([shop]);
    const { html } = await system.browser({ userAgent: userAgents.desktop }).visit("/login/wechat");
    expect(html).toContain("Scan the QR code with WeChat");
    expect(html).toContain('<div class="qr-code" role="img" aria-label="QR code of this link"><svg xmlns');
  });
});

describe("the name, logo and notices of an app in WECHAT_APPS", () => {
  it.each([
    [{ name: "" }, "name"],
    [{ name: "x".repeat(33) }, "name"],
    [{ name: { zh: "山茶书店" } }, "name"],
    [{ privacyUrl: "javascript:alert(1)" }, "privacyUrl"],
    [{ privacyUrl: "//evil.example" }, "privacyUrl"],
    [{ termsUrl: "terms" }, "termsUrl"],
    [{ logo: "nothing.svg" }, "the logo of shop cannot be read"],
    [{ logo: "apps.json" }, "the logo of shop is not a .png"],
    [{ logo: "large.png" }, "the logo of shop is larger than 200 KB"],
  ])("prevent the start if one is invalid: %j", (fields, problem) => {
    const path = join(folder, "apps.json");
    writeFileSync(join(folder, "large.png"), Buffer.alloc(200 * 1024 + 1));
    writeFileSync(path, JSON.stringify([{ ...shop, ...fields }]));
    expect(() => loadSettings({ WECHAT_APPS: path }, () => [])).toThrow(problem);
  });
});
