import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { WeChatApiError, WeChatOAuthError } from "../../src/index.js";
import { type TokenRecord, type TokenStore, TokenUnavailableError } from "../../src/keeper.js";
import { Harness, hashSynchronously, type Instance, rejectionOf } from "./harness.js";

hashSynchronously();

async function failure(harness: Harness, instance: Instance): Promise<TokenUnavailableError> {
  const error = await harness.time.until(rejectionOf(instance.keeper.get()));
  if (error instanceof TokenUnavailableError) return error;
  throw error;
}

describe("a failing WeChat", () => {
  it("causes an error with the reason for each caller, and with WeChat's answer in the process that fetched", async () => {
    const harness = new Harness();
    harness.account.errcode = 40164;
    const instances = [harness.startInstance(), harness.startInstance()];
    const gets = instances.flatMap(({ keeper }) => [keeper.get(), keeper.get()]);
    const errors = await harness.time.until(Promise.all(gets.map(rejectionOf)));
    expect(harness.account.fetches).toBe(1);
    for (const error of errors) {
      expect(error).toBeInstanceOf(WeChatOAuthError);
      expect(error).toMatchObject({ name: "TokenUnavailableError", reason: "40164" });
    }
    expect((errors[0] as Error).cause).toBeInstanceOf(WeChatApiError);
    expect((errors[0] as Error).message).toBe("no token: 40164");
  });

  it("is called again after 1, 2, 4 … 60 s, by one process, for any number of callers", async () => {
    const harness = new Harness();
    harness.account.errcode = -1;
    const instances = [harness.startInstance(), harness.startInstance()];
    const askedAtSeconds: number[] = [];
    const startMs = harness.time.now();
    for (let fetches = 0; harness.time.now() - startMs < 400_000; await harness.time.pass(250)) {
      for (const instance of instances) await failure(harness, instance);
      if (harness.account.fetches > fetches)
        askedAtSeconds.push(Math.round((harness.time.now() - startMs) / 1000));
      fetches = harness.account.fetches;
    }
    const gaps = askedAtSeconds.slice(1).map((at, i) => at - (askedAtSeconds[i] ?? 0));
    expect(gaps.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 32].map((s) => expect.closeTo(s, -0.5)));
    expect(gaps.slice(6).every((gap) => gap >= 60 && gap <= 62)).toBe(true);
    expect(gaps.length).toBeGreaterThan(9);
  });

  it("is called at once by refresh(), because the cause may just have been fixed", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    harness.account.errcode = 40164;
    await failure(harness, instance);
    harness.account.errcode = undefined;
    expect((await failure(harness, instance)).reason, "callers keep to the pause").toBe("40164");
    expect((await harness.time.until(instance.keeper.refresh())).value).toBe("T1");
  });

  it("causes a backoff that starts anew after a success", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    harness.account.errcode = -1;
    for (const ms of [0, 1000, 2000]) {
      await harness.time.pass(ms);
      await failure(harness, instance);
    }
    harness.account.errcode = undefined;
    await harness.time.pass(4000);
    expect(await harness.get(instance)).toBe("T1");
    await harness.time.pass(7200_000);
    harness.account.errcode = -1;
    const { retryAtMs = 0 } = await failure(harness, instance);
    expect(retryAtMs - harness.time.now()).toBeLessThanOrEqual(1000);
  });

  it("leaves callers their current token until it expires, and the next one as soon as there is one", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    harness.account.errcode = 45011;
    await harness.time.pass(6990_000);
    for (let seconds = 0; seconds < 200; seconds += 5) {
      expect(await harness.get(instance)).toBe("T1");
      await harness.time.pass(5000);
    }
    expect(harness.account.fetches).toBeLessThan(12);
    await harness.time.pass(10_000);
    expect(await failure(harness, instance)).toMatchObject({ reason: "45011" });
    harness.account.errcode = undefined;
    await harness.time.pass(60_000);
    expect(await harness.get(instance)).toBe("T2");
  });

  it("does not make every caller read the store during the backoff", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    harness.account.errcode = -1;
    await harness.time.pass(6990_000);
    await harness.get(instance);
    await harness.time.pass(500); // the fetch failed; the next one follows in half a second
    const { reads } = harness.records;
    for (let calls = 0; calls < 100; calls += 1) {
      await harness.get(instance);
      await harness.time.pass(1);
    }
    expect(harness.records.reads).toBe(reads);
    expect(harness.account.fetches).toBe(2);
  });

  it("does not keep an abandoned refresh running", async () => {
    const harness = new Harness();
    const slow = { leaseMs: 60_000, waitMs: 1000 };
    const [crashed, instance] = [harness.startInstance(slow), harness.startInstance(slow)];
    void crashed.keeper.get();
    await harness.time.pass(20);
    crashed.process.crash();
    expect(await failure(harness, instance)).toMatchObject({ reason: "DEADLINE" });
    await harness.time.pass(1000);
    const { reads } = harness.records;
    await harness.time.pass(100_000);
    expect(harness.records.reads).toBe(reads);
    expect(harness.account.fetches).toBe(1);
  });

  it("has until the end of the lease to answer", async () => {
    const harness = new Harness();
    const instance = harness.startInstance({ source: { key: "k", fetch: () => new Promise(() => {}) } });
    const startMs = harness.time.now();
    expect(await failure(harness, instance)).toMatchObject({ reason: "TIMEOUT" });
    expect(harness.time.now() - startMs).toBeLessThan(10_100);
  });

  it.each([
    ["no value", { value: "", expiresInSeconds: 7200 }],
    ["no lifetime", { value: "T", expiresInSeconds: 0 }],
    ["a lifetime that is not a number", { value: "T", expiresInSeconds: Number.NaN }],
  ])("counts as a failure if the source returns %s", async (_what, fetched) => {
    const harness = new Harness();
    const instance = harness.startInstance({ source: { key: "k", fetch: async () => fetched } });
    expect(await failure(harness, instance)).toMatchObject({ reason: "TypeError" });
  });

  it("causes a backoff also if the token cannot be sealed", async () => {
    const harness = new Harness();
    const seal = () => {
      throw new RangeError("no key");
    };
    const instance = harness.startInstance({ seal, open: (sealed) => sealed });
    expect(await failure(harness, instance)).toMatchObject({ reason: "RangeError" });
    await failure(harness, instance);
    expect(harness.account.fetches).toBe(1);
  });
});

describe("a failing store", () => {
  const broken = (): Promise<never> => {
    const error = new Error("ERR wrong");
    // As Redis clients do: the whole command, including the record and its token.
    return Promise.reject(Object.assign(error, { command: { args: ["SET", "61_token-of-the-account"] } }));
  };
  const hanging = (): Promise<never> => new Promise(() => {});

  it.each([
    ["refuses", broken, "STORE", 10],
    ["hangs", hanging, "DEADLINE", 20_010],
  ] as const)("is reported in time by a process without a token: it %s", async (_how, read, reason, ms) => {
    const harness = new Harness();
    const instance = harness.startInstance({ store: { read, replace: read } });
    const startMs = harness.time.now();
    const error = await failure(harness, instance);
    expect(error.reason).toBe(reason);
    expect(harness.time.now() - startMs).toBeLessThan(ms);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("61_token");
    expect(instance.events).toContainEqual({ kind: "failed", key: "wx:stable_token", reason });
  });

  it.each([
    ["refuses", broken],
    ["hangs", hanging],
  ] as const)("hardly delays a process that has a token: it %s", async (_how, instead) => {
    const harness = new Harness();
    let isBroken = false;
    const healthy = harness.records.seenBy(harness.startInstance().process, () => 2);
    const store: TokenStore = {
      read: (key) => (isBroken ? instead() : healthy.read(key)),
      replace: (key, record: TokenRecord) => (isBroken ? instead() : healthy.replace(key, record)),
    };
    const instance = harness.startInstance({ store });
    await harness.get(instance);
    isBroken = true;
    await harness.time.pass(5000);
    const startMs = harness.time.now();
    for (let calls = 0; calls < 100; calls += 1) expect(await harness.get(instance)).toBe("T1");
    expect(harness.time.now() - startMs).toBeLessThanOrEqual(250); // once, not with every caller
    isBroken = false;
    harness.account.revoke();
    await harness.time.until(harness.startInstance().keeper.refresh());
    await harness.time.pass(30_000);
    expect(await harness.get(instance)).toBe("T2");
  });
});

describe("a process that crashes or freezes during a fetch", () => {
  it("is replaced when its lease ends, and no waiting caller fails", async () => {
    const harness = new Harness();
    const [crashed, survivor] = [harness.startInstance(), harness.startInstance()];
    void crashed.keeper.get();
    await harness.time.pass(20); // it holds the lease and has sent its request
    crashed.process.crash();
    const startMs = harness.time.now();
    expect(await harness.get(survivor)).toBe("T1");
    expect(harness.time.now() - startMs).toBeGreaterThan(9000);
    expect(harness.time.now() - startMs).toBeLessThan(11_000);
  });

  it("overwrites nothing newer when it resumes, and adopts the newer token", async () => {
    const harness = new Harness();
    const [frozen, other] = [harness.startInstance(), harness.startInstance()];
    const late = frozen.keeper.get();
    await harness.time.pass(20);
    frozen.process.freeze(15_000); // longer than its lease, shorter than its caller's wait
    await harness.time.pass(1000); // WeChat's answer T1 is waiting for it
    harness.account.revoke();
    expect(await harness.get(other)).toBe("T2");
    expect((await harness.time.until(late)).value).toBe("T2");
    expect(frozen.events.map(({ kind }) => kind)).toContain("lost_lease");
    const stored = harness.records.written.flatMap(({ token }) => token?.sealed ?? []);
    expect(stored).not.toContain("T1");
    expect(await harness.get(harness.startInstance())).toBe("T2");
  });

  it("returns another process's token if its own failure comes too late", async () => {
    const harness = new Harness();
    const [frozen, other] = [harness.startInstance(), harness.startInstance()];
    harness.account.errcode = -1;
    const late = frozen.keeper.get();
    await harness.time.pass(20);
    frozen.process.freeze(15_000);
    await harness.time.pass(1000); // WeChat's refusal is waiting for it
    harness.account.errcode = undefined;
    expect(await harness.get(other)).toBe("T1");
    expect((await harness.time.until(late)).value).toBe("T1");
    expect(harness.records.written.at(-1)?.failure).toBeUndefined();
  });

  it("does not call WeChat if its lease expired in a slow store", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    const store = harness.records.seenBy(instance.process, () => 30_000);
    const slow = harness.startInstance({ store, waitMs: 50_000 });
    expect(await failure(harness, slow)).toMatchObject({ reason: "DEADLINE" });
    expect(harness.account.fetches).toBe(0);
  });

  it("cannot lock out other processes by a clock that is far ahead", async () => {
    const harness = new Harness();
    const aheadMs = 3600_000;
    const wrong = harness.startInstance();
    const clock = {
      now: () => harness.time.now() + aheadMs,
      after: (ms: number, run: () => void) => wrong.process.after(ms, run),
    };
    const crashed = harness.startInstance({ clock, store: harness.records.seenBy(wrong.process, () => 2) });
    void crashed.keeper.get();
    await harness.time.pass(20);
    for (const { process } of [wrong, crashed]) process.crash();
    expect(harness.records.written.at(-1)?.leaseUntilMs).toBeGreaterThan(harness.time.now() + aheadMs);
    expect(await harness.get(harness.startInstance())).toBe("T1");
  });
});
