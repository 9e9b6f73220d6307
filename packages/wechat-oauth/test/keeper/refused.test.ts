import { describe, expect, it } from "vitest";
import type { TokenStore } from "../../src/keeper.js";
import { refusal } from "./fake-account.js";
import { Household, hashAtOnce, rejectionOf } from "./household.js";
import type { Process } from "./process.js";

hashAtOnce();

/** A call that WeChat refuses with this errcode, whatever the token. */
const refusedWith =
  (errcode: number, tokens: string[] = []) =>
  async (token: string) => {
    tokens.push(token);
    throw refusal(errcode);
  };

describe("a call with the token", () => {
  it.each([40001, 40014, 42001])("runs once more with another token after errcode %i", async (errcode) => {
    const home = new Household();
    const { keeper, process } = home.member();
    await home.time.until(keeper.get());
    home.account.revoke();
    const tokens: string[] = [];
    const call = async (token: string) => {
      tokens.push(token);
      if (!home.account.accepts(token)) throw refusal(errcode);
      return process.ask(50, () => "done");
    };
    expect(await home.time.until(keeper.use(call))).toBe("done");
    expect(tokens).toEqual(["T1", "T2"]);
    expect(home.account.fetches).toBe(2);
  });

  it("runs once more when it returns the refusal instead of throwing it", async () => {
    const home = new Household();
    const { keeper } = home.member();
    await home.time.until(keeper.get());
    home.account.revoke();
    const call = async (token: string) =>
      home.account.accepts(token) ? { errcode: 0 } : { errcode: 40001, errmsg: "invalid credential" };
    expect(await home.time.until(keeper.use(call))).toEqual({ errcode: 0 });
  });

  it.each([
    ["another errcode", refusal(48001)],
    ["an error without one", new Error("reset")],
    ["something that is no error", "40001"],
  ])("fails as it fails, without a second run, after %s", async (_what, thrown) => {
    const home = new Household();
    const { keeper } = home.member();
    let runs = 0;
    const call = async () => {
      runs += 1;
      throw thrown;
    };
    expect(await home.time.until(rejectionOf(keeper.use(call)))).toBe(thrown);
    expect(runs).toBe(1);
    expect(home.account.fetches).toBe(1);
  });

  it("never runs a third time", async () => {
    const home = new Household();
    const { keeper } = home.member();
    const tokens: string[] = [];
    const error = await home.time.until(rejectionOf(keeper.use(refusedWith(40001, tokens))));
    expect(error).toMatchObject({ errcode: 40001 });
    expect(tokens.length).toBe(2);
  });
});

describe("a token that WeChat refuses", () => {
  it("is replaced once, however many calls it fails in however many processes, and no call fails", async () => {
    const home = new Household();
    const members = Array.from({ length: 4 }, () => home.member());
    for (const member of members) await home.get(member);
    home.account.revoke();
    const calls = members.flatMap(({ keeper, process }) =>
      Array.from({ length: 50 }, (_, i) =>
        keeper.use((token) => process.ask(10 + i * 3, () => home.account.answerTo(token))),
      ),
    );
    const answers = await home.time.until(Promise.all(calls));
    expect(new Set(answers)).toEqual(new Set(["answer to T2"]));
    expect(home.account.fetches).toBe(2);
  });

  it("is looked up in the store first: another process may have replaced it already", async () => {
    const home = new Household();
    const [a, b] = [home.member(), home.member()];
    await home.get(a);
    await home.get(b);
    home.account.revoke();
    expect(await home.use(a)).toBe("answer to T2");
    expect(await home.use(b)).toBe("answer to T2");
    expect(home.account.fetches).toBe(2);
  });

  it("is no longer replaced when the complaint comes late", async () => {
    const home = new Household();
    const { keeper, process } = home.member();
    await home.time.until(keeper.get());
    home.account.revoke();
    const slow = keeper.use((token) => process.ask(5000, () => home.account.answerTo(token)));
    await home.time.until(keeper.use((token) => process.ask(5, () => home.account.answerTo(token))));
    expect(await home.time.until(slow)).toBe("answer to T2");
    expect(home.account.fetches).toBe(2);
    const { reads } = home.records;
    expect((await home.time.until(keeper.replace("T1"))).value).toBe("T2");
    expect(home.records.reads).toBe(reads);
    expect(home.account.fetches).toBe(2);
  });

  it("fails all who complain of it at once when the store hangs, not one after the other", async () => {
    const home = new Household();
    let isHanging = false;
    const sound = home.records.seenBy(home.member().process, () => 2);
    const store: TokenStore = {
      replace: sound.replace,
      read: (key) => (isHanging ? new Promise(() => {}) : sound.read(key)),
    };
    const { keeper } = home.member({ store });
    await home.time.until(keeper.get());
    isHanging = true;
    const startMs = home.time.now();
    const complaints = Array.from({ length: 3 }, () => rejectionOf(keeper.replace("T1")));
    for (const error of await home.time.until(Promise.all(complaints))) {
      expect(error).toMatchObject({ reason: "DEADLINE" });
    }
    expect(home.time.now() - startMs).toBe(20_000);
  });

  it("is not given to those who ask while it is being replaced", async () => {
    const home = new Household();
    const { keeper } = home.member();
    await home.time.until(keeper.get());
    home.account.revoke();
    const replaced = keeper.replace("T1");
    expect((await home.time.until(keeper.get())).value).toBe("T2");
    expect((await replaced).value).toBe("T2");
  });

  it("is still given to those who ask when no other can be had: the call may have been at fault", async () => {
    const home = new Household();
    const { keeper } = home.member();
    await home.time.until(keeper.get());
    home.account.errcode = -1;
    const replaced = rejectionOf(keeper.replace("T1"));
    expect((await home.time.until(keeper.get())).value).toBe("T1");
    expect(await replaced).toMatchObject({ name: "TokenUnavailableError", reason: "-1" });
  });

  it("is found by those who come while a refresh ahead is under way", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    await home.time.pass(6990_000);
    home.wechatMs = 2000;
    await home.get(member);
    home.account.revoke();
    expect((await home.time.until(member.keeper.replace("T1"))).value).toBe("T2");
    expect(home.account.fetches).toBe(2);
  });
});

describe("a token that is dead although WeChat gives it again", () => {
  it("is ended by force, after normal mode was tried", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    home.account.breakCurrent();
    expect(await home.use(member)).toBe("answer to T2");
    expect(home.account.fetches).toBe(3); // cold, normal, forced
    expect(home.account.forcedAtMs.length).toBe(1);
    expect(member.events.filter(({ kind }) => kind === "fetched")).toMatchObject([
      { isForced: false, generation: 1 },
      { isForced: true, generation: 2 },
    ]);
  });

  it("is not ended by force where the source has none", async () => {
    const home = new Household();
    const member = home.member({
      source: { key: "k", fetch: async () => ({ value: "T", expiresInSeconds: 7200 }) },
    });
    const error = await home.time.until(rejectionOf(member.keeper.use(refusedWith(40001))));
    expect(error).toMatchObject({ name: "TokenUnavailableError", reason: "SAME_TOKEN" });
  });

  it("is not given out as another one when even force brings it again", async () => {
    const home = new Household();
    const fetch = async () => ({ value: "T", expiresInSeconds: 7200 });
    const { keeper } = home.member({ source: { key: "k", fetch, force: fetch } });
    await home.time.until(keeper.get());
    expect(await home.time.until(rejectionOf(keeper.replace("T")))).toMatchObject({ reason: "SAME_TOKEN" });
  });

  it("is ended ever more seldom: all processes together respect WeChat's 20 a day and 30 s", async () => {
    const home = new Household();
    const members = [home.member(), home.member(), home.member()];
    // Every call is refused, whatever the token: a bug of the caller's.
    for (let minutes = 0; minutes < 24 * 60; minutes += 1) {
      for (const { keeper } of members) {
        await home.time.until(rejectionOf(keeper.use(refusedWith(40001))));
      }
      await home.time.pass(60_000);
    }
    const { forcedAtMs } = home.account;
    expect(forcedAtMs.length).toBeGreaterThan(5);
    expect(forcedAtMs.length).toBeLessThanOrEqual(12);
    const gaps = forcedAtMs.slice(1).map((at, i) => at - (forcedAtMs[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(60_000);
  });

  it("is counted before it is ended, so that a crash does not forget it", async () => {
    const home = new Household();
    const [dying, heir] = [home.member(), home.member()];
    await home.get(dying);
    home.account.breakCurrent();
    void dying.keeper.replace("T1");
    await home.time.pass(150); // normal mode has answered, force was sent
    dying.process.crash();
    await home.time.pass(100);
    home.account.breakCurrent(); // and the forced one is dead again
    expect(home.account.forcedAtMs.length).toBe(1);
    await home.time.until(rejectionOf(heir.keeper.replace("T1").then(() => heir.keeper.replace("T2"))));
    expect(home.account.forcedAtMs.length).toBe(1);
  });
});

describe("a keeper of one token", () => {
  it("is what a keeper of another takes it from: the ticket's call repairs the token", async () => {
    const home = new Household();
    const tokens = home.member();
    await home.get(tokens);
    home.account.revoke();
    const ticketOf = (process: Process) =>
      tokens.keeper.use((token) => process.ask(50, () => `ticket by ${home.account.answerTo(token)}`));
    const tickets = home.member({
      source: {
        key: "wx:jsapi_ticket",
        fetch: async () => ({ value: await ticketOf(tokens.process), expiresInSeconds: 7200 }),
      },
    });
    expect(await home.get(tickets)).toBe("ticket by answer to T2");
  });
});
