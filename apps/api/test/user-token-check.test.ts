import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Browser } from "./support/browser.js";
import { type Console, makeOperator } from "./support/operator.js";
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
