import { setTimeout as pause } from "node:timers/promises";
import { WeChatApiError } from "@wechat-login/oauth";
import { demoOfficialAccount, demoWebsite, startSimulator } from "@wechat-login/simulator";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import { listAppTokenStates } from "../src/domain/console/app-tokens.js";
import type { Deps } from "../src/domain/deps.js";
import { appTokenKey, appTokenStore } from "../src/domain/tokens/app-token-store.js";
import {
  createAppTokenKeepers,
  keepAppTokensFresh,
  refreshAppToken,
} from "../src/domain/tokens/app-tokens.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const fetches = () => system.simulator.calls("stable_token");
const accessToken = () => ({ appId: system.officialAccount.appId, kind: "access_token" as const });
const keep = () => keepAppTokensFresh(system.app.deps);
const row = async () => (await rowsOf(system.db, "appTokens"))[0];

async function stateOfOfficialAccount() {
  const states = await listAppTokenStates(system.app.deps);
  return states.find((app) => app.kind === "official_account")?.accessToken;
}

describe("the global token of an app", () => {
  it("is fetched once, stored encrypted, and shown by its state but never itself", async () => {
    const unused = {
      ...{
        lastFailureAt: null,
        lastErrcode: null,
        failuresInRow: 0,
        retryAt: null,
        fetchingUntil: null,
        fetchingFor: null,
      },
      ...{ errmsg: null, refusedAddress: null, explanation: null },
      ...{ dailyQuota: 500_000, reportedInvalid: 0, forced: 0 },
    };
    const none = {
      fetchesToday: 0,
      fingerprint: null,
      fetchedAt: null,
      expiresAt: null,
      requestedBy: null,
      ...unused,
    };
    expect(await stateOfOfficialAccount()).toEqual({
      ...{ state: "none", source: "stable_token", generation: 0, ...none },
    });
    await keep();

    const { fetchedAt, expiresAt } = (await row()) ?? {};
    const livesMs = (expiresAt?.getTime() ?? 0) - (fetchedAt?.getTime() ?? 0);
    expect(livesMs).toBeLessThanOrEqual(7200_000);
    expect(livesMs, "counted from the request").toBeGreaterThan(7100_000);
    const [app] = system.settings.apps;
    expect((await listAppTokenStates(system.app.deps))[0]).toEqual({
      appId: system.officialAccount.appId,
      key: app?.key,
      kind: "official_account",
      handedOutToday: [],
      accessToken: {
        state: "fresh",
        source: "stable_token",
        generation: 1,
        requestedBy: { kind: "automatic", name: "" },
        fetchesToday: 1,
        fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
        fetchedAt,
        expiresAt,
        ...unused,
      },
      jsapiTicket: {
        ...{ state: "none", source: "ticket/getticket", generation: 0, ...none, ...unused, dailyQuota: null },
      },
    });
    const { appId } = system.officialAccount;
    const token = system.app.deps.keys.decrypt(
      (await row())?.token ?? "",
      `app_tokens.token:${appId}:access_token`,
    );
    expect(token?.length).toBeGreaterThan(20);
    const shown = JSON.stringify(await listAppTokenStates(system.app.deps));
    expect(shown).not.toContain(token);
    expect(shown).not.toContain((await row())?.token);
    expect(system.logLines.join()).not.toContain(token);
  });

  it("does not exist for a website app", async () => {
    await keep();
    const states = await listAppTokenStates(system.app.deps);
    expect(states.find((app) => app.kind === "website")?.accessToken).toBeNull();
    expect(await rowsOf(system.db, "appTokens")).toHaveLength(1);
  });

  it("is fetched again within its last five minutes, and not before", async () => {
    await keep();
    system.advance(7200 - 360);
    await keep();
    expect(fetches()).toBe(1);
    expect((await stateOfOfficialAccount())?.state).toBe("fresh");

    system.advance(160);
    expect((await stateOfOfficialAccount())?.state, "due for renewal").toBe("fresh");
    system.advance(90);
    expect((await stateOfOfficialAccount())?.state, "overdue for renewal").toBe("near_expiry");
    await keep();
    expect(fetches()).toBe(2);
    expect(await stateOfOfficialAccount()).toMatchObject({ state: "fresh", generation: 2 });
  });

  it("is shown as expired if it was not renewed in time", async () => {
    await keep();
    system.advance(7201);
    expect((await stateOfOfficialAccount())?.state).toBe("expired");
  });

  it("is fetched once for many simultaneous callers [T95]", async () => {
    await Promise.all(Array.from({ length: 20 }, keep));
    expect(fetches()).toBe(1);
    expect((await row())?.generation).toBe(1);
  });
});

describe("a process that holds the lease", () => {
  it("keeps other processes from fetching until its lease ends, even if it died [T95]", async () => {
    const { appId } = system.officialAccount;
    const store = appTokenStore(system.db);
    const lease = { version: 1, leaseUntilMs: Date.now() + 10_000, forcedAtMs: [] };
    expect(await store.replace(appTokenKey(appId, "access_token"), lease)).toBe(true);
    const waiting = keep();
    await pause(100); // long enough for several reads of the store
    expect(fetches()).toBe(0);

    system.advance(16);
    await waiting;
    expect(fetches()).toBe(1);
    expect(await row()).toMatchObject({ leaseUntil: null, generation: 1 });
  });

  it("releases it if WeChat refuses, so that an operator can retry at once", async () => {
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 });
    await keep();
    expect(await row()).toMatchObject({ leaseUntil: null });
    await refreshAppToken(system.app.deps, accessToken(), "kim");
    const requestedBy = { kind: "operator", name: "kim" };
    expect(await stateOfOfficialAccount()).toMatchObject({ state: "fresh", requestedBy });
  });
});

describe("an app to which WeChat refuses a token", () => {
  it("is shown as failing, with one recorded failure [T80]", async () => {
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 });
    await keep();
    expect(await stateOfOfficialAccount()).toMatchObject({
      state: "failing",
      lastErrcode: "40164",
      failuresInRow: 1,
      lastFailureAt: expect.any(Date),
    });
    expect(await rowsOf(system.db, "apiFailures")).toMatchObject([
      {
        endpoint: "cgi-bin/stable_token",
        errcode: "40164",
        appId: system.officialAccount.appId,
        signInId: null,
      },
    ]);
  });

  it("has a failure with everything that WeChat said, of the second attempt if it was busy at the first", async () => {
    system.simulator.fail("stable_token", { kind: "errcode", errcode: -1 });
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 });
    const before = system.app.deps.now();
    await keep();
    const [failure] = await rowsOf(system.db, "apiFailures");
    expect(failure).toEqual({
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      at: expect.any(Date),
      appId: system.officialAccount.appId,
      endpoint: "cgi-bin/stable_token",
      errcode: "40164",
      errmsg: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
      rid: expect.stringMatching(/^[\w-]{20,}$/),
      openid: null,
      attempt: 2,
      latencyMs: expect.any(Number),
      signInId: null,
      request: JSON.stringify({
        ...{ method: "POST", path: "cgi-bin/stable_token" },
        parameters: {
          ...{ grant_type: "client_credential", appid: system.officialAccount.appId },
          ...{ secret: "***", force_refresh: "false" },
        },
      }),
      answer: JSON.stringify({
        httpStatus: 200,
        body: JSON.stringify({
          errcode: 40164,
          errmsg: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
        }),
      }),
    });
    expect((failure?.at.getTime() ?? 0) - before.getTime()).toBeGreaterThanOrEqual(0);
  });

  it("has a failure also where only the forced refresh failed, with its time in ms", async () => {
    const { appId } = system.officialAccount;
    const started = performance.now();
    let waitedMs = 0;
    vi.spyOn(performance, "now").mockImplementation(() => started + waitedMs);
    const wechat = () => ({
      appId,
      async getStableAccessToken({ forceRefresh = false } = {}) {
        waitedMs += 1234.4;
        if (forceRefresh)
          throw new WeChatApiError("cgi-bin/stable_token", 45009, "reach max api daily quota limit");
        return { accessToken: "the same token", expiresInSeconds: 7200 };
      },
    });
    const keeper = createAppTokenKeepers({ ...system.app.deps, wechat } as unknown as Deps)(appId);
    const { value } = await keeper.get();
    await expect(keeper.replace(value)).rejects.toMatchObject({ reason: "45009" });
    vi.restoreAllMocks();
    expect(await rowsOf(system.db, "apiFailures")).toMatchObject([
      { ...{ appId, endpoint: "cgi-bin/stable_token", errcode: "45009" }, rid: null, latencyMs: 1234 },
    ]);
  });

  it.each([
    [{ kind: "reset", when: "after" }, "NETWORK"],
    [{ kind: "invalid_json" }, "BAD_JSON"],
    [{ kind: "oversized" }, "TOO_LARGE"],
    [{ kind: "body", body: '{"access_token":""}' }, "BAD_SHAPE"],
    [{ kind: "body", body: '{"access_token":"x","expires_in":0}' }, "BAD_SHAPE"],
  ] as const)("keeps its current token while it is valid (%j) [T80]", async (fault, errcode) => {
    await keep();
    const before = await row();
    system.advance(7000);
    system.simulator.fail("stable_token", fault, 2); // twice, because a cut kept-alive connection is retried once
    await keep();
    expect(await row()).toMatchObject({
      token: before?.token,
      generation: 1,
      expiresAt: before?.expiresAt,
      lastErrcode: errcode,
    });
  });

  it("is retried after 1, 2, 4 … 60 s, and every 60 s from then on; an operator does not wait for that", async () => {
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 }, 100);
    await keep();
    for (const [failures, seconds] of [1, 2, 4, 8, 16, 32, 60, 60, 60].entries()) {
      system.advance(seconds - 0.5);
      await keep();
      expect(fetches(), `${seconds} s are not over`).toBe(failures + 1);
      system.advance(0.6);
      await keep();
      expect(fetches(), `${seconds} s are over`).toBe(failures + 2);
    }
    await refreshAppToken(system.app.deps, accessToken(), "kim");
    expect(fetches()).toBe(11);
    expect(await stateOfOfficialAccount()).toMatchObject({ state: "failing", requestedBy: null });

    system.simulator.clearFaults();
    system.advance(61);
    await keep();
    expect(await stateOfOfficialAccount()).toMatchObject({
      state: "fresh",
      requestedBy: { kind: "automatic", name: "" },
      failuresInRow: 0,
      lastErrcode: null,
    });
  });

  it("is stored as failing and logged with its errcode also where the failure's row cannot be written", async () => {
    const { batch } = system.db;
    system.db.batch = (steps) =>
      steps.some(({ statement }) => statement.name === "insert_failure")
        ? Promise.reject(new DatabaseError("unavailable", { cause: new Error("disk full") }))
        : batch(steps);
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 });
    await keep();
    system.db.batch = batch;
    expect(await stateOfOfficialAccount()).toMatchObject({ state: "failing", lastErrcode: "40164" });
    expect(await rowsOf(system.db, "apiFailures")).toEqual([]);
    const line = system.logLines.find((text) => text.includes('"event":"failure_not_recorded"'));
    expect(JSON.parse(line ?? "{}")).toMatchObject({
      level: 50,
      appId: system.officialAccount.appId,
      endpoint: "cgi-bin/stable_token",
      errcode: "40164",
      rid: expect.stringMatching(/^[\w-]{20,}$/),
      err: { type: "DatabaseError", cause: { message: "disk full" } },
    });
    const warning = system.logLines.find((text) => text.includes('"event":"app_token_failed"'));
    expect(JSON.parse(warning ?? "{}")).toMatchObject({
      ...{ level: 40, appId: system.officialAccount.appId, errcode: "40164" },
    });
  });

  it("is retried once immediately if WeChat is busy, without a recorded failure [T83]", async () => {
    system.simulator.fail("stable_token", { kind: "errcode", errcode: -1 });
    await keep();
    expect(fetches()).toBe(2);
    expect((await stateOfOfficialAccount())?.state).toBe("fresh");
    expect(await rowsOf(system.db, "apiFailures")).toHaveLength(0);
  });

  it("does not keep the next app from getting its token", async () => {
    await system.close();
    const second = { ...demoOfficialAccount, appId: "wx51a0b1c2d3e4f509" };
    const simulator = await startSimulator({ apps: [demoOfficialAccount, second, demoWebsite] });
    const kind = "official_account";
    const { appId, appSecret } = demoOfficialAccount;
    const apps = [
      { key: "first", kind, appId, appSecret },
      { key: "second", kind, appId: second.appId, appSecret },
    ];
    system = await startSystem({ simulator, env: { WECHAT_APPS: JSON.stringify(apps) } });
    simulator.fail("stable_token", { kind: "errcode", errcode: 40164 });
    await keep();
    const states = await listAppTokenStates(system.app.deps);
    expect(states.map((app) => app.accessToken?.state)).toEqual(["failing", "fresh"]);
    await simulator.close();
  });
});
