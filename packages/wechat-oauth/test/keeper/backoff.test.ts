import { describe, expect, it } from "vitest";
import type { TokenRecord, TokenStore } from "../../src/keeper.js";
import { Harness, hashSynchronously, type Instance, rejectionOf } from "./harness.js";

hashSynchronously();

/** Calls `get` four times a second for this many minutes. @returns the seconds between one fetch and the next */
async function gapsOf(
  harness: Harness,
  instance: Instance,
  fetches: () => number,
  minutes = 3,
): Promise<number[]> {
  const gaps: number[] = [];
  let lastMs = harness.time.now();
  const endMs = lastMs + minutes * 60_000;
  for (let before = fetches(); harness.time.now() < endMs; await harness.time.pass(250)) {
    await harness.time.until(instance.keeper.get().catch(() => {}));
    if (fetches() === before) continue;
    before = fetches();
    gaps.push(Math.round((harness.time.now() - lastMs) / 1000));
    lastMs = harness.time.now();
  }
  return gaps.slice(1);
}

/** A store that works, except that `onToken` handles the writing of tokens. */
function storeThat(harness: Harness, instance: Instance, onToken: () => Promise<boolean>): TokenStore {
  const healthy = harness.records.seenBy(instance.process, () => 2);
  const replace = (key: string, record: TokenRecord) =>
    record.token ? onToken() : healthy.replace(key, record);
  return { ...healthy, replace };
}

describe("a growing backoff", () => {
  it("follows a token that expired before it could be stored, because WeChat's answer was slow", async () => {
    const harness = new Harness();
    let fetches = 0;
    const { process } = harness.startInstance();
    const fetch = () =>
      process.ask(1500, () => {
        fetches += 1;
        return { value: `T${fetches}`, expiresInSeconds: 1 };
      });
    const instance = harness.startInstance({ source: { key: "k", fetch } });
    const gaps = await gapsOf(harness, instance, () => fetches);
    expect(gaps.slice(0, 3)).toEqual([3, 4, 6].map((seconds) => expect.closeTo(seconds, -0.5)));
    expect(gaps.at(-1)).toBeGreaterThan(30);
    expect(harness.records.written.some(({ token }) => token)).toBe(false);
  });

  it("follows a token that expires while a slow store writes it", async () => {
    const harness = new Harness();
    let fetches = 0;
    const { process } = harness.startInstance();
    const fetch = async () => {
      fetches += 1;
      return { value: `T${fetches}`, expiresInSeconds: 1 };
    };
    const store = harness.records.seenBy(process, () => 1500);
    const instance = harness.startInstance({ source: { key: "k", fetch }, store });
    const gaps = await gapsOf(harness, instance, () => fetches, 10);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(60);
    expect(gaps.length).toBeLessThan(20);
  });

  it("does not affect processes with a live token", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    await harness.time.pass(6_990_000);
    const fetch = () => instance.process.ask(1500, () => ({ value: "T9", expiresInSeconds: 1 }));
    const other = harness.startInstance({ source: { key: "wx:stable_token", fetch } });
    for (const _ of [1, 2]) {
      expect(await harness.get(other)).toBe("T1");
      await harness.time.pass(2000);
    }
    expect(await harness.get(other)).toBe("T1");
    expect(other.events.at(-1)).toMatchObject({ kind: "failed", failuresInRow: 1 });
  });

  it("follows a seal that hangs, so that WeChat is not called every few seconds", async () => {
    const harness = new Harness();
    const instance = harness.startInstance({ seal: () => new Promise(() => {}), open: (sealed) => sealed });
    const error = await harness.time.until(rejectionOf(instance.keeper.get()));
    expect(error).toMatchObject({ reason: "STORE" }); // WeChat had answered
    const gaps = await gapsOf(harness, instance, () => harness.account.fetches, 10);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(60);
  });

  it.each([
    ["refuses", () => Promise.reject(new Error("value too long for type character varying(255)"))],
    ["hangs at", () => new Promise<boolean>(() => {})],
  ] as const)("follows a store that %s a record with a token", async (_how, onToken) => {
    const harness = new Harness();
    const instance = harness.startInstance();
    const affected = harness.startInstance({ store: storeThat(harness, instance, onToken) });
    const gaps = await gapsOf(harness, affected, () => harness.account.fetches, 10);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(60);
    const failuresInRow = gaps.length + 1;
    expect(affected.events.at(-1)).toMatchObject({ kind: "failed", reason: "STORE", failuresInRow });
  });
});

describe("a caller whose calls are refused with any token", () => {
  async function hourOf(harness: Harness, refuse: boolean) {
    const { process } = harness.startInstance();
    const fetch = () =>
      process.ask(100, () => {
        harness.account.revoke();
        return harness.account.fetch();
      });
    const instance = harness.startInstance({ source: { key: "wx:token", fetch } });
    for (let second = 0; second < 3600; second += 10) {
      const use = instance.keeper.use(async () => ({ errcode: refuse ? 40001 : 0 }));
      await harness.time.until(use.catch(() => {}));
      await harness.time.pass(10_000);
    }
    return instance;
  }

  it("does not spend the 2000 tokens that cgi-bin/token gives a day", async () => {
    const harness = new Harness();
    const instance = await hourOf(harness, true);
    expect(harness.account.fetches).toBeLessThanOrEqual(18); // one every 5 minutes, and others at growing intervals
    // An operator's button is not limited, and the token that it fetched is young.
    const refreshed = await harness.time.until(instance.keeper.refresh());
    expect(refreshed.value).toBe(`T${harness.account.newest}`);
    const error = await harness.time.until(rejectionOf(instance.keeper.replace(refreshed.value)));
    expect(error).toMatchObject({ reason: "SAME_TOKEN" });
  });

  it("does not prevent the immediate replacement of a token that was invalidated within a minute", async () => {
    const harness = new Harness();
    const { process } = harness.startInstance();
    const source = { key: "wx:token", fetch: () => process.ask(100, () => harness.account.fetch()) };
    const instance = harness.startInstance({ source });
    await harness.use(instance);
    harness.account.revoke();
    expect(await harness.use(instance)).toBe(`answer to T${harness.account.newest}`);
    expect(harness.account.fetches).toBe(2);
  });

  it("does not prevent the immediate replacement of an older token", async () => {
    const harness = new Harness();
    const instance = await hourOf(harness, false);
    harness.account.revoke();
    expect(await harness.use(instance)).toBe(`answer to T${harness.account.newest}`);
  });
});

describe("a store that writes the token and then reports an error", () => {
  it("causes no second fetch, because the token is found there", async () => {
    const harness = new Harness();
    const healthy = harness.records.seenBy(harness.startInstance().process, () => 2);
    const store: TokenStore = {
      ...healthy,
      async replace(key, record) {
        const isWritten = await healthy.replace(key, record);
        if (record.token && record.leaseUntilMs === 0) throw new Error("ETIMEDOUT");
        return isWritten;
      },
    };
    const instance = harness.startInstance({ store });
    expect(await harness.get(instance)).toBe("T1");
    expect(harness.account.fetches).toBe(1);
  });
});

describe("two processes that crash one after the other during their fetches", () => {
  /** Their leases follow each other, and a third process waits for both. */
  async function third(waitMs: number) {
    const harness = new Harness();
    const [first, second, instance] = [
      harness.startInstance(),
      harness.startInstance(),
      harness.startInstance({ waitMs }),
    ];
    void first.keeper.get();
    await harness.time.pass(20);
    first.process.crash();
    void second.keeper.get();
    const startMs = harness.time.now();
    const outcome = instance.keeper.get().then(
      ({ value }) => value,
      (error: unknown) => error,
    );
    harness.wechatMs = 1000;
    while (harness.records.written.at(-1)?.version === 1) await harness.time.pass(10);
    second.process.crash();
    return {
      harness,
      instance,
      outcome: await harness.time.until(outcome),
      ms: harness.time.now() - startMs,
    };
  }

  it("make a caller with the default waitMs fail, and the next caller receives a token", async () => {
    const { harness, instance, outcome, ms } = await third(20_000);
    expect(outcome).toMatchObject({ name: "TokenUnavailableError", reason: "DEADLINE" });
    expect(ms).toBe(20_000);
    expect(instance.events.at(-1)).toMatchObject({ kind: "failed", reason: "DEADLINE" });
    expect(await harness.get(instance)).toBe("T1");
  });

  it("fail no caller whose waitMs covers two leases and a fetch", async () => {
    const { outcome, ms } = await third(30_000);
    expect(outcome).toBe("T1");
    expect(ms).toBeLessThan(23_000);
  });
});

describe("a store that can be read but not written at the time of a refresh", () => {
  it("is used once a second, not by every caller, and causes no more events than that", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    const healthy = harness.records.seenBy(instance.process, () => 2);
    const replace = () => Promise.reject(new Error("READONLY You can't write against a read only replica."));
    await harness.get(instance);
    const affected = harness.startInstance({ store: { ...healthy, replace } });
    await harness.get(affected);
    await harness.time.pass(6_990_000);
    const { reads } = harness.records;
    affected.events.length = 0;
    for (let calls = 0; calls < 500; calls += 1) {
      expect(await harness.get(affected)).toBe("T1");
      await harness.time.pass(10);
    }
    expect(affected.events.length).toBeLessThanOrEqual(6);
    expect(affected.events.length).toBeGreaterThanOrEqual(4);
    expect(harness.records.reads - reads).toBeLessThanOrEqual(12);
  });
});

describe("a store that cannot be read", () => {
  it("is read once a second, not by every caller with a token", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    const healthy = harness.records.seenBy(instance.process, () => 2);
    let refused = 0;
    let isRefusing = false;
    const refuse = () => {
      refused += 1;
      return Promise.reject(new Error("ECONNREFUSED"));
    };
    const store = { ...healthy, read: (key: string) => (isRefusing ? refuse() : healthy.read(key)) };
    const affected = harness.startInstance({ store });
    await harness.get(affected);
    isRefusing = true;
    for (let calls = 0; calls < 500; calls += 1) {
      expect(await harness.get(affected)).toBe("T1");
      await harness.time.pass(10);
    }
    expect(refused).toBeGreaterThanOrEqual(3);
    expect(refused).toBeLessThanOrEqual(5);
  });
});

describe("a read that hangs forever", () => {
  it("is joined by later reads, and abandoned after the length of a lease", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    let reads = 0;
    const read = () => {
      reads += 1;
      return new Promise<undefined>(() => {});
    };
    const healthy = harness.records.seenBy(instance.process, () => 2);
    let isHanging = false;
    const store: TokenStore = { ...healthy, read: (key) => (isHanging ? read() : healthy.read(key)) };
    const affected = harness.startInstance({ store });
    await harness.get(affected);
    isHanging = true;
    for (let second = 0; second < 100; second += 1) {
      await harness.time.pass(1000);
      expect(await harness.get(affected)).toBe("T1");
    }
    expect(reads).toBeGreaterThanOrEqual(9);
    expect(reads).toBeLessThan(15); // one every 10 s: each stays in memory forever
    isHanging = false;
    harness.account.revoke();
    await harness.time.until(instance.keeper.refresh());
    await harness.time.pass(10_000);
    await harness.get(affected);
    expect(await harness.get(affected)).toBe("T2");
  });

  it("that ends after all does not hide the newer read that later callers join", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    const endings: (() => void)[] = [];
    const healthy = harness.records.seenBy(instance.process, () => 2);
    let isHanging = false;
    const hangingRead = (key: string) =>
      new Promise<void>((resolve) => endings.push(resolve)).then(() => healthy.read(key));
    const store: TokenStore = {
      ...healthy,
      read: (key) => (isHanging ? hangingRead(key) : healthy.read(key)),
    };
    const affected = harness.startInstance({ store });
    await harness.get(affected);
    isHanging = true;
    while (endings.length < 2) {
      await harness.time.pass(1000);
      await harness.get(affected);
    }
    endings[0]?.();
    await harness.time.pass(1000);
    await harness.get(affected);
    expect(endings).toHaveLength(2);
  });
});

describe("refreshIfDue", () => {
  const refreshIfDue = (harness: Harness, { keeper }: Instance) => harness.time.until(keeper.refreshIfDue());

  it("fetches the first token and the next one when it is due, and nothing in between", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    expect(await refreshIfDue(harness, instance)).toMatchObject({ value: "T1", generation: 1 });
    await harness.time.pass(6_800_000); // of 7,200 s
    expect(await refreshIfDue(harness, instance)).toBeUndefined();
    expect(harness.account.fetches).toBe(1);
    await harness.time.pass(300_000);
    expect(await refreshIfDue(harness, instance)).toMatchObject({ generation: 2 });
    expect(harness.account.fetches).toBe(2);
  });

  it("fetches once for simultaneous jobs of several processes", async () => {
    const harness = new Harness();
    const instances = [harness.startInstance(), harness.startInstance(), harness.startInstance()];
    await harness.time.until(Promise.all(instances.map(({ keeper }) => keeper.refreshIfDue())));
    expect(harness.account.fetches).toBe(1);
  });

  it("rejects if the fetch fails, and then waits until the backoff is over", async () => {
    const harness = new Harness();
    let isRefusing = true;
    let fetches = 0;
    const { process } = harness.startInstance();
    const fetch = () =>
      process.ask(10, () => {
        fetches += 1;
        if (isRefusing) throw new Error("refused");
        return { value: "T1", expiresInSeconds: 7200 };
      });
    const source = { key: "k", fetch };
    const instance = harness.startInstance({ source });
    const failure = await rejectionOf(refreshIfDue(harness, instance));
    expect(failure).toMatchObject({ name: "TokenUnavailableError" });
    isRefusing = false;
    expect(await refreshIfDue(harness, instance)).toBeUndefined();
    expect(await refreshIfDue(harness, harness.startInstance({ source }))).toBeUndefined();
    expect(fetches).toBe(1);
    await harness.time.pass(1001);
    expect(await refreshIfDue(harness, instance)).toMatchObject({ value: "T1" });
  });
});
