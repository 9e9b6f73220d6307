import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Tables } from "../src/db/schema.js";
import { userAgents } from "./support/browser.js";
import { createHost } from "./support/hosts.js";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows, rowsOf } from "./support/rows.js";
import { seedFailure, seedPerson, seedSignIn } from "./support/seed.js";
import { type System, startSystem } from "./support/system.js";

interface Page {
  items: Record<string, unknown>[];
  nextCursor: string | null;
}

let system: System;
let console: Console;
let oa: string;
let web: string;
beforeAll(async () => {
  system = await startSystem();
  console = await seedOperator(system);
  [oa, web] = [system.officialAccount.appId, system.website.appId];
});
beforeEach(async () => {
  const { db } = system;
  for (const table of [
    "userTokens",
    "externalUsers",
    "bindings",
    "users",
    "signIns",
    "apiFailures",
  ] as const) {
    await db.consoleQuery<unknown>((orm, tables) =>
      orm.delete<Tables[keyof Tables]>(tables[table]).returning(),
    );
  }
});
afterAll(() => system.close());

const noon = new Date("2026-03-01T12:00:00.000Z");
const minutes = (count: number) => new Date(noon.getTime() + count * 60_000);

const countOf: Record<string, string> = {
  "people.list": "people.count",
  "tokens.listUsers": "tokens.countUsers",
  "signIns.list": "signIns.count",
  "failures.list": "failures.count",
};

/** One page of a list. The number of its rows, which the console asks for apart, must be the same. */
async function page(path: string, input: object = {}): Promise<Page> {
  const answer = await console.query<Page>(path, input);
  if (!answer.data) throw new Error(`${path} answered ${answer.text}`);
  const count = countOf[path];
  if (count !== undefined) {
    const counted = { count: answer.data.items.length, isMore: false };
    expect((await console.query(count, input)).data, `${count} ${JSON.stringify(input)}`).toEqual(counted);
  }
  return answer.data;
}

const names = (items: Record<string, unknown>[]) =>
  items.map(({ bindings, nickname }) => nickname ?? (bindings as { nickname: string }[])[0]?.nickname);

describe("a search for people", () => {
  it("takes wildcards and quotes literally [T61]", async () => {
    for (const [index, nickname] of [
      "100% sure",
      "1000 sure",
      "a_b",
      "axb",
      "back\\slash",
      "o'brien",
    ].entries()) {
      await seedPerson(system.db, {
        at: minutes(index),
        appId: oa,
        nickname,
        openid: `o-${index}`,
        tokenExpiresAt: noon,
      });
    }
    for (const path of ["people.list", "tokens.listUsers"]) {
      expect(names((await page(path, { q: "100%" })).items)).toEqual(["100% sure"]);
      expect(names((await page(path, { q: "a_b" })).items)).toEqual(["a_b"]);
      expect(names((await page(path, { q: "back\\" })).items)).toEqual(["back\\slash"]);
      expect(names((await page(path, { q: "o'b" })).items)).toEqual(["o'brien"]);
      for (const q of ["%%", "_______", "' or '1'='1", "\\", "%_%"]) {
        const found = names((await page(path, { q })).items);
        expect(
          found.every((name) => String(name).includes(q)),
          q,
        ).toBe(true);
      }
      expect((await page(path, { q: "  " })).items).toHaveLength(6);
    }
  });

  it("finds part of a nickname, even one or two Chinese characters, in any case and width", async () => {
    for (const [index, nickname] of ["林小满", "王小明", "ÉCLAIR Ｆｏｘ", "🦊 Foxy"].entries()) {
      await seedPerson(system.db, { at: minutes(index), appId: oa, nickname, openid: `o-${index}` });
    }
    expect(names((await page("people.list", { q: "小满" })).items)).toEqual(["林小满"]);
    expect(names((await page("people.list", { q: "小" })).items)).toEqual(["王小明", "林小满"]);
    expect(names((await page("people.list", { q: "fox" })).items)).toEqual(["🦊 Foxy", "ÉCLAIR Ｆｏｘ"]);
    expect(names((await page("people.list", { q: "éclair" })).items)).toEqual(["ÉCLAIR Ｆｏｘ"]);
    expect(names((await page("people.list", { q: "🦊" })).items)).toEqual(["🦊 Foxy"]);
    expect((await page("people.list", { q: "unknown" })).items).toEqual([]);
  });

  it("finds a whole nickname for a viewer, and no part of one, which could be guessed letter by letter [T44]", async () => {
    const person = { at: noon, appId: oa, nickname: "Foxy", openid: "o-fox" };
    await seedPerson(system.db, { ...person, tokenExpiresAt: minutes(9000) });
    const viewer = await seedOperator(system, "viewer");
    for (const [path, count = ""] of Object.entries(countOf).slice(0, 2)) {
      const countsOf = async (q: string) => {
        const list = await viewer.query<Page>(path, { q });
        const { data } = await viewer.query<{ count: number }>(count, { q });
        return [list.data?.items.length, data?.count];
      };
      expect([await countsOf("Foxy"), await countsOf("Fox")], path).toEqual([
        [1, 1],
        [0, 0],
      ]);
    }
  });

  it("finds an exact openid, unionid or user id, case-sensitively", async () => {
    const person = { at: noon, appId: oa, nickname: "A", openid: "oAbC", unionid: "uXyZ" };
    const { userId } = await seedPerson(system.db, person);
    await seedPerson(system.db, { at: minutes(1), appId: oa, nickname: "B", openid: "oabc" });
    for (const q of ["oAbC", "uXyZ", userId])
      expect(names((await page("people.list", { q })).items)).toEqual(["A"]);
    for (const q of ["OABC", "oAb", "uxyz"]) expect((await page("people.list", { q })).items).toEqual([]);
  });

  it("filters by app, unionid and status, together with the search", async () => {
    await seedPerson(system.db, { at: minutes(1), appId: oa, nickname: "One", openid: "o1", unionid: "u1" });
    await seedPerson(system.db, { at: minutes(2), appId: web, nickname: "Two", openid: "o2" });
    await seedPerson(system.db, {
      at: minutes(3),
      appId: oa,
      nickname: "Three",
      openid: "o3",
      status: "blocked",
    });
    const found = async (filter: object) => names((await page("people.list", filter)).items);
    expect(await found({})).toEqual(["Three", "Two", "One"]);
    expect(await found({ appId: oa })).toEqual(["Three", "One"]);
    expect(await found({ unionid: "yes" })).toEqual(["One"]);
    expect(await found({ unionid: "no" })).toEqual(["Three", "Two"]);
    expect(await found({ status: "blocked" })).toEqual(["Three"]);
    expect(await found({ appId: oa, status: "active", q: "o" })).toEqual(["One"]);
    expect(await found({ appId: "wx0000000000000000" })).toEqual([]);
  });
});

describe("the list of users' tokens", () => {
  it("shows and filters them as fresh, refreshable or dead, without the tokens themselves", async () => {
    const now = Date.now();
    const at = (hours: number) => new Date(now + hours * 3_600_000);
    const seeded: [string, Date, Date][] = [
      ["Fresh", at(1), at(100)],
      ["Old", at(-1), at(100)],
      ["Dead", at(-200), at(-100)],
    ];
    for (const [index, [nickname, tokenExpiresAt, refreshExpiresAt]] of seeded.entries()) {
      const person = { at: minutes(index), appId: oa, nickname, openid: `o-${nickname}` };
      await seedPerson(system.db, { ...person, tokenExpiresAt, refreshExpiresAt });
    }
    const all = await console.query<Page>("tokens.listUsers", {});
    expect((await page("tokens.listUsers")).items).toEqual(all.data?.items);
    expect(all.data?.items).toMatchObject([
      { nickname: "Dead", state: "dead" },
      { nickname: "Old", state: "refreshable" },
      { nickname: "Fresh", state: "fresh" },
    ]);
    for (const state of ["fresh", "refreshable", "dead"]) {
      expect((await page("tokens.listUsers", { state })).items).toMatchObject([{ state }]);
    }
    for (const q of ["o-Old", "Old"]) {
      expect((await page("tokens.listUsers", { q })).items, q).toMatchObject([{ nickname: "Old" }]);
    }
    expect((await page("tokens.listUsers", { appId: web })).items).toEqual([]);
    const [row] = all.data?.items ?? [];
    const one = await console.query("tokens.getUser", { bindingId: row?.bindingId });
    expect(one.data).toEqual(row);
    for (const text of [all.text, one.text]) expect(text).not.toContain("sealed");
  });
});

describe("the list of sign-ins", () => {
  it("is filtered by outcome, app, person and time, and searched by id, openid and user id", async () => {
    const { userId } = await seedPerson(system.db, { at: noon, appId: oa, nickname: "A", openid: "oA" });
    const ok = await seedSignIn(system.db, {
      at: minutes(1),
      appId: oa,
      outcome: "signed_in",
      openid: "oA",
      userId,
    });
    const failed = await seedSignIn(system.db, { at: minutes(2), appId: web, outcome: "failed" });
    const open = await seedSignIn(system.db, { at: minutes(3), appId: web });
    const found = async (filter: object) => (await page("signIns.list", filter)).items.map(({ id }) => id);
    expect(await found({})).toEqual([open, failed, ok]);
    expect(await found({ outcome: "signed_in" })).toEqual([ok]);
    expect(await found({ outcome: "in_progress" })).toEqual([open]);
    expect(await found({ appId: web })).toEqual([open, failed]);
    expect(await found({ userId })).toEqual([ok]);
    for (const q of [ok, "oA", userId]) expect(await found({ q })).toEqual([ok]);
    expect(await found({ from: minutes(2).toJSON() })).toEqual([open, failed]);
    expect(await found({ from: minutes(2).toJSON(), to: minutes(2).toJSON() })).toEqual([failed]);
    expect(await found({ to: "2026-03-01T20:01:00+08:00" })).toEqual([ok]);
    expect((await console.query("signIns.list", {})).text).not.toContain("/secret-page");
  });
});

describe("the console's page of failures", () => {
  it("lists them by app, endpoint, errcode and time, and finds them by openid, rid, sign-in and errcode", async () => {
    const signInId = await seedSignIn(system.db, { at: noon, appId: oa });
    const rid = "637ec754-5b28c0ef-058e9cba";
    const first = await seedFailure(system.db, {
      at: minutes(1),
      appId: oa,
      errcode: "40029",
      rid,
      signInId,
    });
    const second = await seedFailure(system.db, { at: minutes(2), appId: web, errcode: "-1", openid: "oB" });
    const third = await seedFailure(system.db, {
      at: minutes(3),
      appId: oa,
      errcode: "TIMEOUT",
      endpoint: "sns/auth",
    });
    const found = async (filter: object) => (await page("failures.list", filter)).items.map(({ id }) => id);
    expect(await found({})).toEqual([third, second, first]);
    expect(await found({ appId: oa })).toEqual([third, first]);
    expect(await found({ endpoint: "sns/auth" })).toEqual([third]);
    expect(await found({ errcode: "-1" })).toEqual([second]);
    expect(await found({ from: minutes(2).toJSON(), to: minutes(2).toJSON() })).toEqual([second]);
    for (const q of [rid, signInId, "40029", first]) expect(await found({ q }), q).toEqual([first]);
    expect(await found({ q: "oB" })).toEqual([second]);
    expect(await found({ q: "40029", errcode: "40029" })).toEqual([first]);
    expect(await found({ q: "40029", errcode: "-1" }), "two errcodes").toEqual([]);
  });

  it("groups them by app, endpoint and errcode, sorted as asked, and counts the people affected", async () => {
    for (const [at, openid] of [
      [1, "o1"],
      [2, "o1"],
      [3, "o2"],
    ] as const) {
      await seedFailure(system.db, { at: minutes(at), appId: oa, errcode: "48001", openid });
    }
    await seedFailure(system.db, { at: minutes(9), appId: web, errcode: "48001", openid: "o3" });
    const { items } = await page("failures.groups", { sort: "events" });
    expect(
      (await page("failures.groups")).items.map(({ appId }) => appId),
      "last seen",
    ).toEqual([web, oa]);
    expect(items).toMatchObject([
      { appId: oa, errcode: "48001", events: 3, peopleAffected: 2, name: expect.any(String) },
      { appId: web, errcode: "48001", events: 1, peopleAffected: 1 },
    ]);
    expect(items[0]).toMatchObject({ firstSeenAt: minutes(1).toJSON(), lastSeenAt: minutes(3).toJSON() });
    expect((await page("failures.groups", { appId: web })).items).toHaveLength(1);
  });

  it("are explained by their errcode where none has it, such as one that only WeChat's own page shows", async () => {
    await seedFailure(system.db, { at: minutes(1), appId: oa, errcode: "48001", openid: "o1" });
    const explained = async (errcode?: string) => {
      const { data } = await console.query<object>("failures.groups", { errcode, state: "all" });
      return (data as { explanation?: { code: string; name: string } }).explanation;
    };
    expect(await explained("10003")).toMatchObject({ code: "10003", name: "page_redirect_uri_domain" });
    expect([await explained("48001"), await explained("77777"), await explained()]).toEqual([
      ...Array(3).fill(undefined),
    ]);
  });
});

describe("a person", () => {
  it("has the same name on their own page and in the console: that of the app they used last", async () => {
    const person = (userAgent: string) => system.browser({ person: "crowd-1", userAgent });
    system.simulator.updatePerson("crowd-1", { nickname: "旧名" });
    await person(userAgents.wechatAndroid).signIn();
    system.advance(60);
    system.simulator.updatePerson("crowd-1", { nickname: "新名" });
    const { html } = await person(userAgents.desktop).signIn();
    expect(html).toContain(">新名</bdi>");
    const [inList] = (await page("people.list")).items;
    expect(inList).toMatchObject({ profile: { nickname: "新名" }, bindings: [{}, {}] });
    const { data } = await console.query("people.get", { userId: inList?.userId });
    expect(data).toMatchObject({ profile: { nickname: "新名" } });
  });

  it("shows their newest 50 conflicts, newest first", async () => {
    const { userId } = await seedPerson(system.db, { at: noon, appId: oa, nickname: "A", openid: "oA" });
    const rows = Array.from({ length: 60 }, (_, n) => ({
      id: `01M0000000000000000000${String((n * 7) % 60).padStart(4, "0")}`,
      group: "demo",
      unionid: `u${(n * 7) % 60}`,
      userId,
      otherUserId: userId,
      createdAt: minutes((n * 7) % 60),
    }));
    await system.db.consoleQuery((orm, t) => orm.insert(t.identityConflicts).values(rows).returning());
    const { data } = await console.query<{ conflicts: { unionid: string }[] }>("people.get", { userId });
    expect(data?.conflicts.map(({ unionid }) => unionid)).toEqual(
      Array.from({ length: 50 }, (_, n) => `u${59 - n}`),
    );
  });
});

describe("the search box", () => {
  it("recognizes each kind of pasted value", async () => {
    const { userId } = await seedPerson(system.db, { at: noon, appId: oa, nickname: "A", openid: "oA" });
    const signInId = await seedSignIn(system.db, { at: noon, appId: oa });
    const failureId = await seedFailure(system.db, { at: noon, appId: oa, errcode: "40029" });
    const find = async (text: string) => (await console.query("search.find", { text })).data;
    expect(await find(` ${signInId.toLowerCase()} `)).toEqual({ kind: "sign_in", id: signInId });
    expect(await find(userId)).toEqual({ kind: "person", userId });
    expect(await find(failureId)).toEqual({ kind: "failure", id: failureId });
    expect(await find("40029")).toEqual({ kind: "errcode", errcode: "40029" });
    expect(await find("timeout")).toEqual({ kind: "errcode", errcode: "TIMEOUT" });
    expect(await find("637ec754-5b28c0ef-058e9cba")).toMatchObject({ kind: "failures" });
    expect(await find("小满")).toEqual({ kind: "people", q: "小满" });
    expect(await find("__proto__")).toEqual({ kind: "people", q: "__proto__" });
    expect(await find("987654")).toEqual({ kind: "errcode", errcode: "987654" });
  });

  it("leads from an exact openid, unionid or user id straight to the person, and from one without a user to its sign-ins", async () => {
    const openid = "oAbCdEfGhIjKlMnOpQrStUvWxYz0";
    const unionid = openid.replace("oA", "uA");
    const { userId } = await seedPerson(system.db, { at: noon, appId: oa, nickname: "A", openid, unionid });
    await seedPerson(system.db, { at: noon, appId: oa, nickname: "B", openid: openid.toLowerCase() });
    const snapshot = openid.replace("oA", "oS");
    await seedSignIn(system.db, { at: noon, appId: oa, openid: snapshot });
    const find = async (text: string) => (await console.query("search.find", { text })).data;
    for (const text of [openid, `openid=${openid}&lang=zh_CN`, unionid, userId]) {
      expect(await find(text), text).toEqual({ kind: "person", userId });
    }
    const unknown = openid.replace("oA", "oB");
    for (const text of [snapshot, `${unknown} ${snapshot}`])
      expect(await find(text), text).toEqual({ kind: "sign_ins", q: snapshot });
    expect(await find(`${unknown} ${openid}`)).toEqual({ kind: "person", userId });
    expect(await find(unknown)).toEqual({ kind: "people", q: unknown });
  });

  it("opens what has the number's last characters, and gives the choice where several have them", async () => {
    const find = async (text: string) => (await console.query("search.find", { text })).data;
    const seed = (tail: string, about: object = {}) =>
      addRows(system.db, "signIns", [
        {
          ...{ id: `01M8HF9NG09HH2TM${"0".repeat(10 - tail.length)}${tail}`, purpose: "sign_in" as const },
          ...{ appId: oa, returnTo: "/", browserHash: tail, createdAt: noon, expiresAt: noon, ...about },
        },
      ]);
    await seed("WCJ8GRR4DV", { outcome: "failed" });
    await seed("J0GRR4DV");
    const failed = "01M8HF9NG09HH2TMWCJ8GRR4DV";
    expect(await find("j8grr4dv")).toEqual({ kind: "sign_in", id: failed });
    expect(await find("JoGRR4DV")).toEqual({ kind: "sign_in", id: "01M8HF9NG09HH2TM00J0GRR4DV" });

    const { userId } = await seedPerson(system.db, { at: noon, appId: oa, nickname: "A", openid: "oA" });
    // A person who was made in the same moment, and ends with the same characters.
    const twin = `02${userId.slice(2)}`;
    await addRows(system.db, "users", [{ id: twin, createdAt: noon }]);
    await addRows(system.db, "bindings", [
      {
        ...{
          id: "twin's",
          appId: oa,
          openid: "oTwin",
          userId: twin,
          scope: "snsapi_userinfo",
          nickname: "B",
        },
        ...{ createdAt: minutes(9), lastSignInAt: minutes(9) },
      },
    ]);
    await seed(userId.slice(-8), { outcome: "snapshot", createdAt: minutes(1) });
    expect(await find(userId.slice(-8))).toEqual({
      kind: "several",
      q: userId.slice(-8),
      choices: [
        {
          ...{ kind: "sign_in", id: expect.stringContaining(userId.slice(-8)), at: minutes(1).toISOString() },
          ...{ outcome: "snapshot", appKey: "oa" },
        },
        { kind: "person", userId: twin, nickname: "B" },
        { kind: "person", userId, nickname: "A" },
      ],
    });
    // Too short, too long, and of nothing that is stored: a nickname may look like that.
    for (const q of ["RR4DV", "CJ8GRR4DV", "ZZZZZZZ"]) expect(await find(q)).toEqual({ kind: "people", q });
    // Of an id's middle as well.
    await addRows(system.db, "users", [{ id: "01M8HF9NG0ABCDEFGHJKMNPQRS", createdAt: noon }]);
    for (const q of ["9HH2TMWC", "CDEFGHJK"]) expect(await find(q)).toEqual({ kind: "people", q });
  });

  it("gives the choice of the newest ten sign-ins and the newest ten people whose number ends so", async () => {
    const range = Array.from({ length: 11 }, (_, n) => n);
    const idOf = (kind: string, n: number) => `01M8HF9NG09HH2T${kind}${String(n).padStart(2, "0")}J0GRR4DV`;
    await addRows(
      system.db,
      "signIns",
      range.map((n) => ({
        ...{ id: idOf("S", n), purpose: "sign_in" as const, appId: oa, returnTo: "/", browserHash: `${n}` },
        ...{ createdAt: minutes(n), expiresAt: noon },
      })),
    );
    await addRows(
      system.db,
      "users",
      range.map((n) => ({ id: idOf("P", n), createdAt: minutes(n) })),
    );
    const { data } = await console.query("search.find", { text: "J0GRR4DV" });
    const newest = range.slice(1).reverse();
    expect(data).toEqual({
      ...{ kind: "several", q: "J0GRR4DV" },
      choices: [
        ...newest.map((n) => ({
          ...{ kind: "sign_in", id: idOf("S", n), at: minutes(n).toISOString(), outcome: null, appKey: "oa" },
        })),
        ...newest.map((n) => ({ kind: "person", userId: idOf("P", n), nickname: null })),
      ],
    });
  });

  it("gives the choice between an errcode and the person whom a host calls so", async () => {
    const { userId } = await seedPerson(system.db, { at: noon, appId: oa, nickname: "A", openid: "oA" });
    const other = await seedPerson(system.db, { at: noon, appId: oa, nickname: "B", openid: "oB" });
    await createHost(system, { scopes: [] });
    await addRows(system.db, "externalUsers", [
      { clientId: "shop", externalId: "40029", userId, createdAt: noon },
      { clientId: "shop", externalId: "7", userId: other.userId, createdAt: noon },
      // Longer than any errcode.
      { clientId: "shop", externalId: "123456789", userId, createdAt: noon },
    ]);
    const find = async (text: string) => (await console.query("search.find", { text })).data;
    expect(await find("40029")).toEqual({
      ...{ kind: "several", q: "40029" },
      choices: [
        { kind: "errcode", errcode: "40029", name: "invalid_code", meaning: expect.any(Object) },
        { kind: "person", userId, nickname: "A" },
      ],
    });
    expect(await find("7")).toEqual({ kind: "person", userId: other.userId });
    expect(await find("123456789")).toEqual({ kind: "person", userId });
    expect(await find("code 40163 been used")).toEqual({ kind: "errcode", errcode: "40163" });
  });

  it("leads to the list of those whom two hosts call alike", async () => {
    const { userId } = await seedPerson(system.db, { at: noon, appId: oa, nickname: "A", openid: "oA" });
    const other = await seedPerson(system.db, { at: noon, appId: oa, nickname: "B", openid: "oB" });
    for (const id of ["forum", "library"]) await createHost(system, { id, scopes: [] });
    await addRows(system.db, "externalUsers", [
      { clientId: "forum", externalId: "123456780", userId, createdAt: noon },
      { clientId: "library", externalId: "123456780", userId: other.userId, createdAt: noon },
      { clientId: "library", externalId: "123456781", userId, createdAt: noon },
    ]);
    const find = async (text: string) => (await console.query("search.find", { text })).data;
    expect(await find("123456780")).toEqual({ kind: "people", q: "123456780" });
    expect(await find("123456781")).toEqual({ kind: "person", userId });
    const { items } = await page("people.list", { q: "123456780" });
    expect(new Set(items.map((item) => item.userId))).toEqual(new Set([userId, other.userId]));
  });

  it("opens the sign-in whose number a person read from a failure page", async () => {
    const browser = system.browser();
    const callback = await browser.callbackUrl();
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40029 });
    const failed = await browser.visit(callback);
    const number = /id="number"[^>]*>([0-9A-Z]{26})</.exec(failed.html)?.[1];
    const [row] = await rowsOf(system.db, "signIns");
    expect(number).toBe(row?.id);

    expect((await console.query("search.find", { text: number })).data).toEqual({
      kind: "sign_in",
      id: number,
    });
    const { data } = await console.query("signIns.get", { id: number });
    expect(data).toMatchObject({
      id: number,
      outcome: "failed",
      appKey: "oa",
      device: { client: "wechat", platform: "android" },
      events: [{ kind: "started" }, { kind: "callback" }, { kind: "exchange_failed", detail: "40029" }],
      failures: [{ errcode: "40029", endpoint: "sns/oauth2/access_token", name: expect.any(String) }],
    });
    const [failure] = (data as { failures: { id: string }[] }).failures;
    expect((await console.query("failures.get", { id: failure?.id })).data).toMatchObject({
      explanation: { meaning: { zh: expect.any(String), en: expect.any(String) } },
      signIn: { id: number },
    });
  });

  it.each([
    ["an unknown state", "/login/wechat/callback?code=x&state=abcdef", "C", "invalid-callback"],
    [
      "a button of an unknown sign-in",
      "/login/wechat/profile?sign_in=01M00000000000000000000000",
      "E",
      "expired",
    ],
    ["an unknown address", "/nowhere", "N", "not-found"],
  ])(
    "says when a request with %s was made and what it was, though nothing is stored for it",
    async (...given) => {
      const [, path, letter, page] = given;
      const before = system.app.deps.now().getTime();
      const { html } = await system.browser().visit(path);
      const number = /id="number"[^>]*>([^<]*)</.exec(html)?.[1] ?? "";
      expect(number).toMatch(new RegExp(`^[0-9A-Z]{26}-${letter}$`));
      const id = number.slice(0, 26);
      expect(system.logLines.some((line) => line.includes(`"reqId":"${id}"`))).toBe(true);

      const found = (await console.query("search.find", { text: ` ${number.toLowerCase()} ` })).data;
      expect(found).toEqual({ kind: "request", number, id, at: expect.any(String), page });
      const at = new Date((found as { at: string }).at).getTime();
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(system.app.deps.now().getTime());
      expect(await rowsOf(system.db, "signIns")).toEqual([]);
    },
  );

  it("says that nothing is stored for a bare number, and searches names for other text with a dash", async () => {
    const id = "01M00000000000000000000000";
    const at = expect.any(String);
    const find = async (text: string) => (await console.query("search.find", { text })).data;
    expect(await find(id)).toEqual({ kind: "request", number: id, id, at, page: null });
    expect(await find(`${id}-Z`)).toEqual({ kind: "people", q: `${id}-Z` });
    expect(await find(`${id}-C-C`)).toEqual({ kind: "people", q: `${id}-C-C` });
  });

  it("leads to procedures that answer 404 for a well-formed, unknown id", async () => {
    const id = "01M00000000000000000000000";
    for (const [path, input] of [
      ["people.get", { userId: id }],
      ["tokens.getUser", { bindingId: id }],
      ["failures.get", { id }],
      ["signIns.get", { id }],
    ] as const) {
      const answer = await console.query(path, input);
      expect([answer.status, answer.error?.data.appCode], path).toEqual([404, "not_found"]);
    }
  });
});
