import { NetworkError, type WebTokens, WeChatApiError } from "@wechat-login/oauth";
import { errcodes } from "@wechat-login/oauth/errcodes";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Deps, later } from "../src/domain/deps.js";
import { recordFailure } from "../src/domain/failures/failures.js";
import { isVerdict } from "../src/domain/tokens/call-for-person.js";
import { refreshUserToken } from "../src/domain/tokens/refresh-user-token.js";
import { forgetUserToken, refreshUserTokenFor } from "../src/domain/tokens/user-token-acts.js";
import { checkUserToken, userTokenRecords, userTokenRow } from "../src/domain/tokens/user-tokens.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";
import { seedPerson } from "./support/seed.js";

let harness: DomainHarness;
/** Two people, so that what is done to one shows if it reaches the other. */
let [mine, other] = ["", ""];
beforeEach(async () => {
  harness = await startDomainHarness();
  const { appId } = harness.app("oa");
  const at = harness.deps.now();
  mine = (await seedPerson(harness.db, { at, appId, nickname: "Alice", openid: "oAlice" })).bindingId;
  other = (await seedPerson(harness.db, { at, appId, nickname: "Bob", openid: "oBob" })).bindingId;
});
afterEach(() => harness.close());

const wide = {
  accessToken: "an access token",
  expiresInSeconds: 7200,
  refreshToken: "a refresh token",
  openid: "oAlice",
  scope: ["snsapi_base", "snsapi_userinfo"],
} as unknown as WebTokens;

const refusalOf = (errcode: number) => new WeChatApiError("sns/oauth2/refresh_token", errcode, "no");
const store = (bindingId: string, tokens: Partial<WebTokens> = {}) =>
  harness.db.batch(userTokenRecords(harness.deps, { bindingId, tokens: { ...wide, ...tokens } }));

async function tokens() {
  const rows = await rowsOf(harness.db, "userTokens");
  return Object.fromEntries(
    rows.map(({ accessToken, refreshToken, appId: _, ...row }) => [
      row.bindingId,
      {
        ...row,
        accessToken: harness.deps.keys.decrypt(accessToken, userTokenRow(row.bindingId, "access_token")),
        refreshToken: harness.deps.keys.decrypt(refreshToken, userTokenRow(row.bindingId, "refresh_token")),
      },
    ]),
  );
}

describe("the tokens of a sign-in", () => {
  it("are stored with the ends of their lives, counted from now, and each binding has its own", async () => {
    const now = harness.deps.now();
    await store(other, { accessToken: "another one" as WebTokens["accessToken"] });
    await store(mine);
    const facts = { scope: "snsapi_base,snsapi_userinfo", scopeRank: 2, refreshToken: "a refresh token" };
    const stored = {
      ...facts,
      expiresAt: later(now, 7200),
      refreshExpiresAt: later(now, 30 * 86_400),
      updatedAt: now,
      checkedAt: null,
      refusedErrcode: null,
    };
    expect(await tokens()).toEqual({
      [mine]: { bindingId: mine, accessToken: "an access token", ...stored },
      [other]: { bindingId: other, accessToken: "another one", ...stored },
    });
  });

  it("have a rank by what they can do, and end at once where WeChat stated no life", async () => {
    const now = harness.deps.now();
    const facts = async (about: Partial<Record<keyof WebTokens, unknown>>) => {
      await harness.db.consoleQuery((orm, t) => orm.delete(t.userTokens).returning());
      await store(mine, about as Partial<WebTokens>);
      const row = (await tokens())[mine];
      const left = (at: Date | undefined) => ((at?.getTime() ?? 0) - now.getTime()) / 1000;
      return row && [row.scopeRank, row.scope, left(row.expiresAt), left(row.refreshExpiresAt)];
    };
    const days30 = 30 * 86_400;
    expect(await facts({ scope: ["snsapi_base"] })).toEqual([1, "snsapi_base", 7200, days30]);
    expect(await facts({ scope: ["snsapi_login"] })).toEqual([2, "snsapi_login", 7200, days30]);
    expect(await facts({ scope: [] })).toEqual([1, "", 7200, days30]);
    expect(await facts({ refreshToken: undefined })).toEqual([0, "snsapi_base,snsapi_userinfo", 7200, 0]);
    expect(await facts({ expiresInSeconds: undefined })).toEqual([
      2,
      "snsapi_base,snsapi_userinfo",
      0,
      days30,
    ]);
    expect(await facts({ expiresInSeconds: undefined, refreshToken: undefined })).toBeUndefined();
  });

  it.each([
    ["as wide", 0, null, { scope: ["snsapi_userinfo"] }, true],
    ["narrower", 30 * 86_400 - 0.001, null, { scope: ["snsapi_base"] }, false],
    ["narrower, once the old refresh token is over", 30 * 86_400, null, { scope: ["snsapi_base"] }, true],
    ["narrower, once WeChat refused the old one", 0, "42007", { scope: ["snsapi_base"] }, true],
    ["without a refresh token", 0, null, { refreshToken: undefined }, false],
  ] as const)("replace the binding's earlier ones only if they are worth as much: %s", async (...given) => {
    const [, seconds, refusedErrcode, about, isReplaced] = given;
    const scope = "scope" in about ? about.scope : undefined;
    await store(mine);
    await store(other);
    // Both were checked: what WeChat said of a token is not true of the next one.
    const checked = { checkedAt: harness.deps.now(), refusedErrcode };
    await harness.db.consoleQuery((orm, t) => orm.update(t.userTokens).set(checked).returning());
    const before = await tokens();
    harness.advance(seconds);
    await store(mine, { accessToken: "the next token", ...about } as unknown as Partial<WebTokens>);
    const now = harness.deps.now();
    const next = {
      bindingId: mine,
      ...{ accessToken: "the next token", refreshToken: "a refresh token", updatedAt: now },
      ...{ expiresAt: later(now, 7200), refreshExpiresAt: later(now, 30 * 86_400) },
      ...{ scope: scope?.join(), scopeRank: scope?.[0] === "snsapi_base" ? 1 : 2 },
      ...{ checkedAt: null, refusedErrcode: null },
    };
    expect(await tokens()).toEqual({ ...before, ...(isReplaced ? { [mine]: next } : {}) });
  });
});

describe("the check of a person's token", () => {
  /** Checks Alice's token with a WeChat that answers so, after `seconds`. */
  async function check(answer: boolean | Error, { meanwhile = async () => {} } = {}) {
    const asked: unknown[] = [];
    const started = performance.now();
    let waitedMs = 0;
    vi.spyOn(performance, "now").mockImplementation(() => started + waitedMs);
    const wechat = (appId: string) => ({
      async checkAccessToken(token: object) {
        asked.push({ appId, ...token });
        waitedMs += 2345.6;
        await meanwhile();
        if (answer instanceof Error) throw answer;
        return answer;
      },
    });
    const result = await checkUserToken({ ...harness.deps, wechat } as unknown as Deps, mine);
    vi.restoreAllMocks();
    return { result, asked };
  }
  const refusal = (errcode: number) => new WeChatApiError("sns/auth", errcode, "no", "a-rid");

  beforeEach(async () => {
    await store(mine);
    await store(other);
    harness.advance(100);
  });

  it("asks with that person's token and openid, in their app, and stores the answer for that binding alone", async () => {
    const before = await tokens();
    const { result, asked } = await check(true);
    expect(result).toEqual({ result: "valid", errcode: null });
    expect(asked).toEqual([
      { appId: harness.app("oa").appId, accessToken: "an access token", openid: "oAlice" },
    ]);
    const checkedAt = harness.deps.now();
    expect(await tokens()).toEqual({ ...before, [mine]: { ...before[mine], checkedAt } });

    expect((await check(false)).result).toEqual({ result: "refused", errcode: "invalid" });
    expect((await tokens())[mine]).toEqual({ ...before[mine], checkedAt, refusedErrcode: "invalid" });
    harness.advance(1);
    await check(true);
    expect((await tokens())[mine]).toEqual({
      ...before[mine],
      ...{ checkedAt: harness.deps.now(), refusedErrcode: null },
    });
  });

  it.each([
    [refusal(42001), "refused", "42001"],
    [refusal(42007), "refused", "42007"],
    [refusal(50001), "refused", "50001"],
    [refusal(40030), "refused", "40030"],
    [refusal(45011), "unanswered", "45011"],
    [refusal(40013), "unanswered", "40013"],
    [refusal(99_999), "unanswered", "99999"],
    [new NetworkError("sns/auth", "TIMEOUT"), "unanswered", "TIMEOUT"],
    [new NetworkError("sns/auth", "NETWORK", { cause: new Error("no route") }), "unanswered", "NETWORK"],
  ] as const)(
    "is a verdict about the token only where WeChat speaks of it: %o → %s",
    async (error, result, errcode) => {
      const before = await tokens();
      expect((await check(error)).result).toEqual({ result, errcode });
      const verdict = result === "refused" ? { checkedAt: harness.deps.now(), refusedErrcode: errcode } : {};
      expect(await tokens()).toEqual({ ...before, [mine]: { ...before[mine], ...verdict } });
      expect(await rowsOf(harness.db, "apiFailures")).toEqual([
        {
          id: expect.stringMatching(/^[0-9A-Z]{26}$/),
          at: harness.deps.now(),
          appId: harness.app("oa").appId,
          endpoint: "sns/auth",
          errcode,
          errmsg:
            error instanceof WeChatApiError ? "no" : `${error.message}${error.cause ? " (no route)" : ""}`,
          rid: error instanceof WeChatApiError ? "a-rid" : null,
          openid: "oAlice",
          attempt: 1,
          latencyMs: 2346,
          signInId: null,
          ...{ request: null, answer: null },
        },
      ]);
    },
  );

  it("is a verdict by these errcodes and no other", () => {
    const about = { endpoint: "sns/auth", errmsg: "no", rid: null, attempt: 1 };
    const verdicts = errcodes
      .flatMap(({ code }) => (typeof code === "number" ? [String(code)] : []))
      .filter((errcode) => isVerdict({ ...about, errcode }));
    expect(verdicts).toEqual([
      ...["10006", "40001", "40014", "40029", "40030", "40163", "40226", "41008", "42001", "42002", "42003"],
      ...["42007", "43004", "43005", "48002", "50001", "50002", "50005", "87007"],
    ]);
  });

  it("that fails is stored without the openid of a person who was erased meanwhile [T122]", async () => {
    const { appId } = harness.app("oa");
    const failure = { endpoint: "sns/auth", errcode: "42001", errmsg: "no", rid: null, attempt: 1 };
    for (const openid of ["oAlice", "oErased", undefined]) {
      await recordFailure(harness.deps, failure, { appId, ...(openid && { openid }), latencyMs: 1 });
    }
    const openids = (await rowsOf(harness.db, "apiFailures")).map(({ openid }) => openid);
    expect(openids.sort()).toEqual([null, null, "oAlice"]);
  });

  it("says nothing about a token that a sign-in stored meanwhile", async () => {
    const meanwhile = async () => void (await store(mine));
    expect((await check(false, { meanwhile })).result).toEqual({ result: "refused", errcode: "invalid" });
    expect((await tokens())[mine]).toMatchObject({ checkedAt: null, refusedErrcode: null });
  });

  it("does not ask for a binding without tokens, or of an app that is no longer configured", async () => {
    await harness.db.consoleQuery((orm, t) => orm.update(t.bindings).set({ appId: "wx-gone" }).returning());
    expect(await check(true)).toEqual({ result: undefined, asked: [] });
    await harness.db.consoleQuery((orm, t) => orm.delete(t.userTokens).returning());
    expect(await check(true)).toEqual({ result: undefined, asked: [] });
  });

  it("does not hide an error that did not come from WeChat", async () => {
    await expect(check(new TypeError("a mistake"))).rejects.toThrow("a mistake");
    vi.restoreAllMocks();
    expect(await rowsOf(harness.db, "apiFailures")).toEqual([]);
  });
});

describe("the refresh of a person's tokens", () => {
  it.each([
    ["both are new", {}, "the next of both", 7200],
    ["the refresh token stays", { refreshToken: undefined }, "a refresh token", 7200],
    ["no life is stated", { expiresInSeconds: undefined }, "the next of both", 0],
  ] as const)("stores what WeChat answered, for that binding alone: %s", async (...given) => {
    const [, about, refreshToken, seconds] = given;
    await store(mine);
    await store(other);
    const checked = { checkedAt: harness.deps.now(), refusedErrcode: "42001" };
    await harness.db.consoleQuery((orm, t) => orm.update(t.userTokens).set(checked).returning());
    const before = await tokens();
    harness.advance(100);
    const asked: unknown[] = [];
    const answer = { ...wide, accessToken: "the next one", refreshToken: "the next of both", ...about };
    const wechat = (appId: string) => ({
      refreshTokens: async (sent: string) => {
        asked.push([appId, sent]);
        return answer;
      },
    });
    const { appId } = harness.app("oa");
    const stored = (await rowsOf(harness.db, "userTokens")).find((row) => row.bindingId === mine);
    if (!stored) throw new Error("no tokens are stored");
    const refreshed = await refreshUserToken({ ...harness.deps, wechat } as unknown as Deps, {
      ...stored,
      openid: "oAlice",
    });
    expect([refreshed, asked]).toEqual([
      { result: "refreshed", accessToken: "the next one" },
      [[appId, "a refresh token"]],
    ]);
    const now = harness.deps.now();
    const next = {
      accessToken: "the next one",
      refreshToken,
      updatedAt: now,
      expiresAt: later(now, seconds),
    };
    expect(await tokens()).toEqual({
      ...before,
      [mine]: { ...before[mine], ...next, checkedAt: null, refusedErrcode: null },
    });
  });

  it.each<[string, Error | object, object, string | null]>([
    ["refused", refusalOf(42_002), { result: "refused" }, "42002"],
    ["refused for the app", refusalOf(48_001), { result: "unanswered" }, null],
    ["unanswered", new NetworkError("sns/oauth2/refresh_token", "TIMEOUT"), { result: "unanswered" }, null],
    ["answered with another person's", { ...wide, openid: "oBob" }, { result: "another_person" }, null],
  ])(
    "that is %s stores what WeChat said of them, leaves the tokens alone, and is in the audit log",
    async (_how, answer, result, refusedErrcode) => {
      await store(mine);
      await store(other);
      const before = await tokens();
      harness.advance(100);
      const wechat = () => ({
        refreshTokens: async () => {
          if (answer instanceof Error) throw answer;
          return answer;
        },
      });
      const by = { operatorId: "otto", visitor };
      const refreshed = await refreshUserTokenFor({ ...harness.deps, wechat } as unknown as Deps, {
        bindingId: mine,
        by,
      });
      expect(refreshed).toMatchObject(result);
      const checkedAt = refusedErrcode === null ? null : harness.deps.now();
      expect(await tokens()).toEqual({ ...before, [mine]: { ...before[mine], checkedAt, refusedErrcode } });
      const failures = await rowsOf(harness.db, "apiFailures");
      expect(failures.map(({ openid }) => openid)).toEqual(answer instanceof Error ? ["oAlice"] : []);
      expect(await rowsOf(harness.db, "auditLog")).toMatchObject([
        {
          ...{ event: "token.refresh_user", target: mine, operatorId: "otto", ip: visitor.ip },
          ...{ result: "refused", errcode: failures[0]?.errcode ?? null, at: harness.deps.now() },
        },
      ]);
    },
  );

  it("is not tried without a refresh token, without tokens, or for an app that is not configured any more", async () => {
    const by = { operatorId: "otto", visitor };
    const refresh = (bindingId: string, deps = harness.deps) => refreshUserTokenFor(deps, { bindingId, by });
    expect(await refresh(mine)).toBeUndefined();
    await store(mine, { refreshToken: undefined } as unknown as Partial<WebTokens>);
    expect(await refresh(mine)).toEqual({ result: "no_refresh_token" });
    await store(other);
    const apps = { ...harness.deps.apps, byAppId: () => undefined };
    expect(await refresh(other, { ...harness.deps, apps })).toBeUndefined();
    const entries = (await rowsOf(harness.db, "auditLog")).map((row) => [
      row.target,
      row.result,
      row.errcode,
    ]);
    expect(entries).toEqual([[mine, "refused", null]]);
  });
});

describe("the tokens that an operator deletes", () => {
  it("are those of one binding, with an entry of who did it; without any there is none", async () => {
    await store(mine);
    await store(other);
    const forget = () =>
      forgetUserToken(harness.deps, { bindingId: mine, by: { operatorId: "otto", visitor } });
    expect([await forget(), await forget()]).toEqual([true, false]);
    expect(Object.keys(await tokens())).toEqual([other]);
    expect(await rowsOf(harness.db, "auditLog")).toMatchObject([
      {
        ...{ event: "token.forget_user", target: mine, operatorId: "otto", ip: visitor.ip },
        ...{ result: "ok", errcode: null },
      },
    ]);
  });
});
