import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { desktop, launchChromium, noChromium } from "./support/chromium.js";
import { objectionsOf } from "./support/look.js";
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

beforeAll(async () => {
  chromium = await launchChromium();
  if (!chromium) return;
  system = await startSystem({ env: { WECHAT_APPS: JSON.stringify(apps), ALLOW_SIMULATOR: "yes" } });
  await signInByScript(system, "emoji", desktopAgent);
  await signInByScript(system, "alice", desktopAgent);
  await signInByScript(system, "alice");
  page = await (await desktop(chromium)).newPage();
  await page.goto(await system.operatorLink());
  await page.getByLabel("Username").fill("night-shift");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await page.getByRole("heading", { name: "People", level: 1 }).waitFor();
});
afterAll(async () => {
  await chromium?.close();
  await system?.stop();
});
beforeEach((test) => {
  if (!chromium) test.skip(noChromium);
});

/** The dialog in front. */
const front = () => page.getByRole("dialog").last();

describe("an operator in a browser", () => {
  it("blocks a person whose openid was sent to them and undoes it, in six steps", async () => {
    const openid = await openidOf("Foxy");
    const person = page.getByRole("dialog").first();
    // 1: paste it into the search.
    await page.keyboard.press("/");
    await page.keyboard.insertText(openid);
    await page.keyboard.press("Enter");
    // 2: open the one person whom it finds.
    await page.getByRole("link", { name: /Foxy/ }).click();
    await person.getByText("Active", { exact: true }).waitFor();
    // 3, 4, 5: block, say why, confirm. The field has the focus already.
    await person.getByRole("button", { name: "Block" }).click();
    await front().getByLabel("Reason").and(page.locator(":focus")).waitFor();
    await page.keyboard.insertText("sells fakes");
    await page.keyboard.press("Enter");
    await person.getByText("This person is blocked").waitFor();
    // 6: undo.
    await page.getByRole("button", { name: "Undo" }).click();
    await person.getByText("Active", { exact: true }).waitFor();
    await expect.poll(() => person.getByText("This person is blocked").count()).toBe(0);
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
