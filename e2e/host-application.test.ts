import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium, noChromium, wechatPhone } from "./support/chromium.js";
import { objectionsOf } from "./support/look.js";
import { freePort, type RunningSystem, startSystem } from "./support/system.js";

// A shop on another site than this system: its page keeps a nonce in a cookie, its server redeems the ticket.

let chromium: Browser | undefined;
let system: RunningSystem;
let shop: Server;
let shopUrl: string;

beforeAll(async () => {
  chromium = await launchChromium();
  if (!chromium) return;
  system = await startSystem();
  const port = await freePort();
  shopUrl = `http://127.0.0.1:${port}`;
  const key = await system.addHost({
    ...{ id: "shop", name: "山茶商城", origin: shopUrl, redirect: "/wechat/return", scopes: "tickets,bind" },
  });
  shop = startShop(key).listen(port, "127.0.0.1");
  await once(shop, "listening");
});
afterAll(async () => {
  await chromium?.close();
  shop?.close();
  await system?.stop();
});
beforeEach((context) => {
  if (!chromium) context.skip(noChromium);
});

function startShop(key: string): Server {
  const call = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const answer = await fetch(`${system.url}/api/v1${path}`, {
      ...{ method: "POST", headers, body: JSON.stringify(body) },
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  return createServer(async (request, response): Promise<unknown> => {
    const { pathname, searchParams } = new URL(request.url ?? "", shopUrl);
    const returnTo = `${shopUrl}/wechat/return?cart=7`;
    const nonce = randomBytes(24).toString("base64url");
    const cookie = { "set-cookie": `nonce=${nonce}; HttpOnly; SameSite=Lax; Path=/` };
    const redirect = (location: string) => response.writeHead(302, { ...cookie, location }).end();
    if (pathname === "/sign-in") {
      const query = new URLSearchParams({ client: "shop", return_to: returnTo, nonce });
      return redirect(`${system.url}/login/wechat?${query}`);
    }
    if (pathname === "/connect") {
      const link = { externalId: searchParams.get("user"), label: "m•••@mail.example", returnTo, nonce };
      return redirect(String((await call("/bind-links", link)).url));
    }
    const [, kept] = /nonce=([\w-]+)/.exec(request.headers.cookie ?? "") ?? [];
    const { externalId, profile, code } = await call("/tickets/redeem", {
      ...{ ticket: searchParams.get("ticket") ?? "none", nonce: kept ?? nonce },
    });
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    const { nickname } = (profile ?? {}) as { nickname?: string };
    return response.end(`<link rel="icon" href="data:,"><h1>${code ?? `${externalId} ${nickname}`}</h1>`);
  });
}

async function openPhone(javaScriptEnabled: boolean): Promise<Page> {
  const context = await wechatPhone(chromium as Browser, "android", { locale: "zh-CN", javaScriptEnabled });
  return context.newPage();
}

/** Passes WeChat's own page as this person. */
async function allow(page: Page, person: string): Promise<void> {
  const form = page.locator("form", { has: page.locator(`input[name=person][value=${person}]`) });
  await form.locator(`input[name=person][value=${person}]`).check();
  await page.locator("button[name=decision][value=allow]").click();
}

const headingOf = (page: Page) => page.getByRole("heading", { level: 1 }).textContent();

describe.each([true, false])("a shop at another origin, with JavaScript %s", (javaScript) => {
  const [person, externalId] = javaScript ? ["alice", "user-1"] : ["emoji", "user-2"];
  const nickname = javaScript ? "林小满" : "🦊 Foxy 🎉👩‍👩‍👧";

  it("connects its user by a bind link, and signs them in later without a page [T105, T109]", async () => {
    const page = await openPhone(javaScript);
    await page.goto(`${shopUrl}/connect?user=${externalId}`);
    expect([page.url(), await headingOf(page)]).toEqual([`${system.url}/login/bind`, "绑定你的微信"]);
    expect(await page.locator(".sides").textContent()).toMatch(
      /山茶商城\s*m•••@mail\.example\s*你的微信\s*下一步在微信里确认/,
    );
    if (javaScript) expect(await objectionsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "去微信确认" }).click();
    await allow(page, person);
    await page.waitForURL((url) => url.origin === shopUrl);
    expect(await headingOf(page)).toBe(`${externalId} ${nickname}`);
    await page.reload();
    expect(await headingOf(page)).toBe("ticket_invalid");

    await page.goto(`${shopUrl}/sign-in`);
    if (!page.url().startsWith(shopUrl)) await allow(page, person);
    await page.waitForURL((url) => url.origin === shopUrl);
    expect(new URL(page.url()).searchParams.get("cart")).toBe("7");
    expect(await headingOf(page)).toBe(`${externalId} ${nickname}`);
    await page.context().close();
  });
});
