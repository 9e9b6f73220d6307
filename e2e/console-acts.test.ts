import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { desktop, launchChromium, noChromium } from "./support/chromium.js";
import { objectionsOf } from "./support/look.js";
import { OperatorSteps } from "./support/operator-steps.js";
import { desktopAgent, signInByScript } from "./support/people.js";
import { type RunningSystem, startSystem } from "./support/system.js";

// What an operator does to people, as a person would: from what they were sent, in few steps.

const password = "a-long-walk-by-the-lake";
const group = "demo";
/** The Official Account reads no profile, so WeChat names the unionid of its people only when a job asks: a late one. */
const apps = [
  {
    ...{ key: "oa", kind: "official_account", appId: "wx51a0b1c2d3e4f501", profile: "none", group },
    appSecret: "5d0c1a7e0000000000000000000000a1",
  },
  {
    ...{ key: "web", kind: "website", appId: "wx51a0b1c2d3e4f502", group },
    appSecret: "5d0c1a7e0000000000000000000000b2",
  },
];

let chromium: Browser | undefined;
let system: RunningSystem;
let page: Page;
/** Of the failure page that a person reads out. */
let failedNumber: string;

beforeAll(async () => {
  chromium = await launchChromium();
  if (!chromium) return;
  system = await startSystem({ env: { WECHAT_APPS: JSON.stringify(apps), ALLOW_SIMULATOR: "yes" } });
  const cookies = new Map<string, string>();
  await signInByScript(system, "emoji", desktopAgent, cookies);
  cookies.delete("wl_session");
  await system.fail("access_token", 40226);
  failedNumber = (await signInByScript(system, "emoji", desktopAgent, cookies)) ?? "";
  await signInByScript(system, "alice", desktopAgent);
  await signInByScript(system, "alice");
  page = await (await desktop(chromium)).newPage();
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

const begin = () => OperatorSteps.fromOverview(page, system.url);

/** The dialog in front. */
const front = () => page.getByRole("dialog").last();

describe("an operator in a browser", () => {
  it("learns why a person could not sign in, and who must act, from the name alone, in three steps", async () => {
    const steps = await begin();
    // Find the person; what failed before the openid was known is on their page, because of the browser.
    await steps.search("Foxy");
    await steps.click(page.getByRole("link", { name: /Foxy/ }).first());
    const person = page.getByRole("dialog").first();
    // Open the sign-in that failed.
    await steps.click(person.getByRole("link", { name: /Failed/ }));
    await page.getByText("The person signing in", { exact: true }).first().waitFor();
    await page.getByText("40226").first().waitFor();
    expect(steps.taken).toBe(3);
    expect(await objectionsOf(page)).toEqual([]);
  });

  it("opens a sign-in from the last eight characters of the number that a person read out, in one step", async () => {
    const steps = await begin();
    await steps.search(failedNumber.slice(-8).toLowerCase().replaceAll("0", "o"));
    await page.waitForURL(`${system.url}/admin/sign-ins/${failedNumber}`);
    await page.getByText(failedNumber).first().waitFor();
    expect(steps.taken).toBe(1);
  });

  it("lists everybody whom 40163 hit in the last hour, from that number alone, in four steps", async () => {
    const cookies = new Map<string, string>();
    await signInByScript(system, "alice", desktopAgent, cookies);
    cookies.delete("wl_session");
    for (const [person, browser] of [
      ["alice", cookies],
      ["noavatar", new Map<string, string>()],
    ] as const) {
      await system.fail("access_token", 40163);
      await signInByScript(system, person, desktopAgent, browser);
    }
    const steps = await begin();
    // Paste it; whom it affects; in the last hour.
    await steps.search("40163");
    await steps.click(page.getByRole("link", { name: "Affected people" }));
    await steps.choose(page.getByLabel("Time range"), "1h");
    await page.getByText("2 people and browsers, last failure first.").waitFor();
    const rows = page.getByRole("table", { name: "People affected" }).getByRole("row");
    expect((await rows.allTextContents()).slice(1)).toEqual([
      expect.stringContaining("Not signed in before"),
      expect.stringContaining("probably 林小满: same browser"),
    ]);
    expect(await objectionsOf(page)).toEqual([]);
    // One of them.
    await steps.click(page.getByRole("link", { name: /林小满/ }));
    await page.getByRole("dialog").getByText("林小满").first().waitFor();
    expect(steps.taken).toBe(4);
  });

  it("sees whether the global token is healthy and who refreshed it last, in five steps", async () => {
    const steps = await begin();
    // The server has fetched the token by itself.
    await steps.click(page.getByRole("link", { name: "Token cache" }));
    const card = page.getByRole("article").filter({ hasText: "oa" });
    await card.getByText("Valid", { exact: true }).first().waitFor();
    await card.getByText("Automatic", { exact: true }).waitFor();
    expect(await objectionsOf(page)).toEqual([]);
    // Refresh it, say why, confirm. The field has the focus already.
    await steps.click(card.getByRole("button", { name: "Refresh now: oa" }));
    await front().getByLabel("Reason").and(page.locator(":focus")).waitFor();
    await steps.type("a new secret");
    await steps.click(front().getByRole("button", { name: "Refresh now" }));
    await card.getByText("night-shift", { exact: true }).waitFor();
    // Who asked before.
    await steps.click(card.getByRole("link", { name: "Details and history: oa" }));
    const fetches = front().getByRole("list", { name: "History" }).first().getByRole("listitem");
    await fetches.nth(1).waitFor();
    expect(await fetches.allTextContents()).toEqual([
      expect.stringContaining("night-shift"),
      expect.stringContaining("Automatic"),
    ]);
    expect(await objectionsOf(page)).toEqual([]);
    expect(steps.taken).toBe(5);
  });

  it("blocks a person whose openid was sent to them and undoes it, in five steps", async () => {
    const openid = await openidOf("Foxy");
    const person = page.getByRole("dialog").first();
    const steps = await begin();
    // Paste it into the search, which opens the person.
    await steps.search(openid);
    await person.getByText("Active", { exact: true }).waitFor();
    // Block, say why, confirm. The field has the focus already.
    await steps.click(person.getByRole("button", { name: "Block" }));
    await front().getByLabel("Reason").and(page.locator(":focus")).waitFor();
    await steps.type("sells fakes");
    await steps.press("Enter");
    await person.getByText("This person is blocked").waitFor();
    await steps.click(page.getByRole("button", { name: "Undo" }));
    await person.getByText("Active", { exact: true }).waitFor();
    await expect.poll(() => person.getByText("This person is blocked").count()).toBe(0);
    expect(steps.taken).toBe(5);
  });

  it("saves a person's data as a file, which names their WeChat accounts", async () => {
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export data" }).click();
    const stream = await (await download).createReadStream();
    const text = (await stream.toArray()).join("");
    expect(JSON.parse(text)).toMatchObject({
      wechatAccounts: [{ app: "web", nickname: expect.stringContaining("Foxy") }],
    });
    expect((await download).suggestedFilename()).toMatch(/^person-[0-9A-Z]{8}\.json$/);
  });

  it("merges the two users of a conflict, and undoes it", async () => {
    // A job has asked WeChat for the unionid within 5 s.
    await expect
      .poll(
        async () => {
          await page.goto(`${system.url}/admin/conflicts`);
          await page.getByRole("heading", { name: "Conflicts", level: 1 }).waitFor();
          return page.getByRole("link", { name: /^Conflicts, 1 open|Conflicts.*1 open/ }).count();
        },
        { timeout: 15_000, interval: 500 },
      )
      .toBe(1);
    await page.getByRole("link", { name: /林小满/ }).click();
    await page.getByRole("heading", { level: 1, name: /林小满/ }).waitFor();
    expect(await objectionsOf(page)).toEqual([]);
    await page.getByRole("button", { name: /^Keep this one: 林小满/ }).click();
    await front().getByLabel("Reason").fill("called: one person");
    await front().getByRole("button", { name: "Merge" }).click();

    const merge = front().getByRole("button", { name: "Undo merge" });
    await merge.waitFor();
    await front().getByText("called: one person").waitFor();
    expect(await objectionsOf(page)).toEqual([]);
    await merge.click();
    await front().getByLabel("Reason").fill("no, her sister");
    await front().getByRole("button", { name: "Undo merge" }).click();
    await page.getByText("Undone by").waitFor();
    await page.goto(`${system.url}/admin/conflicts`);
    await page.getByRole("link", { name: /林小满/ }).waitFor();
  });
});

/** What a person would have sent the operator. */
async function openidOf(nickname: string): Promise<string> {
  const answer = await page.request.get(
    `${system.url}/admin/trpc/people.list?input=${encodeURIComponent(JSON.stringify({ q: nickname }))}`,
  );
  const { result } = (await answer.json()) as {
    result: { data: { items: { bindings: { openid: string }[] }[] } };
  };
  const [binding] = result.data.items[0]?.bindings ?? [];
  if (!binding) throw new Error(`${nickname} has no binding`);
  return binding.openid;
}
