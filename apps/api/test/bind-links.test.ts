import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimBindLink } from "../src/db/bind-links.js";
import { DatabaseError } from "../src/db/database.js";
import { insertExternalUsers } from "../src/db/external-users.js";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { blockUser } from "../src/domain/people/block.js";
import { type Browser, linksOf, shownLink, titleOf, userAgents, type Visit } from "./support/browser.js";
import { createHost, type Host } from "./support/hosts.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

const returnTo = "https://shop.example/wechat/return?cart=7";
const nonce = "n0nce-of-the-shop~1";

let system: System;
let shop: Host;
let other: Host;
beforeAll(async () => {
  system = await startSystem({ env: { RATE_LIMIT: "off" } });
  shop = await createHost(system);
  other = await createHost(system, { id: "other", origin: "https://other.example" });
});
afterAll(() => system.close());

let externalId: string;
let person: string;
let n = 0;
beforeEach(() => {
  externalId = `user-${++n}`;
  person = system.simulator.createPerson({ nickname: `Person ${n}` }).id;
});

interface Link {
  id: string;
  url: string;
  expiresAt: string;
}

async function createLink(about: object = {}, host = shop): Promise<Link> {
  const input = { externalId, label: "m•••@mail.example", returnTo, nonce, ...about };
  const { status, body } = await host.call("POST", "/bind-links", input);
  expect(status).toBe(200);
  return body as Link;
}

const browserOf = (who = person, about: object = {}) => system.browser({ person: who, ...about });

/** Opens a link up to the page that asks. */
const open = (browser: Browser, { url }: Link): Promise<Visit> => browser.follow(url);

const formOf = (html: string) =>
  /<form method="post" action="([^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";

const post = (browser: Browser, path: string, headers: object = { origin: system.url }) =>
  browser.visit(path, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });

/** The form and WeChat, up to the callback, which is not visited. */
async function agree(browser: Browser, link: Link): Promise<URL> {
  const asked = await open(browser, link);
  const leaving = await post(browser, formOf(asked.html));
  const returning = await browser.visit(leaving.location ?? "");
  if (!returning.location) throw new Error(`WeChat did not send the browser back: ${returning.html}`);
  return returning.location;
}

const connect = async (browser: Browser, link: Link) => browser.visit(await agree(browser, link));

const ticketOf = ({ location }: Visit) => location?.searchParams.get("ticket") ?? "";

const redeem = async (visit: Visit) =>
  (await shop.call("POST", "/tickets/redeem", { ticket: ticketOf(visit), nonce })).body as {
    userId: string;
    externalId: string;
    isNew: boolean;
  };

const stateOf = async ({ id }: Link) =>
  (await shop.call("GET", `/bind-links/${id}`)).body as { state: string; userId: string | null };

const externalUsers = async () =>
  (await rowsOf(system.db, "externalUsers"))
    .filter((row) => row.externalId === externalId)
    .map(({ clientId, userId }) => ({ clientId, userId }));

const eventsOf = async (userId: string) =>
  (await rowsOf(system.db, "outbox"))
    .filter((row) => row.userId === userId)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ type, clientId, data }) => [type, clientId, Object.keys(JSON.parse(data))]);

/** A person who signs in for the first time, and their user. */
async function signIn(browser: Browser): Promise<string> {
  await browser.signIn();
  return (await userOf(browser)) ?? "";
}

describe("a bind link", () => {
  it("notes who is signed in in the browser that begins, also in one that began no sign-in before", async () => {
    const browser = browserOf();
    const userId = await signIn(browser);
    for (const name of [...browser.cookies.keys()]) {
      if (name.startsWith("wl_browser")) browser.cookies.delete(name);
    }
    const link = await createLink();
    await post(browser, formOf((await open(browser, link)).html));
    const begun = (await rowsOf(system.db, "signIns")).filter(({ bindLinkId }) => bindLinkId === link.id);
    expect(begun).toMatchObject([{ purpose: "bind_link", browserUserId: userId, outcome: null }]);
  });

  it("is shown once, to the host that made it, and says later what became of it", async () => {
    const link = await createLink();
    expect(link).toEqual({
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      url: expect.stringMatching(/\/login\/bind\/[\w-]{43}$/),
      expiresAt: expect.stringMatching(/Z$/),
    });
    const state = {
      ...{ id: link.id, externalId, expiresAt: link.expiresAt, createdAt: expect.any(String) },
      ...{ state: "open", usedAt: null, userId: null },
    };
    expect(await shop.call("GET", `/bind-links/${link.id}`)).toEqual({ status: 200, body: state });
    expect((await other.call("GET", `/bind-links/${link.id}`)).status).toBe(404);
    const { userId } = await redeem(await connect(browserOf(), link));
    expect((await shop.call("GET", `/bind-links/${link.id}`)).body).toEqual({
      ...{ ...state, state: "used", usedAt: expect.any(String), userId },
    });
  });

  it.each([
    ["returnTo", { returnTo: "https://shop.example/elsewhere" }, "return_to_not_allowed"],
    ["returnTo", { returnTo: "https://other.example/wechat/return" }, "return_to_not_allowed"],
    ["nonce", { nonce: "too-short" }, "input_invalid"],
    ["externalId", { externalId: "" }, "input_invalid"],
    ["label", { label: "two\nlines" }, "input_invalid"],
    ["label", { label: " ".repeat(9) }, "input_invalid"],
  ])("is not made with a wrong %s (%j)", async (name, about, code) => {
    const { status, body } = await shop.call("POST", "/bind-links", {
      ...{ externalId, label: "me", returnTo, nonce, ...about },
    });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { code, detail: expect.stringContaining(name) },
    });
  });

  it("leads by way of a cookie to a page that names both sides, and the secret leaves the address", async () => {
    const link = await createLink({ label: "<b>m</b>" });
    const browser = browserOf();
    const first = await browser.visit(link.url);
    expect([first.status, first.location?.href, first.headers.get("referrer-policy")]).toEqual([
      ...[302, `${system.url}/login/bind`, "no-referrer"],
    ]);
    expect(first.headers.getSetCookie().join()).toMatch(
      /^wl_bind_link=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
    const page = await browser.visit("/login/bind");
    expect([page.status, titleOf(page.html)]).toEqual([200, "Connect your WeChat account"]);
    expect(page.html).toContain("<bdi>The shop</bdi></strong><p><bdi>&lt;b&gt;m&lt;/b&gt;</bdi>");
    expect(page.html).toContain("You confirm it in WeChat next");
    expect(page.html).not.toContain(link.url.split("/").at(-1));
    expect(linksOf(page.html)).toEqual({ "Not now": `${returnTo}&error=bind_refused` });
    await signIn(browser);
    expect((await browser.visit("/login/bind")).html).toContain(
      `<bdi>Person ${n}</bdi><br>If you confirm with another account in WeChat, that one is connected`,
    );
  });

  it("connects a new person to the host's user, signs them in and returns with a ticket [T105]", async () => {
    const browser = browserOf();
    const back = await connect(browser, await createLink());
    expect(back.location?.href.replace(/ticket=[\w-]{43}$/, "ticket=T")).toBe(`${returnTo}&ticket=T`);
    const redeemed = await redeem(back);
    const userId = await userOf(browser);
    expect(redeemed).toMatchObject({ userId, externalId, isNew: true });
    expect(await externalUsers()).toEqual([{ clientId: "shop", userId }]);
    expect(await eventsOf(userId ?? "")).toEqual([
      ["user.created", null, []],
      ["binding.created", null, ["bindingId", "appId"]],
      ["user.updated", "shop", ["changed"]],
    ]);
  });

  it("comes back with a ticket that no other host and no other nonce redeems, and that its host redeems within 60 seconds [T105, T109]", async () => {
    const visit = await connect(browserOf(), await createLink());
    const ticket = ticketOf(visit);
    const redeemBy = async (host: Host, about: object = {}) =>
      (await host.call("POST", "/tickets/redeem", { ticket, nonce, ...about })).status;
    expect(await redeemBy(other)).toBe(400);
    expect(await redeemBy(shop, { nonce: `${nonce}x` })).toBe(400);
    system.advance(59);
    expect(await redeem(visit)).toMatchObject({ externalId, isNew: true });
    expect(await redeemBy(shop)).toBe(400);
    const late = ticketOf(await connect(browserOf(), await createLink()));
    system.advance(61);
    expect(await redeemBy(shop, { ticket: late })).toBe(400);
  });

  it("connects a person who is known here, and keeps their user", async () => {
    const userId = await signIn(browserOf());
    expect(await redeem(await connect(browserOf(), await createLink()))).toMatchObject({
      ...{ userId, externalId, isNew: false },
    });
    expect(await externalUsers()).toEqual([{ clientId: "shop", userId }]);
    // Another link for the same two changes nothing, and lets them return.
    expect(await redeem(await connect(browserOf(), await createLink()))).toMatchObject({
      userId,
      externalId,
    });
    expect((await eventsOf(userId)).filter(([type]) => type !== "user.created")).toEqual([
      ["binding.created", null, ["bindingId", "appId"]],
      ["user.updated", "shop", ["changed"]],
    ]);
  });

  it("connects the account that confirms in WeChat, also where another person is signed in, who keeps what is theirs [T105]", async () => {
    const browser = browserOf();
    const signedIn = await signIn(browser);
    const elsewhere = browserOf();
    await elsewhere.signIn();
    const leaving = await post(browser, formOf((await open(browser, await createLink())).html));
    const inWeChat = { "x-simulator-person": system.simulator.createPerson({}).id };
    const { location } = await browser.visit(leaving.location ?? "", { headers: inWeChat });
    const { userId } = await redeem(await browser.visit(location ?? ""));
    expect(userId).not.toBe(signedIn);
    expect(await externalUsers()).toEqual([{ clientId: "shop", userId }]);
    expect([await userOf(browser), await userOf(elsewhere)]).toEqual([userId, signedIn]);
    const owners = (await rowsOf(system.db, "bindings")).map((row) => row.userId);
    expect(owners.filter((owner) => owner === signedIn || owner === userId).sort()).toEqual(
      [signedIn, userId].sort(),
    );
  });

  it("connects on a desktop the person whom their unionid names [T73, T74]", async () => {
    const userId = await signIn(browserOf());
    const back = await connect(browserOf(person, { userAgent: userAgents.desktop }), await createLink());
    expect(await redeem(back)).toMatchObject({ userId, externalId, isNew: false });
    const bindings = (await rowsOf(system.db, "bindings")).filter((row) => row.userId === userId);
    expect(bindings.map(({ appId }) => appId).sort()).toEqual(
      [system.officialAccount.appId, system.website.appId].sort(),
    );
  });

  it("stores nothing of a person whose code WeChat refuses, and can be used again [T72, T75]", async () => {
    const link = await createLink();
    const browser = browserOf();
    const callback = await agree(browser, link);
    const counted = async () =>
      Promise.all(
        (["users", "bindings", "tickets"] as const).map(
          async (name) => (await rowsOf(system.db, name)).length,
        ),
      );
    const before = await counted();
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40029 }, 1);
    const claimed = new URL(`${callback.href}&openid=oMallory&unionid=uMallory-12345`);
    const visit = await browser.visit(claimed);
    expect([visit.status, titleOf(visit.html)]).toEqual([410, "WeChat was not connected this time"]);
    expect(linksOf(visit.html)).toEqual({
      ...{ "Try again": "/login/bind", "Back to the site": `${returnTo}&error=bind_failed` },
    });
    expect(await counted()).toEqual(before);
    expect(await stateOf(link)).toMatchObject({ state: "open" });
    expect(await redeem(await connect(browser, link))).toMatchObject({ externalId, isNew: true });
  });

  it("adds a second WeChat account to the host's user, who is known here", async () => {
    const { userId } = await redeem(await connect(browserOf(), await createLink()));
    const second = system.simulator.createPerson({ nickname: "Second" }).id;
    expect(await redeem(await connect(browserOf(second), await createLink()))).toMatchObject({
      ...{ userId, externalId, isNew: false },
    });
  });

  it("does not touch what another host calls the person, or its user with the same id [T105]", async () => {
    const userId = await signIn(browserOf());
    const now = system.app.deps.now();
    const stranger = await signIn(browserOf(system.simulator.createPerson({}).id));
    await system.db.batch([insertExternalUsers("other", [{ externalId, userId: stranger }], now)]);
    await redeem(await connect(browserOf(), await createLink()));
    expect((await externalUsers()).sort((a, b) => (a.clientId < b.clientId ? -1 : 1))).toEqual([
      { clientId: "other", userId: stranger },
      { clientId: "shop", userId },
    ]);
  });
});

describe("the page of a bind link", () => {
  const countUses = async () =>
    (await rowsOf(system.db, "bindLinks")).filter(({ usedAt }) => usedAt !== null).length;

  it("begins nothing when it is only opened: by a preview, a foreign page, a HEAD or a prefetch [T105]", async () => {
    const link = await createLink();
    const browser = browserOf();
    const before = [(await rowsOf(system.db, "signIns")).length, await countUses()];
    const foreign = {
      origin: "https://evil.example",
      referer: "https://evil.example/",
      "sec-fetch-site": "cross-site",
    };
    for (const headers of [foreign, { purpose: "prefetch" }, { "sec-purpose": "prefetch;prerender" }, {}]) {
      for (const path of [link.url, "/login/bind", `/login/bind/confirm/${link.id}`]) {
        await browser.visit(path, { headers });
        await browser.visit(path, { method: "HEAD", headers });
      }
    }
    expect([(await rowsOf(system.db, "signIns")).length, await countUses()]).toEqual(before);
    for (const path of [link.url, "/login/bind"]) {
      expect((await browser.visit(path, { method: "HEAD" })).status).toBe(404);
    }
    expect(await stateOf(link)).toMatchObject({ state: "open" });
    expect(await redeem(await connect(browser, link))).toMatchObject({ externalId });
  });

  it("takes its form from itself only, for the link that it showed, in the browser that opened it [T105]", async () => {
    const [link, planted] = [await createLink(), await createLink({ externalId: "of the attacker" })];
    const browser = browserOf();
    const form = formOf((await open(browser, link)).html);
    for (const headers of [
      ...[{ origin: "https://evil.example" }, { origin: "null" }, {}],
      { origin: system.url, "sec-fetch-site": "cross-site" },
    ]) {
      expect((await post(browser, form, headers)).status).toBe(403);
    }
    const before = (await rowsOf(system.db, "signIns")).length;
    // Another page has put another link into the cookie meanwhile, or it is another browser.
    await browser.visit(planted.url);
    for (const visitor of [browser, browserOf()]) {
      const answer = await post(visitor, form);
      expect([answer.status, answer.location?.pathname]).toEqual([303, "/login/bind"]);
    }
    expect((await rowsOf(system.db, "signIns")).length).toBe(before);
    await browser.visit(link.url);
    expect((await post(browser, form)).location?.origin).toBe(system.simulator.url);
  });

  it("says on a phone outside WeChat where to open the link, and leads to WeChat's QR page on a desktop", async () => {
    const link = await createLink();
    const phone = browserOf(person, { userAgent: userAgents.safariIphone });
    const page = await open(phone, link);
    expect([titleOf(page.html), shownLink(page.html)]).toEqual(["Open this page in WeChat", link.url]);
    const [anyway = ""] = Object.values(linksOf(page.html));
    expect(anyway).toBe("/login/bind?app=oa");
    const form = formOf((await phone.visit(anyway)).html);
    expect(form).toBe(`/login/bind/confirm/${link.id}?app=oa`);
    expect((await post(phone, form)).location?.searchParams.get("appid")).toBe(system.officialAccount.appId);
    // Without the app the form leads back to where the page says it.
    const back = await post(phone, `/login/bind/confirm/${link.id}`);
    expect([back.status, back.location?.href]).toEqual([303, `${system.url}/login/bind`]);
    const desktop = browserOf(person, { userAgent: userAgents.desktop });
    const { location } = await post(desktop, formOf((await open(desktop, link)).html));
    expect([location?.pathname, location?.searchParams.get("scope")]).toEqual([
      "/connect/qrconnect",
      "snsapi_login",
    ]);
  });

  it.each(["app=unknown", "app=OA", "app=", "app=oa&app=web", "app=__proto__"])(
    "refuses an address with %s and a form for it: the page says that the app is unknown, and no other app is taken in its place",
    async (query) => {
      const link = await createLink();
      const browser = browserOf();
      const form = formOf((await open(browser, link)).html);
      const before = (await rowsOf(system.db, "signIns")).length;
      const visits = [await browser.visit(`/login/bind?${query}`), await post(browser, `${form}?${query}`)];
      for (const visit of visits) {
        expect([visit.status, titleOf(visit.html)]).toEqual([400, "This sign-in link is wrong"]);
        expect(visit.html).toContain("APP_UNKNOWN");
      }
      expect((await rowsOf(system.db, "signIns")).length).toBe(before);
      // The link is not spent: its page without the parameter goes on.
      expect((await post(browser, form)).location?.origin).toBe(system.simulator.url);
      expect((await browser.visit("/login/bind?app=web")).status).toBe(200);
    },
  );

  it("lets its form lead to WeChat and to the host, and to no other site", async () => {
    const { headers } = await open(browserOf(), await createLink());
    expect(/form-action [^;]*/.exec(headers.get("content-security-policy") ?? "")?.[0]).toBe(
      `form-action 'self' ${system.simulator.url} https://shop.example`,
    );
  });
});

describe("a bind link that is over", () => {
  const expectExpired = (visit: Visit, back: string) => {
    expect([visit.status, titleOf(visit.html)]).toEqual([410, "This link has expired or been used"]);
    expect(linksOf(visit.html)).toEqual({ "Back to the site": back });
    expect(visit.html).toContain('data-label="errcode"></span>');
  };

  it("binds no second time after it was used, and leads back to the host [T105]", async () => {
    const link = await createLink();
    const waiting = browserOf(system.simulator.createPerson({}).id);
    const callback = await agree(waiting, link);
    const form = `/login/bind/confirm/${link.id}`;
    const { userId } = await redeem(await connect(browserOf(), link));
    const back = `${returnTo}&error=bind_failed`;
    expectExpired(await waiting.visit(callback), back);
    expectExpired(await waiting.visit(callback), back);
    expectExpired(await open(browserOf(), link), back);
    // Also where the form is wrong in another way: the page that it leads to says what the person can do.
    for (const sent of [form, `${form}?app=unknown`]) {
      const { status, location } = await post(waiting, sent);
      expect([status, location?.href]).toEqual([303, `${system.url}/login/bind`]);
    }
    expect(await userOf(waiting)).toBeUndefined();
    expect(await externalUsers()).toEqual([{ clientId: "shop", userId }]);
    expect(await stateOf(link)).toMatchObject({ state: "used", userId });
  });

  it("binds within 10 minutes and not after, whenever the form was sent [T105]", async () => {
    const [inTime, late] = [await createLink(), await createLink({ externalId: `${externalId}-late` })];
    const [browser, other] = [browserOf(), browserOf(system.simulator.createPerson({}).id)];
    system.advance(540);
    const [callback, lateCallback] = [await agree(browser, inTime), await agree(other, late)];
    system.advance(59);
    expect((await browser.visit(callback)).status).toBe(303);
    system.advance(2);
    expectExpired(await other.visit(lateCallback), `${returnTo}&error=bind_failed`);
    expectExpired(await open(browserOf(), late), `${returnTo}&error=bind_failed`);
    expect(await stateOf(late)).toMatchObject({ state: "expired", userId: null });
  });

  it("stays over when the clock is set back, once the host, the person or WeChat's callback was told that its time is over [T89]", async () => {
    const links = [await createLink(), await createLink(), await createLink()] as const;
    const [told, opened, agreed] = links;
    const [browser, other] = [browserOf(), browserOf()];
    system.advance(540);
    const callback = await agree(other, agreed);
    system.advance(61);
    const expired = { state: "expired", usedAt: null, userId: null };
    expect(await stateOf(told)).toMatchObject(expired);
    expectExpired(await open(browser, opened), `${returnTo}&error=bind_failed`);
    expectExpired(await other.visit(callback), `${returnTo}&error=bind_failed`);

    system.jump(-3600);
    for (const link of links) {
      expect(await stateOf(link)).toMatchObject(expired);
      expectExpired(await open(browserOf(), link), `${returnTo}&error=bind_failed`);
    }
    system.jump(3600);
  });

  it("is told to have expired where the database can only be read", async () => {
    const link = await createLink();
    system.advance(601);
    const { run } = system.app.deps.db;
    const readOnly = new DatabaseError("unavailable", { cause: undefined });
    system.app.deps.db.run = (statement, values) =>
      statement.name === "expire_bind_link" ? Promise.reject(readOnly) : run(statement, values);
    try {
      expect(await stateOf(link)).toMatchObject({ state: "expired", usedAt: null, userId: null });
      expectExpired(await open(browserOf(), link), `${returnTo}&error=bind_failed`);
    } finally {
      system.app.deps.db.run = run;
    }
  });

  it("is unknown without its cookie, with a wrong secret or with two cookies", async () => {
    const { url } = await createLink();
    expectExpired(await browserOf().visit("/login/bind"), "/");
    expectExpired(await browserOf().follow(`${url.slice(0, -1)}${url.endsWith("A") ? "B" : "A"}`), "/");
    expectExpired(await browserOf().follow("/login/bind/short"), "/");
    expect((await browserOf().visit("/login/bind/short")).headers.getSetCookie()).toEqual([]);
    const secret = url.split("/").at(-1);
    const twice = `wl_bind_link=${secret}; wl_bind_link=${secret}`;
    expectExpired(await browserOf().visit("/login/bind", { headers: { cookie: twice } }), "/");
  });

  it("is deleted a day after it expired", async () => {
    const link = await createLink();
    system.advance(600 + 86_399);
    await deleteExpired(system.app.deps);
    expect(await stateOf(link)).toMatchObject({ state: "expired" });
    system.advance(2);
    await deleteExpired(system.app.deps);
    expect(await shop.call("GET", `/bind-links/${link.id}`)).toMatchObject({ status: 404 });
  });
});

describe("an identity that a bind link cannot have", () => {
  async function expectRefused(browser: Browser, link: Link): Promise<Visit> {
    const before = await Promise.all([rowsOf(system.db, "externalUsers"), rowsOf(system.db, "bindings")]);
    const callback = await agree(browser, link);
    const visit = await browser.visit(callback);
    expect([visit.status, titleOf(visit.html)]).toEqual([
      409,
      "This WeChat account is connected to another account",
    ]);
    expect(titleOf((await browser.visit(callback)).html)).toBe(titleOf(visit.html));
    expect(await Promise.all([rowsOf(system.db, "externalUsers"), rowsOf(system.db, "bindings")])).toEqual(
      before,
    );
    expect(await stateOf(link)).toMatchObject({ state: "open", userId: null });
    return visit;
  }

  it("stays with the person whom the host calls something else, who may sign in with it there [T105]", async () => {
    const { userId } = await redeem(await connect(browserOf(), await createLink()));
    const browser = browserOf();
    const visit = await expectRefused(browser, await createLink({ externalId: "another" }));
    const { "Sign in with this WeChat": signInLink = "", ...others } = linksOf(visit.html);
    expect(others).toEqual({ "Back to the site": `${returnTo}&error=bound_elsewhere` });
    const back = await browser.follow(signInLink);
    expect(await redeem(back)).toMatchObject({ userId, externalId, isNew: false });
  });

  it("stays with its user if the host's user is another one [T74, T105]", async () => {
    await redeem(await connect(browserOf(), await createLink()));
    const second = system.simulator.createPerson({}).id;
    await signIn(browserOf(second));
    await expectRefused(browserOf(second), await createLink());
  });

  it("stays with the user of its unionid, of whom an operator hears if the host's user is another one [T74, T105]", async () => {
    const { userId } = await redeem(await connect(browserOf(), await createLink()));
    const second = system.simulator.createPerson({}).id;
    const own = await signIn(browserOf(second));
    const conflictsOf = async () =>
      (await rowsOf(system.db, "identityConflicts")).filter((row) => row.userId === userId);
    expect(await conflictsOf()).toEqual([]);
    // The openid of the website app is new; the unionid is not.
    await expectRefused(browserOf(second, { userAgent: userAgents.desktop }), await createLink());
    expect(await conflictsOf()).toMatchObject([{ otherUserId: own, resolvedAt: null }]);
  });

  it("belongs to a blocked person, or the host's user is blocked", async () => {
    const { userId } = await redeem(await connect(browserOf(), await createLink()));
    await blockUser(system.app.deps, { userId, by: "person", reason: "spam" });
    for (const [who, id] of [
      [person, "another"],
      [system.simulator.createPerson({}).id, externalId],
    ] as const) {
      const visit = await connect(browserOf(who), await createLink({ externalId: id }));
      expect([visit.status, titleOf(visit.html)]).toEqual([403, "This WeChat account cannot be connected"]);
    }
  });

  it("is a snapshot visitor's, and nothing is stored [T76]", async () => {
    system.simulator.updatePerson(person, { snapshot: true });
    const visit = await connect(browserOf(), await createLink());
    expect([visit.status, titleOf(visit.html)]).toEqual([403, "WeChat is not connected yet"]);
    expect(linksOf(visit.html)).toEqual({
      ...{ "Try again": "/login/bind", "Back to the site": `${returnTo}&error=bind_failed` },
    });
    expect(await externalUsers()).toEqual([]);
    system.simulator.updatePerson(person, { snapshot: false });
    expect(await redeem(await connect(browserOf(), await createLink()))).toMatchObject({ externalId });
  });

  it("is refused by the person in WeChat, who may try again with the same link", async () => {
    system.simulator.settings({ refusal: "state_only" });
    const link = await createLink();
    const browser = browserOf();
    const form = formOf((await open(browser, link)).html);
    const leaving = await post(browser, form);
    const returning = await browser.copy({ decision: "refuse" }).visit(leaving.location ?? "");
    const visit = await browser.visit(returning.location ?? "");
    expect([visit.status, titleOf(visit.html)]).toEqual([200, "WeChat was not connected"]);
    expect(linksOf(visit.html)).toEqual({
      ...{ "Try again": "/login/bind", "Back to the site": `${returnTo}&error=bind_refused` },
    });
    const again = await post(browser, formOf((await browser.visit("/login/bind")).html));
    const back = await browser.visit((await browser.visit(again.location ?? "")).location ?? "");
    expect(await redeem(back)).toMatchObject({ externalId });
  });
});

describe("a bind link that is used many times at once", () => {
  it("is claimed by one statement, once and until its last moment [T105]", async () => {
    const [{ id, expiresAt }, stranger] = [await createLink(), await createLink()];
    const end = new Date(expiresAt);
    const claim = (about: object) =>
      system.db.run(claimBindLink, { id, userId: "one", now: new Date(end.getTime() - 1), ...about });
    expect(await claim({ now: end })).toEqual([]);
    expect(await claim({ id: "unknown" })).toEqual([]);
    expect(await claim({})).toEqual([{ id }]);
    expect(await claim({ userId: "two" })).toEqual([]);
    expect(await stateOf({ id } as Link)).toMatchObject({ state: "used", userId: "one" });
    expect(await stateOf(stranger)).toMatchObject({ state: "open", userId: null });
  });

  it("binds once if two hundred forms are sent, and one ticket comes back [T105]", async () => {
    const link = await createLink();
    const browser = browserOf();
    const form = formOf((await open(browser, link)).html);
    const callbacks = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const leaving = await post(browser.copy(), form);
        const own = browser.copy();
        for (const cookie of leaving.headers.getSetCookie()) {
          const [name = "", value = ""] = cookie.split(";")[0]?.split("=") ?? [];
          own.cookies.set(name, value);
        }
        const returning = await own.visit(leaving.location ?? "");
        return () => own.visit(returning.location ?? "");
      }),
    );
    const visits = await Promise.all(callbacks.map((visit) => visit()));
    const [back, ...more] = visits.filter((visit) => visit.status === 303);
    expect(more).toEqual([]);
    // 503: too many at once, and nothing was done. It is answered like the others when it comes again.
    const again = (visit: Visit, n: number) => (visit.status === 503 ? callbacks[n]?.() : visit);
    const settled: (Visit | undefined)[] = [];
    for (const [n, visit] of visits.entries()) settled.push(await again(visit, n));
    expect(settled.map((visit) => visit?.status).sort()).toEqual([303, ...Array(199).fill(410)]);
    const { userId } = await redeem(back as Visit);
    expect(await externalUsers()).toEqual([{ clientId: "shop", userId }]);
    expect((await eventsOf(userId)).map(([type]) => type)).toEqual([
      "user.created",
      "binding.created",
      "user.updated",
    ]);
  });

  it("leads every repetition of its callback back with the same ticket, which is redeemed once [T6, T105]", async () => {
    const browser = browserOf();
    const callback = await agree(browser, await createLink());
    const visits = await Promise.all(Array.from({ length: 12 }, () => browser.visit(callback)));
    expect(new Set(visits.map(ticketOf)).size).toBe(1);
    expect(visits.map(({ status }) => status)).toEqual(Array(12).fill(303));
    const answers = await Promise.all(visits.map((visit) => redeem(visit)));
    expect(answers.filter(({ userId }) => userId !== undefined)).toHaveLength(1);
    expect(await userOf(browser)).toBe(answers.find(({ userId }) => userId)?.userId);
  });

  it("gives two people who use two links of one user at once one user, whichever is first", async () => {
    const people = [person, system.simulator.createPerson({}).id];
    const ready = await Promise.all(
      people.map(async (who) => {
        const browser = browserOf(who);
        const callback = await agree(browser, await createLink());
        return () => browser.visit(callback);
      }),
    );
    const [first, second] = await Promise.all((await Promise.all(ready.map((visit) => visit()))).map(redeem));
    expect(first?.userId).toBe(second?.userId);
    expect(await externalUsers()).toEqual([{ clientId: "shop", userId: first?.userId }]);
  });
});

describe("what a bind link leaves behind", () => {
  it("holds no secret, ticket, nonce, label or external id in the log, and no secret in the database", async () => {
    const link = await createLink({ label: "label-of-the-host" });
    const back = await connect(browserOf(), link);
    await redeem(back);
    const log = system.logLines.join("");
    const secret = link.url.split("/").at(-1) ?? "";
    for (const text of [secret, ticketOf(back), nonce, "label-of-the-host", externalId])
      expect(log).not.toContain(text);
    expect(log).toContain("bound_by_link");
    const rows = JSON.stringify([await rowsOf(system.db, "bindLinks"), await rowsOf(system.db, "tickets")]);
    for (const text of [secret, ticketOf(back), nonce]) expect(rows).not.toContain(text);
    expect(rows).toContain("label-of-the-host");
  });
});
