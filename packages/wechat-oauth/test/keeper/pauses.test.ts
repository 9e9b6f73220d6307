import { describe, expect, it } from "vitest";
import type { TokenRecord, TokenStore } from "../../src/keeper.js";
import { Household, hashAtOnce, type Member, rejectionOf } from "./household.js";

hashAtOnce();

/** Asks every quarter of a second for so many minutes; the seconds between one fetch and the next. */
async function gapsOf(
  home: Household,
  member: Member,
  fetches: () => number,
  minutes = 3,
): Promise<number[]> {
  const gaps: number[] = [];
  let lastMs = home.time.now();
  const endMs = lastMs + minutes * 60_000;
  for (let before = fetches(); home.time.now() < endMs; await home.time.pass(250)) {
    await home.time.until(member.keeper.get().catch(() => {}));
    if (fetches() === before) continue;
    before = fetches();
    gaps.push(Math.round((home.time.now() - lastMs) / 1000));
    lastMs = home.time.now();
  }
  return gaps.slice(1);
}

/** A store that can read, and write leases; with tokens it does this. */
function storeThat(home: Household, member: Member, onToken: () => Promise<boolean>): TokenStore {
  const sound = home.records.seenBy(member.process, () => 2);
  const replace = (key: string, record: TokenRecord) =>
    record.token ? onToken() : sound.replace(key, record);
  return { ...sound, replace };
}

describe("the growing pause of a failure is taken as well", () => {
  it("by a token that has ended before it can be stored: WeChat's answer was slower than its life", async () => {
    const home = new Household();
    let fetches = 0;
    const { process } = home.member();
    const fetch = () =>
      process.ask(1500, () => {
        fetches += 1;
        return { value: `T${fetches}`, expiresInSeconds: 1 };
      });
    const member = home.member({ source: { key: "k", fetch } });
    const gaps = await gapsOf(home, member, () => fetches);
    expect(gaps.slice(0, 3)).toEqual([3, 4, 6].map((seconds) => expect.closeTo(seconds, -0.5)));
    expect(gaps.at(-1)).toBeGreaterThan(30);
    expect(home.records.written.some(({ token }) => token)).toBe(false);
  });

  it("by a token that ends while a slow store writes it", async () => {
    const home = new Household();
    let fetches = 0;
    const { process } = home.member();
    const fetch = async () => {
      fetches += 1;
      return { value: `T${fetches}`, expiresInSeconds: 1 };
    };
    const store = home.records.seenBy(process, () => 1500);
    const member = home.member({ source: { key: "k", fetch }, store });
    const gaps = await gapsOf(home, member, () => fetches, 10);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(60);
    expect(gaps.length).toBeLessThan(20);
  });

  it("and it takes no token from those who have one that lives", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    await home.time.pass(6_990_000);
    const fetch = () => member.process.ask(1500, () => ({ value: "T9", expiresInSeconds: 1 }));
    const other = home.member({ source: { key: "wx:stable_token", fetch } });
    for (const _ of [1, 2]) {
      expect(await home.get(other)).toBe("T1");
      await home.time.pass(2000);
    }
    expect(await home.get(other)).toBe("T1");
    expect(other.events.at(-1)).toMatchObject({ kind: "failed", failuresInRow: 1 });
  });

  it("by a seal that hangs: nobody asks WeChat every few seconds for what cannot be kept", async () => {
    const home = new Household();
    const member = home.member({ seal: () => new Promise(() => {}), open: (sealed) => sealed });
    const error = await home.time.until(rejectionOf(member.keeper.get()));
    expect(error).toMatchObject({ reason: "STORE" }); // WeChat did its part
    const gaps = await gapsOf(home, member, () => home.account.fetches, 10);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(60);
  });

  it.each([
    ["refuses", () => Promise.reject(new Error("value too long for type character varying(255)"))],
    ["hangs at", () => new Promise<boolean>(() => {})],
  ] as const)("by a store that %s what holds a token", async (_how, onToken) => {
    const home = new Household();
    const member = home.member();
    const unlucky = home.member({ store: storeThat(home, member, onToken) });
    const gaps = await gapsOf(home, unlucky, () => home.account.fetches, 10);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(60);
    const failuresInRow = gaps.length + 1;
    expect(unlucky.events.at(-1)).toMatchObject({ kind: "failed", reason: "STORE", failuresInRow });
  });
});

describe("a caller whose every call is refused, whatever the token,", () => {
  async function hourOf(home: Household, refuse: boolean) {
    const { process } = home.member();
    const fetch = () =>
      process.ask(100, () => {
        home.account.revoke();
        return home.account.fetch();
      });
    const member = home.member({ source: { key: "wx:token", fetch } });
    for (let second = 0; second < 3600; second += 10) {
      const use = member.keeper.use(async () => ({ errcode: refuse ? 40001 : 0 }));
      await home.time.until(use.catch(() => {}));
      await home.time.pass(10_000);
    }
    return member;
  }

  it("does not spend the 2000 tokens that cgi-bin/token gives a day", async () => {
    const home = new Household();
    const member = await hourOf(home, true);
    expect(home.account.fetches).toBeLessThanOrEqual(18); // one in 5 minutes, and ever more seldom one between
    // An operator's button is not held back, and what it brought is young.
    const pressed = await home.time.until(member.keeper.refresh());
    expect(pressed.value).toBe(`T${home.account.newest}`);
    const error = await home.time.until(rejectionOf(member.keeper.replace(pressed.value)));
    expect(error).toMatchObject({ reason: "SAME_TOKEN" });
  });

  it("hinders nobody's repair: a token that was ended within a minute is replaced at once", async () => {
    const home = new Household();
    const { process } = home.member();
    const source = { key: "wx:token", fetch: () => process.ask(100, () => home.account.fetch()) };
    const member = home.member({ source });
    await home.use(member);
    home.account.revoke();
    expect(await home.use(member)).toBe(`answer to T${home.account.newest}`);
    expect(home.account.fetches).toBe(2);
  });

  it("hinders nobody's repair: an older token is replaced at once", async () => {
    const home = new Household();
    const member = await hourOf(home, false);
    home.account.revoke();
    expect(await home.use(member)).toBe(`answer to T${home.account.newest}`);
  });
});

describe("a store that writes the token and says that it failed", () => {
  it("has not failed: the token is found there, and nobody fetches again", async () => {
    const home = new Household();
    const sound = home.records.seenBy(home.member().process, () => 2);
    const store: TokenStore = {
      ...sound,
      async replace(key, record) {
        const isWritten = await sound.replace(key, record);
        if (record.token && record.leaseUntilMs === 0) throw new Error("ETIMEDOUT");
        return isWritten;
      },
    };
    const member = home.member({ store });
    expect(await home.get(member)).toBe("T1");
    expect(home.account.fetches).toBe(1);
  });
});

describe("two processes that die one after the other while they ask WeChat", () => {
  /** Their leases follow each other; the third process waits for both. */
  async function third(waitMs: number) {
    const home = new Household();
    const [first, second, member] = [home.member(), home.member(), home.member({ waitMs })];
    void first.keeper.get();
    await home.time.pass(20);
    first.process.crash();
    void second.keeper.get();
    const startMs = home.time.now();
    const outcome = member.keeper.get().then(
      ({ value }) => value,
      (error: unknown) => error,
    );
    home.wechatMs = 1000;
    while (home.records.written.at(-1)?.version === 1) await home.time.pass(10);
    second.process.crash();
    return { home, member, outcome: await home.time.until(outcome), ms: home.time.now() - startMs };
  }

  it("outlast a caller's default patience, who is told so; the next caller is given a token", async () => {
    const { home, member, outcome, ms } = await third(20_000);
    expect(outcome).toMatchObject({ name: "TokenUnavailableError", reason: "DEADLINE" });
    expect(ms).toBe(20_000);
    expect(member.events.at(-1)).toMatchObject({ kind: "failed", reason: "DEADLINE" });
    expect(await home.get(member)).toBe("T1");
  });

  it("do not outlast waitMs of two leases and a fetch", async () => {
    const { outcome, ms } = await third(30_000);
    expect(outcome).toBe("T1");
    expect(ms).toBeLessThan(23_000);
  });
});

describe("a store that can be read but not written when it is time for the next token", () => {
  it("is asked once a second, not with every caller, and tells so no more often", async () => {
    const home = new Household();
    const member = home.member();
    const sound = home.records.seenBy(member.process, () => 2);
    const replace = () => Promise.reject(new Error("READONLY You can't write against a read only replica."));
    await home.get(member);
    const unlucky = home.member({ store: { ...sound, replace } });
    await home.get(unlucky);
    await home.time.pass(6_990_000);
    const { reads } = home.records;
    unlucky.events.length = 0;
    for (let calls = 0; calls < 500; calls += 1) {
      expect(await home.get(unlucky)).toBe("T1");
      await home.time.pass(10);
    }
    expect(unlucky.events.length).toBeLessThanOrEqual(6);
    expect(unlucky.events.length).toBeGreaterThanOrEqual(4);
    expect(home.records.reads - reads).toBeLessThanOrEqual(12);
  });
});

describe("a store that refuses to be read", () => {
  it("is asked once a second, not with every caller who has a token", async () => {
    const home = new Household();
    const member = home.member();
    const sound = home.records.seenBy(member.process, () => 2);
    let refused = 0;
    let isRefusing = false;
    const refuse = () => {
      refused += 1;
      return Promise.reject(new Error("ECONNREFUSED"));
    };
    const store = { ...sound, read: (key: string) => (isRefusing ? refuse() : sound.read(key)) };
    const unlucky = home.member({ store });
    await home.get(unlucky);
    isRefusing = true;
    for (let calls = 0; calls < 500; calls += 1) {
      expect(await home.get(unlucky)).toBe("T1");
      await home.time.pass(10);
    }
    expect(refused).toBeGreaterThanOrEqual(3);
    expect(refused).toBeLessThanOrEqual(5);
  });
});

describe("a read that hangs for ever", () => {
  it("is waited for by the looks after it, and given up when a lease's time is over", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    let reads = 0;
    const read = () => {
      reads += 1;
      return new Promise<undefined>(() => {});
    };
    const sound = home.records.seenBy(member.process, () => 2);
    let isHanging = false;
    const store: TokenStore = { ...sound, read: (key) => (isHanging ? read() : sound.read(key)) };
    const unlucky = home.member({ store });
    await home.get(unlucky);
    isHanging = true;
    for (let second = 0; second < 100; second += 1) {
      await home.time.pass(1000);
      expect(await home.get(unlucky)).toBe("T1");
    }
    expect(reads).toBeGreaterThanOrEqual(9);
    expect(reads).toBeLessThan(15); // one in 10 s: each would be kept in memory for ever
    isHanging = false;
    home.account.revoke();
    await home.time.until(member.keeper.refresh());
    await home.time.pass(10_000);
    await home.get(unlucky);
    expect(await home.get(unlucky)).toBe("T2");
  });
});
