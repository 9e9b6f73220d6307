import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../src/domain/ids.js";
import { at, signInRow } from "./db/rows.js";
import type { Browser } from "./support/browser.js";
import { type Console, makeOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

interface Row {
  id: string;
  userId: string | null;
  browserUserId: string | null;
}
interface SignIn extends Row {
  person: { userId: string; nickname: string | null; isGuess: boolean } | null;
}
interface Failure {
  errcode: string;
  signInId: string | null;
  openid: string | null;
}
interface Person {
  signIns: Row[];
  failures: Failure[];
  browserFailures: Failure[];
}

let system: System;
let console: Console;
beforeEach(async () => {
  system = await startSystem();
  console = await makeOperator(system, "operator");
});
afterEach(() => system.close());

/** A sign-in whose code WeChat refuses, so that no openid is known; its number. */
async function failExchange(browser: Browser, errcode = 40163): Promise<string> {
  const callback = await browser.callbackUrl("/login/wechat?tap=1");
  system.simulator.fail("access_token", { kind: "errcode", errcode }, 1);
  const { html } = await browser.visit(callback);
  const number = /id="number"[^>]*>([0-9A-Z]{26})</.exec(html)?.[1];
  if (!number) throw new Error("the sign-in did not fail");
  return number;
}

/** Ends the browser's session as an expired one ends: the cookie of the browser stays. */
const forgetSession = (browser: Browser) => browser.cookies.delete("wl_session");

async function nicknameOf(userId: string | undefined): Promise<string> {
  const bindings = await rowsOf(system.db, "bindings");
  return bindings.find((binding) => binding.userId === userId)?.nickname ?? "no nickname";
}

async function personOf(userId: string | undefined): Promise<Person> {
  const { data, text } = await console.query<Person>("people.get", { userId });
  if (!data) throw new Error(text);
  return data;
}

async function signInOf(id: string): Promise<SignIn> {
  const { data, text } = await console.query<SignIn>("signIns.get", { id });
  if (!data) throw new Error(text);
  return data;
}

describe("a sign-in that fails before the openid is known", () => {
  it("is on the page of the person who is signed in in that browser, as a guess", async () => {
    const alice = system.browser({ person: "alice" });
    await alice.signIn();
    const userId = await userOf(alice);
    const failed = await failExchange(alice);

    const person = await personOf(userId);
    expect(person.signIns[0]).toMatchObject({ id: failed, userId: null, browserUserId: userId });
    expect(person.failures).toEqual([]);
    expect(person.browserFailures).toMatchObject([{ errcode: "40163", signInId: failed }]);
    expect(await signInOf(failed)).toMatchObject({
      userId: null,
      person: { userId, nickname: await nicknameOf(userId), isGuess: true },
    });
  });

  it("is on the page of the person who signed in earlier in that browser, after the session has ended", async () => {
    const alice = system.browser({ person: "alice" });
    await alice.signIn();
    const userId = await userOf(alice);
    forgetSession(alice);
    const failed = await failExchange(alice);
    expect((await personOf(userId)).browserFailures).toMatchObject([{ signInId: failed }]);
  });

  it("is on the page of a new person once they sign in in the same browser", async () => {
    const alice = system.browser({ person: "alice" });
    const failed = await failExchange(alice);
    expect(await signInOf(failed)).toMatchObject({ person: null });
    await alice.signIn();
    const userId = await userOf(alice);
    expect((await personOf(userId)).browserFailures).toMatchObject([{ signInId: failed }]);
    expect(await signInOf(failed)).toMatchObject({ userId: null, person: { userId, isGuess: true } });
  });

  it("is attributed to a new person with the latest sign-ins of the browser only, so that their number bounds the work", async () => {
    const alice = system.browser({ person: "alice" });
    for (let tries = 0; tries < 25; tries++) await alice.visit("/login/wechat?tap=1");
    await alice.signIn();
    const attributed = (await rowsOf(system.db, "signIns")).filter((row) => row.browserUserId !== null);
    expect(attributed).toHaveLength(20);
  });

  it("has no guess where two people have signed in in that browser and neither is signed in", async () => {
    const alice = system.browser({ person: "alice" });
    await alice.signIn();
    const aliceId = await userOf(alice);
    const bob = alice.copy({ person: "emoji" });
    await bob.signIn("/login/wechat?tap=1");
    const bobId = await userOf(bob);
    expect(bobId).not.toBe(aliceId);
    forgetSession(bob);
    const failed = await failExchange(bob);
    expect(await signInOf(failed)).toMatchObject({ person: null });
    for (const id of [aliceId, bobId]) expect((await personOf(id)).browserFailures).toEqual([]);
  });

  it("is guessed from the latest twenty sign-ins of that browser: an earlier one counts no more", async () => {
    const row = (n: number, sessionUserId?: string) =>
      signInRow({
        id: `sign-in ${n}`,
        browserHash: "shared",
        now: at(n),
        ...(sessionUserId ? { sessionUserId } : {}),
      });
    await system.db.batch([row(0, "alice"), row(1, "bob")]);
    for (let n = 2; n <= 21; n++) await system.db.batch([row(n, n === 2 ? undefined : "bob")]);
    await system.db.batch([row(22)]);
    const guesses = new Map(
      (await rowsOf(system.db, "signIns")).map(({ id, browserUserId }) => [id, browserUserId]),
    );
    expect([guesses.get("sign-in 2"), guesses.get("sign-in 22")]).toEqual([null, "bob"]);
  });

  it("is guessed from no other browser, and from no cookie that this server did not issue", async () => {
    const alice = system.browser({ person: "alice" });
    await alice.signIn();
    const stranger = system.browser({ person: "alice" });
    stranger.cookies.set("wl_session", "x".repeat(43));
    const failed = await failExchange(stranger);
    expect(await signInOf(failed)).toMatchObject({ person: null });
  });

  it("is listed with every other sign-in of that browser, also of another person, and with those of no other one", async () => {
    const alice = system.browser({ person: "alice" });
    await alice.signIn();
    const first = (await rowsOf(system.db, "signIns"))[0]?.id ?? "";
    await alice.copy({ person: "emoji" }).signIn("/login/wechat?tap=1");
    const failed = await failExchange(alice);
    const stranger = await failExchange(system.browser({ person: "alice" }));
    const listed = async (sameBrowserAs: string, filter = {}) => {
      const { data } = await console.query<{ items: Row[] }>("signIns.list", { sameBrowserAs, ...filter });
      return data?.items.map(({ id }) => id);
    };
    const ofAlice = await listed(failed);
    expect([ofAlice?.length, ofAlice?.[0], ofAlice?.at(-1)]).toEqual([3, failed, first]);
    expect(await listed(first)).toEqual(ofAlice);
    expect(await listed(first, { outcome: "failed" })).toEqual([failed]);
    expect(await listed(stranger)).toEqual([stranger]);
    expect(await listed(newId(new Date(0)))).toEqual([]);
  });

  it("tells the browser itself nothing of the person it is guessed to be", async () => {
    const alice = system.browser({ person: "alice" });
    await alice.signIn();
    const userId = (await userOf(alice)) ?? "";
    forgetSession(alice);
    const shared = alice.copy({ person: "emoji" });
    const failed = await failExchange(shared);
    expect(await signInOf(failed)).toMatchObject({ person: { userId, isGuess: true } });
    const nickname = await nicknameOf(userId);
    for (const path of [
      `/login/ended/${failed}`,
      "/login/account",
      "/login/wechat?tap=1",
      "/trpc/session.get",
    ]) {
      const { html } = await shared.visit(path);
      expect(html, path).not.toContain(userId);
      expect(html, path).not.toContain(nickname);
    }
  });
});

describe("a sign-in whose openid is known", () => {
  it("is on the page of the openid's person, also from another person's browser", async () => {
    const alice = system.browser({ person: "alice" });
    await alice.signIn();
    const emoji = system.browser({ person: "emoji" });
    await emoji.signIn();
    const [aliceId, emojiId] = [await userOf(alice), await userOf(emoji)];
    await system.db.consoleQuery((orm, { users }) =>
      orm.update(users).set({ status: "blocked" }).returning({ id: users.id }),
    );
    // Emoji tries in Alice's browser, and is blocked.
    await alice.copy({ person: "emoji" }).signIn("/login/wechat?tap=1");
    const [latest] = (await personOf(emojiId)).signIns;
    expect(latest).toMatchObject({ outcome: "blocked", browserUserId: null });
    expect((await personOf(aliceId)).signIns.map(({ id }) => id)).not.toContain(latest?.id);
    expect(await signInOf(latest?.id ?? "")).toMatchObject({ person: { userId: emojiId, isGuess: false } });
  });
});
