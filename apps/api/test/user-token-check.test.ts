import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { userTokenRow } from "../src/domain/tokens/user-tokens.js";
import type { Browser } from "./support/browser.js";
import { type Console, makeOperator, seedOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

interface Token {
  bindingId: string;
  state: string;
  checkedAt: string;
  updatedAt: string;
  refusedErrcode: string | null;
}
interface Check {
  result: "valid" | "refused" | "unanswered";
  errcode: string | null;
  token: Token;
}

let system: System;
let console: Console;
let alice: Browser;
beforeEach(async () => {
  system = await startSystem();
  console = await makeOperator(system, "operator");
  alice = system.browser({ person: "alice" });
  await alice.signIn();
});
afterEach(() => system.close());

async function tokenOf(): Promise<Token> {
  const { data, text } = await console.query<{ items: Token[] }>("tokens.listUsers", {});
  const [token] = data?.items ?? [];
  if (!token) throw new Error(text);
  return token;
}

async function check(): Promise<Check> {
  const { bindingId } = await tokenOf();
  const { data, text } = await console.mutate<Check>("tokens.checkUser", { bindingId });
  if (!data) throw new Error(text);
  return data;
}

const listed = async (state: string) =>
  (await console.query<{ items: Token[] }>("tokens.listUsers", { state })).data?.items.length;

describe("a person's token", () => {
  it("says since when WeChat was not asked about it, and an operator's check moves that", async () => {
    const before = await tokenOf();
    expect(before).toMatchObject({ state: "fresh", checkedAt: before.updatedAt, refusedErrcode: null });
    system.advance(600);
    expect(await check()).toMatchObject({ result: "valid", errcode: null, token: { state: "fresh" } });
    const after = await tokenOf();
    expect(Date.parse(after.checkedAt) - Date.parse(before.checkedAt)).toBeGreaterThanOrEqual(600_000);
    expect(after.updatedAt).toBe(before.updatedAt);
    expect(system.simulator.calls("auth")).toBe(1);
  });

  it.each([
    ["the person changed their password", () => system.simulator.changePassword("alice"), "42007"],
    [
      "the person revoked the authorization",
      () => system.simulator.revoke("alice", system.officialAccount.appId),
      "50001",
    ],
    [
      "WeChat does not know it",
      () => system.simulator.fail("auth", { kind: "errcode", errcode: 40014 }, 1),
      "invalid",
    ],
  ] as const)("is not fresh any longer once a check finds that %s", async (_, kill, errcode) => {
    kill();
    expect(await tokenOf()).toMatchObject({ state: "fresh" });
    expect(await check()).toMatchObject({ result: "refused", errcode, token: { state: "refused" } });
    expect(await tokenOf()).toMatchObject({ state: "refused", refusedErrcode: errcode });
    expect([await listed("refused"), await listed("fresh")]).toEqual([1, 0]);
    expect((await rowsOf(system.db, "auditLog")).at(-1)).toMatchObject({
      event: "token.check_user",
      target: (await tokenOf()).bindingId,
      result: "refused",
      errcode,
    });
  });

  it("is fresh again after the person signs in again, also where the refused one had a wider scope", async () => {
    system.simulator.changePassword("alice");
    await check();
    await alice.signIn("/login/wechat?tap=1");
    expect(await tokenOf()).toMatchObject({ state: "fresh", refusedErrcode: null });
    expect(await check()).toMatchObject({ result: "valid" });
  });

  it.each([
    [{ kind: "errcode", errcode: 45011 }, "45011"],
    [{ kind: "invalid_json" }, "BAD_JSON"],
  ] as const)("keeps its state where WeChat gave no verdict (%j)", async (fault, errcode) => {
    const before = await tokenOf();
    system.simulator.fail("auth", fault, 1);
    expect(await check()).toMatchObject({ result: "unanswered", errcode, token: before });
    expect(await rowsOf(system.db, "apiFailures")).toMatchObject([{ endpoint: "sns/auth", errcode }]);
  });

  it("is checked on the server: neither the answer nor the log holds it", async () => {
    const { bindingId } = await tokenOf();
    const { status, text } = await console.mutate("tokens.checkUser", { bindingId });
    expect(status).toBe(200);
    const [stored] = await rowsOf(system.db, "userTokens");
    const row = `user_tokens.access_token:${bindingId}`;
    const token = system.app.deps.keys.decrypt(stored?.accessToken ?? "", row);
    expect(token?.length).toBeGreaterThan(20);
    for (const secret of [token, stored?.accessToken]) expect(text).not.toContain(secret);
    expect(system.logLines.join("")).not.toContain(token);
  });

  it("cannot be checked where it cannot be read, as after the loss of a key", async () => {
    const { bindingId } = await tokenOf();
    await system.db.consoleQuery((orm, { userTokens }) =>
      orm.update(userTokens).set({ accessToken: "damaged" }).returning({ id: userTokens.bindingId }),
    );
    const answer = await console.mutate("tokens.checkUser", { bindingId });
    expect([answer.status, answer.error?.data.appCode]).toEqual([404, "not_found"]);
    expect(system.simulator.calls("auth")).toBe(0);
  });
});

describe("a person's tokens that an operator refreshes", () => {
  const keysOf = async () => {
    const [row] = await rowsOf(system.db, "userTokens");
    const open = (column: "access_token" | "refresh_token", sealed = "") =>
      system.app.deps.keys.decrypt(sealed, userTokenRow(row?.bindingId ?? "", column));
    return [open("access_token", row?.accessToken), open("refresh_token", row?.refreshToken)];
  };
  const refresh = async () => {
    const { bindingId } = await tokenOf();
    return console.mutate<Omit<Check, "result"> & { result: string }>("tokens.refreshUser", { bindingId });
  };
  const lastEntry = async () => {
    const {
      id: _,
      at: __,
      ip: ___,
      operatorId: ____,
      ...entry
    } = (await rowsOf(system.db, "auditLog")).at(-1) ?? {};
    return entry;
  };
  const entryOf = async (result: string, errcode: string | null) => ({
    ...{ event: "token.refresh_user", target: (await tokenOf()).bindingId, result, errcode },
    ...{ sealNumber: null, seal: null },
  });

  it("live on, also where WeChat had refused the access token, and are written in the audit log [T50]", async () => {
    system.simulator.fail("auth", { kind: "errcode", errcode: 40014 }, 1);
    await check();
    const before = await keysOf();
    system.advance(3 * 3600);
    console = await seedOperator(system, "owner"); // the other one was idle for too long
    const { data } = await refresh();
    expect(data).toEqual({ result: "refreshed", errcode: null, token: await tokenOf() });
    expect(data?.token).toMatchObject({ state: "fresh", refusedErrcode: null });
    expect((await keysOf())[0]).not.toBe(before[0]);
    expect(await check()).toMatchObject({ result: "valid" });
    const entries = (await rowsOf(system.db, "auditLog")).filter(
      ({ event }) => event === "token.refresh_user",
    );
    expect(entries).toMatchObject([{ result: "ok", errcode: null }]);
  });

  it.each([
    ["refused", "refused", () => system.simulator.changePassword("alice"), "42007"],
    [
      "unanswered",
      "fresh",
      () => system.simulator.fail("refresh_token", { kind: "errcode", errcode: 45011 }, 1),
      "45011",
    ],
  ] as const)("are %s where WeChat says so, and are then %s", async (result, state, fault, errcode) => {
    fault();
    const before = await keysOf();
    expect((await refresh()).data).toMatchObject({ result, errcode, token: { state } });
    expect(await keysOf()).toEqual(before);
    expect(await lastEntry()).toEqual(await entryOf("refused", errcode));
    expect(await rowsOf(system.db, "apiFailures")).toMatchObject([{ endpoint: "sns/oauth2/refresh_token" }]);
  });

  it("are not asked for without a refresh token, which is recorded as refused [T50]", async () => {
    const { bindingId } = await tokenOf();
    const refreshToken = system.app.deps.keys.encrypt("", userTokenRow(bindingId, "refresh_token"));
    await system.db.consoleQuery((orm, t) => orm.update(t.userTokens).set({ refreshToken }).returning());
    const { data } = await refresh();
    expect(data).toEqual({ result: "no_refresh_token", errcode: null, token: await tokenOf() });
    expect(await lastEntry()).toEqual(await entryOf("refused", null));
    expect(system.simulator.calls("refresh_token")).toBe(0);
  });

  it("are not overwritten by a refresh that was slower than a sign-in", async () => {
    const { client, release } = holdRefresh();
    const refreshing = refresh();
    await client;
    await alice.signIn("/login/wechat?tap=1");
    const ofSignIn = await keysOf();
    release();
    expect((await refreshing).status).toBe(200);
    expect(await keysOf()).toEqual(ofSignIn);
  });

  /** Holds WeChat's answer to a refresh until it is released. */
  function holdRefresh() {
    const { deps } = system.app;
    const real = deps.wechat(system.officialAccount.appId);
    const { refreshTokens } = real;
    let [asked, release] = [() => {}, () => {}];
    const client = new Promise<void>((resolve) => (asked = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    real.refreshTokens = async (...given) => {
      const answer = await refreshTokens.apply(real, given);
      asked();
      await released;
      return answer;
    };
    return { client, release: () => release() };
  }
});

describe("a person's tokens that an operator makes the server forget", () => {
  it("are deleted, of that binding alone, and the person stays signed in; a second time there are none [T50]", async () => {
    const emoji = system.browser({ person: "emoji" });
    await emoji.signIn();
    const [mine, other] = (await rowsOf(system.db, "userTokens")).map(({ bindingId }) => bindingId);
    const forget = (bindingId?: string) => console.mutate("tokens.forgetUser", { bindingId });
    expect((await forget(mine)).data).toEqual({ ok: true });
    expect((await rowsOf(system.db, "userTokens")).map(({ bindingId }) => bindingId)).toEqual([other]);
    for (const browser of [alice, emoji]) expect((await browser.query("session.get")).data).not.toBeNull();
    const again = await forget(mine);
    expect([again.status, again.error?.data.appCode]).toEqual([404, "not_found"]);
    const entries = (await rowsOf(system.db, "auditLog")).filter(
      ({ event }) => event === "token.forget_user",
    );
    expect(entries).toMatchObject([{ target: mine, result: "ok" }]);
    for (const path of ["refreshUser", "checkUser"]) {
      expect((await console.mutate(`tokens.${path}`, { bindingId: mine })).status).toBe(404);
    }
  });
});
