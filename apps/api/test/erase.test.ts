import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Tables } from "../src/db/schema.js";
import { sealAudit, verifyAudit } from "../src/domain/audit-seals.js";
import { joinGroups } from "../src/domain/identity/join-groups.js";
import { newId } from "../src/domain/ids.js";
import { blockUser } from "../src/domain/people/block.js";
import { eraseUser } from "../src/domain/people/erase.js";
import { findSession } from "../src/domain/sessions/sessions.js";
import { type DomainHarness, startDomainHarness, token, visitor } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const by = { operatorId: "olga", visitor };

async function callback(openid: string, key: string, unionid?: string) {
  harness.answers.access_token = { ...token, openid, ...(unionid === undefined ? {} : { unionid }) };
  harness.answers.userinfo = {
    ...{ openid, nickname: `Nickname of ${openid}`, privilege: [] },
    ...{ headimgurl: `https://thirdwx.qlogo.cn/${openid}/132` },
  };
  return harness.handleCallback(await harness.startSignIn(key, `/orders/of/${openid}`));
}
async function signIn(openid: string, key = "web", unionid?: string): Promise<string> {
  const userId = await harness.userOf(await callback(openid, key, unionid));
  if (userId === undefined) throw new Error("the sign-in ended without a session");
  return userId;
}

const add = <Name extends keyof Tables>(name: Name, rows: Tables[Name]["$inferInsert"][]) =>
  addRows(harness.db, name, rows);

/** Every row of every table, as text. */
async function everything(): Promise<string> {
  const names = await harness.db.consoleQuery(async (_, tables) => Object.keys(tables) as (keyof Tables)[]);
  const rows = await Promise.all(names.map(async (name) => [name, await rowsOf(harness.db, name)]));
  return JSON.stringify(Object.fromEntries(rows));
}

/**
 * Two people, Alice with all that this system can store about a person, and Ben with the same beside hers. Alice's second user
 * was merged into her.
 */
async function seedPeople() {
  const alice = await signIn("oAliceOnTheWebsite", "web", "uUnionOfAlice");
  await signIn("oAliceInTheAccount", "plain", "uUnionOfAlice");
  const ben = await signIn("oBenOnTheWebsite", "web", "uUnionOfBen");
  const now = harness.deps.now();
  for (const [userId, name, other] of [
    [alice, "Alice", "Ben"],
    [ben, "Ben", "Alice"],
  ] as const) {
    const merged = newId(now);
    const { appId } = harness.app("web");
    await add("users", [{ id: merged, createdAt: now, mergedInto: userId }]);
    await add("merges", [
      { id: merged, fromUserId: merged, intoUserId: userId, operatorId: "olga", createdAt: now },
    ]);
    await add("mergeMoves", [
      { mergeId: merged, kind: "union", key: `["demo","uUnionOf${name}"]` },
      { mergeId: merged, kind: "external_user", key: `["shop","external-id-of-${name}"]` },
    ]);
    await add("externalUsers", [
      { clientId: "shop", externalId: `external-id-of-${name}`, userId, createdAt: now },
    ]);
    await add("consents", [
      { id: newId(now), userId, bindingId: "-", purpose: "profile", answer: "agreed", at: now },
    ]);
    const conflict = { group: "demo", unionid: `uUnionOf${name}Before`, userId: `${name}-2`, createdAt: now };
    await add("identityConflicts", [{ ...conflict, id: newId(now), otherUserId: userId }]);
    const failure = { at: now, appId, endpoint: "sns/userinfo", errcode: "40003", attempt: 1, latencyMs: 5 };
    await add("apiFailures", [
      {
        ...{ ...failure, id: newId(now), openid: `o${name}OnTheWebsite`, rid: `rid-of-${name}` },
        errmsg: `invalid openid o${name}OnTheWebsite`,
      },
    ]);
    const begun = { purpose: "sign_in" as const, appId, createdAt: now, expiresAt: now };
    const about = { ip: `ip-of-${name}`, userAgent: `phone of ${name}`, returnTo: `/of-${name}` };
    await add("signIns", [
      // Ended before a session, by an openid that they have no more, and in their browser.
      {
        ...{ ...begun, ...about, id: newId(now), browserHash: `browser-of-${name}`, outcome: "blocked" },
        openid: `o${name}OnTheWebsite`,
      },
      {
        ...{ ...begun, ...about, id: newId(now), browserHash: `browser-of-${name}`, outcome: "signed_in" },
        ...{ openid: `o${name}Removed`, userId, browserUserId: userId },
      },
      {
        ...{ ...begun, ...about, id: newId(now), browserHash: `browser-of-${name}`, outcome: "failed" },
        browserUserId: userId,
      },
      // The other person, in this one's browser.
      {
        ...{ ...begun, id: newId(now), browserHash: "shared-browser", outcome: "blocked", returnTo: "/" },
        ...{ openid: `o${other}OnTheWebsite`, browserUserId: userId },
      },
    ]);
    await add("apiFailures", [
      { ...failure, id: newId(now), openid: `o${name}Removed`, errmsg: `said of ${name}` },
    ]);
  }
  await add("auditDetails", [
    { auditId: "1", userId: alice, detail: "a reason about Alice" },
    { auditId: "2", userId: ben, detail: "a reason about Ben" },
  ]);
  // Its place is the openid of the last binding: Ben's on the website, Alice's in the account.
  await joinGroups(harness.deps);
  return { alice, ben };
}

describe("erasing a person", () => {
  it("leaves nothing in the database by which they are found, and everything of others [T122]", async () => {
    const { alice, ben } = await seedPeople();
    const before = await everything();
    expect(before.match(/alice/gi)?.length).toBeGreaterThan(35);

    expect(await eraseUser(harness.deps, { userId: alice, by })).toBe(true);
    const after = await everything();
    expect(after.match(/.{60}alice.{60}/gi)).toBeNull();
    // All of Ben's, but the guess that a sign-in of his was Alice's and the conflict's end.
    expect(after.match(/ben/gi)?.length).toBe(before.match(/ben/gi)?.length);
    expect((await rowsOf(harness.db, "users")).map(({ id }) => id)).toContain(ben);
    const erased = await rowsOf(harness.db, "erasures");
    expect(erased).toEqual(
      expect.arrayContaining([{ userId: alice, operatorId: "olga", at: harness.deps.now() }]),
    );
    // And the user who was merged into her.
    expect(erased).toHaveLength(2);
    expect(await eraseUser(harness.deps, { userId: alice, by })).toBe(false);
  });
});
