import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { desktop, launchChromium, noChromium, openContext } from "./support/chromium.js";
import { hiddenFocus, jumpsOfFocus, objectionsOf } from "./support/look.js";
import { signInByScript } from "./support/people.js";
import { type RunningSystem, startSystem } from "./support/system.js";

const password = "a-long-walk-by-the-lake";

let chromium: Browser | undefined;
let system: RunningSystem;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  chromium = await launchChromium();
  if (!chromium) return;
  system = await startSystem();
  await addHostWithoutReceiver();
  await signInByScript(system, "alice");
  await signInByScript(system, "emoji");
  await system.fail("access_token", 40125);
  await signInByScript(system, "noavatar");
  await system.fail("access_token", 40164);
  await signInByScript(system, "longname");
  context = await desktop(chromium);
  page = await context.newPage();
});
afterAll(async () => {
  await chromium?.close();
  await system?.stop();
});
beforeEach((test) => {
  if (!chromium) test.skip(noChromium);
});

/** A host application whose webhook leads nowhere. */
async function addHostWithoutReceiver(): Promise<void> {
  const origin = "https://shop.example";
  const host = { id: "shop", name: "The shop", origin, redirect: "/return", scopes: "events" };
  const authorization = `Bearer ${await system.addHost(host)}`;
  const added = await fetch(`${system.url}/api/v1/webhooks`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ url: "http://127.0.0.1:1/a-path-of-the-receiver", types: [] }),
  });
  expect(added.status).toBe(200);
}

describe("the console in a browser", () => {
  it("creates the first account from the one-time link, which then no longer works", async () => {
    const link = await system.operatorLink();
    await page.goto(link);
    expect(page.url()).not.toContain("#");
    await page.getByLabel("Username").fill("night-shift");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Save and sign in" }).click();
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();

    const otherBrowser = await (await desktop(chromium as Browser)).newPage();
    await otherBrowser.goto(link);
    await otherBrowser.getByLabel("Username").fill("another-operator");
    await otherBrowser.getByLabel("Password", { exact: true }).fill(password);
    await otherBrowser.getByRole("button", { name: "Save and sign in" }).click();
    await otherBrowser.getByRole("alert").waitFor();
    expect(otherBrowser.url()).toContain("/admin/set-up");
    await otherBrowser.context().close();
  });

  it("does not bring back a search that was typed just before the filters were cleared", async () => {
    await page.goto(`${system.url}/admin/people?status=active`);
    await page.getByText("林小满").first().waitFor();
    // Both in one step, so that the pause after typing cannot be over.
    await page.evaluate(() => {
      const input = document.querySelector<HTMLInputElement>("main input[placeholder]");
      const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
      value?.set?.call(input, "小满");
      input?.dispatchEvent(new Event("input", { bubbles: true }));
      for (const button of document.querySelectorAll("button")) {
        if (button.textContent === "Clear filters") button.click();
      }
    });
    await page.waitForURL(`${system.url}/admin/people`);
    await page.waitForTimeout(500);
    expect(page.url()).toBe(`${system.url}/admin/people`);
    expect(await page.locator("main input[placeholder]").first().inputValue()).toBe("");
  });

  it("finds a person by nickname, which it sends, and shows that person's binding, also after a reload", async () => {
    const people = page.locator("main tbody tr");
    const names = () => people.allTextContents();
    await page.goto(`${system.url}/admin/people`);
    await people.nth(1).waitFor();
    expect((await names()).sort()).toEqual([
      expect.stringContaining("林小满"),
      expect.stringContaining("🦊 Foxy"),
    ]);
    const sent = page.waitForRequest(
      (request) =>
        request.url().includes("people.list") && decodeURIComponent(request.url()).includes('"小满"'),
    );
    await page.locator("main input[placeholder]").first().fill("小满");
    await sent;
    await expect.poll(names).toEqual([expect.stringContaining("林小满")]);

    await people.first().getByText("林小满").click();
    const drawer = page.getByRole("dialog");
    for (const open of [() => undefined, () => page.reload()]) {
      await open();
      await drawer.getByText("snsapi_userinfo").first().waitFor();
      expect(await drawer.textContent()).toContain("林小满");
      expect(await drawer.textContent()).not.toContain("Foxy");
      expect(await names()).toEqual([expect.stringContaining("林小满")]);
    }
  });

  it("shows that the app token is valid and refreshes it", async () => {
    await page.goto(`${system.url}/admin/tokens`);
    await page.getByText("Valid").first().waitFor();
    await page.getByRole("button", { name: "Refresh now: oa" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox").fill("a look at three in the morning");
    await dialog.getByRole("button", { name: "Refresh now" }).click();
    // Beside the operator's own name in the header.
    await page.getByText("night-shift").nth(1).waitFor();
  });

  it("explains a failed errcode, what to do, and which sign-in it affected", async () => {
    await page.goto(`${system.url}/admin/errors`);
    await page.getByText("40125").first().click();
    await page.getByText("The AppSecret is wrong").first().waitFor();
    await page.goto(`${system.url}/admin/errors?view=log`);
    await page.getByText("40125").first().click();
    const drawer = page.getByRole("dialog");
    await drawer.getByText("Who must act").waitFor();
    await drawer.getByRole("link", { name: "View sign-in" }).click();
    await page.waitForURL("**/admin/sign-ins/*");
    await page.getByText("40125").first().waitFor();
    await expect.poll(() => page.getByText("40164").count()).toBe(0);
    const number = new URL(page.url()).pathname.split("/").at(-1) ?? "";

    await page.goto(`${system.url}/admin/people`);
    await page.getByRole("heading", { name: "People", level: 1 }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type(number);
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/admin/sign-ins/${number}`);
  });

  it.each([
    { locale: "en", colorScheme: "light", width: 1440 },
    { locale: "zh-CN", colorScheme: "dark", width: 360 },
  ] as const)(
    "has no page with an axe violation, a target too small to hit or wider than the screen ($locale, $colorScheme, $width px)",
    { timeout: 120_000 },
    async (look) => {
      const { locale, colorScheme, width } = look;
      const [failing, loading] =
        locale === "en" ? ["Failing since", "Loading…"] : ["持续失败，始于", "加载中…"];
      const view = await openContext(chromium as Browser, {
        locale,
        colorScheme,
        storageState: await context.storageState(),
        viewport: { width, height: 800 },
      });
      const tab = await view.newPage();
      await tab.goto(`${system.url}/admin/hosts/shop`);
      await tab.getByText(failing).waitFor();
      for (const path of [
        ...["overview", "apps", "alerts", "people", "conflicts", "tokens", "errors", "errors?view=people"],
        ...["errors?view=log", "sign-ins", "search?q=40164", "operators", "audit", "hosts", "hosts/shop"],
        "security",
      ]) {
        await tab.goto(`${system.url}/admin/${path}`);
        await tab.getByRole("heading", { level: 1 }).waitFor();
        await expect.poll(() => tab.getByText(loading, { exact: true }).count(), { message: path }).toBe(0);
        expect(await objectionsOf(tab), path).toEqual([]);
      }
      for (const keys of ["Control+k", "?"]) {
        await tab.keyboard.press(keys);
        await tab.getByRole("dialog").waitFor();
        expect(await objectionsOf(tab), keys).toEqual([]);
        await tab.keyboard.press("Escape");
        await tab.getByRole("dialog").waitFor({ state: "detached" });
      }
      await view.close();
    },
  );

  it.each(["people", "errors", "errors?view=log", "sign-ins"])(
    "shows the list %s first, with an empty cache, in 12 requests and 300 KB",
    async (path) => {
      const view = await openContext(chromium as Browser, { storageState: await context.storageState() });
      const tab = await view.newPage();
      const sizes: Promise<number>[] = [];
      tab.on("requestfinished", (request) => {
        if (request.url().includes("/admin/avatars/")) return; // as many as there are people
        const size = request.sizes();
        sizes.push(
          size.then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize),
        );
      });
      await tab.goto(`${system.url}/admin/${path}`);
      await tab.locator("main [data-row-link]").first().waitFor();
      await tab.waitForLoadState("networkidle");
      const all = await Promise.all(sizes);
      // One more on a list that goes on after this page: it asks for its total.
      expect(all.length).toBeLessThanOrEqual(11);
      expect(all.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(300 * 1024);
      await view.close();
    },
  );

  it("says so where the file with its texts does not arrive, and is whole after a press on Reload", async () => {
    const view = await openContext(chromium as Browser, { storageState: await context.storageState() });
    const tab = await view.newPage();
    await view.route(/assets\/en-[^/]*\.js/, (route) => route.abort(), { times: 1 });
    await tab.goto(`${system.url}/admin/people`);
    await tab.getByRole("heading", { name: "The console could not be loaded" }).waitFor();
    expect(await objectionsOf(tab)).toEqual([]);
    await tab.getByRole("button", { name: "Reload" }).click();
    await tab.getByRole("heading", { name: "People", level: 1 }).waitFor();
    await view.close();
  });

  it("never has the focus wholly behind its header when it walks back from the end of a list", async () => {
    await page.setViewportSize({ width: 1280, height: 300 });
    for (const path of ["people", "errors", "sign-ins"]) {
      await page.goto(`${system.url}/admin/${path}`);
      await page.locator("main [data-row-link]").first().waitFor();
      const { steps, hidden } = await hiddenFocus(page);
      expect(steps, path).toBeGreaterThan(10);
      expect(hidden, path).toEqual([]);
    }
  });

  it("leads the focus through a drawer and a dialog in the order in which they are read", async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${system.url}/admin/people`);
    await page.getByText("林小满").first().click();
    const drawer = page.getByRole("dialog");
    await drawer.getByText("snsapi_userinfo").first().waitFor();
    await drawer.getByRole("heading").first().focus();
    const inDrawer = await jumpsOfFocus(page, '[role="dialog"]');
    expect(inDrawer.steps).toBeGreaterThan(5);
    expect(inDrawer.jumps).toEqual([]);
    await drawer.getByRole("button", { name: "Block" }).click();
    await page.getByLabel("Reason").waitFor();
    await page.locator("[data-front-dialog]").getByRole("button", { name: "Close" }).focus();
    const inDialog = await jumpsOfFocus(page, "[data-front-dialog]");
    expect(inDialog.steps).toBe(3);
    expect(inDialog.jumps).toEqual([]);
    await page.keyboard.press("Escape");
  });

  it("adds a passkey, and asks for it after the password at the next sign-in [T124]", async () => {
    const debug = await page.context().newCDPSession(page);
    await debug.send("WebAuthn.enable");
    await debug.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        ...{ protocol: "ctap2", transport: "internal", hasResidentKey: true },
        ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
      },
    });
    await page.goto(`${system.url}/admin/people`);
    await page.getByRole("button", { name: /night-shift/ }).click();
    await page.getByRole("link", { name: "Second factor and passkeys" }).click();
    await page.getByRole("button", { name: "Add passkey" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Your password", { exact: true }).fill(password);
    await dialog.getByLabel("Name").fill("the laptop");
    expect(await objectionsOf(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Add" }).click();
    await page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
    expect((await dialog.locator("code").textContent())?.split("\n")).toHaveLength(10);
    await dialog.getByRole("button", { name: "I have kept the codes" }).click();
    await page.getByRole("table").getByText("the laptop").waitFor();

    await page.getByRole("button", { name: /night-shift/ }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Username").fill("night-shift");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Confirm that it is you" }).waitFor();
    expect(await objectionsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByRole("heading", { name: "Second factor and passkeys", level: 1 }).waitFor();
  });

  it("signs out at once", async () => {
    await page.goto(`${system.url}/admin/people`);
    await page.getByText("林小满").first().waitFor();
    await page.getByRole("button", { name: /night-shift/ }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    await page.goto(`${system.url}/admin/people`);
    await page.getByLabel("Username").waitFor();
  });
});
