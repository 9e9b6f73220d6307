import { describe, expect, it } from "vitest";
import { systemClock, TokenKeeper, type TokenStore } from "../../src/keeper.js";
import { Household, hashAtOnce, type Member, rejectionOf } from "./household.js";

hashAtOnce();

const hourMs = 3_600_000;

/** The wall clock of these processes jumps; a negative jump sets it back. */
function jump(ms: number, ...members: Member[]): void {
  for (const { process } of members) process.clockOffMs += ms;
}

describe("a clock that was far ahead", () => {
  it("when a token was ended by force keeps nobody else from doing so", async () => {
    const home = new Household();
    const [ahead, member] = [home.member(), home.member()];
    jump(20 * hourMs, ahead);
    await home.get(ahead);
    home.account.breakCurrent();
    expect(await home.use(ahead)).toBe("answer to T2");
    await home.time.pass(60_000);
    home.account.breakCurrent();
    expect(await home.use(member)).toBe("answer to T3");
  });
});

describe("a clock that is set back", () => {
  it("while others wait for a fetch freezes nobody", async () => {
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

  it("lets no token live longer than WeChat said", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    await home.time.pass(hourMs);
    jump(-hourMs, member);
    await home.time.pass(hourMs);
    expect(await home.get(member)).toBe("T2");
  });

  it("nor a token that another process fetched and this one has looked at again since", async () => {
    const home = new Household();
    const [other, member] = [home.member(), home.member()];
    await home.get(other);
    for (let minutes = 0; minutes < 110; minutes += 10) {
      expect(await home.get(member)).toBe("T1");
      await home.time.pass(600_000);
      jump(-300_000, member);
    }
    other.process.crash();
    await home.time.pass(600_000);
    expect(await home.get(member)).toBe("T2");
  });

  it("delays no refresh ahead: nobody waits for the next token", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    jump(-hourMs, member);
    await home.time.pass(6_990_000);
    expect(await home.get(member)).toBe("T1");
    await home.time.pass(1000);
    expect(await home.get(member)).toBe("T2");
  });

  it("leaves out no look into the store", async () => {
    const home = new Household();
    const [member, other] = [home.member(), home.member()];
    await home.get(member);
    jump(-hourMs, member);
    home.account.revoke();
    await home.time.until(other.keeper.refresh());
    await home.time.pass(1000);
    expect(await home.get(member)).toBe("T2");
  });

  it("keeps refresh() from nothing: WeChat is asked", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    home.account.revoke();
    jump(-hourMs, member);
    expect((await home.time.until(member.keeper.refresh())).value).toBe("T2");
  });

  it("while WeChat answers gives the token its whole life, by the new clock", async () => {
    const home = new Household();
    const member = home.member();
    const token = member.keeper.get();
    await home.time.pass(20);
    jump(-hourMs, member);
    const { expiresAtMs } = await home.time.until(token);
    expect(expiresAtMs - member.process.now()).toBeGreaterThan(7_199_000);
    expect(member.events).toMatchObject([{ kind: "fetched", durationMs: 100 }]);
  });

  it("lengthens no wait for a process that died while it asked", async () => {
    const home = new Household();
    const [dying, heir] = [home.member(), home.member()];
    void dying.keeper.get();
    await home.time.pass(20);
    dying.process.crash();
    const token = home.get(heir);
    await home.time.pass(1000);
    jump(-9000, heir);
    const startMs = home.time.now();
    expect(await token).toBe("T1");
    expect(home.time.now() - startMs).toBeLessThan(11_000);
    const waited = heir.events.find(({ kind }) => kind === "waited");
    expect(waited).toMatchObject({ durationMs: expect.closeTo(10_000, -3) });
  });
});

describe("a clock that is ahead", () => {
  it("in the process that fetched gives nobody else a token for longer than WeChat said", async () => {
    const home = new Household();
    const [ahead, member] = [home.member(), home.member()];
    jump(hourMs, ahead);
    await home.get(ahead);
    expect(await home.get(member)).toBe("T1");
    ahead.process.crash();
    await home.time.pass(2 * hourMs);
    expect(await home.get(member)).toBe("T2");
  });

  it("takes nobody back to its older token when the store's answer was slow", async () => {
    const home = new Household();
    const ahead = home.member();
    jump(hourMs, ahead);
    await home.get(ahead);
    let delayMs = 0;
    const { process } = home.member();
    const sound = home.records.seenBy(process, () => 2);
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
    await home.time.pass(150);
    expect((await member.keeper.get()).value).toBe("T2");
  });

  it("costs one more fetch where the token looks as if it had ended, and none after that", async () => {
    const home = new Household();
    const [member, ahead] = [home.member(), home.member()];
    await home.get(member);
    jump(3 * hourMs, ahead);
    for (let second = 0; second < 60; second += 1) {
      expect(await home.get(ahead)).toBe("T1");
      expect(await home.get(member)).toBe("T1");
      await home.time.pass(1000);
    }
    expect(home.account.fetches).toBe(2);
  });
});

describe("a clock without a monotonic reading", () => {
  it("is good enough while it goes forward", async () => {
    const home = new Household();
    const { process } = home.member();
    const member = home.member({
      clock: { now: () => process.now(), after: (ms, run) => process.after(ms, run) },
    });
    expect(await home.get(member)).toBe("T1");
    await home.time.pass(2 * hourMs);
    expect(await home.get(member)).toBe("T2");
    home.account.errcode = -1;
    await home.time.pass(2 * hourMs);
    expect(await home.time.until(rejectionOf(member.keeper.get()))).toMatchObject({ reason: "-1" });
  });
});

describe("ten who press refresh() at once", () => {
  it("hear of one failure together: WeChat is asked once", async () => {
    const home = new Household();
    const member = home.member();
    await home.get(member);
    home.account.errcode = 40164;
    const presses = Array.from({ length: 10 }, () => rejectionOf(member.keeper.refresh()));
    for (const error of await home.time.until(Promise.all(presses)))
      expect(error).toMatchObject({ reason: "40164" });
    expect(home.account.fetches).toBe(2);
  });

  it("do not content themselves with the pause that a caller's search keeps to", async () => {
    const home = new Household();
    const member = home.member();
    home.account.errcode = 40164;
    await home.time.until(rejectionOf(member.keeper.get()));
    home.account.errcode = undefined;
    const paused = rejectionOf(member.keeper.get());
    await home.time.pass(1); // it looks into the store
    expect((await home.time.until(member.keeper.refresh())).value).toBe("T1");
    expect(await paused).toMatchObject({ reason: "40164" });
  });

  it("in two processes are given what one of them fetched", async () => {
    const home = new Household();
    const [a, b] = [home.member(), home.member()];
    await home.get(a);
    await home.get(b);
    home.account.revoke();
    const presses = [a, b].flatMap(({ keeper }) => [keeper.refresh(), keeper.refresh()]);
    const tokens = await home.time.until(Promise.all(presses));
    expect(tokens.map(({ value }) => value)).toEqual(["T2", "T2", "T2", "T2"]);
    expect(home.account.fetches).toBe(2);
  });

  it("are not content with what a process that starts finds in the store", async () => {
    const home = new Household();
    await home.get(home.member());
    home.account.revoke();
    const member = home.member();
    const found = member.keeper.get();
    await home.time.pass(1); // it looks into the store
    const pressed = member.keeper.refresh();
    expect((await home.time.until(found)).value).toBe("T1");
    expect((await home.time.until(pressed)).value).toBe("T2");
  });
});
