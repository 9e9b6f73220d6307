import { describe, expect, it } from "vitest";
import { memoryStore, TokenKeeper, type TokenStore } from "../../src/keeper.js";
import { Household, hashAtOnce } from "./household.js";

hashAtOnce();

describe("many who need the token", () => {
  it("cause one fetch in one process", async () => {
    const home = new Household();
    const { keeper } = home.member();
    const tokens = await home.time.until(Promise.all(Array.from({ length: 50 }, () => keeper.get())));
    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(["T1"]));
    expect(home.account.fetches).toBe(1);
  });

  it("cause one fetch in many processes over one store, and all are given what it brought", async () => {
    const home = new Household();
    const members = Array.from({ length: 4 }, () => home.member());
    const gets = members.flatMap(({ keeper }) => Array.from({ length: 50 }, () => keeper.get()));
    const tokens = await home.time.until(Promise.all(gets));
    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(["T1"]));
    expect(home.account.fetches).toBe(1);
    const kinds = members.map(({ events }) => events.map(({ kind }) => kind));
    expect(kinds).toEqual([["fetched"], ["reused", "waited"], ["reused", "waited"], ["reused", "waited"]]);
  });

  it("cause none in a process that starts while the store holds a token", async () => {
    const home = new Household();
    await home.get(home.member());
    const late = home.member();
    expect(await home.get(late)).toBe("T1");
    expect(home.account.fetches).toBe(1);
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

  it("are answered without a look into the store while this process looked within recheckMs", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    const other = home.member();
    home.account.revoke();
    await home.time.until(other.keeper.refresh());

    expect((await member.keeper.get()).value).toBe("T1");
    await home.time.pass(1000);
    expect(await home.get(member)).toBe("T2");
    expect(home.account.fetches).toBe(2);
  });

  it("do not rely on a look into the store that began before their process froze", async () => {
    const home = new Household();
    const [member, other] = [home.member(), home.member()];
    await home.get(member);
    await home.time.pass(2000);
    member.process.freeze(5000);
    void member.keeper.get(); // the store's answer, T1, waits for it
    await home.time.pass(100);
    home.account.revoke();
    await home.time.until(other.keeper.refresh());
    await home.time.pass(4700);
    expect(await home.get(member)).toBe("T2");
  });

  it("nor on a search of another caller that began before", async () => {
    const home = new Household();
    const [other, member] = [home.member(), home.member()];
    await home.get(other);
    member.process.freeze(5000);
    void member.keeper.get(); // it has no token yet: the store's answer, T1, waits for it
    await home.time.pass(100);
    home.account.revoke();
    await home.time.until(other.keeper.refresh());
    await home.time.pass(4700);
    expect(await home.get(member)).toBe("T2");
  });

  it("do not go back to an older token when the store's answer was slow", async () => {
    const home = new Household();
    let delayMs = 0;
    const sound = home.records.seenBy(home.member().process, () => 2);
    const store: TokenStore = {
      replace: sound.replace,
      async read(key) {
        const waitMs = delayMs;
        const record = await sound.read(key);
        await home.time.wait(waitMs);
        return record;
      },
    };
    const member = home.member({ store });
    await home.get(member);
    await home.time.pass(2000);
    delayMs = 200;
    void member.keeper.get(); // its look brings T1, in 200 ms
    await home.time.pass(5);
    delayMs = 0;
    home.account.revoke();
    expect((await home.time.until(member.keeper.refresh())).value).toBe("T2");
    await home.time.pass(200);
    expect(await home.get(member)).toBe("T2");
  });

  it("share through a memory store what keepers of one process fetch", async () => {
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

  it("leave no timer behind that would keep the process from ending", async () => {
    const home = new Household();
    const member = home.member();
    home.member({ clock: home.time });
    const { keeper } = home.member({ clock: home.time });
    await home.time.until(keeper.get());
    await home.get(member);
    await home.time.pass(0);
    await home.time.pass(2000);
    await home.time.until(keeper.get());
    expect(home.time.pending).toBeLessThanOrEqual(1); // the simulated process's own
  });
});

describe("the next token", () => {
  it("is fetched before the end, and nobody waits for it", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    await home.time.pass(6960_000); // 240 s are left of 7200: at random 0.5 the refresh begins 246 s ahead
    const before = home.time.now();
    home.wechatMs = 3000;
    expect(await home.get(member)).toBe("T1");
    expect(home.time.now() - before).toBeLessThan(10); // one look into the store
    await home.time.pass(1000);
    expect((await home.time.until(member.keeper.get())).value).toBe("T1");
    await home.time.pass(3000);
    expect((await home.time.until(member.keeper.get())).value).toBe("T2");
    expect(home.account.fetches).toBe(2);
    expect(member.events.map(({ kind }) => kind)).toEqual(["fetched", "fetched"]); // no second search beside
  });

  it.each([
    [0, 290],
    [1, 203],
  ])(
    "is due at another moment for each app: with the random number %d, %d s before the end",
    async (r, s) => {
      const home = new Household();
      const token = await home.time.until(home.member({ random: () => r }).keeper.get());
      expect(token.expiresAtMs - token.refreshAtMs).toBe(s * 1000);
    },
  );

  it("is not asked for while there is time", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    await home.time.pass(6900_000);
    expect(await home.get(member)).toBe("T1");
    await home.time.pass(1000);
    expect(home.account.fetches).toBe(1);
  });

  it("is asked for by one process only, when several see that it is time", async () => {
    const home = new Household();
    const members = Array.from({ length: 4 }, () => home.member());
    for (const member of members) await home.get(member);
    await home.time.pass(6990_000);
    await home.time.until(Promise.all(members.map(({ keeper }) => keeper.get())));
    await home.time.pass(2000);
    for (const member of members) expect(await home.get(member)).toBe("T2");
    expect(home.account.fetches).toBe(2);
  });

  it("is not asked for again at once when the same one came back", async () => {
    const home = new Household();
    const fast = home.member({
      source: { key: "k", fetch: async () => ({ value: "T", expiresInSeconds: 100 }) },
    });
    for (let second = 0; second < 100; second += 1) {
      await home.time.until(fast.keeper.get());
      await home.time.pass(1000);
    }
    // 100 s, then each time what is left of about half: the token never grows older than its own end.
    expect(fast.events.filter(({ kind }) => kind === "fetched").length).toBeLessThan(5);
    expect((await home.time.until(fast.keeper.get())).generation).toBe(1);
  });

  it("comes at once by refresh(), the operator's button, and ten presses are one fetch", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    await home.time.pass(100);
    home.account.revoke();
    const presses = Array.from({ length: 10 }, () => member.keeper.refresh());
    const tokens = await home.time.until(Promise.all(presses));
    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(["T2"]));
    expect(home.account.fetches).toBe(2);
  });
});
