import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createHost } from "./support/hosts.js";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows, deleteAllRows, rowsOf } from "./support/rows.js";
import { seedFailure, seedPerson, seedSignIn } from "./support/seed.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
let console: Console;
let oa: string;
beforeAll(async () => {
  system = await startSystem();
  console = await seedOperator(system);
  oa = system.officialAccount.appId;
});
beforeEach(async () => {
  await deleteAllRows(system.db, [
    "userTokens",
    "externalUsers",
    "bindings",
    "users",
    "signIns",
    "apiFailures",
  ]);
});
afterAll(() => system.close());

const noon = new Date("2026-03-01T12:00:00.000Z");
const minutes = (count: number) => new Date(noon.getTime() + count * 60_000);

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
    const list = await console.query<{ items: { userId: string }[] }>("people.list", { q: "123456780" });
    expect(new Set(list.data?.items.map((item) => item.userId))).toEqual(new Set([userId, other.userId]));
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
