import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TokenRecord, TokenStore } from "wechat-oauth/keeper";
import { type Deps, later } from "../src/domain/deps.js";
import { appTokenKey, appTokenStore } from "../src/domain/tokens/app-token-store.js";
import { listAppTokenStates } from "../src/domain/tokens/app-tokens.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows } from "./support/rows.js";

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
    const none = {
      ...{ state: "none", source: "stable_token", fingerprint: null, generation: 0, fetchedAt: null },
      ...{ expiresAt: null, requestedBy: null, lastFailureAt: null, lastErrcode: null, failuresInRow: 0 },
    };
    const app = (key: string) => ({ appId: harness.app(key).appId, key, kind: harness.app(key).kind });
    expect(await listAppTokenStates(deps)).toEqual([
      { ...app("oa"), accessToken: { state, source: "stable_token", ...about, ...failed, requestedBy } },
      { ...app("web"), accessToken: null },
      { ...app("plain"), accessToken: none },
      { ...app("alone"), accessToken: none },
    ]);
  });
});
