import { describe, expect, it } from "vitest";
import type { TokenRecord, TokenStore } from "../../src/keeper.js";
import { Harness, hashSynchronously, rejectionOf } from "./harness.js";

hashSynchronously();

/** A source that returns a new token with every fetch, as cgi-bin/token does. */
function classic(harness: Harness, process: { ask<T>(ms: number, act: () => T): Promise<T> }) {
  const act = () => {
    harness.account.revoke();
    return harness.account.fetch();
  };
  return { source: { key: "wx:token", fetch: () => process.ask(100, act) } };
}

describe("a store that was emptied", () => {
  it("does not reset a process's count of forced refreshes", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    // Every call is refused with any token.
    for (let minutes = 0; minutes < 24 * 60; minutes += 1) {
      await harness.time
        .until(rejectionOf(instance.keeper.use(async () => ({ errcode: 40001 }))))
        .catch(() => {});
      await harness.time.pass(60_000);
      if (minutes % 30 === 29) harness.records.empty();
    }
    expect(harness.account.forcedAtMs.length).toBeGreaterThan(5);
    expect(harness.account.forcedAtMs.length).toBeLessThanOrEqual(12);
  });

  it("gives its newer token to a process that knows the old generations", async () => {
    const harness = new Harness();
    const [old, young] = [harness.startInstance(), harness.startInstance()];
    await harness.get(old);
    for (const _ of [1, 2, 3]) {
      harness.account.revoke();
      await harness.time.until(old.keeper.refresh());
    }
    harness.records.empty();
    harness.account.revoke();
    expect(await harness.get(young)).toBe("T5");
    await harness.time.pass(1000);
    expect(await harness.get(old)).toBe("T5");
    expect(old.events.at(-1)).toMatchObject({ kind: "reused", generation: 1 });
    expect(harness.account.fetches).toBe(5); // four by the old process, one by the young one
  });

  it("costs one more fetch for any number of processes, and all end with one token", async () => {
    const harness = new Harness();
    const instances = Array.from({ length: 4 }, () => {
      const { process } = harness.startInstance();
      return harness.startInstance({ ...classic(harness, process), clock: process });
    });
    for (const instance of instances) await harness.get(instance);
    for (const instance of instances.slice(0, 2)) await harness.time.until(instance.keeper.refresh());
    const { fetches } = harness.account;
    harness.records.empty();
    const young = harness.startInstance(classic(harness, harness.startInstance().process));
    await harness.get(young);
    await harness.time.pass(1000);
    const values = await Promise.all([young, ...instances].map((instance) => harness.get(instance)));
    expect(new Set(values)).toEqual(new Set([`T${harness.account.newest}`]));
    expect(harness.account.fetches).toBe(fetches + 1);
  });

  it("causes no further fetch: a process that was frozen meanwhile adopts the live token", async () => {
    const harness = new Harness();
    const [sleeper, other] = [harness.startInstance(), harness.startInstance()];
    for (const _ of [1, 2, 3]) {
      harness.account.revoke();
      await harness.time.until(sleeper.keeper.refresh());
    }
    harness.records.empty();
    await harness.time.pass(7_200_000);
    await harness.get(other);
    const { fetches } = harness.account;
    await harness.get(sleeper);
    await harness.get(other);
    expect(harness.account.fetches).toBe(fetches);
  });

  it("costs one more fetch if it is emptied during a fetch, and no call fails", async () => {
    const harness = new Harness();
    const instances = [harness.startInstance(), harness.startInstance()];
    await harness.get(harness.startInstance());
    harness.account.revoke();
    const tokens = instances.map(({ keeper }) => keeper.refresh());
    await harness.time.pass(20);
    harness.records.empty();
    for (const token of tokens) expect((await harness.time.until(token)).value).toBe("T2");
    expect(harness.account.fetches).toBeLessThanOrEqual(3);
  });

  it("does not bring a process back to an older token", async () => {
    const harness = new Harness();
    let isBehind = false;
    let behind: TokenRecord | undefined;
    const process = harness.startInstance().process;
    const healthy = harness.records.seenBy(process, () => 2);
    const store: TokenStore = {
      read: (key) => (isBehind ? process.ask(2, () => behind) : healthy.read(key)),
      replace: healthy.replace,
    };
    const instance = harness.startInstance({ store });
    await harness.get(instance);
    behind = harness.records.written.at(-1);
    await harness.time.pass(1000);
    harness.account.revoke();
    await harness.time.until(instance.keeper.refresh());
    isBehind = true; // a failover that lost the last writes
    await harness.time.pass(5000);
    expect(await harness.get(instance)).toBe("T2");
  });
});

describe("a store with an invalid record", () => {
  const token = {
    sealed: "T9",
    fingerprint: "0123456789ab",
    generation: 9,
    fetchedAtMs: 1_700_000_000_000,
    expiresAtMs: 1_700_007_200_000,
    refreshAtMs: 1_700_006_900_000,
  };
  const failure = { reason: "-1", failuresInRow: 1, failedAtMs: 1_700_000_000_000, retryAtMs: 0 };
  const record = { version: 9, leaseUntilMs: 0, forcedAtMs: [], token };

  it.each([
    ["another program's text", "61_another's", "version must be a number"],
    ["a version that a SQL driver gave as text", { ...record, version: "9" }, "version must be a number"],
    ["a version as a bigint", { ...record, version: 9n }, "version must be a number"],
    ["no end of the lease", { ...record, leaseUntilMs: undefined }, "leaseUntilMs must be a number"],
    ["no forced refreshes", { ...record, forcedAtMs: undefined }, "forcedAtMs must be a list of numbers"],
    ["forced refreshes as text", { ...record, forcedAtMs: ["1"] }, "forcedAtMs must be a list of numbers"],
    ["a token as text", { ...record, token: "T9" }, "token.generation must be a number"],
    [
      "a token of bytes",
      { ...record, token: { ...token, sealed: new Uint8Array(2) } },
      "token.sealed must be text",
    ],
    [
      "a token with no fingerprint",
      { ...record, token: { ...token, fingerprint: null } },
      "token.fingerprint must be text",
    ],
    [
      "an end that is NaN",
      { ...record, token: { ...token, expiresAtMs: Number.NaN } },
      "token.expiresAtMs must be a number",
    ],
    [
      "an end beyond all time",
      { ...record, token: { ...token, expiresAtMs: 1e16 } },
      "token.expiresAtMs must be a number",
    ],
    [
      "an end in microseconds",
      { ...record, token: { ...token, expiresAtMs: 1_700_007_200_000_000 } },
      "token.expiresAtMs must be within a year",
    ],
    [
      "a failure without a time",
      { ...record, failure: { ...failure, retryAtMs: "soon" } },
      "failure.retryAtMs must be a number",
    ],
    [
      "a failure without a reason",
      { ...record, failure: { ...failure, reason: 40001 } },
      "failure.reason must be text",
    ],
  ])("causes an error that names the field, and is not overwritten: %s", async (_what, held, message) => {
    const harness = new Harness();
    const written: TokenRecord[] = [];
    const store: TokenStore = {
      read: async () => held as unknown as TokenRecord,
      replace: async (_key, next) => written.push(next) > 0,
    };
    const instance = harness.startInstance({ store });
    const error = await harness.time.until(rejectionOf(instance.keeper.get()));
    expect(error).toMatchObject({
      reason: "STORE",
      cause: { message: `not a record: ${message}` },
    });
    expect(instance.events).toMatchObject([{ kind: "failed", reason: "STORE" }]);
    expect([written, harness.account.fetches]).toEqual([[], 0]);
  });

  it("does not affect a process that has a token", async () => {
    const harness = new Harness();
    let held: unknown;
    const healthy = harness.records.seenBy(harness.startInstance().process, () => 2);
    const store: TokenStore = {
      ...healthy,
      read: async (key) => (held === undefined ? healthy.read(key) : (held as TokenRecord)),
    };
    const instance = harness.startInstance({ store });
    await harness.get(instance);
    held = { ...record, version: "10" };
    await harness.time.pass(5000);
    expect(await harness.get(instance)).toBe("T1");
    expect(instance.events.at(-1)).toMatchObject({ kind: "failed", reason: "STORE" });
  });

  it("is not assumed if the store returns null for an absent record", async () => {
    const harness = new Harness();
    const healthy = harness.records.seenBy(harness.startInstance().process, () => 2);
    const read = async (key: string) => (await healthy.read(key)) ?? (null as unknown as undefined);
    expect(await harness.get(harness.startInstance({ store: { ...healthy, read } }))).toBe("T1");
  });
});

describe("the record that a keeper writes", () => {
  it.each([
    ["text", { seal: () => new Uint8Array(3) as unknown as string, open: () => "T" }],
    ["anything", { seal: () => undefined as unknown as string, open: () => "T" }],
  ])("is valid even if seal returns no %s, which causes a backoff", async (_what, options) => {
    const harness = new Harness();
    const instance = harness.startInstance(options);
    for (const _ of [1, 2, 3]) await harness.time.until(rejectionOf(instance.keeper.get()));
    expect(harness.account.fetches).toBe(1);
    expect(harness.records.written.flatMap(({ token }) => token ?? [])).toEqual([]);
  });

  it.each([Number.POSITIVE_INFINITY, 1e12])("expires within a year: expiresInSeconds %d", async (seconds) => {
    const harness = new Harness();
    const source = { key: "k", fetch: async () => ({ value: "T", expiresInSeconds: seconds }) };
    const [a, b] = [harness.startInstance({ source }), harness.startInstance({ source })];
    expect(await harness.get(a)).toBe("T");
    expect(await harness.get(b)).toBe("T");
    expect(b.events).toMatchObject([{ kind: "reused" }]);
  });

  it("counts as absent if open does not return a text", async () => {
    const harness = new Harness();
    await harness.get(harness.startInstance());
    for (const opened of ["", 7, null]) {
      const open = () => opened as string;
      const instance = harness.startInstance({ seal: (token) => token, open });
      expect(await harness.get(instance)).toBe("T1");
    }
  });
});
