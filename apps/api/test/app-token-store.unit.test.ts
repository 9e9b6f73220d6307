import { WeChatApiError } from "@wechat-login/oauth";
import { type TokenRecord, type TokenStore, TokenUnavailableError } from "@wechat-login/oauth/keeper";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listAppTokenStates } from "../src/domain/console/app-tokens.js";
import { DatabaseError, type Deps, later } from "../src/domain/deps.js";
import { appTokenKey, appTokenStore } from "../src/domain/tokens/app-token-store.js";
import {
  createAppTokenKeepers,
  createJsapiTicketKeepers,
  refreshAppToken,
} from "../src/domain/tokens/app-tokens.js";
import { FetchHistory } from "../src/domain/tokens/fetch-history.js";
import { type Requester, Requesters } from "../src/domain/tokens/requesters.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: Deps;
let store: TokenStore;
beforeEach(async () => {
  harness = await startDomainHarness();
  deps = harness.deps;
  store = appTokenStore(deps.db);
});
afterEach(() => harness.close());

const token = {
  ...{ sealed: "sealed", fingerprint: "1a2b", generation: 3 },
  ...{ fetchedAtMs: 1_000, expiresAtMs: 7_201_000, refreshAtMs: 6_950_000 },
};
const failure = { reason: "40164", failuresInRow: 2, failedAtMs: 2_000, retryAtMs: 62_000 };

describe("the table of global tokens", () => {
  it("keeps each record of a keeper whole, and replaces the version before only", async () => {
    const key = appTokenKey("wx:1", "access_token");
    expect(await store.read(key)).toBeUndefined();
    const records: TokenRecord[] = [
      { version: 1, leaseUntilMs: 5_000, forcedAtMs: [] },
      { version: 2, leaseUntilMs: 0, failure, forcedAtMs: [] },
      { version: 3, leaseUntilMs: 0, token, forcedAtMs: [1_000, 2_000] },
      { version: 4, leaseUntilMs: 9_000, token, failure, forcedAtMs: [2_000] },
    ];
    for (const record of records) {
      expect(await store.replace(key, { ...record, version: record.version + 1 })).toBe(false);
      expect(await store.replace(key, record)).toBe(true);
      expect(await store.replace(key, record)).toBe(false);
      expect(await store.read(key)).toEqual(record);
    }
  });

  it("has a record of each app and kind", async () => {
    const keys = ["wx1", "wx2"].flatMap((appId) =>
      (["access_token", "jsapi_ticket"] as const).map((kind) => appTokenKey(appId, kind)),
    );
    for (const [n, key] of keys.entries()) {
      const record = {
        version: 1,
        leaseUntilMs: 0,
        token: { ...token, sealed: `sealed ${n}` },
        forcedAtMs: [],
      };
      expect(await store.replace(key, record)).toBe(true);
    }
    const sealed = await Promise.all(keys.map(async (key) => (await store.read(key))?.token?.sealed));
    expect(sealed).toEqual(["sealed 0", "sealed 1", "sealed 2", "sealed 3"]);
  });

  it("lets a token of an earlier version, without a time of refresh, be refreshed at once", async () => {
    const at = deps.now();
    await addRows(deps.db, "appTokens", [
      {
        ...{
          appId: "wx1",
          kind: "access_token",
          source: "stable_token",
          version: 1,
          generation: 1,
          failuresInRow: 0,
        },
        ...{
          token: "sealed",
          fingerprint: "1a2b",
          fetchedAt: at,
          expiresAt: later(at, 7200),
          forcedAt: "[]",
        },
      },
    ]);
    expect((await store.read(appTokenKey("wx1", "access_token")))?.token).toEqual({
      ...{ sealed: "sealed", fingerprint: "1a2b", generation: 1, fetchedAtMs: at.getTime() },
      ...{ expiresAtMs: later(at, 7200).getTime(), refreshAtMs: at.getTime() },
    });
  });
});

describe("the fetches that wait for the database", () => {
  it("are the latest hundred", async () => {
    const history = new FetchHistory({ appId: "wx1", kind: "access_token" }, deps.now);
    const asking = (n: number) => ({ source: "stable_token", requestedBy: `host:${n}` as const });
    for (let n = 1; n <= 101; n++) await history.note(asking(n), async () => "a token");
    await deps.db.batch(history.records({ version: 1, leaseUntilMs: 0, token, forcedAtMs: [] }));
    const requesters = (await rowsOf(deps.db, "appTokenFetches")).map(({ requestedBy }) => requestedBy);
    expect(requesters).toHaveLength(100);
    expect(requesters).not.toContain("host:1");
  });

  it("began when WeChat was asked, however long it took, and say which error it was", async () => {
    const history = new FetchHistory({ appId: "wx1", kind: "access_token" }, deps.now);
    const asking = { source: "stable_token", requestedBy: "schedule" } as const;
    const begun = deps.now();
    const errors = [new TokenUnavailableError("40125"), new Error("a bug")];
    for (const error of errors) {
      const ask = async () => {
        harness.advance(3);
        throw error;
      };
      await expect(history.note(asking, ask)).rejects.toBe(error);
    }
    await deps.db.batch(history.lostRecords());
    const rows = await rowsOf(deps.db, "appTokenFetches");
    expect(rows.map(({ at, errcode, generation }) => [at, errcode, generation])).toEqual([
      [begun, "40125", null],
      [new Date(begun.getTime() + 3000), "UNKNOWN", null],
    ]);
  });

  it("are all stored with the next record, which names who asked for the token that came last", async () => {
    const name = { appId: "wx1", kind: "access_token" } as const;
    const history = new FetchHistory(name, deps.now);
    const kept = appTokenStore(deps.db, history);
    const fetch = (requestedBy: Requester, errcode?: number) =>
      history
        .note({ source: "stable_token", requestedBy }, async () => {
          if (errcode !== undefined) throw new WeChatApiError("cgi-bin/stable_token", errcode, "no");
        })
        .catch(() => {});
    await fetch("host:shop");
    await fetch("operator:kim");
    await fetch("refused:forum", 45_009);
    const record = { version: 1, leaseUntilMs: 0, token, forcedAtMs: [] };
    expect(await kept.replace(appTokenKey("wx1", "access_token"), record)).toBe(true);
    const requesters = async () => (await rowsOf(deps.db, "appTokens")).map(({ requestedBy }) => requestedBy);
    expect(await requesters()).toEqual(["operator:kim"]);
    const row = (requestedBy: Requester, generation: number | null, errcode: string | null) => ({
      ...{ ...name, id: expect.any(String), at: deps.now(), source: "stable_token", requestedBy },
      ...{ latencyMs: expect.any(Number), generation, errcode },
    });
    const fetches = await rowsOf(deps.db, "appTokenFetches");
    expect(fetches.sort((a, b) => (a.requestedBy < b.requestedBy ? -1 : 1))).toEqual([
      row("host:shop", 3, null),
      row("operator:kim", 3, null),
      row("refused:forum", null, "45009"),
    ]);
    expect(history.isEmpty).toBe(true);

    // The next fetch goes on: the record keeps the current token, and who asked for it.
    await fetch("host:forum");
    const leased = { ...record, version: 2, leaseUntilMs: deps.now().getTime() + 9_000 };
    expect(await kept.replace(appTokenKey("wx1", "access_token"), leased)).toBe(true);
    expect(await requesters()).toEqual(["operator:kim"]);

    // WeChat gave the refused token again: the record keeps it, with the failure, and who asked for it.
    await fetch("refused:shop");
    const failed = { ...record, version: 3, failure: { ...failure, reason: "SAME_TOKEN" } };
    expect(await kept.replace(appTokenKey("wx1", "access_token"), failed)).toBe(true);
    expect(await requesters()).toEqual(["operator:kim"]);
    const last = (await rowsOf(deps.db, "appTokenFetches")).find((one) => one.requestedBy === "refused:shop");
    expect(last).toEqual(row("refused:shop", null, "SAME_TOKEN"));
  });
});

describe("who asks for a global token", () => {
  it("is the first of those who wait for it, and the server where none does", async () => {
    const requesters = new Requesters();
    const ends: (() => void)[] = [];
    const waiting = (["host:shop", "operator:kim"] as const).map((requester) =>
      requesters.during("a", requester, () => new Promise<void>((end) => ends.push(end))),
    );
    const asked = async (key: string) =>
      requesters.fetching(key, async (requester) => [requester, requesters.fetchingFor(key)]);
    const named = [await asked("a"), await asked("b")];
    for (const [n, end] of ends.entries()) {
      end();
      await waiting[n];
      named.push(await asked("a"));
    }
    const both = (requester: string) => [requester, requester];
    expect(named).toEqual(["host:shop", "schedule", "operator:kim", "schedule"].map(both));
    expect(requesters.fetchingFor("a")).toBeUndefined();
  });
});

describe("the state of a global token in the console", () => {
  it.each([
    ["none", undefined, 0],
    ["expired", 0, 0],
    ["near_expiry", 0.001, 0],
    ["near_expiry", 120, 0],
    ["fresh", 120.001, 0],
    ["failing", 120.001, 1],
    ["failing", undefined, 1],
  ] as const)("is %s with %s s left after %i failures", async (state, seconds, failuresInRow) => {
    const expiresAt = seconds === undefined ? null : later(deps.now(), seconds);
    const about = {
      ...{ fingerprint: "1a2b", generation: 3, fetchedAt: deps.now() },
      failuresInRow,
      expiresAt,
    };
    const failed = { lastErrcode: "40164", lastFailureAt: deps.now() };
    const row = { kind: "access_token" as const, source: "stable_token", version: 1, forcedAt: "[]" };
    const appId = harness.app("oa").appId;
    const requestedBy = "schedule";
    await addRows(deps.db, "appTokens", [
      { ...row, ...about, ...failed, appId, requestedBy },
      // Of no configured app, and of another kind.
      { ...row, ...about, appId: "wxgone" },
      { ...row, ...about, appId: harness.app("plain").appId, kind: "jsapi_ticket" as const },
    ]);
    const quiet = {
      ...{
        fetchingUntil: null,
        fetchingFor: null,
        fetchesToday: 0,
        reportedInvalid: 0,
        forced: 0,
        retryAt: null,
      },
      ...{ errmsg: null, refusedAddress: null },
    };
    const none = {
      ...{ state: "none", fingerprint: null, generation: 0, fetchedAt: null, expiresAt: null },
      ...{ requestedBy: null, lastFailureAt: null, lastErrcode: null, failuresInRow: 0, explanation: null },
      ...quiet,
    };
    const token = { ...none, source: "stable_token", dailyQuota: 500_000 };
    const ticket = { ...none, source: "ticket/getticket", dailyQuota: null };
    const app = (key: string) => {
      const { appId, kind } = harness.app(key);
      return { appId, key, kind, handedOutToday: [] };
    };
    const explanation = expect.objectContaining({ name: "ip_not_in_allow_list" });
    const by = { kind: "automatic", name: "" };
    expect(await listAppTokenStates(deps)).toEqual([
      {
        ...app("oa"),
        accessToken: { ...token, state, ...about, ...failed, explanation, requestedBy: by },
        jsapiTicket: ticket,
      },
      { ...app("web"), accessToken: null, jsapiTicket: null },
      {
        ...app("plain"),
        accessToken: token,
        jsapiTicket: { ...ticket, state, ...about },
      },
      { ...app("alone"), accessToken: token, jsapiTicket: ticket },
    ]);
  });
});

describe("the keepers of global tokens", () => {
  it("of two processes share a token and a ticket, each encrypted, and each app has its own", async () => {
    const answers = {
      token: { access_token: "90_a-token", expires_in: 7200 },
      ticket: { errcode: 0, errmsg: "ok", ticket: "a-ticket", expires_in: 7200 },
    };
    const startProcess = () => {
      const appToken = createAppTokenKeepers(deps);
      return { appToken, jsapiTicket: createJsapiTicketKeepers({ ...deps, appToken }) };
    };
    const { appId } = harness.app("oa");
    for (const { appToken, jsapiTicket } of [startProcess(), startProcess()]) {
      harness.answers.access_token = answers.token;
      expect(await appToken(appId).get()).toMatchObject({ value: "90_a-token", generation: 1 });
      harness.answers.access_token = answers.ticket;
      expect(await jsapiTicket(appId).get()).toMatchObject({ value: "a-ticket", generation: 1 });
    }
    expect(harness.calls.access_token).toBe(2);
    const rows = (await rowsOf(deps.db, "appTokens")).map((row) => [row.appId, row.kind]);
    expect(rows.sort()).toEqual([
      [appId, "access_token"],
      [appId, "jsapi_ticket"],
    ]);
    expect((await harness.bytes()).includes("a-ticket")).toBe(false);
    for (const keeper of Object.values(startProcess())) {
      expect(() => keeper(harness.app("web").appId)).toThrow(RangeError);
    }
  });

  it("store a failure only if a call to WeChat failed", async () => {
    const bug = new Error("a bug");
    const wechat = () => ({ getStableAccessToken: () => Promise.reject(bug) }) as never;
    await expect(createAppTokenKeepers({ ...deps, wechat })(harness.app("oa").appId).get()).rejects.toThrow();
    expect(await rowsOf(deps.db, "apiFailures")).toEqual([]);
    harness.answers.access_token = { errcode: 40164, errmsg: "invalid ip" };
    await expect(createAppTokenKeepers(deps)(harness.app("plain").appId).get()).rejects.toThrow("40164");
    expect(await rowsOf(deps.db, "apiFailures")).toMatchObject([{ errcode: "40164", openid: null }]);
  });
});

describe("a refresh by an operator", () => {
  it("answers why WeChat gave no token, and is no answer where the database failed", async () => {
    const refreshWhile = (error: unknown) =>
      refreshAppToken(
        { ...deps, appToken: () => ({ refresh: () => Promise.reject(error) }) as never },
        { appId: harness.app("oa").appId, kind: "access_token" },
        "olga",
      );
    expect(await refreshWhile(new TokenUnavailableError("40164"))).toBe("40164");
    const lost = new TokenUnavailableError("STORE");
    const failed = await refreshWhile(lost).catch((failure) => failure);
    expect(failed).toBeInstanceOf(DatabaseError);
    expect(failed).toMatchObject({ reason: "unavailable", cause: lost });
    const bug = new Error("a bug");
    await expect(refreshWhile(bug)).rejects.toBe(bug);
  });
});
