import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { keepAppTokensFresh } from "../src/domain/tokens/app-tokens.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

const day = 86_400;

let system: System;
beforeEach(async () => {
  system = await startSystem();
});
afterEach(() => system.close());

describe("a clock that jumps", () => {
  it("back does not revive a sign-in that was refused as too late, also where expired rows were deleted meanwhile [T89]", async () => {
    const browser = system.browser();
    const callback = await browser.callbackUrl();
    system.jump(day / 2);
    expect((await browser.visit(callback)).status).toBe(410);
    await deleteExpired(system.app.deps);
    system.jump(-day / 2);
    const exchanges = system.simulator.calls("access_token");
    expect((await browser.visit(callback)).status).toBe(410);
    expect(browser.session).toBeUndefined();
    expect(system.simulator.calls("access_token")).toBe(exchanges);
    expect((await browser.signIn("/login/wechat?tap=1")).status).toBe(200);
    expect(await userOf(browser)).toBeDefined();
  });

  it("by a day, forward and back, costs one fetch of the global token at most, however often it is looked at [T89, T95]", async () => {
    const look = async () => {
      for (let n = 0; n < 5; n++) await keepAppTokensFresh(system.app.deps);
      return system.simulator.calls("stable_token");
    };
    const fetches = [await look()];
    for (const seconds of [day, -2 * day, day]) {
      system.jump(seconds);
      fetches.push((await look()) - fetches.reduce((sum, each) => sum + each, 0));
    }
    expect(fetches).toEqual([1, 1, 0, 0]);
    expect(await rowsOf(system.db, "appTokens")).toMatchObject([{ leaseUntil: null, failuresInRow: 0 }]);
  });

  it("back keeps people signed in, and lets others sign in and out [T89]", async () => {
    const before = system.browser({ person: "alice" });
    await before.signIn();
    system.jump(-day);
    const user = await userOf(before);
    expect(user).toBeDefined();
    const again = system.browser({ person: "alice" });
    await again.signIn();
    expect(await userOf(again)).toBe(user);
    await before.mutate("session.signOut");
    system.jump(day);
    expect(await userOf(before)).toBeUndefined();
    expect(await userOf(again)).toBe(user);
  });
});
