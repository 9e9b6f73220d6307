import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Browser } from "./support/browser.js";
import { type Console, seedOperator } from "./support/operator.js";
import { seedFailure, seedSignIn } from "./support/seed.js";
import { profileCallback } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

interface Group {
  errcode: string;
  endpoint: string;
  events: number;
  peopleAffected: number;
  peopleAffectedIsAtLeast: boolean;
}

let system: System;
let console: Console;
beforeEach(async () => {
  system = await startSystem();
  console = await seedOperator(system);
});
afterEach(() => system.close());

async function failExchange(browser: Browser, errcode: number): Promise<void> {
  const callback = await browser.callbackUrl("/login/wechat?tap=1");
  system.simulator.fail("access_token", { kind: "errcode", errcode }, 1);
  await browser.visit(callback);
}

async function failProfile(browser: Browser, errcode: number): Promise<void> {
  const callback = await profileCallback(browser);
  system.simulator.fail("userinfo", { kind: "errcode", errcode }, 1);
  await browser.visit(callback);
}

async function groups(): Promise<Group[]> {
  const { data, text } = await console.query<{ items: Group[] }>("failures.groups", {});
  if (!data) throw new Error(text);
  return data.items;
}

describe("the number of people whom an errcode affects", () => {
  it("is 1 for one person who fails three times after the openid is known", async () => {
    for (let tries = 0; tries < 3; tries++) await failProfile(system.browser({ person: "alice" }), 50002);
    expect(await groups()).toMatchObject([
      { errcode: "50002", events: 3, peopleAffected: 1, peopleAffectedIsAtLeast: false },
    ]);
  });

  it("is at least 1 for one browser that fails five times before an openid is known", async () => {
    const browser = system.browser({ person: "alice" });
    for (let tries = 0; tries < 5; tries++) await failExchange(browser, 40226);
    expect(await groups()).toMatchObject([
      { errcode: "40226", events: 5, peopleAffected: 1, peopleAffectedIsAtLeast: true },
    ]);
  });

  it("counts two browsers that fail before an openid is known as at least 2", async () => {
    for (const person of ["alice", "emoji"]) await failExchange(system.browser({ person }), 40226);
    expect(await groups()).toMatchObject([{ events: 2, peopleAffected: 2, peopleAffectedIsAtLeast: true }]);
  });

  it("counts two browsers of one known person as one", async () => {
    for (const browser of [system.browser({ person: "alice" }), system.browser({ person: "alice" })]) {
      await browser.signIn();
      await failExchange(browser, 40226);
    }
    expect(await groups()).toMatchObject([{ events: 2, peopleAffected: 1, peopleAffectedIsAtLeast: true }]);
  });

  it("counts one browser as one person although its user became known only between two failures", async () => {
    const browser = system.browser({ person: "alice" });
    await failExchange(browser, 40226);
    await browser.signIn();
    await failExchange(browser, 40226);
    expect(await groups()).toMatchObject([{ events: 2, peopleAffected: 1 }]);
  });

  it("is at least 0 for a call that is about no person", async () => {
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 }, 1);
    await console.mutate("tokens.refreshApp", { appId: system.officialAccount.appId, reason: "a try" });
    expect(await groups()).toMatchObject([
      { errcode: "40164", peopleAffected: 0, peopleAffectedIsAtLeast: true },
    ]);
  });

  it("counts a person by openid, else by the user of the browser, else by browser, in one group of all of them", async () => {
    const [at, appId] = [new Date(), system.officialAccount.appId];
    const failure = { at, appId, errcode: "48001" };
    // One text for an openid, a user and a browser, which are three people all the same.
    const same = "01M00000000000000000000000";
    const [ofUser, ofBrowser, unused] = [
      await seedSignIn(system.db, { at, appId, browserUserId: same, browserHash: "another" }),
      await seedSignIn(system.db, { at, appId, browserHash: same }),
      await seedSignIn(system.db, { at, appId, browserHash: "a third" }),
    ];
    for (const signInId of [ofUser, ofUser, ofBrowser])
      await seedFailure(system.db, { ...failure, signInId });
    expect(await groups()).toMatchObject([{ events: 3, peopleAffected: 2, peopleAffectedIsAtLeast: true }]);
    // With an openid the browser does not count.
    for (const signInId of [ofUser, unused]) {
      await seedFailure(system.db, { ...failure, signInId, openid: same });
    }
    expect(await groups()).toMatchObject([{ events: 5, peopleAffected: 3, peopleAffectedIsAtLeast: true }]);
    await seedFailure(system.db, failure);
    expect(await groups()).toMatchObject([{ events: 6, peopleAffected: 3, peopleAffectedIsAtLeast: true }]);
  });
});
