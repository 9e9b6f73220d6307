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

/** Signs a person in within WeChat: with the profile page the first time, and silently from the second time on. */
async function signInOnPhone(page: Page, person: string): Promise<void> {
  await page.goto(`${system.url}/login/wechat`);
  if (page.url() === `${system.url}/login/account`) return;
  await choosePerson(page, person);
  await decide(page, "allow");
  await page.waitForURL(
    ({ pathname }) => pathname === "/login/account" || pathname.startsWith("/login/profile/"),
  );
  if (new URL(page.url()).pathname === "/login/account") return;
  await page.locator("main a.primary").click();
  await choosePerson(page, person);
  await decide(page, "allow");
  await page.waitForURL(`${system.url}/login/account`);
}

const headingOf = (page: Page) => page.getByRole("heading", { level: 1 }).textContent();

const hasSession = async (page: Page) =>
  (await page.context().cookies(system.url)).some(({ name }) => name === "wl_session");

describe.each([
  { phone: "android", person: "alice", nickname: "林小满" },
  { phone: "ios", person: "emoji", nickname: "🦊 Foxy 🎉👩‍👩‍👧" },
] as const)("WeChat's browser on $phone", ({ phone, person, nickname }) => {
  it("signs in a new person after one tap, and silently the next time", async () => {
    const context = await wechatPhone(chromium as Browser, phone);
    const page = await context.newPage();
    await page.goto(`${system.url}/login/wechat?return_to=/login/account`);
    await choosePerson(page, person);
    await decide(page, "allow");

    await page.waitForURL("**/login/profile/*");
    await page.locator("main a.primary").click();
    await choosePerson(page, person);
    await decide(page, "allow");
    await page.waitForURL(`${system.url}/login/account`);
    expect(await headingOf(page)).toBe(nickname);
    expect(await hasSession(page)).toBe(true);

    await page.goto(`${system.url}/login/wechat?return_to=/login/account?again`);
    expect(page.url()).toBe(`${system.url}/login/account`);
    expect(await headingOf(page)).toBe(nickname);
    await context.close();
  });

  it("shows the first callback's result when the callback is repeated", async () => {
    const context = await wechatPhone(chromium as Browser, phone);
    const page = await context.newPage();
    const callbacks: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/login/wechat/callback")) callbacks.push(request.url());
    });
    await page.goto(`${system.url}/login/wechat?return_to=/login/account`);
    await choosePerson(page, person);
    await decide(page, "allow");
    await page.waitForURL(`${system.url}/login/account`);
    expect(callbacks).toHaveLength(1);

    await page.goto(callbacks[0] ?? "");
    expect(page.url()).toBe(`${system.url}/login/account`);
    expect(await headingOf(page)).toBe(nickname);
    await page.goBack();
    expect([page.url(), await headingOf(page)]).toEqual([`${system.url}/login/account`, nickname]);
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

    await page.goto(`${system.url}/login/account`);
    await page.locator("main a.primary").waitFor();
    expect(await headingOf(page)).toBe("Sign in");
    expect(await hasSession(page)).toBe(false);
    await context.close();
  });
});

describe("the check of a page's accessibility and width", () => {
  it("finds an image without a text, and a line that is wider than the screen", async () => {
    const context = await openContext(chromium as Browser, { viewport: { width: 360, height: 640 } });
    const page = await context.newPage();
    const main = (content: string) =>
      `<html lang="en"><title>t</title><main><h1>t</h1>${content}</main></html>`;
    await page.setContent(main(""));
    expect(await objectionsOf(page)).toEqual([]);
    await page.setContent(main('<img src="x"><p style="width: 361px">wide</p>'));
    expect(await objectionsOf(page)).toEqual([
      expect.stringMatching(/^image-alt: /),
      "wider than the screen",
    ]);
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
    /** The heading tells that it is this page which was checked. */
    const check = async (en: string, zh: string) => {
      expect(await headingOf(page)).toBe(options.locale === "en" ? en : zh);
      expect(await objectionsOf(page), en).toEqual([]);
    };
    await page.goto(`${system.url}/login/account`);
    await check("Sign in", "登录");
    await page.goto(`${system.url}/login/wechat/callback?code=x&state=y`);
    await check("This link is incomplete", "这个链接不完整");
    await page.goto(`${system.url}/nowhere`);
    await check("Page not found", "找不到这个页面");
    await page.goto(`${system.url}/login/profile/01ARZ3NDEKTSV4RRFFQ69G5FAV`);
    await check("This sign-in has expired", "这次登录已过期");
    await page.goto(`${system.url}/login/wechat?app=oa`);
    await page.locator("button.main").click();
    await choosePerson(page, "longname");
    await decide(page, "allow");
    await page.waitForURL("**/login/profile/*");
    await check("Sign in with your WeChat nickname and photo", "用微信昵称和头像登录");
    await page.goto(`${system.url}/login/wechat`);
    await scanAndAllow(page, "alice");
    await page.waitForURL(`${system.url}/login/account`);
    await page.waitForLoadState("networkidle");
    await check("林小满", "林小满");
    await context.close();
  });
});

describe("the link to open in WeChat, on a phone", () => {
  it("breaks its lines after a slash, and within a part only if that is longer than a line", async () => {
    const context = await openContext(chromium as Browser, {
      locale: "en",
      userAgent:
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1",
      viewport: { width: 360, height: 640 },
    });
    const page = await context.newPage();
    /** Each part between two places where a line may break, and the number of lines that it is on. */
    const linesOfParts = () =>
      page.locator("#link").evaluate((link) =>
        [...link.childNodes].flatMap((part) => {
          const range = document.createRange();
          range.selectNodeContents(part);
          return part.textContent ? [[part.textContent, range.getClientRects().length]] : [];
        }),
      );
    await page.goto(`${system.url}/login/wechat?return_to=/orders`);
    const [first, host] = [`http://`, `${new URL(system.url).host}/`];
    const last = "wechat?return_to=%2Forders";
    expect(await linesOfParts()).toEqual([
      [first, 1],
      [host, 1],
      ["login/", 1],
      [last, 1],
    ]);
    expect(await objectionsOf(page)).toEqual([]);

    await page.goto(`${system.url}/login/wechat?return_to=/${"orders".repeat(20)}`);
    expect((await linesOfParts()).at(-1)?.at(1)).toBeGreaterThan(2);
    expect(await objectionsOf(page)).toEqual([]);
    await context.close();
  });
});

describe("the account page of a person with two browsers", () => {
  let here: Page;
  let phone: Page;
  let other: Page;

  const signInByScan = async (page: Page, by: string) => {
    await page.goto(`${system.url}/login/wechat?tap=1`);
    await scanAndAllow(page, by);
    await page.waitForURL(`${system.url}/login/account`);
  };
  /** The heading of each browser's account page, or of the page that it gets without a session. */
  const headings = async () => {
    const shown = [];
    for (const page of [here, phone, other]) {
      await page.goto(`${system.url}/login/account`);
      shown.push(await headingOf(page));
    }
    return shown;
  };
  const rows = () => here.locator("section[aria-labelledby=sessions] li");
  const posts = (page: Page) => {
    const paths: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") paths.push(new URL(request.url()).pathname);
    });
    return paths;
  };
  // No other test signs this person in, so these two browsers are all that they have.
  const person = "bigavatar";
  const name = "大头像";
  const otherName = "林小满";

  beforeAll(async () => {
    if (!chromium) return;
    here = await (await desktop(chromium)).newPage();
    phone = await (await wechatPhone(chromium, "android")).newPage();
    other = await (await desktop(chromium)).newPage();
    await signInByScan(other, "alice");
  });
  beforeEach(async () => {
    await signInOnPhone(phone, person);
    await signInByScan(here, person);
  });

  it("ends the session of the other browser only", async () => {
    const sent = posts(here);
    expect(await rows().count()).toBe(2);
    await rows().filter({ hasText: "WeChat · Android" }).getByRole("button", { name: "Sign out" }).click();
    await here.getByText("That device is signed out.").waitFor();
    // A reload says it no more.
    await here.waitForURL(`${system.url}/login/account`);
    expect(await rows().count()).toBe(1);
    expect(await rows().textContent()).toContain("This browser");
    expect(sent).toEqual([expect.stringMatching(/^\/login\/account\/end-session\//)]);
    expect(await headings()).toEqual([name, "Sign in", otherName]);
  });

  it("signs out this browser only", async () => {
    await here.getByRole("button", { name: "Sign out", exact: true }).last().click();
    await here.getByRole("heading", { level: 1, name: "You are signed out" }).waitFor();
    await here.waitForURL(`${system.url}/login/account`);
    expect(await headings()).toEqual(["You are signed out", name, otherName]);
  });

  it("signs out both browsers of the person after a second tap, and no other person's", async () => {
    await here.getByText("Sign out everywhere").first().click();
    expect(await headings()).toEqual([name, name, otherName]);
    await here.getByText("Sign out everywhere").first().click();
    await here.getByRole("button", { name: "Sign out everywhere" }).click();
    await here.getByRole("heading", { level: 1, name: "You are signed out" }).waitFor();
    expect(await headings()).toEqual(["You are signed out", "Sign in", otherName]);
  });
});

describe("a desktop browser", () => {
  it("can sign out, after which no sign-in starts by itself", async () => {
    const context = await desktop(chromium as Browser);
    const page = await context.newPage();
    await page.goto(`${system.url}/login/wechat`);
    await scanAndAllow(page, "longname");
    await page.waitForURL(`${system.url}/login/account`);
    await page.getByRole("button", { name: "Sign out", exact: true }).last().click();
    await page.getByRole("heading", { level: 1, name: "You are signed out" }).waitFor();
    expect(page.url()).toBe(`${system.url}/login/account`);

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
