import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../src/domain/ids.js";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { newSecret } from "../src/domain/key-ring.js";
import { type Browser, userAgents } from "./support/browser.js";
import { testDatabase } from "./support/engine.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

interface Account {
  userId: string;
  nickname: string;
}

async function accountOf(browser: Browser): Promise<Account | null | undefined> {
  return (await browser.query<Account | null>("session.get")).data;
}

async function signedIn(person = "alice"): Promise<Browser> {
  const browser = system.browser({ person });
  await browser.signIn();
  if (!browser.session) throw new Error(`${person} was not signed in`);
  return browser;
}

/** A browser with this one cookie. */
function browserWith(secret: string, name = "wl_session"): Browser {
  const browser = system.browser();
  browser.cookies.set(name, secret);
  return browser;
}

describe("a session id", () => {
  it("is not accepted if it was planted in the browser, neither before nor after a sign-in [T19]", async () => {
    const planted = newSecret();
    const browser = browserWith(planted);
    expect(await accountOf(browser)).toBeNull();

    await browser.signIn();
    expect(browser.session).toBeDefined();
    expect(browser.session).not.toBe(planted);
    expect(await accountOf(browser)).toMatchObject({ userId: expect.any(String) });
    expect(await accountOf(browserWith(planted))).toBeNull();
    expect(await rowsOf(system.db, "sessions")).toHaveLength(1);
  });

  it("is not read from the query or an Authorization header [T19]", async () => {
    const { session = "" } = await signedIn();
    const stranger = system.browser();
    for (const path of [`/trpc/session.get?wl_session=${session}`, `/trpc/session.get?session=${session}`]) {
      const answer = await stranger.visit(path, { headers: { accept: "application/json" } });
      expect(JSON.parse(answer.html)).toMatchObject({ result: { data: null } });
    }
    const withHeader = await stranger.visit("/trpc/session.get", {
      headers: { authorization: `Bearer ${session}`, accept: "application/json" },
    });
    expect(JSON.parse(withHeader.html)).toMatchObject({ result: { data: null } });
  });

  it("is new at every sign-in, and the previous one answers 401 [T20]", async () => {
    const browser = await signedIn();
    const before = browser.session ?? "";
    await browser.signIn("/login/wechat");
    expect(browser.session).not.toBe(before);
    expect((await browserWith(before).query("session.list")).status).toBe(401);
    expect((await browser.query("session.list")).status).toBe(200);
  });

  it("has 256 random bits, and no stored value works in its place [T22]", async () => {
    const browser = await signedIn();
    const secrets = new Set([browser.session, (await signedIn("emoji")).session]);
    expect(secrets.size).toBe(2);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);

    for (const row of await rowsOf(system.db, "sessions")) {
      for (const value of Object.values(row)) {
        expect(secrets).not.toContain(value);
        expect(await accountOf(browserWith(String(value)))).toBeNull();
      }
    }
    for (const row of [
      ...(await rowsOf(system.db, "signIns")),
      ...(await rowsOf(system.db, "authorizationRequests")),
    ]) {
      for (const value of Object.values(row)) expect(secrets).not.toContain(value);
    }
  });

  it("works for no other purpose, and no other secret works as one [T22]", async () => {
    const browser = await signedIn();
    const { session = "" } = browser;
    const browserSecret = browser.cookies.get("wl_browser") ?? "";
    expect(browserSecret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await accountOf(browserWith(browserSecret))).toBeNull();
    const asOperator = browserWith(session, "wl_operator");
    expect((await asOperator.query("operator.me", undefined, "/admin/trpc")).data).toBeNull();
    expect((await asOperator.query("people.list", {}, "/admin/trpc")).status).toBe(401);
  });

  it("appears in its cookie only: in no URL, body, page or log line [T26]", async () => {
    const browser = system.browser();
    const seen: string[] = [];
    let visit = await browser.visit("/login/wechat?return_to=/");
    for (let step = 0; step < 12; step++) {
      seen.push(visit.url.href, visit.html);
      const button = /href="(\/login\/wechat\/profile[^"]*)"/.exec(visit.html)?.[1];
      const next = visit.location ?? button?.replaceAll("&amp;", "&");
      if (next === undefined) break;
      visit = await browser.visit(next);
    }
    for (const path of ["session.get", "session.list", "bindings.list"]) {
      seen.push((await browser.query(path)).text);
    }
    const { session = "none" } = browser;
    expect(session).toHaveLength(43);
    expect(seen.length).toBeGreaterThan(8);
    for (const text of [...seen, ...system.logLines]) expect(text).not.toContain(session);
  });
});

describe("signing out", () => {
  it("ends a copied cookie at once and for good [T23]", async () => {
    const browser = await signedIn();
    const copy = browser.copy();
    expect((await copy.query("session.list")).status).toBe(200);

    expect((await browser.mutate("session.signOut")).status).toBe(200);
    expect(browser.session).toBeUndefined();
    expect((await copy.query("session.list")).status).toBe(401);
    await signedIn();
    expect((await copy.query("session.list")).status).toBe(401);
    expect(await rowsOf(system.db, "sessions")).toHaveLength(1);
  });

  it("clears the browser's cache of our pages [T56]", async () => {
    const browser = await signedIn();
    const { headers } = await browser.mutate("session.signOut");
    expect(headers.get("clear-site-data")).toBe('"cache"');
  });

  it("is not undone by the back button, which repeats an old callback [T23]", async () => {
    await signedIn();
    const browser = system.browser();
    const callback = await browser.callbackUrl();
    await browser.visit(callback);
    expect(browser.session).toBeDefined();
    await browser.mutate("session.signOut");
    const again = await browser.visit(callback);
    expect(again.status).toBe(410);
    expect(browser.session).toBeUndefined();
  });

  it("everywhere ends all sessions of that user and of no other [T24]", async () => {
    const phone = await signedIn();
    const desktop = system.browser({ person: "alice", userAgent: userAgents.desktop });
    await desktop.signIn();
    const other = await signedIn("emoji");
    expect(await accountOf(desktop)).toMatchObject({ userId: (await accountOf(phone))?.userId });

    const { status, data } = await phone.mutate("session.signOutEverywhere");
    expect([status, data, phone.session]).toEqual([200, { ok: true }, undefined]);
    expect((await phone.query("session.list")).status).toBe(401);
    expect((await desktop.query("session.list")).status).toBe(401);
    expect((await other.query("session.list")).status).toBe(200);
  });

  it("is followed by a page with a button at the next start, not by a silent sign-in", async () => {
    const browser = await signedIn();
    await browser.mutate("session.signOut");
    const asked = await browser.visit("/login/wechat?return_to=/orders");
    expect(asked.status).toBe(200);
    expect(asked.location).toBeUndefined();
    const before = (await rowsOf(system.db, "signIns")).length;
    expect(asked.html).toContain("tap=1");
    expect(asked.html).toContain("return_to=%2Forders");
    expect(before).toBe(1);

    await browser.signIn("/login/wechat?return_to=/orders&tap=1");
    expect(browser.session).toBeDefined();
    expect(browser.cookies.has("wl_signed_out")).toBe(false);
    expect((await browser.visit("/login/wechat")).status).toBe(302);
  });
});

describe("the sessions of a user", () => {
  it("end by the next request if the user is blocked, and no other user's do [T27]", async () => {
    const browser = await signedIn();
    const other = await signedIn("emoji");
    const { userId } = (await accountOf(browser)) ?? { userId: "" };
    await system.db.consoleQuery((orm, t) =>
      orm.update(t.users).set({ status: "blocked" }).where(eq(t.users.id, userId)).returning(),
    );
    expect(await accountOf(browser)).toBeNull();
    expect((await browser.query("session.list")).status).toBe(401);
    expect((await other.query("session.list")).status).toBe(200);
  });

  it("end by the next request if the user is deleted [T27]", async () => {
    const browser = await signedIn();
    const { userId } = (await accountOf(browser)) ?? { userId: "" };
    await system.db.consoleQuery((orm, t) => orm.delete(t.users).where(eq(t.users.id, userId)).returning());
    expect(await accountOf(browser)).toBeNull();
  });
});

describe("a person's own sessions", () => {
  interface Listed {
    items: { id: string; current: boolean; device: { client: string; platform: string } }[];
  }

  it("are listed with their device, newest first, and the current one is marked", async () => {
    const phone = await signedIn();
    const desktop = system.browser({ person: "alice", userAgent: userAgents.desktop });
    system.advance(5);
    await desktop.signIn();
    const { data } = await desktop.query<Listed>("session.list");
    expect(data?.items).toMatchObject([
      { current: true, device: { client: "browser", platform: "windows" } },
      { current: false, device: { client: "wechat", platform: "android" } },
    ]);
    const [, old] = data?.items ?? [];
    expect((await desktop.mutate("session.revoke", { id: old?.id })).status).toBe(200);
    expect(await accountOf(phone)).toBeNull();
    expect(await accountOf(desktop)).not.toBeNull();
  });

  it("can be revoked from the session itself, which removes its cookie", async () => {
    const browser = await signedIn();
    const { data } = await browser.query<Listed>("session.list");
    await browser.mutate("session.revoke", { id: data?.items[0]?.id });
    expect(browser.session).toBeUndefined();
  });

  it("cannot be seen or ended by another person, by a known or a guessed id [T46]", async () => {
    const victim = await signedIn();
    const [row] = await rowsOf(system.db, "sessions");
    const attacker = await signedIn("emoji");
    expect((await attacker.query<Listed>("session.list")).text).not.toContain(row?.id);
    const guesses = [row?.id, row?.secretHash, row?.userId, newId(new Date()), "%", ""];
    for (const id of guesses) {
      const answer = await attacker.mutate("session.revoke", { id, userId: row?.userId });
      expect([400, 404]).toContain(answer.status);
    }
    expect((await victim.query("session.list")).status).toBe(200);
    const bindings = await attacker.query("bindings.list", { userId: row?.userId });
    expect(bindings.text).not.toContain("林小满");
  });
});

describe("the lifetime of a session", () => {
  const limits = { SESSION_IDLE_SECONDS: "60", SESSION_ABSOLUTE_SECONDS: "200" };

  it("ends after the idle limit, and the row is deleted [T25]", async () => {
    const short = await startSystem({ env: limits });
    const browser = short.browser();
    await browser.signIn();
    short.advance(59);
    expect((await browser.query("session.list")).status).toBe(200);
    short.advance(61);
    expect((await browser.query("session.list")).status).toBe(401);
    await deleteExpired(short.app.deps);
    expect(await rowsOf(short.db, "sessions")).toHaveLength(0);
    await short.close();
  });

  it("is extended by activity, but never past the absolute limit [T25]", async () => {
    const short = await startSystem({ env: limits });
    const browser = short.browser();
    await browser.signIn();
    for (let elapsed = 40; elapsed < 200; elapsed += 40) {
      short.advance(40);
      expect((await browser.query("session.list")).status).toBe(200);
    }
    await deleteExpired(short.app.deps);
    expect(await rowsOf(short.db, "sessions")).toHaveLength(1);
    short.advance(41);
    expect((await browser.query("session.list")).status).toBe(401);
    await deleteExpired(short.app.deps);
    expect(await rowsOf(short.db, "sessions")).toHaveLength(0);
    await short.close();
  });

  it("is over when it expires: other sessions of the person no longer list it [T25]", async () => {
    const short = await startSystem({ env: limits });
    await short.browser().signIn();
    short.advance(61);
    const later = short.browser();
    await later.signIn();
    const { data } = await later.query<{ items: unknown[] }>("session.list");
    expect(data?.items).toHaveLength(1);
    await short.close();
  });
});

describe("a restart on the same database", () => {
  it("keeps everyone signed in, and ended sessions stay ended [T30]", async () => {
    const database = await testDatabase();
    const first = await database.open();
    const before = await startSystem({ db: first, simulator: system.simulator });
    const browser = before.browser();
    await browser.signIn();
    const gone = before.browser({ person: "emoji" });
    await gone.signIn();
    const copy = gone.copy();
    await gone.mutate("session.signOut");
    const { port } = before;
    await before.close();
    await first.close();

    const second = await database.open();
    const after = await startSystem({ db: second, simulator: system.simulator, port });
    expect(await accountOf(browser)).toMatchObject({ userId: expect.any(String) });
    expect(await accountOf(copy)).toBeNull();
    await after.close();
    await second.close();
    await database.remove();
  });
});
