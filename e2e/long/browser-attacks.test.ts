import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chromiumPath, noChromium } from "../support/chromium.js";
import { signInByScript } from "../support/people.js";
import { freePort, type RunningSystem, startSystem } from "../support/system.js";
import {
  injectedInto,
  makeOperator,
  markup,
  openAttackedBrowser,
  openPage,
  signIn,
  signOutButton,
  viewport,
} from "./support/attacked-browser.js";

// What an attacker tries with a browser, on every page that shows text from outside. The attacker's site is on another port of
// localhost: another origin, yet its requests carry the person's cookies.

const phone = `Mozilla/5.0 (Linux; Android 14) ${markup("agent")} MicroMessenger/8.0.49.2600`;
const executablePath = chromiumPath();

/** A page, and which hostile texts it shows. */
interface AttackedPage {
  path: string;
  shows: readonly string[];
}

let browser: Browser;
let system: RunningSystem;
let attacker: Server;
let attackerUrl: string;
let visitors: { person: BrowserContext; operator: BrowserContext };
let pages: { person: readonly AttackedPage[]; operator: readonly AttackedPage[] };

beforeAll(async () => {
  if (!executablePath) return;
  browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-quic", "--disable-sync"],
    // Playwright turns off the memory in which the back button finds whole pages.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  system = await startSystem();
  attackerUrl = `http://localhost:${await freePort()}`;
  attacker = createServer(showFrames).listen(Number(new URL(attackerUrl).port), "localhost");
  await once(attacker, "listening");
  visitors = {
    person: await openAttackedBrowser(browser, phone),
    operator: await openAttackedBrowser(browser),
  };
  pages = await plantMarkup();
});
afterAll(async () => {
  await browser?.close();
  attacker?.close();
  await system?.stop();
});
beforeEach((context) => {
  if (!executablePath) context.skip(noChromium);
});

describe("a page that shows text from outside", () => {
  it.each(["person", "operator"] as const)(
    "shows it to the %s as text, of which the page's policy has nothing to block [T52]",
    async (role) => {
      for (const { path, shows } of pages[role]) {
        const page = await openPage(visitors[role], system, path);
        for (const place of shows) await page.getByText(markup(place)).first().waitFor();
        expect(await injectedInto(page), path).toEqual({ elements: 0, hasRun: false, blocked: [] });
        await page.close();
      }
    },
  );

  it.each(["person", "operator"] as const)(
    "runs no script that was planted into it before the %s: inline, in an attribute or of another site [T53]",
    async (role) => {
      for (const { path } of pages[role]) {
        const page = await openPage(visitors[role], system, path);
        await page.evaluate(
          ({ html, src }) => {
            document.body.insertAdjacentHTML("beforeend", html);
            for (const script of [{ textContent: "injected = 2" }, { src }]) {
              document.body.append(Object.assign(document.createElement("script"), script));
            }
          },
          { html: markup("planted"), src: `${attackerUrl}/script.js` },
        );
        const blocked = ["script-src-attr", "script-src-elem"];
        await expect
          .poll(() => injectedInto(page), { message: path })
          .toEqual({ elements: 1, hasRun: false, blocked });
        await page.close();
      }
    },
  );
});

describe("a page of another site", () => {
  it.each(["person", "operator"] as const)(
    "frames none of the %s's pages, although it frames its own [T54]",
    async (role) => {
      const page = await visitors[role].newPage();
      await page.goto(framesOf([attackerUrl, ...pages[role].map(({ path }) => system.url + path)]));
      const [own, ...others] = page.frames().slice(1);
      expect(await own?.locator("p").textContent()).toBe("A page of the attacker");
      // What Chromium shows in place of a page that must not be framed.
      expect(others.map((frame) => frame.url())).toEqual(
        pages[role].map(() => "chrome-error://chromewebdata/"),
      );
      await page.close();
    },
  );

  it("leads no click to a button of the account page, which the same click presses on the page itself", async () => {
    const context = await openAttackedBrowser(browser, phone);
    const account = await signIn(context, system, "mallory");
    const button = await signOutButton(account).boundingBox();
    const lure = await context.newPage();
    await lure.goto(framesOf([`${system.url}/login/account`]));
    const frame = await lure.locator("iframe").boundingBox();
    if (!button || !frame) return expect.fail("the button or the frame is not on the page");
    const [x, y] = [button.x + button.width / 2, button.y + button.height / 2];
    await lure.mouse.click(frame.x + x, frame.y + y);
    await lure.waitForLoadState("networkidle");
    await account.reload();
    await account.getByText(markup("nickname")).first().waitFor();
    await account.mouse.click(x, y);
    await account.getByText("You are signed out").waitFor();
    await context.close();
  });
});

describe("what a browser keeps of a sign-in", () => {
  it("cannot be read by scripts", async () => {
    for (const [role, path] of [
      ["person", "/login/account"],
      ["operator", "/admin/people"],
    ] as const) {
      const page = await openPage(visitors[role], system, path);
      const readable = await page.evaluate(async () => ({
        cookies: document.cookie,
        local: Object.keys(localStorage),
        session: Object.keys(sessionStorage),
        databases: await indexedDB.databases(),
        caches: await caches.keys(),
        workers: await navigator.serviceWorker.getRegistrations(),
      }));
      const none = { cookies: "", local: [], session: [], databases: [], caches: [], workers: [] };
      expect(readable, role).toEqual(none);
      // The session's cookie is there all the same.
      const kept = await visitors[role].cookies(system.url);
      expect(kept.filter(({ httpOnly }) => httpOnly).length, role).toBeGreaterThan(0);
      const html = await page.content();
      for (const { value } of kept.filter(({ value }) => value.length > 20))
        expect(html).not.toContain(value);
      await page.close();
    }
  });
});

// The last tests: they end the sessions of the others.
describe("the back button", () => {
  it("brings a page back from memory, if its site allows that", async () => {
    const page = await visitors.person.newPage();
    await page.goto(framesOf(["about:blank"]));
    await page.evaluate(() => Object.assign(window, { injected: 7 }));
    await page.goto(attackerUrl);
    await goBack(page);
    expect(await injectedInto(page)).toMatchObject({ hasRun: true });
    await page.close();
  });

  it.each([
    ["person", "/login/account", "You are signed out"],
    ["operator", "/admin/people", "Username"],
  ] as const)(
    "shows the %s nothing of before the sign-out, in its own tab and in another one [T56]",
    async (role, path, afterwards) => {
      const nicknameOn = (page: Page) => page.getByText(markup("nickname")).first();
      const tab = await openPage(visitors[role], system, path);
      const other = await openPage(visitors[role], system, path);
      await other.goto(attackerUrl);
      await goBack(other);
      for (const page of [tab, other]) await nicknameOn(page).waitFor();
      await other.goto(attackerUrl);
      await tab.goto(`${system.url}${path}?again=1`);
      await nicknameOn(tab).waitFor();

      if (role === "operator") await tab.getByRole("button", { name: /night-shift/ }).click();
      await signOutButton(tab).click();
      await tab.getByText(afterwards).first().waitFor();
      for (const page of [tab, other]) {
        await goBack(page);
        await page.getByText(afterwards).first().waitFor();
        expect(await nicknameOn(page).count()).toBe(0);
      }
    },
  );
});

/** A page that comes back from memory does not load again. */
const goBack = (page: Page) => page.goBack({ waitUntil: "commit" });

/** The attacker's pages: one line, and the frames that the address asks for. */
const showFrames: Parameters<typeof createServer>[1] = (request, response) => {
  const frames = new URL(request.url ?? "", attackerUrl).searchParams.getAll("frame");
  const { width, height } = viewport;
  const html = frames.map((frame) => `<iframe src="${frame}" width="${width}" height="${height}"></iframe>`);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(`<!doctype html><title>Attacker</title><p>A page of the attacker</p>${html.join("")}`);
};

const framesOf = (frames: readonly string[]): string =>
  `${attackerUrl}/?${new URLSearchParams(frames.map((frame) => ["frame", frame]))}`;

/** Puts markup wherever an outsider can: a nickname, a user agent, an errmsg, an address, and what a host application sends. */
async function plantMarkup(): Promise<typeof pages> {
  await simulate("people", { id: "mallory", nickname: markup("nickname") });
  await signIn(visitors.person, system, "mallory");
  const fault = { kind: "errcode", errcode: 40029, errmsg: markup("errmsg") };
  await simulate("faults", { endpoint: "access_token", fault, times: 1 });
  const failed = await signInByScript(system, "mallory", phone);

  const host = { id: "shop", name: markup("host"), origin: attackerUrl, redirect: "/return" };
  const key = await system.addHost({ ...host, scopes: "bind" });
  const { url: bindLink } = await post(`${system.url}/api/v1/bind-links`, {
    key,
    body: {
      ...{ externalId: markup("external"), label: markup("label"), returnTo: `${attackerUrl}/return` },
      nonce: "0123456789abcdef0123456789abcdef",
    },
  });

  const people = await makeOperator(visitors.operator, system);
  await people.getByText(markup("nickname")).first().click();
  await people.getByRole("dialog").waitFor();
  const drawer = new URL(people.url());

  const query = encodeURIComponent(markup("query"));
  const withoutText = (paths: readonly string[]) => paths.map((path) => ({ path, shows: [] }));
  return {
    person: [
      { path: "/login/account", shows: ["nickname"] },
      { path: String(bindLink).replace(system.url, ""), shows: ["label", "host"] },
      ...withoutText([
        `/login/wechat/callback?code=${query}&state=${query}`,
        `/login/wechat?client=${query}&nonce=${query}&return_to=${query}`,
        `/login/ended/${failed}`,
        `/${query}`,
      ]),
    ],
    operator: [
      { path: "/admin/people", shows: ["nickname"] },
      { path: drawer.pathname + drawer.search, shows: ["nickname"] },
      { path: "/admin/errors?view=log", shows: ["errmsg"] },
      { path: `/admin/sign-ins/${failed}`, shows: ["errmsg"] },
      { path: "/admin/hosts", shows: ["host"] },
      { path: "/admin/hosts/shop", shows: ["host"] },
      ...withoutText([
        ...[`/admin/people?q=${query}`, `/admin/search?q=${query}`, "/admin/sign-ins", "/admin/errors"],
        ...["/admin/errors?view=people", "/admin/conflicts", "/admin/tokens", "/admin/operators"],
        "/admin/audit",
      ]),
    ],
  };
}

const simulate = (what: string, body: object) => post(`${system.simulatorUrl}/_simulator/${what}`, { body });

async function post(url: string, { key, body }: { key?: string; body: object }): Promise<{ url?: string }> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${new URL(url).pathname} answered HTTP ${answer.status}`);
  return answer.json();
}
