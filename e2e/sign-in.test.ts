import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { desktop, launchChromium, noChromium, openContext, wechatPhone } from "./support/chromium.js";
import { objectionsOf } from "./support/look.js";
import { type RunningSystem, startSystem } from "./support/system.js";

let chromium: Browser | undefined;
let system: RunningSystem;

beforeAll(async () => {
  chromium = await launchChromium();
  if (chromium) system = await startSystem();
});
afterAll(async () => {
  await chromium?.close();
  await system?.stop();
});
beforeEach((context) => {
  if (!chromium) context.skip(noChromium);
});

/** The simulator asks once in a browser whose phone it is; a real phone knows. */
async function holdPhone(page: Page, person: string): Promise<void> {
  await page.locator(`input[name=person][value=${person}]`).check();
}

describe.each(["android", "ios"] as const)("in a browser: WeChat on %s", (phone) => {
  const person = phone === "android" ? "alice" : "emoji";

  it("signs a new person in after one tap, and silently the next time", async () => {
    const context = await wechatPhone(chromium as Browser, phone);
    const page = await context.newPage();
    await page.goto(`${system.url}/login/wechat?return_to=/`);
    await holdPhone(page, person);
    await page.getByRole("button", { name: /Continue/ }).click();

    await page.waitForURL("**/login/profile/*");
    await page.locator("main a.primary").click();
    await holdPhone(page, person);
    await page.getByRole("button", { name: /Allow/ }).click();
    await page.waitForURL(`${system.url}/`);
    const name = await page.getByRole("heading", { level: 1 }).textContent();
    expect(name).not.toBe("");

    await page.goto(`${system.url}/login/wechat?return_to=/?again`);
    expect(page.url()).toBe(`${system.url}/?again`);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(name);
    await context.close();
  });

  it("lands where the first delivery landed when the callback is replayed", async () => {
    const context = await wechatPhone(chromium as Browser, phone);
    const page = await context.newPage();
    const callbacks: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/login/wechat/callback")) callbacks.push(request.url());
    });
    await page.goto(`${system.url}/login/wechat?return_to=/`);
    await holdPhone(page, person);
    await page.getByRole("button", { name: /Continue/ }).click();
    await page.waitForURL(`${system.url}/`);
    expect(callbacks).toHaveLength(1);

    await page.goto(callbacks[0] ?? "");
    expect(page.url()).toBe(`${system.url}/`);
    await page.goBack();
    expect(await page.locator("main").textContent()).not.toMatch(/errcode/);
    await context.close();
  });

  it("leaves a person who refuses without a session, and lets them try again", async () => {
    const context = await wechatPhone(chromium as Browser, phone);
    const page = await context.newPage();
    await page.goto(`${system.url}/login/wechat`);
    await holdPhone(page, "noavatar");
    await page.getByRole("button", { name: /Continue/ }).click();
    await page.locator("main a.primary").click();
    await page.getByRole("button", { name: /Decline/ }).click();
    await page.getByRole("heading", { name: "You declined" }).waitFor();

    await page.goto(`${system.url}/`);
    await page.locator("main a.primary").waitFor();
    const cookies = await context.cookies(system.url);
    expect(cookies.some((cookie) => cookie.name === "wl_session")).toBe(false);
    await context.close();
  });
});

describe.each([
  { locale: "en", colorScheme: "light" },
  { locale: "zh-CN", colorScheme: "dark" },
] as const)("in a browser: the pages on a phone of 360 px ($locale, $colorScheme)", (look) => {
  it("are read by everybody and never too wide", async () => {
    const context = await openContext(chromium as Browser, {
      ...look,
      viewport: { width: 360, height: 640 },
    });
    const page = await context.newPage();
    const check = async (name: string) => expect(await objectionsOf(page), name).toEqual([]);
    await page.goto(`${system.url}/`);
    await check("home");
    await page.goto(`${system.url}/login/wechat/callback?code=x&state=y`);
    await check("a link that is incomplete");
    await page.goto(`${system.url}/nowhere`);
    await check("nothing here");
    await page.goto(`${system.url}/login/profile/01ARZ3NDEKTSV4RRFFQ69G5FAV`);
    await check("what is asked and why");
    await page.goto(`${system.url}/login/wechat`);
    await page.locator("button[value=allow]").first().click();
    await page.waitForURL(`${system.url}/`);
    await page.waitForLoadState("networkidle");
    await check("account");
    await context.close();
  });
});

describe("in a browser: the account page", () => {
  it("signs out here, and then starts nothing by itself", async () => {
    const context = await desktop(chromium as Browser);
    const page = await context.newPage();
    await page.goto(`${system.url}/login/wechat`);
    await page.getByRole("button", { name: "Scan and allow: longname" }).click();
    await page.waitForURL(`${system.url}/`);
    await page
      .getByRole("button", { name: /^Sign out/ })
      .first()
      .click();
    await page.waitForURL(`${system.url}/?signed_out=1`);

    await page.goto(`${system.url}/login/wechat`);
    expect(new URL(page.url()).origin).toBe(system.url);
    await page.locator("main a.primary").waitFor();
    await context.close();
  });

  it("shows a failed sign-in with a number and no code in the address bar", async () => {
    const context = await desktop(chromium as Browser);
    const page = await context.newPage();
    await system.fail("access_token", 40029);
    await page.goto(`${system.url}/login/wechat`);
    await page.getByRole("button", { name: "Scan and allow: longname" }).click();
    await page.getByText("40029").waitFor();
    await page.waitForURL("**/login/ended/*");
    const number = await page.locator("#number").textContent();
    expect(page.url()).toBe(`${system.url}/login/ended/${number}`);
    await page.reload();
    expect(await page.locator("#number").textContent()).toBe(number);
    await context.close();
  });
});
