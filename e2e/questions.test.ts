import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium, noChromium, openContext } from "./support/chromium.js";
import { objectionsOf } from "./support/look.js";
import { type RunningSystem, startSystem } from "./support/system.js";

const apps = (profile: "none" | "ask") =>
  JSON.stringify([
    {
      ...{ key: "oa", kind: "official_account", appId: "wx51a0b1c2d3e4f501", profile },
      appSecret: "5d0c1a7e0000000000000000000000a1",
      ...{
        name: { zh: "山茶书店", en: "Camellia Books" },
        privacyUrl: "/privacy",
        privacyVersion: "2026-11",
      },
    },
  ]);

let chromium: Browser | undefined;
let system: RunningSystem;
beforeAll(async () => {
  chromium = await launchChromium();
  if (!chromium) return;
  system = await startSystem({ env: { WECHAT_APPS: apps("none") } });
  for (const person of ["alice", "emoji", "longname", "noavatar"]) {
    const page = await phone("en");
    await signIn(page, person);
    await page.context().close();
  }
  await system.restart({ WECHAT_APPS: apps("ask") });
});
afterAll(async () => {
  await chromium?.close();
  await system?.stop();
});
beforeEach((context) => {
  if (!chromium) context.skip(noChromium);
});

/** WeChat's browser on a small phone with JavaScript off. */
async function phone(locale: "zh-CN" | "en", javaScriptEnabled = false): Promise<Page> {
  const userAgent = `Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.49 Language/${locale}`;
  const viewport = { width: 360, height: 640 };
  const options = { userAgent, locale, viewport, javaScriptEnabled };
  return (await openContext(chromium as Browser, options)).newPage();
}

/** Passes WeChat's own page as this person. */
async function allow(page: Page, person: string): Promise<void> {
  const form = page.locator("form", { has: page.locator(`input[name=person][value=${person}]`) });
  await form.locator(`input[name=person][value=${person}]`).check();
  await page.locator("button[name=decision][value=allow]").click();
}

async function signIn(page: Page, person: string): Promise<void> {
  await page.goto(`${system.url}/login/wechat?return_to=/login/account?orders`);
  if (page.url().startsWith(system.url)) return;
  await allow(page, person);
  await page.waitForURL(({ origin }) => origin === system.url);
}

const orders = () => `${system.url}/login/account?orders`;
/** Without WeChat's fragment, which a browser keeps across redirects. */
const addressOf = (page: Page) => page.url().replace(/#.*/, "");
const headingOf = (page: Page) => page.getByRole("heading", { level: 1 }).textContent();

describe("a known person who is asked for their profile, with JavaScript off", () => {
  it("says no, goes on signed in, and is not asked the next time", async () => {
    const page = await phone("zh-CN");
    await signIn(page, "alice");
    expect(await headingOf(page)).toBe("展示你的微信昵称和头像");
    expect(await page.locator(".agreement").textContent()).toBe("继续即表示你同意隐私政策 2026-11");
    const refuse = page.getByRole("link", { name: "暂不展示" });
    await page.waitForLoadState("load"); // before its style sheet came, the logo alone is taller than the screen
    const box = await refuse.boundingBox();
    expect((box?.y ?? 640) + (box?.height ?? 0)).toBeLessThanOrEqual(640);
    await refuse.click();
    expect([addressOf(page), await headingOf(page)]).toEqual([orders(), "微信用户"]);
    await page.goBack();
    await page.getByRole("link", { name: "暂不展示" }).click();
    expect(addressOf(page)).toBe(orders());
    await signIn(page, "alice");
    expect(addressOf(page)).toBe(orders());
    await page.context().close();
  });

  it("agrees, and is shown with their nickname", async () => {
    const page = await phone("en");
    await signIn(page, "emoji");
    expect(await headingOf(page)).toBe("Show your WeChat nickname and photo");
    await page.getByRole("link", { name: "Continue in WeChat" }).click();
    await allow(page, "emoji");
    expect([addressOf(page), await headingOf(page)]).toEqual([orders(), "🦊 Foxy 🎉👩‍👩‍👧"]);
    await page.goBack();
    await page.goBack();
    expect(page.url().startsWith(system.url)).toBe(true);
    await page.context().close();
  });
});

describe("the page that asks a known person", () => {
  it.each([
    ["zh-CN", "light", "longname"],
    ["en", "dark", "noavatar"],
  ] as const)("fits a small phone and passes axe (%s, %s)", async (locale, colorScheme, person) => {
    const page = await phone(locale, true);
    await page.emulateMedia({ colorScheme });
    await signIn(page, person);
    expect(await headingOf(page)).toMatch(/^(展示你的|Show your )/);
    expect(await objectionsOf(page)).toEqual([]);
    await page.context().close();
  });
});
