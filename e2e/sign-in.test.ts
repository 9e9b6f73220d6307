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

/** Chooses the person that the simulator signs in; a real phone belongs to one. */
async function choosePerson(page: Page, person: string): Promise<void> {
  await page.locator(`input[name=person][value=${person}]`).check();
}

/** Presses a button of the simulator's pages. */
const decide = (page: Page, decision: "allow" | "refuse") =>
  page.locator(`button[name=decision][value=${decision}]`).click();

/** Scans the simulator's QR page as this person, and allows the sign-in. */
const scanAndAllow = (page: Page, person: string) =>
  page
    .locator("form", { has: page.locator(`input[name=person][value=${person}]`) })
    .locator("button[value=allow]")
    .click();

describe.each(["android", "ios"] as const)("WeChat's browser on %s", (phone) => {
  const person = phone === "android" ? "alice" : "emoji";

  it("signs in a new person after one tap, and silently the next time", async () => {
    const context = await wechatPhone(chromium as Browser, phone);
    const page = await context.newPage();
    await page.goto(`${system.url}/login/wechat?return_to=/`);
    await choosePerson(page, person);
    await decide(page, "allow");

    await page.waitForURL("**/login/profile/*");
    await page.locator("main a.primary").click();
    await choosePerson(page, person);
    await decide(page, "allow");
    await page.waitForURL(`${system.url}/`);
    const name = await page.getByRole("heading", { level: 1 }).textContent();
    expect(name).not.toBe("");

    await page.goto(`${system.url}/login/wechat?return_to=/?again`);
    expect(page.url()).toBe(`${system.url}/?again`);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(name);
    await context.close();
  });

  it("shows the first callback's result when the callback is repeated", async () => {
    const context = await wechatPhone(chromium as Browser, phone);
    const page = await context.newPage();
    const callbacks: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/login/wechat/callback")) callbacks.push(request.url());
    });
    await page.goto(`${system.url}/login/wechat?return_to=/`);
    await choosePerson(page, person);
    await decide(page, "allow");
    await page.waitForURL(`${system.url}/`);
    expect(callbacks).toHaveLength(1);

    await page.goto(callbacks[0] ?? "");
    expect(page.url()).toBe(`${system.url}/`);
    await page.goBack();
    expect(await page.locator("main").textContent()).not.toMatch(/errcode/);
    await context.close();
  });

  it("does not sign in a person who refuses, and offers another sign-in", async () => {
    const context = await wechatPhone(chromium as Browser, phone);
    const page = await context.newPage();
    await page.goto(`${system.url}/login/wechat`);
    await choosePerson(page, "noavatar");
    await decide(page, "allow");
    await page.locator("main a.primary").click();
    await decide(page, "refuse");
    await page.getByRole("heading", { level: 1, name: "You declined" }).waitFor();

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
] as const)("the pages at 360 px ($locale, $colorScheme)", (options) => {
  it("pass the accessibility checks and fit the screen", async () => {
    const context = await openContext(chromium as Browser, {
      ...options,
      viewport: { width: 360, height: 640 },
    });
    const page = await context.newPage();
    const check = async (name: string) => expect(await objectionsOf(page), name).toEqual([]);
    await page.goto(`${system.url}/`);
    await check("home");
    await page.goto(`${system.url}/login/wechat/callback?code=x&state=y`);
    await check("incomplete link");
    await page.goto(`${system.url}/nowhere`);
    await check("not found");
    await page.goto(`${system.url}/login/profile/01ARZ3NDEKTSV4RRFFQ69G5FAV`);
    await check("expired");
    await page.goto(`${system.url}/login/wechat?app=oa`);
    await page.locator("button.main").click();
    await choosePerson(page, "longname");
    await decide(page, "allow");
    await page.waitForURL("**/login/profile/*");
    await check("profile");
    await page.goto(`${system.url}/login/wechat`);
    await page.locator("button[value=allow]").first().click();
    await page.waitForURL(`${system.url}/`);
    await page.waitForLoadState("networkidle");
    await check("account");
    await context.close();
  });
});

describe("a desktop browser", () => {
  it("can sign out, after which no sign-in starts by itself", async () => {
    const context = await desktop(chromium as Browser);
    const page = await context.newPage();
    await page.goto(`${system.url}/login/wechat`);
    await scanAndAllow(page, "longname");
    await page.waitForURL(`${system.url}/`);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "You are signed out" }).waitFor();
    expect(page.url()).toBe(`${system.url}/`);

    await page.goto(`${system.url}/login/wechat`);
    expect(new URL(page.url()).origin).toBe(system.url);
    await page.locator("main a.primary").waitFor();
    await context.close();
  });

  it("shows a failed sign-in with its request number and no code in the address bar", async () => {
    const context = await desktop(chromium as Browser);
    const page = await context.newPage();
    await system.fail("access_token", 40029);
    await page.goto(`${system.url}/login/wechat`);
    await scanAndAllow(page, "longname");
    await page.getByText("40029").waitFor();
    await page.waitForURL("**/login/ended/*");
    const number = await page.locator("#number").textContent();
    expect(page.url()).toBe(`${system.url}/login/ended/${number}`);
    await page.reload();
    expect(await page.locator("#number").textContent()).toBe(number);
    await context.close();
  });
});
