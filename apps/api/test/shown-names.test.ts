import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hashSecret, newSecret } from "../src/domain/key-ring.js";
import type { Browser } from "./support/browser.js";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";
import { clinic, id, oa, web } from "./support/two-people.js";

let system: System;
let console: Console;
beforeAll(async () => {
  system = await startSystem();
  console = await seedOperator(system);
});
afterAll(() => system.close());

const userId = id("ANN");
const bindingIds = [id("1"), id("2"), id("3")];
const secret = newSecret();

/** Bindings of one person in three apps, the one that was used last first. */
async function seedPerson(nicknames: readonly (string | null)[]): Promise<void> {
  const now = system.app.deps.now();
  const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
  for (const table of ["sessions", "userTokens", "bindings", "signIns", "users"] as const) {
    await system.db.consoleQuery((orm, t) => orm.delete(t[table] as typeof t.users).returning());
  }
  await addRows(system.db, "users", [{ id: userId, createdAt: hoursAgo(9), lastSignInAt: hoursAgo(1) }]);
  const apps = [oa, web, clinic];
  await addRows(
    system.db,
    "bindings",
    nicknames.map((nickname, n) => ({
      ...{ id: bindingIds[n] ?? "", appId: apps[n] ?? "", openid: `oAnn${n}`, userId, scope: "" },
      // The one that was used last is the oldest.
      ...{ nickname, createdAt: hoursAgo(9 - n), lastSignInAt: hoursAgo(1 + n) },
    })),
  );
  await addRows(
    system.db,
    "userTokens",
    bindingIds.map((bindingId, n) => ({
      ...{
        bindingId,
        appId: apps[n] ?? "",
        accessToken: "a",
        refreshToken: "r",
        scope: "",
        scopeRank: 2,
        updatedAt: now,
      },
      ...{ expiresAt: hoursAgo(-2), refreshExpiresAt: hoursAgo(-700) },
    })),
  );
  const signIn = { id: id("S1"), purpose: "sign_in" as const, appId: oa, returnTo: "/", browserHash: "b" };
  await addRows(system.db, "signIns", [
    { ...signIn, createdAt: now, expiresAt: hoursAgo(-1), browserUserId: userId },
  ]);
  await addRows(system.db, "sessions", [
    {
      ...{ secretHash: hashSecret(secret), id: id("SESS"), userId, signInId: signIn.id },
      ...{ createdAt: now, lastSeenAt: now, expiresAt: hoursAgo(-9) },
    },
  ]);
}

type Named = { nickname: string | null };

/** The name under which each place shows the person. */
async function shownNames(): Promise<Record<string, unknown>> {
  const person: Browser = system.browser();
  person.cookies.set("wl_session", secret);
  const page = (await person.visit("/login/account")).html;
  const bindings = await person.query<{ items: Named[] }>("bindings.list");
  const people = await console.query<{ items: { profile: Named }[] }>("people.list", {});
  const found = await console.query<{ items: { profile: Named }[] }>("people.list", { q: "oAnn2" });
  const detail = await console.query<{ profile: Named }>("people.get", { userId });
  const signIn = await console.query<{ person: Named }>("signIns.get", { id: id("S1") });
  const tokens = await console.query<{ items: Named[] }>("tokens.listUsers", {});
  const token = await console.query<Named>("tokens.getUser", { bindingId: bindingIds[2] });
  return {
    ownPage: /<h1><bdi[^>]*>(.*?)<\/bdi>/.exec(page)?.[1],
    session: (await person.query<Named>("session.get")).data?.nickname,
    bindings: bindings.data?.items.map(({ nickname }) => nickname),
    people: people.data?.items.map(({ profile }) => profile.nickname),
    searchHit: found.data?.items.map(({ profile }) => profile.nickname),
    person: detail.data?.profile.nickname,
    signIn: signIn.data?.person.nickname,
    tokens: tokens.data?.items.map(({ nickname }) => nickname),
    token: token.data?.nickname,
  };
}

const rightToLeft = "\u202eanna\u202c שרה";

describe("a person with three bindings", () => {
  it.each([
    [
      "an emoji, where the last used one has no nickname",
      [null, "🌸", "Anna of old"],
      "🌸",
      [null, "🌸", "Anna of old"],
    ],
    [
      "the last used one that shows something",
      ["\u3164\u200b", "Anna", "Anna of old"],
      "Anna",
      [null, "Anna", "Anna of old"],
    ],
    [
      "a right-to-left name, as WeChat gave it",
      [null, " ", rightToLeft],
      rightToLeft,
      [null, null, rightToLeft],
    ],
  ] as const)("is shown by one nickname at every place: %s", async (_, nicknames, shown, bindings) => {
    await seedPerson(nicknames);
    expect(await shownNames()).toEqual({
      ...{ ownPage: shown, session: shown, people: [shown], searchHit: [shown], person: shown },
      ...{ signIn: shown, tokens: [shown, shown, shown], token: shown },
      // Where each is named for itself, one of which nothing would be seen has no name.
      bindings,
    });
  });

  describe("of which none shows anything", () => {
    beforeEach(() => seedPerson([" ", null, "\u3164"]));

    it("is shown as a person without a name on their own page, and by what there is in the console", async () => {
      expect(await shownNames()).toEqual({
        ...{ ownPage: undefined, session: "", people: [" "], searchHit: [" "], person: " ", signIn: " " },
        ...{ tokens: [" ", " ", " "], token: " ", bindings: [null, null, null] },
      });
    });
  });
});
