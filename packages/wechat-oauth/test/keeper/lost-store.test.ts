import { describe, expect, it } from "vitest";
import type { TokenRecord, TokenStore } from "../../src/keeper.js";
import { Household, hashAtOnce, rejectionOf } from "./household.js";

hashAtOnce();

/** A token of its own for every fetch, as cgi-bin/token gives them. */
function classic(home: Household, process: { ask<T>(ms: number, act: () => T): Promise<T> }) {
  const act = () => {
    home.account.revoke();
    return home.account.fetch();
  };
  return { source: { key: "wx:token", fetch: () => process.ask(100, act) } };
}

describe("a store that was emptied", () => {
  it("lets no process forget how often it ended a token by force", async () => {
    const home = new Household();
    const member = home.member();
    // Every call is refused, whatever the token.
    for (let minutes = 0; minutes < 24 * 60; minutes += 1) {
      await home.time.until(rejectionOf(member.keeper.use(async () => ({ errcode: 40001 })))).catch(() => {});
      await home.time.pass(60_000);
      if (minutes % 30 === 29) home.records.empty();
    }
    expect(home.account.forcedAtMs.length).toBeGreaterThan(5);
    expect(home.account.forcedAtMs.length).toBeLessThanOrEqual(12);
  });

  it("and holds a newer token of a younger line: the process that knows the old line takes it over", async () => {
    const home = new Household();
    const [old, young] = [home.member(), home.member()];
    await home.get(old);
    for (const _ of [1, 2, 3]) {
      home.account.revoke();
      await home.time.until(old.keeper.refresh());
    }
    home.records.empty();
    home.account.revoke();
    expect(await home.get(young)).toBe("T5");
    await home.time.pass(1000);
    expect(await home.get(old)).toBe("T5");
    expect(old.events.at(-1)).toMatchObject({ kind: "reused", generation: 1 });
    expect(home.account.fetches).toBe(5); // four by the old one, one by the young one
  });

  it("costs one more fetch, however many processes go on, and all end with one token", async () => {
    const home = new Household();
    const members = Array.from({ length: 4 }, () => {
      const { process } = home.member();
      return home.member({ ...classic(home, process), clock: process });
    });
    for (const member of members) await home.get(member);
    for (const member of members.slice(0, 2)) await home.time.until(member.keeper.refresh());
    const { fetches } = home.account;
    home.records.empty();
    const young = home.member(classic(home, home.member().process));
    await home.get(young);
    await home.time.pass(1000);
    const values = await Promise.all([young, ...members].map((member) => home.get(member)));
    expect(new Set(values)).toEqual(new Set([`T${home.account.newest}`]));
    expect(home.account.fetches).toBe(fetches + 1);
  });

  it("keeps nobody fetching: a process that slept through it takes over what lives", async () => {
    const home = new Household();
    const [sleeper, other] = [home.member(), home.member()];
    for (const _ of [1, 2, 3]) {
      home.account.revoke();
      await home.time.until(sleeper.keeper.refresh());
    }
    home.records.empty();
    await home.time.pass(7_200_000);
    await home.get(other);
    const { fetches } = home.account;
    await home.get(sleeper);
    await home.get(other);
    expect(home.account.fetches).toBe(fetches);
  });

  it("while a process asks WeChat costs one more fetch, and nobody fails", async () => {
    const home = new Household();
    const members = [home.member(), home.member()];
    await home.get(home.member());
    home.account.revoke();
    const tokens = members.map(({ keeper }) => keeper.refresh());
    await home.time.pass(20);
    home.records.empty();
    for (const token of tokens) expect((await home.time.until(token)).value).toBe("T2");
    expect(home.account.fetches).toBeLessThanOrEqual(3);
  });

  it("and went back to an older token does not take a process back with it", async () => {
    const home = new Household();
    let isBehind = false;
    let behind: TokenRecord | undefined;
    const process = home.member().process;
    const sound = home.records.seenBy(process, () => 2);
    const store: TokenStore = {
      read: (key) => (isBehind ? process.ask(2, () => behind) : sound.read(key)),
      replace: sound.replace,
    };
    const member = home.member({ store });
    await home.get(member);
    behind = home.records.written.at(-1);
    await home.time.pass(1000);
    home.account.revoke();
    await home.time.until(member.keeper.refresh());
    isBehind = true; // a failover that lost the last writes
    await home.time.pass(5000);
    expect(await home.get(member)).toBe("T2");
  });
});

describe("a store that holds what is no record", () => {
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
    ["another program's text", "61_somebody's", "version must be a number"],
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
  ])("has failed, says which field it is, and is not overwritten: %s", async (_what, held, message) => {
    const home = new Household();
    const written: TokenRecord[] = [];
    const store: TokenStore = {
      read: async () => held as unknown as TokenRecord,
      replace: async (_key, next) => written.push(next) > 0,
    };
    const member = home.member({ store });
    const error = await home.time.until(rejectionOf(member.keeper.get()));
    expect(error).toMatchObject({
      reason: "STORE",
      cause: { message: `not a record: ${message}` },
    });
    expect(member.events).toMatchObject([{ kind: "failed", reason: "STORE" }]);
    expect([written, home.account.fetches]).toEqual([[], 0]);
  });

  it("takes no token from a process that has one", async () => {
    const home = new Household();
    let held: unknown;
    const sound = home.records.seenBy(home.member().process, () => 2);
    const store: TokenStore = {
      ...sound,
      read: async (key) => (held === undefined ? sound.read(key) : (held as TokenRecord)),
    };
    const member = home.member({ store });
    await home.get(member);
    held = { ...record, version: "10" };
    await home.time.pass(5000);
    expect(await home.get(member)).toBe("T1");
    expect(member.events.at(-1)).toMatchObject({ kind: "failed", reason: "STORE" });
  });

  it("is no store that says null for absent: that is understood", async () => {
    const home = new Household();
    const sound = home.records.seenBy(home.member().process, () => 2);
    const read = async (key: string) => (await sound.read(key)) ?? (null as unknown as undefined);
    expect(await home.get(home.member({ store: { ...sound, read } }))).toBe("T1");
  });
});

describe("what a keeper writes", () => {
  it.each([
    ["text", { seal: () => new Uint8Array(3) as unknown as string, open: () => "T" }],
    ["anything", { seal: () => undefined as unknown as string, open: () => "T" }],
  ])("is a record even when seal gives no %s: it takes the pause of a failure", async (_what, options) => {
    const home = new Household();
    const member = home.member(options);
    for (const _ of [1, 2, 3]) await home.time.until(rejectionOf(member.keeper.get()));
    expect(home.account.fetches).toBe(1);
    expect(home.records.written.flatMap(({ token }) => token ?? [])).toEqual([]);
  });

  it.each([Number.POSITIVE_INFINITY, 1e12])("lives a year at most: expiresInSeconds %d", async (seconds) => {
    const home = new Household();
    const source = { key: "k", fetch: async () => ({ value: "T", expiresInSeconds: seconds }) };
    const [a, b] = [home.member({ source }), home.member({ source })];
    expect(await home.get(a)).toBe("T");
    expect(await home.get(b)).toBe("T");
    expect(b.events).toMatchObject([{ kind: "reused" }]);
  });

  it("has no value that open could not make text of: it counts as absent", async () => {
    const home = new Household();
    await home.get(home.member());
    for (const opened of ["", 7, null]) {
      const open = () => opened as string;
      const member = home.member({ seal: (token) => token, open });
      expect(await home.get(member)).toBe("T1");
    }
  });
});
