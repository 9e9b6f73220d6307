import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { WeChatApiError, WeChatOAuthError } from "../../src/index.js";
import { type TokenRecord, type TokenStore, TokenUnavailableError } from "../../src/keeper.js";
import { Household, hashAtOnce, type Member, rejectionOf } from "./household.js";

hashAtOnce();

async function failure(home: Household, member: Member): Promise<TokenUnavailableError> {
  const error = await home.time.until(rejectionOf(member.keeper.get()));
  if (error instanceof TokenUnavailableError) return error;
  throw error;
}

describe("when WeChat gives no token", () => {
  it("every waiting caller of every process hears why, and the one who asked finds WeChat's answer", async () => {
    const home = new Household();
    home.account.errcode = 40164;
    const members = [home.member(), home.member()];
    const gets = members.flatMap(({ keeper }) => [keeper.get(), keeper.get()]);
    const errors = await home.time.until(Promise.all(gets.map(rejectionOf)));
    expect(home.account.fetches).toBe(1);
    for (const error of errors) {
      expect(error).toBeInstanceOf(WeChatOAuthError);
      expect(error).toMatchObject({ name: "TokenUnavailableError", reason: "40164" });
    }
    expect((errors[0] as Error).cause).toBeInstanceOf(WeChatApiError);
    expect((errors[0] as Error).message).toBe("no token: 40164");
  });

  it("it is asked again after 1, 2, 4 … 60 s, by one process, however many ask the keeper", async () => {
    const home = new Household();
    home.account.errcode = -1;
    const members = [home.member(), home.member()];
    const askedAtSeconds: number[] = [];
    const startMs = home.time.now();
    for (let fetches = 0; home.time.now() - startMs < 400_000; await home.time.pass(250)) {
      for (const member of members) await failure(home, member);
      if (home.account.fetches > fetches) askedAtSeconds.push(Math.round((home.time.now() - startMs) / 1000));
      fetches = home.account.fetches;
    }
    const gaps = askedAtSeconds.slice(1).map((at, i) => at - (askedAtSeconds[i] ?? 0));
    expect(gaps.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 32].map((s) => expect.closeTo(s, -0.5)));
    expect(gaps.slice(6).every((gap) => gap >= 60 && gap <= 62)).toBe(true);
    expect(gaps.length).toBeGreaterThan(9);
  });

  it("a person who presses refresh() is not told to wait: what was wrong may just have been mended", async () => {
    const home = new Household();
    const member = home.member();
    home.account.errcode = 40164;
    await failure(home, member);
    home.account.errcode = undefined;
    expect((await failure(home, member)).reason, "callers keep to the pause").toBe("40164");
    expect((await home.time.until(member.keeper.refresh())).value).toBe("T1");
  });

  it("the pauses begin anew after a success", async () => {
    const home = new Household();
    const member = home.member();
    home.account.errcode = -1;
    for (const ms of [0, 1000, 2000]) {
      await home.time.pass(ms);
      await failure(home, member);
    }
    home.account.errcode = undefined;
    await home.time.pass(4000);
    expect(await home.get(member)).toBe("T1");
    await home.time.pass(7200_000);
    home.account.errcode = -1;
    const { retryAtMs = 0 } = await failure(home, member);
    expect(retryAtMs - home.time.now()).toBeLessThanOrEqual(1000);
  });

  it("callers go on with the old token while it lives, and with the next one as soon as there is one", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    home.account.errcode = 45011;
    await home.time.pass(6990_000);
    for (let seconds = 0; seconds < 200; seconds += 5) {
      expect(await home.get(member)).toBe("T1");
      await home.time.pass(5000);
    }
    expect(home.account.fetches).toBeLessThan(12);
    await home.time.pass(10_000);
    expect(await failure(home, member)).toMatchObject({ reason: "45011" });
    home.account.errcode = undefined;
    await home.time.pass(60_000);
    expect(await home.get(member)).toBe("T2");
  });

  it("the store is not asked by every caller of a refresh that has to wait", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    home.account.errcode = -1;
    await home.time.pass(6990_000);
    await home.get(member);
    await home.time.pass(500); // asked in vain; the next time is half a second away
    const { reads } = home.records;
    for (let calls = 0; calls < 100; calls += 1) {
      await home.get(member);
      await home.time.pass(1);
    }
    expect(home.records.reads).toBe(reads);
    expect(home.account.fetches).toBe(2);
  });

  it("a search that nobody waits for any longer ends", async () => {
    const home = new Household();
    const slow = { leaseMs: 60_000, waitMs: 1000 };
    const [dying, member] = [home.member(slow), home.member(slow)];
    void dying.keeper.get();
    await home.time.pass(20);
    dying.process.crash();
    expect(await failure(home, member)).toMatchObject({ reason: "DEADLINE" });
    await home.time.pass(1000);
    const { reads } = home.records;
    await home.time.pass(100_000);
    expect(home.records.reads).toBe(reads);
    expect(home.account.fetches).toBe(1);
  });

  it("a source that never answers is given up when the lease ends", async () => {
    const home = new Household();
    const member = home.member({ source: { key: "k", fetch: () => new Promise(() => {}) } });
    const startMs = home.time.now();
    expect(await failure(home, member)).toMatchObject({ reason: "TIMEOUT" });
    expect(home.time.now() - startMs).toBeLessThan(10_100);
  });

  it.each([
    ["no value", { value: "", expiresInSeconds: 7200 }],
    ["no life", { value: "T", expiresInSeconds: 0 }],
    ["a life that is no number", { value: "T", expiresInSeconds: Number.NaN }],
  ])("a source that brings %s has failed", async (_what, fetched) => {
    const home = new Household();
    const member = home.member({ source: { key: "k", fetch: async () => fetched } });
    expect(await failure(home, member)).toMatchObject({ reason: "TypeError" });
  });

  it("a token that cannot be sealed is a failure, too, and its pause keeps others from fetching in vain", async () => {
    const home = new Household();
    const seal = () => {
      throw new RangeError("no key");
    };
    const member = home.member({ seal, open: (sealed) => sealed });
    expect(await failure(home, member)).toMatchObject({ reason: "RangeError" });
    await failure(home, member);
    expect(home.account.fetches).toBe(1);
  });
});

describe("when the store fails", () => {
  const broken = (): Promise<never> => {
    const error = new Error("ERR wrong");
    // As the clients of Redis do: the whole command, with the record and the token in it.
    return Promise.reject(Object.assign(error, { command: { args: ["SET", "61_token-of-the-account"] } }));
  };
  const hanging = (): Promise<never> => new Promise(() => {});

  it.each([
    ["refuses", broken, "STORE", 10],
    ["hangs", hanging, "DEADLINE", 20_010],
  ] as const)("a process without a token is told, in time: the store %s", async (_how, read, reason, ms) => {
    const home = new Household();
    const member = home.member({ store: { read, replace: read } });
    const startMs = home.time.now();
    const error = await failure(home, member);
    expect(error.reason).toBe(reason);
    expect(home.time.now() - startMs).toBeLessThan(ms);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("61_token");
    expect(member.events).toContainEqual({ kind: "failed", key: "wx:stable_token", reason });
  });

  it.each([
    ["refuses", broken],
    ["hangs", hanging],
  ] as const)(
    "a process with a token goes on with it, hardly delayed: the store %s",
    async (_how, instead) => {
      const home = new Household();
      let isBroken = false;
      const sound = home.records.seenBy(home.member().process, () => 2);
      const store: TokenStore = {
        read: (key) => (isBroken ? instead() : sound.read(key)),
        replace: (key, record: TokenRecord) => (isBroken ? instead() : sound.replace(key, record)),
      };
      const member = home.member({ store });
      await home.get(member);
      isBroken = true;
      await home.time.pass(5000);
      const startMs = home.time.now();
      for (let calls = 0; calls < 100; calls += 1) expect(await home.get(member)).toBe("T1");
      expect(home.time.now() - startMs).toBeLessThanOrEqual(250); // once, not with every caller
      isBroken = false;
      home.account.revoke();
      await home.time.until(home.member().keeper.refresh());
      await home.time.pass(30_000);
      expect(await home.get(member)).toBe("T2");
    },
  );
});

describe("a process that dies or freezes while it asks WeChat", () => {
  it("gives way when its lease ends, and nobody who waited for it fails", async () => {
    const home = new Household();
    const [dying, heir] = [home.member(), home.member()];
    void dying.keeper.get();
    await home.time.pass(20); // it has the lease, and has asked
    dying.process.crash();
    const startMs = home.time.now();
    expect(await home.get(heir)).toBe("T1");
    expect(home.time.now() - startMs).toBeGreaterThan(9000);
    expect(home.time.now() - startMs).toBeLessThan(11_000);
  });

  it("overwrites nothing newer when it thaws, and takes over what is there", async () => {
    const home = new Household();
    const [frozen, other] = [home.member(), home.member()];
    const late = frozen.keeper.get();
    await home.time.pass(20);
    frozen.process.freeze(15_000); // longer than its lease, shorter than its caller waits
    await home.time.pass(1000); // WeChat's answer T1 is waiting for it
    home.account.revoke();
    expect(await home.get(other)).toBe("T2");
    expect((await home.time.until(late)).value).toBe("T2");
    expect(frozen.events.map(({ kind }) => kind)).toContain("lost_lease");
    const stored = home.records.written.flatMap(({ token }) => token?.sealed ?? []);
    expect(stored).not.toContain("T1");
    expect(await home.get(home.member())).toBe("T2");
  });

  it("passes on what others got when its own failure comes too late to count", async () => {
    const home = new Household();
    const [frozen, other] = [home.member(), home.member()];
    home.account.errcode = -1;
    const late = frozen.keeper.get();
    await home.time.pass(20);
    frozen.process.freeze(15_000);
    await home.time.pass(1000); // WeChat's refusal is waiting for it
    home.account.errcode = undefined;
    expect(await home.get(other)).toBe("T1");
    expect((await home.time.until(late)).value).toBe("T1");
    expect(home.records.written.at(-1)?.failure).toBeUndefined();
  });

  it("does not ask at all when the store was so slow that its lease is over", async () => {
    const home = new Household();
    const member = home.member();
    const store = home.records.seenBy(member.process, () => 30_000);
    const slow = home.member({ store, waitMs: 50_000 });
    expect(await failure(home, slow)).toMatchObject({ reason: "DEADLINE" });
    expect(home.account.fetches).toBe(0);
  });

  it("cannot lock everybody out by a clock that runs far ahead", async () => {
    const home = new Household();
    const aheadMs = 3600_000;
    const wrong = home.member();
    const clock = {
      now: () => home.time.now() + aheadMs,
      after: (ms: number, run: () => void) => wrong.process.after(ms, run),
    };
    const dying = home.member({ clock, store: home.records.seenBy(wrong.process, () => 2) });
    void dying.keeper.get();
    await home.time.pass(20);
    for (const { process } of [wrong, dying]) process.crash();
    expect(home.records.written.at(-1)?.leaseUntilMs).toBeGreaterThan(home.time.now() + aheadMs);
    expect(await home.get(home.member())).toBe("T1");
  });
});
