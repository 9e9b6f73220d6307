import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium, noChromium, openContext } from "../../../e2e/support/chromium.js";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { PANEL_PATHS } from "./panel.js";
import { type Browser, type Context, objectionsOf, openAllDetails, type Page } from "./panel-look.js";
import { call, exchange, getCode, getGlobalToken, getTokens } from "./phone.js";

let simulator: Simulator;
let browser: Browser | undefined;
beforeAll(async () => {
  simulator = await startSimulator();
  browser = await launchChromium();
});
beforeEach((test) => {
  simulator.reset();
  if (!browser) test.skip(noChromium);
});
afterAll(async () => {
  await browser?.close();
  await simulator.close();
});

interface Look {
  language?: "en" | "zh-CN";
  scheme?: "light" | "dark";
  width?: number;
}

/** One for each look, and a page that stays open in each: a browser takes as long to begin a context as to check a page. */
const contexts = new Map<string, Promise<Context>>();

async function open({ language = "en", scheme = "light", width = 1280 }: Look): Promise<Context> {
  if (!browser) throw new Error(noChromium);
  const context = await openContext(browser, {
    locale: language,
    colorScheme: scheme,
    viewport: { width, height: 800 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await context.newPage();
  return context;
}

function contextOf(look: Look): Promise<Context> {
  const key = JSON.stringify(look);
  const context = contexts.get(key) ?? open(look);
  contexts.set(key, context);
  return context;
}

/** Opens the panel, passes the page on, and checks afterwards that no script failed or was blocked. */
async function onPanel(path: string, look: Look, act: (page: Page) => Promise<void>): Promise<void> {
  const context = await contextOf(look);
  const page = await context.newPage();
  try {
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(simulator.url + path);
    await act(page);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await context.clearCookies();
  }
}

/** One of everything that pages show, including hostile nicknames. */
async function live(): Promise<void> {
  await getTokens(simulator);
  await getTokens(simulator, "longname");
  await getCode(simulator, "emoji");
  await exchange(simulator, "unknown");
  const access_token = await getGlobalToken(simulator);
  await call(simulator, "/cgi-bin/ticket/getticket", { access_token, type: "jsapi" });
  simulator.fail("userinfo", { kind: "errcode", errcode: -1 }, 2);
  simulator.fail("access_token", { kind: "reset", when: "after" }, { share: 0.2 });
  simulator.settings({ doubleCallback: true });
  simulator.advance(1);
}

describe("every page of the panel in a browser", { timeout: 60_000 }, () => {
  // Each language, color scheme and width once: English on the phone, whose words are the longest.
  const onDesktop: Look = { language: "zh-CN" };
  const onPhone: Look = { scheme: "dark", width: 360 };

  it.each(PANEL_PATHS)("passes axe and fits a phone with all details open: %s", async (path) => {
    await live();
    for (const look of [onDesktop, onPhone]) {
      await onPanel(path, look, async (page) => {
        await openAllDetails(page);
        expect(await objectionsOf(page)).toEqual([]);
      });
    }
  });

  it.each(PANEL_PATHS)("passes axe when it is empty: %s", async (path) => {
    await onPanel(path, onPhone, async (page) => {
      await page.emulateMedia({ colorScheme: "light" });
      expect(await objectionsOf(page)).toEqual([]);
    });
  });
});

describe("the list of requests in a browser", { timeout: 30_000 }, () => {
  it("shows a new request by itself and keeps an open row open", async () => {
    await exchange(simulator, "first");
    await onPanel("/", {}, async (page) => {
      await page.locator(".request summary").first().click();
      await exchange(simulator, "second");
      await page.locator(".request").nth(1).waitFor();
      expect(await page.locator(".request").first().textContent()).toContain("code=second");
      expect(await page.locator(".request details[open]").textContent()).toContain("code=first");
      await expect.poll(() => page.locator("#news").textContent()).toBe("1 new");
    });
  });

  it("does not wrap a time on a phone", async () => {
    await exchange(simulator, "x");
    await onPanel("/", { width: 360 }, async (page) => {
      await openAllDetails(page);
      const lines = await page.evaluate<number[]>(
        `[...document.querySelectorAll(".request-details .whole")].map((time) => time.getClientRects().length)`,
      );
      expect(lines).toEqual([1, 1]);
    });
  });

  it("does not change while it is paused", async () => {
    await onPanel("/", {}, async (page) => {
      await page.getByRole("button", { name: "Pause" }).click();
      await exchange(simulator, "x");
      // Two polls would have shown it.
      await page.waitForTimeout(2200);
      expect(await page.locator(".request").count()).toBe(0);
      await page.getByRole("button", { name: "Pause" }).click();
      await page.locator(".request").waitFor();
    });
  });

  it("is filtered while typing, and a reload keeps the filter", async () => {
    await exchange(simulator, "alpha");
    await exchange(simulator, "beta");
    await onPanel("/", {}, async (page) => {
      await page.getByLabel("Text").fill("beta");
      await expect.poll(() => page.locator(".request").count()).toBe(1);
      await page.reload();
      expect(await page.locator(".request").count()).toBe(1);
      expect(await page.getByLabel("Text").inputValue()).toBe("beta");
    });
  });

  it("copies a request as curl without the secret", async () => {
    await exchange(simulator, "x");
    await onPanel("/", {}, async (page) => {
      await page.locator(".request summary").click();
      await page.getByRole("button", { name: "Copy as curl" }).click();
      await expect.poll(() => page.locator("#toast").textContent()).toBe("Copied");
      const copied = await page.evaluate<string>("navigator.clipboard.readText()");
      expect(copied).toContain("/sns/oauth2/access_token?");
      expect(copied).toContain("secret=***&code=x");
    });
  });

  it("runs nothing from a hostile nickname or query", async () => {
    const hostile = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>`;
    simulator.updatePerson("alice", { nickname: hostile });
    await onPanel("/", {}, async (page) => {
      await getTokens(simulator);
      await fetch(`${simulator.url}/sns/userinfo?access_token="><script>window.hurt=1</script>`);
      await page.locator(".request").nth(2).waitFor();
      expect(await page.evaluate<boolean>(`"hurt" in window`)).toBe(false);
      expect(await page.locator(".request .who").nth(1).textContent()).toContain("<img src=x");
    });
  });
});

describe("the panel's forms in a browser", { timeout: 30_000 }, () => {
  it("create a person who can sign in without leaving the page", async () => {
    await onPanel("/people#new", {}, async (page) => {
      const form = page.locator("#new");
      await form.getByLabel("Nickname").fill("Bob");
      await form.getByLabel("Id, for scripts").fill("bob");
      await form.getByRole("button", { name: "Create" }).click();
      await page.locator("#person-bob").waitFor();
      expect(await page.locator("#toast").textContent()).toBe("Created. This person can sign in now.");
    });
    expect((await getTokens(simulator, "bob")).openid).toBe(
      simulator.person("bob", demoOfficialAccount.appId).openid,
    );
  });

  it("delete a person only after a confirmation page", async () => {
    await onPanel("/people", {}, async (page) => {
      await page.locator("#person-alice summary").click();
      await page
        .locator("#person-alice")
        .getByRole("link", { name: /Delete the account/ })
        .click();
      await page.getByRole("link", { name: "Cancel" }).click();
      await page.locator("#person-alice summary").click();
      await page
        .locator("#person-alice")
        .getByRole("link", { name: /Delete the account/ })
        .click();
      expect(simulator.person("alice", demoOfficialAccount.appId).nickname).toBe("林小满");
      await page.getByRole("button", { name: "Delete this person" }).click();
      await page.waitForURL(/\/people\?done=deleted$/);
      expect(await page.locator("#flash").textContent()).toContain("Deleted.");
      expect(await page.locator("#person-alice").count()).toBe(0);
    });
    expect(() => simulator.person("alice", demoOfficialAccount.appId)).toThrow(RangeError);
  });

  it("plan a fault with the fields of its kind, which then takes effect", async () => {
    await onPanel("/faults", {}, async (page) => {
      const form = page.locator(".own-fault");
      expect(await form.getByLabel("Milliseconds").isVisible()).toBe(false);
      await form.getByLabel("How it fails").selectOption("body");
      expect(await form.getByLabel("errcode", { exact: true }).isVisible()).toBe(false);
      await form.getByLabel(/^Body/).fill("hello");
      await form.getByRole("button", { name: "Plan it" }).click();
      await page.locator("[id^=fault-]").waitFor();
      const response = await fetch(`${simulator.url}/sns/oauth2/access_token`);
      expect(await response.text()).toBe("hello");
      await expect.poll(() => page.locator("[id^=fault-]").count()).toBe(0);
    });
  });

  it("report a mistake and keep the input", async () => {
    await onPanel("/people", {}, async (page) => {
      const form = page.locator("#new");
      await form.getByLabel("Nickname").fill("Second Alice");
      await form.getByLabel("Id, for scripts").fill("alice");
      const answered = page.waitForResponse(/people\/create/);
      // The browser console reports the 400, which is expected and not a failure of the page.
      page.removeAllListeners("console");
      await form.getByRole("button", { name: "Create" }).click();
      await answered;
      await expect.poll(() => page.locator("#toast").textContent()).toContain("is taken");
      expect(await form.getByLabel("Nickname").inputValue()).toBe("Second Alice");
    });
  });

  it("set a switch as soon as a value is chosen", async () => {
    await onPanel("/switches", {}, async (page) => {
      await page.locator("#switch-refusal").getByRole("radio", { name: "state only" }).check();
      await page.locator("#switch-refusal").getByText("changed").waitFor();
      await expect.poll(() => page.locator("#status").textContent()).toMatch(/Switches changed\s+1/);
    });
  });

  it("move the clock while a code counts down to its expiry", async () => {
    const code = await getCode(simulator);
    await onPanel("/tokens", {}, async (page) => {
      simulator.advance(297);
      await page.locator(".credential").getByText("expired").waitFor({ timeout: 10_000 });
    });
    expect((await exchange(simulator, code)).body.errcode).toBe(40029);
  });

  it("keep unsaved input while the page updates", async () => {
    await onPanel("/people", {}, async (page) => {
      await page.locator("#person-alice summary").click();
      await page.locator("#person-alice").getByLabel("Nickname").fill("half-writ");
      simulator.updatePerson("emoji", { nickname: "Another name" });
      await page.locator("#person-emoji").getByText("Another name").first().waitFor();
      expect(await page.locator("#person-alice").getByLabel("Nickname").inputValue()).toBe("half-writ");
    });
  });

  it("keep the unsaved input of a new person, whose form has a field named id, while the page updates", async () => {
    await onPanel("/people", {}, async (page) => {
      const form = page.locator("#new");
      await form.getByLabel("Nickname").fill("half-writ");
      await form.getByLabel("Id, for scripts").fill("half");
      simulator.updatePerson("emoji", { nickname: "Another name" });
      await page.locator("#person-emoji").getByText("Another name").first().waitFor();
      expect(await form.getByLabel("Nickname").inputValue()).toBe("half-writ");
      expect(await form.getByLabel("Id, for scripts").inputValue()).toBe("half");
    });
  });
});
