import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import { hashSecret, newSecret } from "../src/domain/key-ring.js";
import type { PageSource } from "../src/http/pages.js";
import { type Browser, linksOf, titleOf, userAgents, type Visit } from "./support/browser.js";
import { addRows, rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";
import {
  id,
  iso,
  noon,
  openids,
  secrets,
  apps as seededApps,
  seedTwoPeople,
  unionids,
} from "./support/two-people.js";

// A person's own page and its forms. Nothing here joins the two apps, so one WeChat account is two identities.

const app = (key: string, kind: string, appId: string, appSecret: string) => ({
  ...{ key, kind, appId, appSecret, profile: "none", name: { zh: "山茶书店", en: "Camellia Books" } },
});
const apps = [
  app("oa", "official_account", "wx51a0b1c2d3e4f501", "5d0c1a7e0000000000000000000000a1"),
  app("web", "website", "wx51a0b1c2d3e4f502", "5d0c1a7e0000000000000000000000b2"),
];

let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { WECHAT_APPS: JSON.stringify(apps) } });
});
afterAll(() => system.close());

/** A well-formed id of nothing. */
const nobodys = "01M8X7C0ZZ0000000000000000";

let people = 0;
/** A person whom no other test knows, signed in by the Official Account. */
async function newPerson(): Promise<{ person: string; phone: Browser }> {
  const person = system.simulator.createPerson({ nickname: `Person ${++people}` }).id;
  const phone = system.browser({ person });
  await phone.signIn("/login/wechat?return_to=/login/account");
  return { person, phone };
}

const post = (browser: Browser, path: string, headers: Record<string, string> = { origin: system.url }) =>
  browser.visit(path, { method: "POST", headers });
const formOf = ({ html }: Visit, start: string): string =>
  new RegExp(`action="(/login/account/${start}[^"]*)"`).exec(html)?.[1] ?? "(no such form)";
const bindingsOf = async (browser: Browser) => {
  const userId = await userOf(browser);
  const own = (await rowsOf(system.db, "bindings")).filter((binding) => binding.userId === userId);
  return own.map(({ appId }) => apps.find((app) => app.appId === appId)?.key).sort();
};

/** Presses "add" for an app and passes WeChat, up to the page at the end. */
async function add(browser: Browser, key: string): Promise<Visit> {
  const leaving = await post(browser, `/login/account/add/${key}`);
  if (leaving.status !== 303 || !leaving.location) throw new Error(`the form answered ${leaving.status}`);
  const returning = await browser.visit(leaving.location);
  const back = await browser.visit(returning.location ?? "/");
  return back.location ? browser.visit(back.location) : back;
}

describe("a signed-in person", () => {
  it("adds WeChat of another app and stays in the same session, and is told if it was there before [T10]", async () => {
    const { phone } = await newPerson();
    const { session } = phone;
    const added = await add(phone, "web");
    expect([added.url.pathname + added.url.search, added.status]).toEqual([
      "/login/account?notice=added",
      200,
    ]);
    expect(added.html).toContain("WeChat was added.");
    expect([phone.session, await bindingsOf(phone)]).toEqual([session, ["oa", "web"]]);
    expect((await add(phone, "web")).html).toContain("This WeChat account was added before.");
    expect(await bindingsOf(phone)).toEqual(["oa", "web"]);
  });

  it("is refused a WeChat account of another person, and may sign in with it or ask support [T10, T118]", async () => {
    const { phone } = await newPerson();
    const other = await newPerson();
    await add(other.phone, "web");
    const before = await rowsOf(system.db, "bindings");
    const refused = await add(phone.copy({ person: other.person }), "web");
    expect([refused.status, titleOf(refused.html)]).toEqual([
      409,
      "This WeChat account belongs to another account",
    ]);
    const [number = ""] = /[0-9A-Z]{26}/.exec(refused.html.split('id="number"')[1] ?? "") ?? [];
    expect(await rowsOf(system.db, "signIns")).toContainEqual(
      expect.objectContaining({ id: number, outcome: "bound_elsewhere", userId: await userOf(phone) }),
    );
    expect(linksOf(refused.html)).toEqual({
      "Sign in with this WeChat": "/login/wechat?return_to=%2Flogin%2Faccount&app=web&tap=1",
      "Back to your account": "/login/account",
    });
    for (const { openid, nickname, userId } of before) {
      if (userId === (await userOf(phone))) continue;
      for (const text of [openid, userId, ...(nickname ? [nickname] : [])]) {
        expect(refused.html).not.toContain(text);
      }
    }
    expect(await rowsOf(system.db, "bindings")).toEqual(before);
  });

  it("who refuses in WeChat is led back to the account page, also after a reload", async () => {
    const { phone } = await newPerson();
    const leaving = await post(phone, "/login/account/add/web");
    const state = leaving.location?.searchParams.get("state");
    const refused = await phone.visit(`/login/wechat/callback?code=authdeny&state=${state}`);
    const self = /<link rel="canonical" href="([^"]*)"/.exec(refused.html)?.[1] ?? "";
    for (const { status, html } of [refused, await phone.visit(self)]) {
      expect([status, titleOf(html), linksOf(html)]).toEqual([
        ...[200, "WeChat was not added", { "Back to your account": "/login/account" }],
      ]);
    }
  });

  it("removes a WeChat account but never the last one, and sessions that it opened end with it", async () => {
    const { person, phone } = await newPerson();
    await add(phone, "web");
    const desktop = system.browser({ person, userAgent: userAgents.desktop });
    await desktop.signIn("/login/wechat?return_to=/login/account");
    expect(await userOf(desktop)).toBe(await userOf(phone));
    const bindings = await rowsOf(system.db, "bindings");
    const userId = await userOf(phone);
    const idOf = (kind: number) =>
      bindings.find((binding) => binding.userId === userId && binding.appId === apps[kind]?.appId)?.id;

    const removed = await post(phone, `/login/account/remove/${idOf(1)}`);
    expect(removed.location?.href).toBe(`${system.url}/login/account?notice=removed`);
    expect([await bindingsOf(phone), await userOf(desktop)]).toEqual([["oa"], undefined]);
    expect((await phone.visit(removed.location ?? "")).html).toContain("WeChat was removed.");

    const last = await post(phone, `/login/account/remove/${idOf(0)}`);
    expect(last.location?.search).toBe("?notice=last-binding");
    expect(await bindingsOf(phone)).toEqual(["oa"]);
    expect(formOf(await phone.visit("/login/account"), "remove")).toBe("(no such form)");
    // Twice is as good as once.
    expect((await post(phone, `/login/account/remove/${idOf(1)}`)).location?.search).toBe("");
  });

  it("who removes the account that this browser signed in with is signed out, and nothing starts silently", async () => {
    const { phone } = await newPerson();
    await add(phone, "web");
    const userId = await userOf(phone);
    const oa = (await rowsOf(system.db, "bindings")).find(
      (row) => row.userId === userId && row.appId === apps[0]?.appId,
    );
    const removed = await post(phone, `/login/account/remove/${oa?.id}`);
    expect([removed.location?.search, phone.session]).toEqual(["", undefined]);
    expect(titleOf((await phone.visit("/login/account")).html)).toBe("You are signed out");
    expect(titleOf((await phone.visit("/login/wechat")).html)).toBe("You are signed out");
  });

  it("ends one session, this one, or all of them by the page's forms", async () => {
    const { person, phone } = await newPerson();
    const again = async () => {
      const browser = system.browser({ person });
      await browser.signIn("/login/wechat?return_to=/login/account&tap=1");
      return browser;
    };
    const [second, third] = [await again(), await again()];
    const signedIn = () =>
      Promise.all([phone, second, third].map(async (one) => (await userOf(one)) !== undefined));
    const sessionOf = async (browser: Browser) =>
      (await browser.query<{ items: { id: string; current: boolean }[] }>("session.list")).data?.items.find(
        ({ current }) => current,
      )?.id;
    const ended = await post(phone, `/login/account/end-session/${await sessionOf(second)}`);
    expect([ended.location?.search, await signedIn()]).toEqual([
      "?notice=session-ended",
      [true, false, true],
    ]);
    await post(third, "/login/account/sign-out");
    expect(await signedIn()).toEqual([true, false, false]);
    expect([third.session, third.cookies.get("wl_signed_out")]).toEqual([undefined, "1"]);

    const [fourth, fifth] = [await again(), await again()];
    await post(fourth, "/login/account/sign-out-everywhere");
    for (const browser of [phone, fourth, fifth]) expect(await userOf(browser)).toBeUndefined();
    expect(titleOf((await fourth.visit("/login/wechat")).html)).toBe("You are signed out");
  });

  it.each([
    ["sign-out", "delete_session"],
    ["sign-out-everywhere", "delete_sessions_of_user"],
    ["delete", "insert_erasure"],
    ["refresh-profile", "list_bindings_of_user"],
  ])("stays signed in, and is told so, if the database cannot do %s", async (form, refused) => {
    const { phone } = await newPerson();
    const { session } = phone;
    const refuse = () =>
      Promise.reject(new DatabaseError("unavailable", { cause: new Error("the disk is full") }));
    const { run, batch } = system.db;
    const spies = [
      vi
        .spyOn(system.db, "run")
        .mockImplementation((statement, values) =>
          statement.name === refused ? refuse() : run.call(system.db, statement, values),
        ),
      vi
        .spyOn(system.db, "batch")
        .mockImplementation((steps) =>
          steps.some(({ statement }) => statement.name === refused) ? refuse() : batch.call(system.db, steps),
        ),
    ];
    const answer = await post(phone, `/login/account/${form}`);
    for (const spy of spies) spy.mockRestore();
    expect([answer.status, phone.session]).toEqual([503, session]);
    expect(await userOf(phone)).toBeDefined();
    expect((await post(phone, `/login/account/${form}`)).status).toBe(form === "delete" ? 200 : 303);
    expect((await userOf(phone)) === undefined).toBe(form !== "refresh-profile");
  });
});

describe("a form of the account page", () => {
  const marks: [string, Record<string, string>][] = [
    ["without an Origin", {}],
    ["of another site", { origin: "https://evil.example" }],
    ["of a sandboxed page", { origin: "null" }],
    ["of another origin of this host", { origin: "http://localhost:1" }],
    ["that the browser calls cross-site", { origin: "(own)", "sec-fetch-site": "cross-site" }],
    ["of a sibling domain", { origin: "(own)", "sec-fetch-site": "same-site" }],
  ];

  it.each(marks)("%s changes nothing [T10, T31, T32]", async (_, mark) => {
    const { phone } = await newPerson();
    await add(phone, "web");
    const page = await phone.visit("/login/account");
    const headers = mark.origin === "(own)" ? { ...mark, origin: system.url } : mark;
    const state = async () =>
      JSON.stringify([
        await rowsOf(system.db, "bindings"),
        (await rowsOf(system.db, "sessions")).map(({ id }) => id),
        (await rowsOf(system.db, "signIns")).map(({ id }) => id),
      ]);
    const before = await state();
    const { data } = await phone.query<{ items: { id: string }[] }>("session.list");
    const paths = [
      ...[formOf(page, "remove"), formOf(page, "sign-out"), formOf(page, "sign-out-everywhere")],
      ...["/login/account/add/web", `/login/account/end-session/${data?.items[0]?.id}`],
    ];
    for (const path of paths) {
      const answer = await post(phone, path, headers);
      expect([path, answer.status, answer.headers.get("set-cookie")]).toEqual([path, 403, null]);
      const get = await phone.visit(path);
      expect([path, get.status]).toEqual([path, 404]);
    }
    expect(await state()).toBe(before);
  });

  it("about nothing that there is leads back to the page, and changes nothing", async () => {
    const { phone } = await newPerson();
    const before = await rowsOf(system.db, "signIns");
    for (const form of [
      "add/unknown",
      "remove/1",
      `remove/${nobodys}`,
      "end-session/1",
      `end-session/${nobodys}`,
    ]) {
      const { status, location } = await post(phone, `/login/account/${form}`);
      expect([form, status, location?.pathname, location?.search]).toEqual([form, 303, "/login/account", ""]);
    }
    expect(await rowsOf(system.db, "signIns")).toEqual(before);
    expect(await userOf(phone)).toBeDefined();
  });

  it("that ends this browser's own session takes its cookie, and says nothing of another session", async () => {
    const { phone } = await newPerson();
    const { data } = await phone.query<{ items: { id: string }[] }>("session.list");
    const { status, location } = await post(phone, `/login/account/end-session/${data?.items[0]?.id}`);
    expect([status, location?.pathname, location?.search]).toEqual([303, "/login/account", ""]);
    expect([phone.session, await userOf(phone)]).toEqual([undefined, undefined]);
  });

  it("leads a browser without a session to the page that signs in, and changes nothing", async () => {
    const { phone } = await newPerson();
    const forms = [
      "add/web",
      "sign-out",
      "sign-out-everywhere",
      `remove/${nobodys}`,
      `end-session/${nobodys}`,
    ];
    const before = await rowsOf(system.db, "signIns");
    for (const form of forms) {
      const answer = await post(system.browser(), `/login/account/${form}`);
      expect([answer.status, answer.location?.pathname]).toEqual([303, "/login/account"]);
    }
    expect(await rowsOf(system.db, "signIns")).toEqual(before);
    expect(await userOf(phone)).toBeDefined();
  });

  it("reads nothing of its body, whose length is limited", async () => {
    const { phone } = await newPerson();
    const send = (body: string) =>
      phone.visit("/login/account/add/web", {
        method: "POST",
        headers: { origin: system.url, "content-type": "application/x-www-form-urlencoded" },
        body,
      });
    expect((await send("app=oa&id=1")).status).toBe(303);
    expect((await send(`app=${"a".repeat(2000)}`)).status).toBe(413);
  });

  it("may redirect to WeChat, which the policy of no other page allows", async () => {
    const { phone } = await newPerson();
    const formAction = async (path: string) =>
      /form-action [^;]*/.exec((await phone.visit(path)).headers.get("content-security-policy") ?? "")?.[0];
    expect(await formAction("/login/account")).toBe(`form-action 'self' ${system.simulator.url}`);
    expect(await formAction("/nowhere")).toBe("form-action 'self'");
  });
});

describe("the procedures for bindings", () => {
  it("begin to add WeChat as the form does, and only for an app of the settings [T10]", async () => {
    const { phone } = await newPerson();
    expect(await phone.mutate("bindings.start", { app: "none" })).toMatchObject({
      status: 404,
      error: { message: "There is no app with this key.", data: { appCode: "not_found" } },
    });
    const { data } = await phone.mutate<{ url: string }>("bindings.start", { app: "web" });
    expect(Object.keys(data ?? {})).toEqual(["url"]);
    expect(new URL(data?.url ?? "").origin).toBe(system.simulator.url);
    const begun = (await rowsOf(system.db, "signIns")).filter(({ outcome }) => outcome === null).at(-1);
    expect(begun).toMatchObject({
      ...{ purpose: "bind", browserUserId: await userOf(phone), userAgent: userAgents.wechatAndroid },
      ip: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
    });
    const returning = await phone.visit(data?.url ?? "");
    expect((await phone.visit(returning.location ?? "")).location?.search).toBe("?notice=added");
    expect(await bindingsOf(phone)).toEqual(["oa", "web"]);
  });

  it("remove a binding, never the last one, and never one of another person [T118]", async () => {
    const { phone } = await newPerson();
    const other = await newPerson();
    await add(phone, "web");
    await add(other.phone, "web");
    const list = async (browser: Browser) =>
      (await browser.query<{ items: { id: string; appKey: string }[] }>("bindings.list")).data?.items ?? [];
    const [theirs] = await list(other.phone);
    const none = await phone.mutate("bindings.remove", { id: nobodys });
    const foreign = await phone.mutate("bindings.remove", { id: theirs?.id });
    const withoutId = ({ status, error }: typeof none) => [
      status,
      error?.message,
      { ...error?.data, requestId: "" },
    ];
    expect(withoutId(foreign)).toEqual(withoutId(none));
    expect(foreign.status).toBe(404);
    const [oa, web] = await list(phone);
    expect((await phone.mutate("bindings.remove", { id: web?.id })).data).toEqual({ ok: true });
    const last = await phone.mutate("bindings.remove", { id: oa?.id });
    expect([last.status, last.error?.message, last.error?.data.appCode]).toEqual([
      409,
      "This is the last WeChat account that signs this person in. Add another one first.",
      "last_binding",
    ]);
    expect([await list(phone), (await list(other.phone)).length]).toEqual([[oa], 2]);
  });

  it.each([
    ["oa", "with which it signed in, signs this browser out", false],
    ["web", "with which it did not sign in, leaves it signed in", true],
  ])("remove a binding: %s, %s", async (key, _, isSignedIn) => {
    const { phone } = await newPerson();
    await add(phone, "web");
    const { data } = await phone.query<{ items: { id: string; appKey: string }[] }>("bindings.list");
    const id = data?.items.find(({ appKey }) => appKey === key)?.id;
    expect((await phone.mutate("bindings.remove", { id })).data).toEqual({ ok: true });
    expect(phone.cookies.has("wl_session")).toBe(isSignedIn);
  });

  it("refuse a caller without a session", async () => {
    for (const path of ["start", "remove"]) {
      const input = { app: "web", id: nobodys };
      expect((await system.browser().mutate(`bindings.${path}`, input)).status).toBe(401);
    }
  });
});

describe("what the account page is filled with", () => {
  /** The page as its values alone. */
  const pages: PageSource = async (_language, page) =>
    [
      `page=${page} isNamed={{isNamed}} nickname={{nickname}} avatar={{avatar}} notice={{notice}}`,
      "<!--each bindings-->binding={{id}}|{{nickname}}|{{app}}|{{kind}}|{{boundAt}}|{{boundOn}}|{{usedAt}}|{{used}}|{{remove}}|{{isOnly}}\n<!--/each bindings-->",
      "<!--each apps-->app={{id}}|{{name}}|{{kind}}|{{add}}\n<!--/each apps-->",
      "<!--each sessions-->session={{id}}|{{client}}|{{platform}}|{{form}}|{{seenAt}}|{{seen}}|{{end}}|{{isCurrent}}\n<!--/each sessions-->",
      "<!--each otherAccounts-->other={{start}}\n<!--/each otherAccounts-->",
    ].join("\n");

  let seeded: System;
  beforeAll(async () => {
    const own = seededApps.map((one) => ({ ...one, name: { zh: `${one.key}店`, en: `The ${one.key}` } }));
    const cafe = { key: "cafe", kind: "website", appId: "wx51a0b1c2d3e4f50c", appSecret: "c".repeat(32) };
    const env = { WECHAT_APPS: JSON.stringify([...own, cafe]) };
    seeded = await startSystem({ env, pages, at: noon });
    await seedTwoPeople(seeded.db);
  });
  afterAll(() => seeded.close());
  const linesFor = async (secret: string, options: Parameters<System["browser"]>[0] = {}, query = "") => {
    const browser = seeded.browser({ userAgent: userAgents.desktop, ...options });
    browser.cookies.set("wl_session", secret);
    const { html } = await browser.visit(`/login/account${query}`);
    return html.replaceAll("&amp;", "&").split("\n").filter(Boolean);
  };

  it("is the person's own bindings and live sessions, this browser first, and what can be added here [T118]", async () => {
    const lines = await linesFor(secrets.ann);
    expect(lines).toEqual([
      "page=account isNamed=yes nickname=Anna Web avatar=https://wx.qlogo.cn/anna/0 notice=",
      `binding=binding-${id("ANN1")}|安娜Ａnna|The oa|official_account|${iso(-5000)}|${day(-5000, "en")}|${iso(-600)}|10 hours ago|/login/account/remove/${id("ANN1")}|no`,
      `binding=binding-${id("ANN2")}|Anna Web|The web|website|${iso(-4900)}|${day(-4900, "en")}|${iso(-10)}|10 minutes ago|/login/account/remove/${id("ANN2")}|no`,
      `app=app-cafe|localhost:${seeded.port}|website|/login/account/add/cafe`,
      `session=session-${id("N1")}|wechat|android|phone|${iso(61)}|in 1 hour|/login/account/end-session/${id("N1")}|yes`,
      `session=session-${id("N2")}|browser|windows|desktop|${iso(60)}|in 59 minutes|/login/account/end-session/${id("N2")}|no`,
      "other=/login/wechat?return_to=%2Flogin%2Faccount&tap=1",
    ]);
    const text = lines.join();
    for (const hidden of [...Object.values(openids), ...Object.values(unionids), "BEN", "203.0.113.77"]) {
      expect(text).not.toContain(hidden);
    }
  });

  it("is blank where a person has no name and no picture, and says that the app of a binding is gone", async () => {
    const [userId, secret] = [id("DAN"), newSecret()];
    const before = new Date(noon.getTime() - 60_000);
    await addRows(seeded.db, "users", [{ id: userId, createdAt: noon }]);
    await addRows(seeded.db, "bindings", [
      {
        ...{ id: id("DAN1"), appId: "wx0000000000000000", openid: "oDan", userId, scope: "snsapi_base" },
        ...{ createdAt: noon, lastSignInAt: before },
      },
    ]);
    await addRows(seeded.db, "sessions", [
      {
        ...{ id: id("DS"), userId, signInId: id("S1"), userAgent: "Mozilla/5.0 (iPhone)", ip: null },
        ...{ secretHash: hashSecret(secret), createdAt: noon, lastSeenAt: noon },
        ...{ expiresAt: new Date(noon.getTime() + 3_600_000) },
      },
    ]);
    const lines = await linesFor(secret);
    expect(lines.slice(0, 2)).toEqual([
      "page=account isNamed=no nickname= avatar= notice=",
      `binding=binding-${id("DAN1")}||localhost:${seeded.port}|gone|${iso(0)}|${day(0, "en")}|${before.toJSON()}|1 minute ago|/login/account/remove/${id("DAN1")}|yes`,
    ]);
  });

  it("depends on the browser: inside WeChat an Official Account can be added, on a phone outside it none", async () => {
    const rest = (lines: string[]) => lines.filter((line) => /^(app|other)=/.test(line));
    expect(rest(await linesFor(secrets.ann, { userAgent: userAgents.wechatAndroid }))).toEqual([
      "app=app-clinic|The clinic|official_account|/login/account/add/clinic",
    ]);
    expect(rest(await linesFor(secrets.ann, { userAgent: userAgents.safariIphone }))).toEqual([
      "other=/login/wechat?return_to=%2Flogin%2Faccount&tap=1",
    ]);
  });

  it("draws a phone for a session on iOS, Android or HarmonyOS, and a desktop for any other", async () => {
    const secret = newSecret();
    const devices = ["iPhone", "Android 14", "OpenHarmony 5.0", "Macintosh", "Windows NT 10.0", "X11; Linux"];
    await addRows(
      seeded.db,
      "sessions",
      devices.map((device, n) => ({
        ...{ id: id(`D${n}`), userId: id("CAT"), signInId: id("S1"), userAgent: `Mozilla/5.0 (${device})` },
        ...{ secretHash: n === 0 ? hashSecret(secret) : device, ip: null, createdAt: noon },
        ...{ lastSeenAt: noon, expiresAt: new Date(noon.getTime() + 3_600_000) },
      })),
    );
    const lines = (await linesFor(secret)).filter((line) => line.startsWith("session="));
    expect(lines.map((line) => line.split("|").slice(2, 4).join())).toEqual([
      ...["ios,phone", "other,desktop", "windows,desktop", "mac,desktop", "harmony,phone", "android,phone"],
    ]);
  });

  it("is written in the language of the browser, and repeats only what the page may say", async () => {
    const [head, first] = await linesFor(secrets.ann, { language: "zh" }, "?notice=removed");
    expect(head).toMatch(/ notice=removed$/);
    expect(first).toContain(
      `|oa店|official_account|${iso(-5000)}|${day(-5000, "zh")}|${iso(-600)}|10小时前|`,
    );
    for (const query of ["?notice=<b>", "?notice=constructor", "?notice=added&notice=removed"]) {
      expect((await linesFor(secrets.ann, {}, query))[0]).toMatch(/ notice=$/);
    }
  });
});

const day = (minutes: number, language: string) =>
  new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(
    new Date(noon.getTime() + minutes * 60_000),
  );

describe("a person's own data", () => {
  it("are one file with everything of that person and nothing of another, for them alone [T118]", async () => {
    const { person, phone } = await newPerson();
    const other = await newPerson();
    await add(phone, "web");
    const userId = (await userOf(phone)) ?? "";
    const at = new Date(0);
    await addRows(system.db, "externalUsers", [
      { clientId: "shop", externalId: "42", userId, createdAt: at },
      { clientId: "shop", externalId: "43", userId: (await userOf(other.phone)) ?? "", createdAt: at },
    ]);
    const answer = await phone.visit("/login/account/data");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect([
      answer.status,
      answer.headers.get("content-type"),
      answer.headers.get("content-disposition"),
    ]).toEqual([...[200, "application/json; charset=utf-8", 'attachment; filename="account-data.json"']]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    const idsOf = (appId: string) => system.simulator.person(person, appId);
    const account = (key: string, appId: string, scope: string) => ({
      ...{
        app: key,
        appId,
        openid: idsOf(appId).openid,
        scope,
        nickname: null,
        avatarUrl: null,
      },
      ...{ profileAt: null, createdAt: time, lastSignInAt: time },
    });
    const signIn = (key: string, appId: string, outcome: string) => ({
      ...{ app: key, id: expect.stringMatching(/^[0-9A-Z]{26}$/), appId, createdAt: time, outcome },
      ...{ ip: "127.0.0.1", userAgent: expect.stringContaining("MicroMessenger") },
    });
    const [oa, web] = [apps[0]?.appId ?? "", apps[1]?.appId ?? ""];
    // A person reads it: one line for each value.
    expect(answer.html).toBe(`${JSON.stringify(JSON.parse(answer.html), null, 2)}\n`);
    expect(JSON.parse(answer.html)).toEqual({
      exportedAt: time,
      user: { id: userId, createdAt: time, lastSignInAt: time },
      wechatAccounts: [
        { ...account("oa", oa, "snsapi_base"), unionid: null },
        { ...account("web", web, "snsapi_login"), unionid: idsOf(web).unionid },
      ],
      externalIds: [{ clientId: "shop", externalId: "42" }],
      sessions: [expect.objectContaining({ device: { client: "wechat", platform: "android" } })],
      signIns: [signIn("web", web, "bound"), signIn("oa", oa, "signed_in")],
      olderSignInsLeftOut: false,
      consents: [],
    });
    const stranger = await system.browser().visit("/login/account/data");
    expect([stranger.status, stranger.location?.pathname]).toEqual([303, "/login/account"]);
  });
});

describe("a person who deletes their account", () => {
  it("is told so, is signed out everywhere, and is a stranger at the next sign-in [T122]", async () => {
    const { person, phone } = await newPerson();
    const other = await newPerson();
    const elsewhere = system.browser({ person });
    await elsewhere.signIn();
    const userId = await userOf(phone);
    const page = await phone.visit("/login/account");
    expect((await post(phone, "/login/account/delete", { origin: "https://evil.example" })).status).toBe(403);
    expect(await userOf(phone)).toBe(userId);

    const deleted = await post(phone, formOf(page, "delete"));
    expect(deleted.status).toBe(200);
    expect(deleted.html).toContain("Your account is deleted");
    expect(Object.values(linksOf(deleted.html))).toEqual(["/login/account"]);
    expect(phone.session).toBeUndefined();
    expect([await userOf(phone), await userOf(elsewhere)]).toEqual([undefined, undefined]);
    const erasures = (await rowsOf(system.db, "erasures")).filter((erasure) => erasure.userId === userId);
    expect(erasures).toEqual([{ userId, operatorId: null, at: expect.any(Date) }]);
    expect((await rowsOf(system.db, "users")).filter(({ id }) => id === userId)).toEqual([]);
    // A reload sends the form again: there is no account to delete.
    const again = await post(phone, "/login/account/delete");
    expect([again.status, again.location?.pathname]).toEqual([303, "/login/account"]);

    const back = system.browser({ person });
    await back.signIn();
    expect(await userOf(back)).not.toBe(userId);
    expect(await userOf(other.phone)).toMatch(/^[0-9A-Z]{26}$/);
  });
});
