import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, demoWebsite, startSimulator } from "wechat-simulator";
import { DatabaseError } from "../src/db/database.js";
import { appTokenKey, appTokenStore } from "../src/domain/tokens/app-token-store.js";
import { keepAppTokensFresh, listAppTokenStates, refreshAppToken } from "../src/domain/tokens/app-tokens.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

const fetches = () => system.simulator.calls("stable_token");
const keep = () => keepAppTokensFresh(system.app.deps);
const row = async () => (await rowsOf(system.db, "appTokens"))[0];

async function stateOfOfficialAccount() {
  const states = await listAppTokenStates(system.app.deps);
  return states.find((app) => app.kind === "official_account")?.accessToken;
}

describe("the global token of an app", () => {
  it("is fetched once, stored encrypted, and shown by its state but never itself", async () => {
    expect(await stateOfOfficialAccount()).toMatchObject({ state: "none", generation: 0 });
    await keep();

    expect(await stateOfOfficialAccount()).toMatchObject({
      state: "fresh",
      source: "stable_token",
      generation: 1,
      requestedBy: "schedule",
      fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      failuresInRow: 0,
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
    const [app] = system.settings.apps;
    if (app) await refreshAppToken(system.app.deps, app, "operator:kim");
    expect(await stateOfOfficialAccount()).toMatchObject({ state: "fresh", requestedBy: "operator:kim" });
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
    const [app] = system.settings.apps;
    if (app) await refreshAppToken(system.app.deps, app, "kim");
    expect(fetches()).toBe(11);
    expect(await stateOfOfficialAccount()).toMatchObject({ state: "failing", requestedBy: null });

    system.simulator.clearFaults();
    system.advance(61);
    await keep();
    expect(await stateOfOfficialAccount()).toMatchObject({
      state: "fresh",
      requestedBy: "schedule",
      failuresInRow: 0,
      lastErrcode: null,
    });
  });

  it("is stored as failing and logged with its errcode also where the failure's row cannot be written", async () => {
    const { batch } = system.db;
    system.db.batch = () =>
      Promise.reject(new DatabaseError("unavailable", { cause: new Error("disk full") }));
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 });
    await keep();
    system.db.batch = batch;
    expect(await stateOfOfficialAccount()).toMatchObject({ state: "failing", lastErrcode: "40164" });
    expect(await rowsOf(system.db, "apiFailures")).toEqual([]);
    const line = system.logLines.find((text) => text.includes('"event":"failure_not_recorded"'));
    expect(JSON.parse(line ?? "{}")).toMatchObject({
      endpoint: "cgi-bin/stable_token",
      errcode: "40164",
      err: { message: expect.any(String) },
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
