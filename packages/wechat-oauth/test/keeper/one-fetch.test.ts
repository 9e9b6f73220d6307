import { describe, expect, it } from "vitest";
import { memoryStore, TokenKeeper, type TokenStore } from "../../src/keeper.js";
import { Harness, hashSynchronously } from "./harness.js";

hashSynchronously();

describe("many concurrent callers", () => {
  it("cause one fetch in one process", async () => {
    const harness = new Harness();
    const { keeper } = harness.startInstance();
    const tokens = await harness.time.until(Promise.all(Array.from({ length: 50 }, () => keeper.get())));
    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(["T1"]));
    expect(harness.account.fetches).toBe(1);
  });

  it("cause one fetch in many processes with one store, and all receive its token", async () => {
    const harness = new Harness();
    const instances = Array.from({ length: 4 }, () => harness.startInstance());
    const gets = instances.flatMap(({ keeper }) => Array.from({ length: 50 }, () => keeper.get()));
    const tokens = await harness.time.until(Promise.all(gets));
    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(["T1"]));
    expect(harness.account.fetches).toBe(1);
    const kinds = instances.map(({ events }) => events.map(({ kind }) => kind));
    expect(kinds).toEqual([["fetched"], ["reused", "waited"], ["reused", "waited"], ["reused", "waited"]]);
  });

  it("cause no fetch in a new process while the store holds a token", async () => {
    const harness = new Harness();
    await harness.get(harness.startInstance());
    const late = harness.startInstance();
    expect(await harness.get(late)).toBe("T1");
    expect(harness.account.fetches).toBe(1);
    expect(late.events).toEqual([
      {
        kind: "reused",
        key: "wx:stable_token",
        generation: 1,
        fingerprint: "1f93603db53b",
        expiresAtMs: expect.any(Number),
      },
    ]);
  });

  it("are answered without a read of the store within recheckMs", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    const other = harness.startInstance();
    harness.account.revoke();
    await harness.time.until(other.keeper.refresh());

    expect((await instance.keeper.get()).value).toBe("T1");
    await harness.time.pass(1000);
    expect(await harness.get(instance)).toBe("T2");
    expect(harness.account.fetches).toBe(2);
  });

  it("do not rely on a read that began before their process froze", async () => {
    const harness = new Harness();
    const [instance, other] = [harness.startInstance(), harness.startInstance()];
    await harness.get(instance);
    await harness.time.pass(2000);
    instance.process.freeze(5000);
    void instance.keeper.get(); // the store's response, T1, waits for the process to resume
    await harness.time.pass(100);
    harness.account.revoke();
    await harness.time.until(other.keeper.refresh());
    await harness.time.pass(4700);
    expect(await harness.get(instance)).toBe("T2");
  });

  it("do not rely on another caller's refresh that began before their process froze", async () => {
    const harness = new Harness();
    const [other, instance] = [harness.startInstance(), harness.startInstance()];
    await harness.get(other);
    instance.process.freeze(5000);
    void instance.keeper.get(); // it has no token yet: the store's response, T1, waits for it to resume
    await harness.time.pass(100);
    harness.account.revoke();
    await harness.time.until(other.keeper.refresh());
    await harness.time.pass(4700);
    expect(await harness.get(instance)).toBe("T2");
  });

  it("do not return to an older token after a slow read", async () => {
    const harness = new Harness();
    let delayMs = 0;
    const healthy = harness.records.seenBy(harness.startInstance().process, () => 2);
    const store: TokenStore = {
      replace: healthy.replace,
      async read(key) {
        const waitMs = delayMs;
        const record = await healthy.read(key);
        await harness.time.wait(waitMs);
        return record;
      },
    };
    const instance = harness.startInstance({ store });
    await harness.get(instance);
    await harness.time.pass(2000);
    delayMs = 200;
    void instance.keeper.get(); // its read returns T1 after 200 ms
    await harness.time.pass(5);
    delayMs = 0;
    harness.account.revoke();
    expect((await harness.time.until(instance.keeper.refresh())).value).toBe("T2");
    await harness.time.pass(200);
    expect(await harness.get(instance)).toBe("T2");
  });

  it("share a token through a memory store between keepers of one process", async () => {
    const store = memoryStore();
    let fetches = 0;
    const source = {
      key: "k",
      fetch: async () => {
        fetches += 1;
        return { value: `T${fetches}`, expiresInSeconds: 7200 };
      },
    };
    const [a, b] = [new TokenKeeper({ source, store }), new TokenKeeper({ source, store })];
    expect((await a.get()).value).toBe("T1");
    expect((await b.get()).value).toBe("T1");
    expect((await new TokenKeeper({ source }).get()).value).toBe("T2");
  });

  it("leave no timer that would keep the process alive", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    harness.startInstance({ clock: harness.time });
    const { keeper } = harness.startInstance({ clock: harness.time });
    await harness.time.until(keeper.get());
    await harness.get(instance);
    await harness.time.pass(0);
    await harness.time.pass(2000);
    await harness.time.until(keeper.get());
    expect(harness.time.pending).toBeLessThanOrEqual(1); // the simulated process's own
  });
});

describe("the next token", () => {
  it("is fetched before the current one expires, and no caller waits for it", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    await harness.time.pass(6960_000); // 240 s are left of 7200: at random 0.5 the refresh begins 246 s ahead
    const before = harness.time.now();
    harness.wechatMs = 3000;
    expect(await harness.get(instance)).toBe("T1");
    expect(harness.time.now() - before).toBeLessThan(10); // one read of the store
    await harness.time.pass(1000);
    expect((await harness.time.until(instance.keeper.get())).value).toBe("T1");
    await harness.time.pass(3000);
    expect((await harness.time.until(instance.keeper.get())).value).toBe("T2");
    expect(harness.account.fetches).toBe(2);
    expect(instance.events.map(({ kind }) => kind)).toEqual(["fetched", "fetched"]); // no second refresh
  });

  it.each([
    [0, 290],
    [1, 203],
  ])(
    "is fetched at a random time for each app: with the random number %d, %d s before the expiry",
    async (r, s) => {
      const harness = new Harness();
      const token = await harness.time.until(harness.startInstance({ random: () => r }).keeper.get());
      expect(token.expiresAtMs - token.refreshAtMs).toBe(s * 1000);
    },
  );

  it("is not fetched early", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    await harness.time.pass(6900_000);
    expect(await harness.get(instance)).toBe("T1");
    await harness.time.pass(1000);
    expect(harness.account.fetches).toBe(1);
  });

  it("is fetched by one process only", async () => {
    const harness = new Harness();
    const instances = Array.from({ length: 4 }, () => harness.startInstance());
    for (const instance of instances) await harness.get(instance);
    await harness.time.pass(6990_000);
    await harness.time.until(Promise.all(instances.map(({ keeper }) => keeper.get())));
    await harness.time.pass(2000);
    for (const instance of instances) expect(await harness.get(instance)).toBe("T2");
    expect(harness.account.fetches).toBe(2);
  });

  it("is not fetched again at once if WeChat returned the same one", async () => {
    const harness = new Harness();
    const fast = harness.startInstance({
      source: { key: "k", fetch: async () => ({ value: "T", expiresInSeconds: 100 }) },
    });
    for (let second = 0; second < 100; second += 1) {
      await harness.time.until(fast.keeper.get());
      await harness.time.pass(1000);
    }
    // After 100 s, then each time after about half of the remaining lifetime.
    expect(fast.events.filter(({ kind }) => kind === "fetched").length).toBeLessThan(5);
    expect((await harness.time.until(fast.keeper.get())).generation).toBe(1);
  });

  it("is fetched at once by refresh(), and ten concurrent calls cause one fetch", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    await harness.time.pass(100);
    harness.account.revoke();
    const refreshes = Array.from({ length: 10 }, () => instance.keeper.refresh());
    const tokens = await harness.time.until(Promise.all(refreshes));
    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(["T2"]));
    expect(harness.account.fetches).toBe(2);
  });
});
