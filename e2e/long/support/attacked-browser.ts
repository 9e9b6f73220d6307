import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import type { RunningSystem } from "../../support/system.js";

/** Text that becomes an element, and runs, wherever a page takes it for markup: in text and in an attribute. */
export const markup = (place: string): string => `'"><img src=x onerror=injected=1>${place}`;

export const viewport = { width: 1280, height: 1600 };

/** A browser that notes what the policies of its pages block. */
export async function openAttackedBrowser(chromium: Browser, userAgent?: string): Promise<BrowserContext> {
  const context = await chromium.newContext({ locale: "en", viewport, ...(userAgent && { userAgent }) });
  await context.addInitScript(() => {
    const blocked: string[] = [];
    Object.assign(window, { blocked });
    addEventListener("securitypolicyviolation", ({ effectiveDirective }) => blocked.push(effectiveDirective));
  });
  return context;
}

/** Signs one of the simulator's people in, inside WeChat. @returns on the account page */
export async function signIn(context: BrowserContext, system: RunningSystem, person: string): Promise<Page> {
  // WeChat's pages are skipped.
  await context.setExtraHTTPHeaders({ "x-simulator-person": person, "x-simulator-decision": "allow" });
  const page = await context.newPage();
  await page.goto(`${system.url}/login/wechat?return_to=/login/account`);
  const profile = page.locator("a[href^='/login/wechat/profile']").first();
  await profile.or(signOutButton(page)).first().waitFor();
  // The question after a silent sign-in of a person without a profile.
  if (await profile.isVisible()) await profile.click();
  await signOutButton(page).waitFor();
  await page.getByText(markup("nickname")).first().waitFor();
  await context.setExtraHTTPHeaders({});
  return page;
}

/** That of this browser: the list of the person's sessions has others before it. */
export const signOutButton = (page: Page) =>
  page.getByRole("button", { name: "Sign out", exact: true }).last();

/** Makes the first operator. @returns on the list of people */
export async function makeOperator(context: BrowserContext, system: RunningSystem): Promise<Page> {
  const page = await context.newPage();
  await page.goto(await system.operatorLink());
  await page.getByLabel("Username").fill("night-shift");
  await page.getByLabel("Password", { exact: true }).fill("a-long-walk-by-the-lake");
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await page.getByRole("heading", { name: "People", level: 1 }).waitFor();
  return page;
}

/** Opens a page of the system itself: what redirects to another site is not meant. */
export async function openPage(context: BrowserContext, system: RunningSystem, path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(system.url + path);
  expect(new URL(page.url()).origin, path).toBe(system.url);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForLoadState("networkidle");
  return page;
}

type Attacked = Window & { readonly blocked: readonly string[]; readonly injected?: number };

/** What became of hostile text: elements of it, whether a script ran, and which directives of the policy blocked one. */
export const injectedInto = (page: Page): Promise<{ elements: number; hasRun: boolean; blocked: string[] }> =>
  page.evaluate(() => {
    const { blocked, injected } = window as unknown as Attacked;
    return {
      elements: document.querySelectorAll("img[src=x], [onerror]").length,
      hasRun: injected !== undefined,
      blocked: [...new Set(blocked)].sort(),
    };
  });
