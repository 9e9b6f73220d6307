import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium, noChromium, wechatPhone } from "./support/chromium.js";
import { objectionsOf } from "./support/look.js";
import { type RunningSystem, startSystem } from "./support/system.js";

// A person adds and removes WeChat in Chromium. The two Official Accounts belong to two Open Platform accounts, so that one WeChat
// account is two identities.

const secret = "5ec4e7000000000000000000000000aa";
const [shopId, blogId] = ["wx00000000000000a1", "wx00000000000000a2"];
const app = (appId: string) => ({ appId, appSecret: secret, kind: "official_account" });
const simulated = [
  { ...app(shopId), name: "Shop", openPlatform: "one", testAccount: true },
  { ...app(blogId), name: "Blog", openPlatform: "two", testAccount: true },
];
const configured = [
  { ...app(shopId), key: "shop", profile: "none", name: { zh: "商店", en: "Shop" } },
  { ...app(blogId), key: "blog", profile: "none", name: { zh: "博客", en: "Blog" } },
];

let chromium: Browser | undefined;
let system: RunningSystem;
beforeAll(async () => {
  chromium = await launchChromium();
  if (!chromium) return;
  const env = {
    WECHAT_APPS: JSON.stringify(configured),
    SIMULATOR_APPS: JSON.stringify(simulated),
  };
  system = await startSystem({ env });
});
afterAll(async () => {
  await chromium?.close();
  await system?.stop();
});
beforeEach((context) => {
  if (!chromium) context.skip(noChromium);
});

const zh = {
  ...{ add: "添加", added: "微信已添加，以后也可以用它登录。", only: "唯一的登录方式，不能移除" },
  ...{ remove: "移除", removeIt: "确认移除", removed: "微信已移除。", signOut: "退出" },
  ...{
    ended: "那个设备已退出登录。",
    elsewhere: "这个微信属于另一个账号",
    back: "返回我的账号",
    signIn: "登录",
  },
  ...{ download: "下载我的数据", delete: "注销账号", deleteIt: "确认注销", deleted: "账号已注销" },
  signedOut: "你已退出登录",
};
const en: typeof zh = {
  ...{ add: "Add", added: "WeChat was added. From now on you can sign in with it too." },
  ...{ only: "Your only way to sign in, so it cannot be removed", remove: "Remove", removeIt: "Remove it" },
  ...{ removed: "WeChat was removed.", signOut: "Sign out", ended: "That device is signed out." },
  ...{ elsewhere: "This WeChat account belongs to another account", back: "Back to your account" },
  ...{ signIn: "Sign in", download: "Download my data", delete: "Delete my account" },
  ...{ deleteIt: "Delete my account", deleted: "Your account is deleted", signedOut: "You are signed out" },
};

/** Allows what WeChat asks, as this person: the simulator lets a browser forget whose phone it is. */
async function allow(page: Page, person: string): Promise<void> {
  await page.locator(`input[name=person][value=${person}]`).check();
  await page.locator("button[name=decision][value=allow]").click();
}
const forgetPhone = (page: Page) => page.context().clearCookies({ domain: "127.0.0.1" });

describe.each([
  ["zh", "with JavaScript", ["alice", "longname"]],
  ["en", "without JavaScript", ["emoji", "noavatar"]],
  ["zh", "without JavaScript", ["bigavatar", "longname"]],
  ["en", "with JavaScript", ["control", "noavatar"]],
] as const)("a person's own page in Chromium (%s, %s)", (language, script, [person, another]) => {
  const texts = { zh, en }[language];
  const options = {
    locale: { zh: "zh-CN", en: "en" }[language],
    colorScheme: { zh: "dark" as const, en: "light" as const }[language],
    javaScriptEnabled: script === "with JavaScript",
  };
  const signedIn = async (person: string, app: string) => {
    const page = await (await wechatPhone(chromium as Browser, "android", options)).newPage();
    await page.goto(`${system.url}/login/wechat?app=${app}&return_to=/login/account`);
    await allow(page, person);
    await page.waitForURL(({ pathname }) => pathname === "/login/account");
    return page;
  };
  const accounts = (page: Page) => page.locator("section[aria-labelledby=bindings] li");
  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
  const check = async (page: Page) => {
    if (options.javaScriptEnabled) expect(await objectionsOf(page)).toEqual([]);
  };

  it("adds WeChat of a second app, is refused another person's, ends another browser's session, and removes one but not the last [T10]", async () => {
    const page = await signedIn(person, "shop");
    const other = await signedIn(another, "shop");
    expect(await accounts(page).first().textContent()).toContain(texts.only);
    expect(await page.getByText(texts.remove, { exact: true }).count()).toBe(0);
    await check(page);

    await forgetPhone(page);
    await button(page, texts.add).click();
    await allow(page, person);
    await page.getByText(texts.added).waitFor();
    expect(await accounts(page).count()).toBe(2);
    expect(await page.getByText(texts.only).count()).toBe(0);

    await forgetPhone(other);
    await button(other, texts.add).click();
    await allow(other, person);
    await other.getByRole("heading", { level: 1, name: texts.elsewhere }).waitFor();
    await check(other);
    await other.getByRole("link", { name: texts.back }).click();
    await other.waitForURL(({ pathname }) => pathname === "/login/account");
    expect(await accounts(other).first().textContent()).toContain(texts.only);

    // The second account signs the same person in, whose first browser then ends that session.
    const second = await signedIn(person, "blog");
    await page.goto(`${system.url}/login/account`);
    await page
      .locator("section[aria-labelledby=sessions]")
      .getByRole("button", { name: texts.signOut })
      .click();
    await page.getByText(texts.ended).waitFor();
    await second.goto(`${system.url}/login/account`);
    await second.getByRole("heading", { level: 1, name: texts.signIn }).waitFor();

    const blog = accounts(page).nth(1);
    expect(await button(page, texts.removeIt).count()).toBe(0);
    await blog.locator("summary").click();
    await check(page);
    await button(page, texts.removeIt).click();
    await page.getByText(texts.removed).waitFor();
    expect(await accounts(page).first().textContent()).toContain(texts.only);
    for (const one of [page, other, second]) await one.context().close();
  });

  it("downloads what is stored of the person, and deletes their account at the second tap [T122]", async () => {
    const page = await signedIn(person, "shop");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: texts.download, exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("account-data.json");
    const data = JSON.parse(await readFile(await download.path(), "utf8"));
    expect(data.wechatAccounts.map(({ app }: { app: string }) => app)).toEqual(["shop"]);

    expect(await button(page, texts.deleteIt).count()).toBe(0);
    await page.locator("summary", { hasText: texts.delete }).click();
    await check(page);
    await button(page, texts.deleteIt).click();
    await page.getByRole("heading", { level: 1, name: texts.deleted }).waitFor();
    await check(page);
    await page.goto(`${system.url}/login/account`);
    await page.getByRole("heading", { level: 1, name: texts.signedOut }).waitFor();
    await page.context().close();
  });
});
