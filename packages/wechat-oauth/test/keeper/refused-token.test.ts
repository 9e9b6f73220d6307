import { describe, expect, it } from "vitest";
import type { TokenStore } from "../../src/keeper.js";
import { refusal } from "./fake-account.js";
import { Harness, hashSynchronously, rejectionOf } from "./harness.js";
import type { Process } from "./process.js";

hashSynchronously();

/** A call that WeChat refuses with this errcode for any token. */
const refusedWith =
  (errcode: number, tokens: string[] = []) =>
  async (token: string) => {
    tokens.push(token);
    throw refusal(errcode);
  };

describe("a call in use()", () => {
  it.each([40001, 40014, 42001])("runs once more with another token after errcode %i", async (errcode) => {
    const harness = new Harness();
    const { keeper, process } = harness.startInstance();
    await harness.time.until(keeper.get());
    harness.account.revoke();
    const tokens: string[] = [];
    const call = async (token: string) => {
      tokens.push(token);
      if (!harness.account.accepts(token)) throw refusal(errcode);
      return process.ask(50, () => "done");
    };
    expect(await harness.time.until(keeper.use(call))).toBe("done");
    expect(tokens).toEqual(["T1", "T2"]);
    expect(harness.account.fetches).toBe(2);
  });

  it("runs once more if it returns the refusal instead of throwing it", async () => {
    const harness = new Harness();
    const { keeper } = harness.startInstance();
    await harness.time.until(keeper.get());
    harness.account.revoke();
    const call = async (token: string) =>
      harness.account.accepts(token) ? { errcode: 0 } : { errcode: 40001, errmsg: "invalid credential" };
    expect(await harness.time.until(keeper.use(call))).toEqual({ errcode: 0 });
  });

  it.each([
    ["another errcode", refusal(48001)],
    ["an error without an errcode", new Error("reset")],
    ["a thrown value that is not an error", "40001"],
  ])("fails with its own error, without a second run, after %s", async (_what, thrown) => {
    const harness = new Harness();
    const { keeper } = harness.startInstance();
    let runs = 0;
    const call = async () => {
      runs += 1;
      throw thrown;
    };
    expect(await harness.time.until(rejectionOf(keeper.use(call)))).toBe(thrown);
    expect(runs).toBe(1);
    expect(harness.account.fetches).toBe(1);
  });

  it("never runs a third time", async () => {
    const harness = new Harness();
    const { keeper } = harness.startInstance();
    const tokens: string[] = [];
    const error = await harness.time.until(rejectionOf(keeper.use(refusedWith(40001, tokens))));
    expect(error).toMatchObject({ errcode: 40001 });
    expect(tokens.length).toBe(2);
  });
});

describe("a token that WeChat refuses", () => {
  it("is replaced once for any number of calls and processes, and no call fails", async () => {
    const harness = new Harness();
    const instances = Array.from({ length: 4 }, () => harness.startInstance());
    for (const instance of instances) await harness.get(instance);
    harness.account.revoke();
    const calls = instances.flatMap(({ keeper, process }) =>
      Array.from({ length: 50 }, (_, i) =>
        keeper.use((token) => process.ask(10 + i * 3, () => harness.account.answerTo(token))),
      ),
    );
    const answers = await harness.time.until(Promise.all(calls));
    expect(new Set(answers)).toEqual(new Set(["answer to T2"]));
    expect(harness.account.fetches).toBe(2);
  });

  it("is not fetched again if another process has already replaced it in the store", async () => {
    const harness = new Harness();
    const [a, b] = [harness.startInstance(), harness.startInstance()];
    await harness.get(a);
    await harness.get(b);
    harness.account.revoke();
    expect(await harness.use(a)).toBe("answer to T2");
    expect(await harness.use(b)).toBe("answer to T2");
    expect(harness.account.fetches).toBe(2);
  });

  it("is not replaced again if the refusal arrives late", async () => {
    const harness = new Harness();
    const { keeper, process } = harness.startInstance();
    await harness.time.until(keeper.get());
    harness.account.revoke();
    const slow = keeper.use((token) => process.ask(5000, () => harness.account.answerTo(token)));
    await harness.time.until(keeper.use((token) => process.ask(5, () => harness.account.answerTo(token))));
    expect(await harness.time.until(slow)).toBe("answer to T2");
    expect(harness.account.fetches).toBe(2);
    const { reads } = harness.records;
    expect((await harness.time.until(keeper.replace("T1"))).value).toBe("T2");
    expect(harness.records.reads).toBe(reads);
    expect(harness.account.fetches).toBe(2);
  });

  it("fails all its callers together, not one after the other, if the store hangs", async () => {
    const harness = new Harness();
    let isHanging = false;
    const healthy = harness.records.seenBy(harness.startInstance().process, () => 2);
    const store: TokenStore = {
      replace: healthy.replace,
      read: (key) => (isHanging ? new Promise(() => {}) : healthy.read(key)),
    };
    const { keeper } = harness.startInstance({ store });
    await harness.time.until(keeper.get());
    isHanging = true;
    const startMs = harness.time.now();
    const complaints = Array.from({ length: 3 }, () => rejectionOf(keeper.replace("T1")));
    for (const error of await harness.time.until(Promise.all(complaints))) {
      expect(error).toMatchObject({ reason: "DEADLINE" });
    }
    expect(harness.time.now() - startMs).toBe(20_000);
  });

  it("is not returned to callers while it is being replaced", async () => {
    const harness = new Harness();
    const { keeper } = harness.startInstance();
    await harness.time.until(keeper.get());
    harness.account.revoke();
    const replaced = keeper.replace("T1");
    expect((await harness.time.until(keeper.get())).value).toBe("T2");
    expect((await replaced).value).toBe("T2");
  });

  it("is still returned to callers if no other can be fetched, because the call may have been at fault", async () => {
    const harness = new Harness();
    const { keeper } = harness.startInstance();
    await harness.time.until(keeper.get());
    harness.account.errcode = -1;
    const replaced = rejectionOf(keeper.replace("T1"));
    expect((await harness.time.until(keeper.get())).value).toBe("T1");
    expect(await replaced).toMatchObject({ name: "TokenUnavailableError", reason: "-1" });
  });

  it("is replaced even while a refresh before expiry is under way", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    await harness.time.pass(6990_000);
    harness.wechatMs = 2000;
    await harness.get(instance);
    harness.account.revoke();
    expect((await harness.time.until(instance.keeper.replace("T1"))).value).toBe("T2");
    expect(harness.account.fetches).toBe(2);
  });
});

describe("an invalid token that WeChat returns again", () => {
  it("is replaced by a forced refresh, after normal mode was tried", async () => {
    const harness = new Harness();
    const instance = harness.startInstance();
    await harness.get(instance);
    harness.account.breakCurrent();
    expect(await harness.use(instance)).toBe("answer to T2");
    expect(harness.account.fetches).toBe(3); // cold, normal, forced
    expect(harness.account.forcedAtMs.length).toBe(1);
    expect(instance.events.filter(({ kind }) => kind === "fetched")).toMatchObject([
      { isForced: false, generation: 1 },
      { isForced: true, generation: 2 },
    ]);
  });

  it("causes no forced refresh if the source has none", async () => {
    const harness = new Harness();
    const instance = harness.startInstance({
      source: { key: "k", fetch: async () => ({ value: "T", expiresInSeconds: 7200 }) },
    });
    const error = await harness.time.until(rejectionOf(instance.keeper.use(refusedWith(40001))));
    expect(error).toMatchObject({ name: "TokenUnavailableError", reason: "SAME_TOKEN" });
  });

  it("is not returned as a new one if even a forced refresh returns it", async () => {
    const harness = new Harness();
    const fetch = async () => ({ value: "T", expiresInSeconds: 7200 });
    const { keeper } = harness.startInstance({ source: { key: "k", fetch, force: fetch } });
    await harness.time.until(keeper.get());
    expect(await harness.time.until(rejectionOf(keeper.replace("T")))).toMatchObject({
      reason: "SAME_TOKEN",
    });
  });

  it("causes forced refreshes at growing intervals: all processes together respect WeChat's 20 a day and 30 s", async () => {
    const harness = new Harness();
    const instances = [harness.startInstance(), harness.startInstance(), harness.startInstance()];
    // Every call is refused with any token: a bug in the caller.
    for (let minutes = 0; minutes < 24 * 60; minutes += 1) {
      for (const { keeper } of instances) {
        await harness.time.until(rejectionOf(keeper.use(refusedWith(40001))));
      }
      await harness.time.pass(60_000);
    }
    const { forcedAtMs } = harness.account;
    expect(forcedAtMs.length).toBeGreaterThan(5);
    expect(forcedAtMs.length).toBeLessThanOrEqual(12);
    const gaps = forcedAtMs.slice(1).map((at, i) => at - (forcedAtMs[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(60_000);
  });

  it("causes a forced refresh that is counted first, so that a crash does not lose the count", async () => {
    const harness = new Harness();
    const [crashed, survivor] = [harness.startInstance(), harness.startInstance()];
    await harness.get(crashed);
    harness.account.breakCurrent();
    void crashed.keeper.replace("T1");
    await harness.time.pass(150); // the normal request was answered, the forced one sent
    crashed.process.crash();
    await harness.time.pass(100);
    harness.account.breakCurrent(); // and the forced token becomes invalid as well
    expect(harness.account.forcedAtMs.length).toBe(1);
    await harness.time.until(
      rejectionOf(survivor.keeper.replace("T1").then(() => survivor.keeper.replace("T2"))),
    );
    expect(harness.account.forcedAtMs.length).toBe(1);
  });
});

describe("a keeper of tickets", () => {
  it("uses a keeper of tokens, whose token is replaced if the ticket call is refused", async () => {
    const harness = new Harness();
    const tokens = harness.startInstance();
    await harness.get(tokens);
    harness.account.revoke();
    const ticketOf = (process: Process) =>
      tokens.keeper.use((token) => process.ask(50, () => `ticket by ${harness.account.answerTo(token)}`));
    const tickets = harness.startInstance({
      source: {
        key: "wx:jsapi_ticket",
        fetch: async () => ({ value: await ticketOf(tokens.process), expiresInSeconds: 7200 }),
      },
    });
    expect(await harness.get(tickets)).toBe("ticket by answer to T2");
  });
});
