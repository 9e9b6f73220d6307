import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { desktop, launchChromium, noChromium } from "./support/chromium.js";
import { freePort, type RunningSystem, startSystem } from "./support/system.js";

// One host, whose site has `/` and everything else: a proxy sends to this system only what README's rule names.

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const rules = ["nginx", "caddyfile"].map((language) => {
  const block = readme.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";
  return /(?:location ~|path_regexp) (\S+)/.exec(block)?.[1] ?? "";
});

let chromium: Browser | undefined;
let system: RunningSystem;
let proxy: Server;
let siteUrl: string;
/** The paths that the site was asked for. */
let siteAsked: string[] = [];

beforeAll(async () => {
  chromium = await launchChromium();
  if (!chromium) return;
  const port = await freePort();
  siteUrl = `http://localhost:${port}`;
  system = await startSystem({
    publicUrl: siteUrl,
    env: { TRUST_PROXY: "1", VERIFY_FILES: '{ "MP_verify_AbCdEfGh01234567.txt": "AbCdEfGh01234567" }' },
  });
  const rule = new RegExp(rules[0] ?? "");
  proxy = createServer((incoming, outgoing) => {
    const { method, headers, url = "" } = incoming;
    const [path = ""] = url.split("?");
    if (!rule.test(path)) {
      siteAsked.push(path);
      outgoing.setHeader("content-type", "text/html; charset=utf-8");
      return void outgoing.end(`<link rel="icon" href="data:,"><h1>The site's ${path}</h1>`);
    }
    const forwarded = request(system.localUrl + url, {
      method,
      headers: { ...headers, "x-forwarded-for": incoming.socket.remoteAddress },
    });
    forwarded.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  proxy.listen(port, "localhost");
  await once(proxy, "listening");
});
afterAll(async () => {
  await chromium?.close();
  proxy?.close();
  await system?.stop();
});
beforeEach((context) => {
  if (!chromium) context.skip(noChromium);
  siteAsked = [];
});

/** A page in a browser of its own, and the failed requests to this host. */
async function openPage(): Promise<{ page: Page; failed: string[] }> {
  const page = await (await desktop(chromium as Browser)).newPage();
  const failed: string[] = [];
  page.on("response", (answer) => {
    if (answer.url().startsWith(siteUrl) && answer.status() >= 400) failed.push(answer.url());
  });
  return { page, failed };
}
const headingOf = (page: Page) => page.getByRole("heading", { level: 1 }).textContent();

describe("README's rule for a proxy", () => {
  it("is the same for nginx and for Caddy", () => {
    expect(rules[0]).toMatch(/^\^.*login.*\)$/);
    expect(rules).toEqual([rules[0], rules[0]]);
  });

  it("is enough for a sign-in, which ends on the site, and for the account page", async () => {
    const { page, failed } = await openPage();
    await page.goto(`${siteUrl}/login/wechat`);
    await page
      .locator("form", { has: page.locator("input[name=person][value=alice]") })
      .locator("button[value=allow]")
      .click();
    await page.waitForURL(({ origin, pathname }) => origin === siteUrl && pathname === "/");
    expect(await headingOf(page)).toBe("The site's /");
    const session = await page.evaluate(() => fetch("/trpc/session.get").then((answer) => answer.json()));
    expect(session).toMatchObject({ result: { data: { nickname: "林小满" } } });

    await page.goto(`${siteUrl}/login/account`);
    expect(await headingOf(page)).toBe("林小满");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "You are signed out" }).waitFor();
    expect([siteAsked, failed]).toEqual([["/"], []]);
    await page.context().close();
  });

  it("is enough for the console", async () => {
    const { page, failed } = await openPage();
    await page.goto(await system.operatorLink());
    await page.getByLabel("Username").fill("night-shift");
    await page.getByLabel("Password", { exact: true }).fill("a-long-walk-by-the-lake");
    await page.getByRole("button", { name: "Save and sign in" }).click();
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
    await page.getByRole("link", { name: "People" }).first().click();
    await page.getByText("林小满").first().waitFor();
    await page.goto(`${siteUrl}/admin`);
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
    expect([siteAsked, failed]).toEqual([[], []]);
    await page.context().close();
  });

  it("leaves every other path to the site, and WeChat's verification file to this system", async () => {
    const read = async (path: string) => (await fetch(siteUrl + path)).text();
    const others = [
      "/",
      "/loginhelp",
      "/administration",
      "/api/v2",
      "/robots.txt",
      "/shop/login/wechat",
      "/healthz",
    ];
    for (const path of others) expect(await read(path)).toContain(`The site's ${path}<`);
    expect(siteAsked).toEqual(others);
    expect(await read("/MP_verify_AbCdEfGh01234567.txt")).toBe("AbCdEfGh01234567");
  });
});
