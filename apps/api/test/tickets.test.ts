import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertExternalUsers } from "../src/db/external-users.js";
import { claimAuthorizationRequest } from "../src/db/sign-ins.js";
import { hashSecret } from "../src/domain/key-ring.js";
import { blockUser } from "../src/domain/people/block.js";
import { endSessionsOf } from "../src/domain/sessions/sessions.js";
import { linksOf, shownLink, titleOf, userAgents, type Visit } from "./support/browser.js";
import { createHost, type Host } from "./support/hosts.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

const returnTo = "https://shop.example/wechat/return?cart=7#top";
const nonce = "n0nce-of-the-shop~1";

let system: System;
let shop: Host;
beforeAll(async () => {
  system = await startSystem({ env: { RATE_LIMIT: "off" } });
  shop = await createHost(system);
});
afterAll(() => system.close());

const link = (about: Record<string, string> = {}) =>
  `/login/wechat?${new URLSearchParams({ client: "shop", return_to: returnTo, nonce, ...about })}`;

/** What the browser carries to the host, which must be the target of the link. */
function ticketOf({ location }: Visit): string {
  const { href = "", searchParams } = location ?? {};
  expect(href.replace(/ticket=[\w-]{43}/, "ticket=T")).toBe(
    "https://shop.example/wechat/return?cart=7&ticket=T#top",
  );
  return searchParams?.get("ticket") ?? "";
}

const redeem = (ticket: string, about: { nonce?: string; host?: Host } = {}) =>
  (about.host ?? shop).call("POST", "/tickets/redeem", { ticket, nonce: about.nonce ?? nonce });

const userIdOf = async (ticket: string) => ((await redeem(ticket)).body as { userId?: string }).userId;

describe("a sign-in for a host application", () => {
  it("ends at the host, whose server learns who signed in [T109]", async () => {
    const browser = system.browser({ person: "alice" });
    const ticket = ticketOf(await browser.signIn(link()));
    const { appId } = system.officialAccount;
    const { openid, unionid } = system.simulator.person("alice", appId);
    const userId = await userOf(browser);
    expect(await redeem(ticket)).toEqual({
      status: 200,
      body: {
        ...{ userId, externalId: null, isNew: true },
        bindings: [{ id: expect.any(String), appId, app: "oa", openid, unionid }],
        profile: {
          nickname: "林小满",
          avatarUrl: `${system.simulator.url}/mmopen/vi_32/simulated-alice/132`,
        },
      },
    });
    expect(await redeem(ticket)).toMatchObject({
      status: 400,
      body: { code: "ticket_invalid", status: 400 },
    });
    const again = await browser.follow(link());
    expect(await redeem(ticketOf(again))).toMatchObject({ body: { userId, isNew: false } });
  });

  it("goes to WeChat also in a browser that is signed in, so that a ticket tells of a fresh sign-in", async () => {
    const browser = system.browser({ person: "alice" });
    await browser.signIn();
    expect((await browser.visit(link())).location?.origin).toBe(system.simulator.url);
  });

  it.each([
    ["an unknown client", { client: "unknown" }, "CLIENT_UNKNOWN"],
    ["a client in other letters", { client: "Shop" }, "CLIENT_UNKNOWN"],
    ["an unknown client, and without a nonce", { client: "unknown", nonce: "" }, "CLIENT_UNKNOWN"],
    [
      "the address of another site",
      { return_to: "https://evil.example/wechat/return" },
      "RETURN_TO_NOT_ALLOWED",
    ],
    ["another path", { return_to: "https://shop.example/cart" }, "RETURN_TO_NOT_ALLOWED"],
    ["a path of this origin", { return_to: "/orders" }, "RETURN_TO_NOT_ALLOWED"],
    ["a path of another host", { client: "mine", return_to: returnTo }, "RETURN_TO_NOT_ALLOWED"],
    ["a short nonce", { nonce: "a".repeat(15) }, "NONCE_INVALID"],
    ["a nonce with a space", { nonce: "a".repeat(16).replace("a", " ") }, "NONCE_INVALID"],
  ])(
    "does not begin with %s: the page and the log say what is wrong [T14, T109]",
    async (_, about, problem) => {
      if ("client" in about && about.client === "mine")
        await createHost(system, { id: "mine", origin: "https://mine.example" });
      const before = (await rowsOf(system.db, "signIns")).length;
      const visit = await system.browser().visit(link(about));
      expect([visit.status, visit.location, titleOf(visit.html)]).toEqual([
        400,
        undefined,
        "This sign-in link is wrong",
      ]);
      expect(visit.html).toContain(`data-label="errcode">${problem}</span>`);
      expect(visit.html).not.toContain("evil.example");
      expect(
        JSON.parse(system.logLines.findLast((line) => line.includes("link_refused")) ?? "{}"),
      ).toMatchObject({
        problem,
      });
      expect((await rowsOf(system.db, "signIns")).length).toBe(before);
    },
  );

  it("takes each parameter once [T15]", async () => {
    for (const name of ["client", "return_to", "nonce"]) {
      expect((await system.browser().visit(`${link()}&${name}=a`)).status).toBe(400);
    }
  });
});

describe("each page on the way to a host application", () => {
  it("keeps the host after a sign-out, until the person taps", async () => {
    const browser = system.browser({ person: "alice" });
    await browser.signIn();
    await browser.visit("/login/account/sign-out", { method: "POST", headers: { origin: system.url } });
    const page = await browser.visit(link());
    const { "Sign in with WeChat": start = "" } = linksOf(page.html);
    expect(Object.fromEntries(new URL(start, system.url).searchParams)).toEqual({
      ...{ client: "shop", return_to: returnTo, nonce, tap: "1" },
    });
    expect(await userIdOf(ticketOf(await browser.follow(start)))).toBe(await userOf(browser));
  });

  it("keeps it in the link that is to be opened in WeChat, and in the one behind it", async () => {
    const phone = system.browser({ person: "alice", userAgent: userAgents.safariIphone });
    const page = await phone.visit(link());
    expect(shownLink(page.html)).toBe(`${system.url}${link()}`);
    const [anyway = ""] = Object.values(linksOf(page.html));
    expect(Object.fromEntries(new URL(anyway, system.url).searchParams)).toEqual({
      ...{ client: "shop", return_to: returnTo, nonce, app: "oa", tap: "1" },
    });
    const inWeChat = system.browser({ person: "alice" });
    ticketOf(await inWeChat.follow(shownLink(page.html) ?? ""));
  });

  it("keeps it on a failure page, also after a reload, without the nonce in the address", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl(link());
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40029 }, 1);
    const failed = await browser.visit(callback);
    const id = (await rowsOf(system.db, "signIns")).at(-1)?.id;
    const reloaded = await browser.visit(`/login/ended/${id}`);
    for (const { html } of [failed, reloaded]) {
      expect(linksOf(html)).toEqual({ "Start again": `/login/wechat?again=${id}&tap=1` });
    }
    // Also where the person signs out meanwhile, and has to tap.
    browser.cookies.set("wl_signed_out", "1");
    const page = await browser.visit(`/login/wechat?again=${id}`);
    expect(linksOf(page.html)).toEqual({ "Sign in with WeChat": `/login/wechat?again=${id}&tap=1` });
    ticketOf(await browser.follow(`/login/wechat?again=${id}&tap=1`));
    // No other browser goes on with it, and an ordinary sign-in has nothing to go on with.
    const stranger = await system.browser().visit(`/login/wechat?again=${id}&tap=1`);
    expect([stranger.status, titleOf(stranger.html)]).toEqual([410, "This sign-in has expired"]);
    await browser.callbackUrl();
    const ordinary = (await rowsOf(system.db, "signIns")).at(-1)?.id;
    expect((await browser.visit(`/login/wechat?again=${ordinary}`)).status).toBe(410);
  });

  it("keeps it where the sign-in restarts, because a process died after it had claimed the callback", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl(link());
    const browserHash = hashSecret(browser.cookies.get("wl_browser") ?? "");
    const stateHash = hashSecret(callback.searchParams.get("state") ?? "");
    const now = system.app.deps.now();
    await system.db.run(claimAuthorizationRequest, { stateHash, browserHash, now });
    system.advance(10);
    const restarted = await browser.visit(callback);
    expect(restarted.location?.searchParams.get("scope")).toBe("snsapi_base");
    ticketOf(await browser.follow(restarted.location ?? ""));
  });

  it("leads a browser that did not begin the sign-in back to the host, which begins anew there", async () => {
    const callback = await system.browser({ person: "alice" }).callbackUrl(link());
    const other = await system.browser({ person: "alice" }).visit(callback);
    expect([other.status, linksOf(other.html)]).toEqual([
      ...[403, { "Start again": "https://shop.example/wechat/return?cart=7&error=begin_again#top" }],
    ]);
  });

  it("replaces a ticket that the target has already", async () => {
    const target = "https://shop.example/wechat/return?ticket=old&cart=7#top";
    const browser = system.browser({ person: "alice" });
    ticketOf(await browser.follow(link({ return_to: target })));
  });
});

describe("a key", () => {
  it("that was revoked, or whose client was disabled, redeems nothing, and no link of that client begins [T109, T110]", async () => {
    const gone = await createHost(system, { id: "gone", origin: "https://gone.example" });
    const of = { client: "gone", return_to: "https://gone.example/wechat/return" };
    const browser = system.browser({ person: "alice" });
    await browser.signIn();
    const callback = await browser.callbackUrl(link(of));
    const { location } = await browser.follow(link(of));
    const ticket = location?.searchParams.get("ticket") ?? "";
    expect(await redeem(ticket)).toMatchObject({ status: 400 });
    const at = system.app.deps.now();
    await system.db.consoleQuery((orm, t) => orm.update(t.hostClients).set({ disabledAt: at }).returning());
    expect(await redeem(ticket, { host: gone })).toMatchObject({
      status: 401,
      body: { code: "key_invalid" },
    });
    expect((await browser.visit(link(of))).status).toBe(400);
    expect((await browser.visit(callback)).status).toBe(303);
    await system.db.consoleQuery((orm, t) => orm.update(t.hostClients).set({ disabledAt: null }).returning());
    await system.db.consoleQuery((orm, t) => orm.update(t.apiKeys).set({ revokedAt: at }).returning());
    expect(await redeem(ticket, { host: gone })).toMatchObject({
      status: 401,
      body: { code: "key_invalid" },
    });
    await system.db.consoleQuery((orm, t) => orm.update(t.apiKeys).set({ revokedAt: null }).returning());
    expect(await redeem(ticket, { host: gone })).toMatchObject({ status: 200 });
  });
});

describe("a session that a host on this origin asks about", () => {
  const introspect = (cookie: unknown, host = shop) => host.call("POST", "/sessions/introspect", { cookie });

  it("is known by the browser's Cookie header, with its openid for a key with identities:read [T110]", async () => {
    const browser = system.browser({ person: system.simulator.createPerson({ id: "bea" }).id });
    await browser.signIn();
    const userId = (await userOf(browser)) ?? "";
    await system.db.batch([
      insertExternalUsers("shop", [{ externalId: "b-1", userId }], system.app.deps.now()),
    ]);
    const session = (await rowsOf(system.db, "sessions")).find((row) => row.userId === userId);
    const { appId } = system.officialAccount;
    const { openid, nickname } = system.simulator.person("bea", appId);
    const answer = await introspect(`a=b; ${browser.cookieHeader()}; c`);
    expect(answer).toEqual({
      status: 200,
      body: {
        ...{ active: true, sessionId: session?.id, userId, externalId: "b-1" },
        expiresAt: session?.expiresAt.toISOString(),
        profile: { nickname, avatarUrl: expect.any(String) },
        bindings: [expect.objectContaining({ appId, app: "oa", openid })],
      },
    });
    const secret = browser.session ?? "none";
    expect(JSON.stringify(answer)).not.toContain(secret);
    expect(system.logLines.join("")).not.toContain(secret);
    const reader = await createHost(system, { scopes: ["sessions"] });
    const { body } = await introspect(browser.cookieHeader(), reader);
    expect((body as { bindings: object[] }).bindings).toEqual([{ id: expect.any(String), appId, app: "oa" }]);
  });

  it("is not active for any other text, after it ended, or while the person is blocked", async () => {
    const browser = system.browser({ person: system.simulator.createPerson().id });
    await browser.signIn();
    const userId = (await userOf(browser)) ?? "";
    const own = `wl_session=${browser.session}`;
    const inactive = { status: 200, body: { active: false } };
    for (const cookie of [
      ...["", "wl_session=", `wl_session=${"a".repeat(43)}`, browser.session, `other=${browser.session}`],
      ...[
        `__Host-${own}`,
        `WL_session=${browser.session}`,
        `${own}; ${own}`,
        `wl_browser=${browser.session}`,
      ],
      `wl_session="${browser.session}"`,
    ]) {
      expect(await introspect(cookie), cookie).toEqual(inactive);
    }
    expect(await introspect(own)).toMatchObject({ body: { active: true } });
    await blockUser(system.app.deps, { userId, reason: "spam", by: "person" });
    expect(await introspect(own)).toEqual(inactive);
    const other = system.browser({ person: system.simulator.createPerson().id });
    await other.signIn();
    const header = other.cookieHeader();
    expect(await introspect(header)).toMatchObject({ body: { active: true } });
    await endSessionsOf(system.app.deps, { userId: (await userOf(other)) ?? "", by: "person" });
    expect(await introspect(header)).toEqual(inactive);
  });

  it.each([[undefined], [7], [["wl_session=a"]], ["a".repeat(16_385)]])(
    "is not asked for with %j",
    async (cookie) => {
      const answer = await introspect(cookie);
      expect(answer).toMatchObject({
        status: 400,
        body: { code: "input_invalid", detail: expect.stringContaining("cookie") },
      });
    },
  );
});

describe("what a sign-in for a host application leaves behind", () => {
  it("holds no ticket and no nonce in the log or the database", async () => {
    const secretNonce = `very-secret-${"x".repeat(20)}`;
    const browser = system.browser({ person: "alice" });
    const ticket = ticketOf(await browser.follow(link({ nonce: secretNonce })));
    const before = JSON.stringify([await rowsOf(system.db, "tickets"), await rowsOf(system.db, "signIns")]);
    expect(await redeem(ticket, { nonce: secretNonce })).toMatchObject({ status: 200 });
    const log = system.logLines.join("");
    expect(log).toContain("ticket_redeemed");
    for (const text of [ticket, secretNonce]) {
      expect(log).not.toContain(text);
      expect(before).not.toContain(text);
    }
  });
});
