import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { userAgents } from "./support/browser.js";
import { type Console, seedOperator } from "./support/operator.js";
import { deleteAllRows } from "./support/rows.js";
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
  await deleteAllRows(system.db, ["userTokens", "bindings", "users", "signIns", "apiFailures"]);
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
