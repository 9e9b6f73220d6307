import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium, noChromium, openContext } from "./support/chromium.js";
import { objectionsOf } from "./support/look.js";
import { OperatorSteps } from "./support/operator-steps.js";
import { desktopAgent, signInByScript } from "./support/people.js";
import { type RunningSystem, startSystem } from "./support/system.js";

// What an operator is asked to do at any hour, by what the pages say and without knowing them, in few steps.

const password = "a-long-walk-by-the-lake";

let chromium: Browser | undefined;
let system: RunningSystem;
let page: Page;

beforeAll(async () => {
  chromium = await launchChromium();
  if (!chromium) return;
  system = await startSystem({ env: { STATE_TTL_SECONDS: "1" } });
  await sendToWeChat(12);
  const expireAt = Date.now() + 1_000;
  const cookies = new Map<string, string>();
  await signInByScript(system, "emoji", desktopAgent, cookies);
  await signInByScript(system, "alice", desktopAgent);
  cookies.delete("wl_session");
  await system.fail("access_token", 40125);
  await signInByScript(system, "emoji", desktopAgent, cookies);
  // At its start it counts the sign-ins that never came back, once their time is over; at its end it writes the counts.
  await sleep(Math.max(0, expireAt - Date.now()));
  await system.restart({});
  await system.restart({});
  page = await (
    await openContext(chromium, {
      ...{
        locale: "en",
        timezoneId: "Asia/Shanghai",
        userAgent: desktopAgent,
        viewport: { width: 1280, height: 800 },
      },
    })
  ).newPage();
  await page.goto(await system.operatorLink());
  await page.getByLabel("Username").fill("night-shift");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
});
afterAll(async () => {
  await chromium?.close();
  await system?.stop();
});
beforeEach((test) => {
  if (!chromium) test.skip(noChromium);
});

/** Sign-ins of people whom WeChat shows an error instead of sending them back. */
async function sendToWeChat(count: number): Promise<void> {
  for (let begun = 0; begun < count; begun++) {
    const headers = { "user-agent": desktopAgent };
    await fetch(`${system.url}/login/wechat`, { headers, redirect: "manual" });
  }
}

const begin = () => OperatorSteps.fromOverview(page, system.url);

/** What lies over the page, the newest in front. */
const front = () => page.getByRole("dialog").last();

describe("an operator who has never seen the console", () => {
  it("learns whom an error hits and since when, and silences it until the morning, in four steps", async () => {
    const steps = await begin();
    // The error that the overview names first.
    await steps.click(page.getByRole("link", { name: /The AppSecret is wrong/ }));
    const group = front();
    await group.getByText("First seen").waitFor();
    await group.getByText("probably 🦊 Foxy", { exact: false }).first().waitFor();
    await steps.click(group.getByRole("button", { name: "Mute" }));
    await steps.click(group.getByRole("menuitem", { name: "Until 08:00" }));
    await group.getByText(/^Muted until .* 08:00:\d\d GMT\+8/).waitFor();
    expect(await objectionsOf(page)).toEqual([]);
    // It can be undone from the corner.
    await steps.click(page.getByRole("button", { name: "Undo" }));
    await group.getByText("Open", { exact: true }).waitFor();
    expect(steps.taken).toBe(4);
  });

  it("takes the failed sign-ins of the last week home as a file, in four steps", async () => {
    // The dialog of the system in which a place for the file is chosen is no part of a page.
    await page.addInitScript(() => Reflect.deleteProperty(window, "showSaveFilePicker"));
    const steps = await begin();
    await steps.click(page.getByRole("link", { name: "Sign-ins", exact: true }));
    await steps.choose(page.getByLabel("Outcome"), "failed");
    expect(await page.getByLabel("Time range").locator("option:checked").textContent()).toBe("Last 7 days");
    await steps.click(page.getByRole("button", { name: "Export" }));
    const download = page.waitForEvent("download");
    await steps.click(page.getByRole("menuitem", { name: /^CSV/ }));
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^sign-ins-\d{4}-\d\d-\d\dT[\d-]+Z\.csv$/);
    const text = Buffer.concat(await (await file.createReadStream()).toArray()).toString();
    expect(text.trimEnd().split("\r\n").slice(1)).toEqual([expect.stringMatching(/"failed".*Foxy/)]);
    expect(steps.taken).toBe(4);
  });

  it("learns from 10003 on a person's screen what is wrong, where to click at WeChat, and for which app, in two steps", async () => {
    const steps = await begin();
    await steps.search("10003");
    await page.getByText("is not the web authorization domain set in WeChat's console").waitFor();
    await page.getByText("At mp.weixin.qq.com open 设置与开发 → 账号设置").waitFor();
    expect(await objectionsOf(page)).toEqual([]);
    await steps.click(page.getByRole("link", { name: "Check the WeChat apps" }));
    const app = page
      .getByRole("region")
      .or(page.locator("section"))
      .filter({ hasText: "Website app" })
      .last();
    await app.getByText(/^\d\d % of the \d+ sign-ins that ended in the last hour never came back/).waitFor();
    await app.getByText("10003 means that the callback domain is not localhost").waitFor();
    expect(steps.taken).toBe(2);
  });

  it("sees who blocked a person, when and why, in four steps", async () => {
    await blockByRequest("林小满", "sells fakes");
    const steps = await begin();
    await steps.search("小满");
    await steps.click(page.getByRole("link", { name: /林小满/ }).first());
    await steps.click(front().getByRole("link", { name: "Who blocked them, and when" }));
    await page.getByRole("heading", { name: "Audit log", level: 1 }).waitFor();
    const entries = page.locator("main tbody tr");
    await entries.first().waitFor();
    expect(await entries.allTextContents()).toEqual([
      expect.stringMatching(/Blocked a person.*林小满.*night-shift/s),
    ]);
    await steps.click(page.getByRole("link", { name: "Blocked a person" }));
    await front().getByText("sells fakes").waitFor();
    expect(steps.taken).toBe(4);
  });

  it("makes a passkey, in six steps", async () => {
    const debug = await page.context().newCDPSession(page);
    await debug.send("WebAuthn.enable");
    await debug.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        ...{ protocol: "ctap2", transport: "internal", hasResidentKey: true },
        ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
      },
    });
    const steps = await begin();
    await steps.click(page.getByRole("button", { name: /night-shift/ }));
    await steps.click(page.getByRole("link", { name: /passkeys/ }));
    await steps.click(page.getByRole("button", { name: "Add passkey" }));
    // The field has the focus already; the passkey has the name of the system.
    await front().getByLabel("Your password", { exact: true }).and(page.locator(":focus")).waitFor();
    await steps.type(password);
    await steps.press("Enter");
    await front().getByRole("heading", { name: "Your recovery codes" }).waitFor();
    expect(await objectionsOf(page)).toEqual([]);
    await steps.click(front().getByRole("button", { name: "I have kept the codes" }));
    await page.getByRole("table").getByText("Passkey", { exact: true }).waitFor();
    expect(steps.taken).toBe(6);
  });
});

/** What another operator did before. */
async function blockByRequest(nickname: string, reason: string): Promise<void> {
  const person = page.getByRole("dialog").last();
  await page.goto(`${system.url}/admin/people`);
  await page
    .getByRole("link", { name: new RegExp(nickname) })
    .first()
    .click();
  await person.getByRole("button", { name: "Block" }).click();
  await page.getByLabel("Reason").fill(reason);
  await page.keyboard.press("Enter");
  await page.getByText("This person is blocked").waitFor();
}
