import { describe, expect, it, vi } from "vitest";
import { stopwatch } from "../../src/keeper/clock.js";
import { KnownToken } from "../../src/keeper/known-token.js";
import { systemClock, TokenKeeper, type TokenStore } from "../../src/keeper.js";
import { Harness, hashSynchronously, type Instance, rejectionOf } from "./harness.js";

hashSynchronously();

const hourMs = 3_600_000;

/** Sets the wall clock of these processes ahead, or back if `ms` is negative. */
function jump(ms: number, ...instances: Instance[]): void {
  for (const { process } of instances) process.clockOffMs += ms;
}

describe("the clock of a process", () => {
  it("runs what waits once its time is over, and not if it was called off", () => {
    vi.useFakeTimers();
    const [run, calledOff] = [vi.fn(), vi.fn()];
    systemClock.after(1_000, run);
    const callOff = systemClock.after(1_000, calledOff);
    vi.advanceTimersByTime(999);
    expect(run).not.toHaveBeenCalled();
    callOff();
    vi.advanceTimersByTime(1);
    expect([run.mock.calls.length, calledOff.mock.calls.length]).toEqual([1, 0]);
    vi.useRealTimers();
  });
});

describe("a stopwatch", () => {
  it("counts whole milliseconds of the clock that shows more", () => {
    let [wallMs, monotonicMs] = [1000, 5.5];
    const elapsed = stopwatch({ ...systemClock, now: () => wallMs, monotonic: () => monotonicMs });
    const at = (wall: number, monotonic: number) => {
      [wallMs, monotonicMs] = [wall, monotonic];
      return elapsed();
    };
    expect([at(1000, 5.5), at(1000, 7.4), at(1003, 7.4), at(10, 9.5)]).toEqual([0, 1, 3, 4]);
    expect(stopwatch({ now: () => 0, after: systemClock.after })()).toBe(0);
  });
});

describe("a token that a process knows", () => {
  it("is live and then due to the millisecond of its times", () => {
    let now = 1000;
    const known = new KnownToken({ ...systemClock, now: () => now, monotonic: () => now });
    const times = { fetchedAtMs: 1000, refreshAtMs: 1700, expiresAtMs: 2000 };
    known.update({ sealed: "s", fingerprint: "f", generation: 1, ...times }, "T1");
    const at = (ms: number) => {
      now = ms;
      return [known.liveToken()?.value, known.isDue()];
    };
    expect([at(1699), at(1700), at(1999), at(2000)]).toEqual([
      ["T1", false],
      ["T1", true],
      ["T1", true],
      [undefined, true],
    ]);
  });
});

describe("a clock that was far ahead", () => {
  it("does not prevent other processes from a forced refresh", async () => {
    const harness = new Harness();
    const [ahead, instance] = [harness.startInstance(), harness.startInstance()];
    jump(20 * hourMs, ahead);
    await harness.get(ahead);
    harness.account.breakCurrent();
    expect(await harness.use(ahead)).toBe("answer to T2");
    await harness.time.pass(60_000);
    harness.account.breakCurrent();
    expect(await harness.use(instance)).toBe("answer to T3");
  });
});

describe("a clock that is set back", () => {
  it("does not block a caller that waits for a fetch", async () => {
    let nowMs = 1_000_000_000;
    let land: ((token: { value: string; expiresInSeconds: number }) => void) | undefined;
    const fetch = () =>
      new Promise<{ value: string; expiresInSeconds: number }>((resolve) => {
        land = resolve;
      });
    const keeper = new TokenKeeper({
      source: { key: "k", fetch },
      clock: { ...systemClock, now: () => nowMs },
    });
    const first = keeper.get();
    while (!land) await new Promise(setImmediate);
    nowMs += 5000;
    const joining = keeper.get();
    await new Promise(setImmediate);
    nowMs -= 3_600_000;
    land({ value: "T", expiresInSeconds: 7200 });
    expect((await first).value).toBe("T");
    expect((await joining).value).toBe("T");
  });

  it("does not extend a token's lifetime", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    await harness.time.pass(hourMs);
    jump(-hourMs, instance);
    await harness.time.pass(hourMs);
    expect(await harness.get(instance)).toBe("T2");
  });

  it("does not extend the lifetime of a token that another process fetched and this one read again", async () => {
    const harness = new Harness();
    const [other, instance] = [harness.startInstance(), harness.startInstance()];
    await harness.get(other);
    for (let minutes = 0; minutes < 110; minutes += 10) {
      expect(await harness.get(instance)).toBe("T1");
      await harness.time.pass(600_000);
      jump(-300_000, instance);
    }
    other.process.crash();
    await harness.time.pass(600_000);
    expect(await harness.get(instance)).toBe("T2");
  });

  it("does not delay the refresh before expiry, so no caller waits", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    jump(-hourMs, instance);
    await harness.time.pass(6_990_000);
    expect(await harness.get(instance)).toBe("T1");
    await harness.time.pass(1000);
    expect(await harness.get(instance)).toBe("T2");
  });

  it("does not stop its process from reading the store", async () => {
    const harness = new Harness();
    const [instance, other] = [harness.startInstance(), harness.startInstance()];
    await harness.get(instance);
    jump(-hourMs, instance);
    harness.account.revoke();
    await harness.time.until(other.keeper.refresh());
    await harness.time.pass(1000);
    expect(await harness.get(instance)).toBe("T2");
  });

  it("does not prevent refresh() from calling WeChat", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    harness.account.revoke();
    jump(-hourMs, instance);
    expect((await harness.time.until(instance.keeper.refresh())).value).toBe("T2");
  });

  it("does not change the lifetime of a token that is being fetched", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    const token = instance.keeper.get();
    await harness.time.pass(20);
    jump(-hourMs, instance);
    const { expiresAtMs } = await harness.time.until(token);
    expect(expiresAtMs - instance.process.now()).toBeGreaterThan(7_199_000);
    expect(instance.events).toMatchObject([{ kind: "fetched", durationMs: 100 }]);
  });

  it("does not lengthen the wait for a process that crashed during its fetch", async () => {
    const harness = new Harness();
    const [crashed, survivor] = [harness.startInstance(), harness.startInstance()];
    void crashed.keeper.get();
    await harness.time.pass(20);
    crashed.process.crash();
    const token = harness.get(survivor);
    await harness.time.pass(1000);
    jump(-9000, survivor);
    const startMs = harness.time.now();
    expect(await token).toBe("T1");
    expect(harness.time.now() - startMs).toBeLessThan(11_000);
    const waited = survivor.events.find(({ kind }) => kind === "waited");
    expect(waited).toMatchObject({ durationMs: expect.closeTo(10_000, -3) });
  });
});

describe("a clock that is ahead", () => {
  it("does not extend the token's lifetime in other processes", async () => {
    const harness = new Harness();
    const [ahead, instance] = [harness.startInstance(), harness.startInstance()];
    jump(hourMs, ahead);
    await harness.get(ahead);
    expect(await harness.get(instance)).toBe("T1");
    ahead.process.crash();
    await harness.time.pass(2 * hourMs);
    expect(await harness.get(instance)).toBe("T2");
  });

  it("does not bring back an older token through a slow read", async () => {
    const harness = new Harness();
    const ahead = harness.startInstance();
    jump(hourMs, ahead);
    await harness.get(ahead);
    let delayMs = 0;
    const { process } = harness.startInstance();
    const healthy = harness.records.seenBy(process, () => 2);
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
    await harness.time.pass(150);
    expect((await instance.keeper.get()).value).toBe("T2");
  });

  it("causes one extra fetch, when the token looks expired to its process, and no more", async () => {
    const harness = new Harness();
    const [instance, ahead] = [harness.startInstance(), harness.startInstance()];
    await harness.get(instance);
    jump(3 * hourMs, ahead);
    for (let second = 0; second < 60; second += 1) {
      expect(await harness.get(ahead)).toBe("T1");
      expect(await harness.get(instance)).toBe("T1");
      await harness.time.pass(1000);
    }
    expect(harness.account.fetches).toBe(2);
  });
});

describe("a clock without a monotonic reading", () => {
  it("works while it only goes forward", async () => {
    const harness = new Harness();
    const { process } = harness.startInstance();
    const instance = harness.startInstance({
      clock: { now: () => process.now(), after: (ms, run) => process.after(ms, run) },
    });
    expect(await harness.get(instance)).toBe("T1");
    await harness.time.pass(2 * hourMs);
    expect(await harness.get(instance)).toBe("T2");
    harness.account.errcode = -1;
    await harness.time.pass(2 * hourMs);
    expect(await harness.time.until(rejectionOf(instance.keeper.get()))).toMatchObject({ reason: "-1" });
  });
});

describe("ten concurrent calls of refresh()", () => {
  it("share one failed request to WeChat", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    harness.account.errcode = 40164;
    const refreshes = Array.from({ length: 10 }, () => rejectionOf(instance.keeper.refresh()));
    for (const error of await harness.time.until(Promise.all(refreshes)))
      expect(error).toMatchObject({ reason: "40164" });
    expect(harness.account.fetches).toBe(2);
  });

  it("ignore the backoff that applies to get()", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    harness.account.errcode = 40164;
    await harness.time.until(rejectionOf(instance.keeper.get()));
    harness.account.errcode = undefined;
    const inBackoff = rejectionOf(instance.keeper.get());
    await harness.time.pass(1); // it looks into the store
    expect((await harness.time.until(instance.keeper.refresh())).value).toBe("T1");
    expect(await inBackoff).toMatchObject({ reason: "40164" });
  });

  it("receive the same fetched token in two processes", async () => {
    const harness = new Harness();
    const [a, b] = [harness.startInstance(), harness.startInstance()];
    await harness.get(a);
    await harness.get(b);
    harness.account.revoke();
    const refreshes = [a, b].flatMap(({ keeper }) => [keeper.refresh(), keeper.refresh()]);
    const tokens = await harness.time.until(Promise.all(refreshes));
    expect(tokens.map(({ value }) => value)).toEqual(["T2", "T2", "T2", "T2"]);
    expect(harness.account.fetches).toBe(2);
  });

  it("fetch a new token even if a new process finds one in the store", async () => {
    const harness = new Harness();
    await harness.get(harness.startInstance());
    harness.account.revoke();
    const instance = harness.startInstance();
    const found = instance.keeper.get();
    await harness.time.pass(1); // it looks into the store
    const refreshed = instance.keeper.refresh();
    expect((await harness.time.until(found)).value).toBe("T1");
    expect((await harness.time.until(refreshed)).value).toBe("T2");
  });
});
