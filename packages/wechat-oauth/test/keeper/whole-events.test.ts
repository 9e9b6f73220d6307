import { describe, expect, it } from "vitest";
import { fingerprint, type TokenStore } from "../../src/keeper.js";
import { Harness, hashSynchronously, rejectionOf } from "./harness.js";

hashSynchronously();

const key = "wx:stable_token";
const hourMs = 3_600_000;

/** A store that takes no time, so that every time in records and events is known exactly. */
function instantStore(): TokenStore & { readonly records: unknown[] } {
  const records: unknown[] = [];
  let stored: Awaited<ReturnType<TokenStore["read"]>>;
  return {
    records,
    read: async () => stored,
    async replace(_key, record) {
      if ((stored?.version ?? 0) !== record.version - 1) return false;
      stored = record;
      records.push(record);
      return true;
    },
  };
}

describe("what a keeper stores and reports", () => {
  it("is whole for a first fetch: the lease, the token, and one event", async () => {
    const harness = new Harness();
    const store = instantStore();
    const instance = harness.startInstance({ store });
    const startMs = harness.time.now();
    await harness.get(instance);
    const fetchedAtMs = startMs + 100;
    const expiresAtMs = startMs + 2 * hourMs; // counted from the request
    expect(store.records).toEqual([
      { version: 1, leaseUntilMs: startMs + 10_000, forcedAtMs: [] },
      {
        version: 2,
        leaseUntilMs: 0,
        token: {
          sealed: "T1",
          fingerprint: await fingerprint("T1"),
          generation: 1,
          fetchedAtMs,
          expiresAtMs,
          refreshAtMs: expiresAtMs - 290_000 * 0.85,
        },
        forcedAtMs: [],
      },
    ]);
    expect(instance.events).toEqual([
      {
        kind: "fetched",
        key,
        fingerprint: await fingerprint("T1"),
        generation: 1,
        expiresAtMs,
        isForced: false,
        durationMs: 100,
      },
    ]);
    expect(await harness.time.until(instance.keeper.get())).toEqual({
      value: "T1",
      fingerprint: await fingerprint("T1"),
      generation: 1,
      fetchedAtMs,
      expiresAtMs,
      refreshAtMs: expiresAtMs - 290_000 * 0.85,
    });
  });

  it("is refreshed at its time and not a millisecond earlier, with 300 s ahead by default", async () => {
    const harness = new Harness();
    const { process } = harness.startInstance();
    const source = { key: "k", fetch: () => process.ask(100, () => harness.account.fetch()) };
    const instance = harness.startInstance({ source, random: () => 0, store: instantStore() });
    const startMs = harness.time.now();
    await harness.get(instance);
    await harness.time.pass(startMs + 2 * hourMs - 300_000 - 1 - harness.time.now());
    await harness.get(instance);
    await harness.time.pass(0);
    expect(harness.account.fetches).toBe(1);
    await harness.time.pass(1);
    expect(await harness.get(instance)).toBe("T1");
    await harness.time.pass(200);
    expect(harness.account.fetches).toBe(2);
    expect(await harness.get(instance)).toBe("T2");
  });

  it("is one event for each failure, with the count and the end of the pause, and the error has both", async () => {
    const harness = new Harness();
    const instance = harness.startInstance({ store: instantStore() });
    harness.account.errcode = 40164;
    const startMs = harness.time.now();
    const fail = () => harness.time.until(rejectionOf(instance.keeper.get()));
    expect(await fail()).toMatchObject({ reason: "40164", retryAtMs: startMs + 100 + 1000 });
    await harness.time.pass(999);
    expect(await fail()).toMatchObject({ reason: "40164", retryAtMs: startMs + 100 + 1000 });
    expect(harness.account.fetches).toBe(1);
    await harness.time.pass(1);
    await fail();
    const failed = { kind: "failed", key, reason: "40164" };
    expect(instance.events).toEqual([
      { ...failed, failuresInRow: 1, retryAtMs: startMs + 100 + 1000 },
      { ...failed, failuresInRow: 2, retryAtMs: startMs + 1100 + 100 + 2000 },
    ]);
  });

  it("is fetched again by refreshIfDue when the pause after a failure is over, to the millisecond", async () => {
    const harness = new Harness();
    const instance = harness.startInstance({ store: instantStore() });
    harness.account.errcode = 40164;
    const refresh = () => harness.time.until(instance.keeper.refreshIfDue().catch(() => "failed"));
    expect(await refresh()).toBe("failed");
    await harness.time.pass(999);
    expect(await refresh()).toBeUndefined();
    await harness.time.pass(1);
    expect(await refresh()).toBe("failed");
    expect(harness.account.fetches).toBe(2);
  });

  it("is fetched ahead by a caller with a live token when that pause is over, to the millisecond", async () => {
    const harness = new Harness();
    const instance = harness.startInstance({ store: instantStore() });
    await harness.get(instance);
    const { refreshAtMs } = await harness.time.until(instance.keeper.get());
    harness.account.errcode = 40164;
    await harness.time.pass(refreshAtMs - harness.time.now());
    instance.events.length = 0;
    const getAfter = async (ms: number) => {
      await harness.time.pass(ms);
      expect(await harness.get(instance)).toBe("T1");
    };
    await getAfter(0);
    await getAfter(100 + 999);
    await getAfter(1);
    await harness.time.pass(100);
    const failed = { kind: "failed", key, reason: "40164" };
    expect(instance.events).toEqual([
      { ...failed, failuresInRow: 1, retryAtMs: refreshAtMs + 100 + 1000 },
      { ...failed, failuresInRow: 2, retryAtMs: refreshAtMs + 1100 + 100 + 2000 },
    ]);
  });

  it("is forced once if WeChat returns the refused token again, with the time of both calls", async () => {
    const harness = new Harness();
    const instance = harness.startInstance({ store: instantStore() });
    await harness.get(instance);
    harness.account.breakCurrent();
    instance.events.length = 0;
    const startMs = harness.time.now();
    expect(await harness.use(instance, 0)).toBe("answer to T2");
    expect(instance.events).toEqual([
      {
        kind: "fetched",
        key,
        fingerprint: await fingerprint("T2"),
        generation: 2,
        expiresAtMs: startMs + 2 * hourMs,
        isForced: true,
        durationMs: 200,
      },
    ]);
    expect(harness.account.forcedAtMs).toEqual([startMs + 100 + 50]);
  });

  it("is not forced if WeChat returns another token in place of the refused one", async () => {
    const harness = new Harness();
    const instance = harness.startInstance({ store: instantStore() });
    await harness.get(instance);
    harness.account.revoke();
    const revokedAtMs = harness.time.now();
    instance.events.length = 0;
    expect(await harness.use(instance, 0)).toBe("answer to T2");
    expect(instance.events).toEqual([
      {
        kind: "fetched",
        key,
        fingerprint: await fingerprint("T2"),
        generation: 2,
        expiresAtMs: revokedAtMs + 2 * hourMs - 1000, // the whole seconds that are left
        isForced: false,
        durationMs: 100,
      },
    ]);
    expect(harness.account.forcedAtMs).toEqual([]);
  });

  it("is reused and waited for in another process, with the time of the wait", async () => {
    const harness = new Harness();
    harness.wechatMs = 1000;
    const store = instantStore();
    const [first, second] = [harness.startInstance({ store }), harness.startInstance({ store })];
    const startMs = harness.time.now();
    void first.keeper.get();
    await harness.time.pass(0);
    expect(await harness.get(second)).toBe("T1");
    const waitedMs = harness.time.now() - startMs;
    const token = {
      fingerprint: await fingerprint("T1"),
      generation: 1,
      expiresAtMs: startMs + 2 * hourMs,
    };
    expect(second.events).toEqual([
      { kind: "reused", key, ...token },
      { kind: "waited", key, durationMs: waitedMs },
    ]);
    expect(waitedMs).toBeGreaterThanOrEqual(1000);
  });

  it.each([
    ["the longest pauses", 1, [20, 30, 45, 68, 102, 152, 228, 342, 500, 500]],
    ["half of them", 0, [10, 15, 23, 34, 51, 76, 114, 171, 250, 250]],
  ])("is looked for at growing intervals by a waiting process: %s", async (_which, random, pauses) => {
    const harness = new Harness();
    harness.wechatMs = 9000;
    const store = instantStore();
    const reads: number[] = [];
    const watched = {
      ...store,
      read: (name: string) => {
        reads.push(harness.time.now());
        return store.read(name);
      },
    };
    void harness.startInstance({ store }).keeper.get();
    await harness.time.pass(0);
    const waiting = harness.startInstance({ store: watched, random: () => random }).keeper.get();
    await harness.time.pass(4000);
    const gaps = reads.slice(1).map((at, index) => at - (reads[index] ?? 0));
    expect(gaps.slice(0, pauses.length)).toEqual(pauses);
    await harness.time.until(waiting);
  });
});

describe("a wait with the default options", () => {
  it("ends after 10 s for a fetch and 20 s in all, to the millisecond", async () => {
    const harness = new Harness();
    const fetch = () => new Promise<never>(() => {});
    const store = instantStore();
    const hanging = harness.startInstance({ source: { key: "k", fetch }, store });
    const startMs = harness.time.now();
    expect(await harness.time.until(rejectionOf(hanging.keeper.get()))).toMatchObject({ reason: "TIMEOUT" });
    expect(harness.time.now() - startMs).toBe(10_000);
    expect(hanging.events).toEqual([
      { kind: "failed", key: "k", reason: "TIMEOUT", failuresInRow: 1, retryAtMs: startMs + 11_000 },
    ]);

    const read = () => new Promise<never>(() => {});
    const stuck = harness.startInstance({ store: { ...store, read } });
    const secondMs = harness.time.now();
    expect(await harness.time.until(rejectionOf(stuck.keeper.get()))).toMatchObject({ reason: "DEADLINE" });
    expect(harness.time.now() - secondMs).toBe(20_000);
    expect(stuck.events).toEqual([{ kind: "failed", key, reason: "DEADLINE" }]);
  });

  it("ends after a quarter of a second for a store that hangs while there is a token", async () => {
    const harness = new Harness();
    const store = instantStore();
    let isHanging = false;
    const read: TokenStore["read"] = (name) => (isHanging ? new Promise(() => {}) : store.read(name));
    const instance = harness.startInstance({ store: { ...store, read } });
    await harness.get(instance);
    isHanging = true;
    await harness.time.pass(1000);
    const beforeMs = harness.time.now();
    await harness.get(instance);
    expect(harness.time.now()).toBe(beforeMs); // 1000 ms old: recent enough
    await harness.time.pass(1);
    expect(await harness.get(instance)).toBe("T1");
    expect(harness.time.now() - beforeMs - 1).toBe(250);
  });
});
