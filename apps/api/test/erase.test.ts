import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { deleteBatchSize } from "../src/db/delete-batch.js";
import { deleteErasedUser, deleteMergeMoves } from "../src/db/erasures.js";
import type { Tables } from "../src/db/schema.js";
import { joinGroups } from "../src/domain/identity/join-groups.js";
import { type MergeError, mergeUsers } from "../src/domain/identity/merges.js";
import { refreshStaleProfiles } from "../src/domain/identity/stale-profiles.js";
import { newId } from "../src/domain/ids.js";
import { blockUser } from "../src/domain/people/block.js";
import { eraseUser } from "../src/domain/people/erase.js";
import { noteErasures, readLedger } from "../src/domain/people/erasure-ledger.js";
import { completeLedger, finishErasures, replayErasures } from "../src/domain/people/replay-erasures.js";
import { type DomainHarness, startDomainHarness, token, visitor } from "./support/domain-harness.js";
import { newLedgerPath } from "./support/erasure-ledger.js";
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
      { clientId: "crm", externalId: `id ${userId}`, userId, createdAt: now },
    ]);
    const hostRow = { clientId: "shop", nonceHash: `nonce-of-${name}`, createdAt: now, expiresAt: now };
    await add("tickets", [
      { ...hostRow, ticketHash: `ticket-of-${name}`, userId, signInId: "-", isNew: 0, redeemedAt: now },
    ]);
    const link = { ...hostRow, label: `label-of-${name}`, returnTo: `/bind-of-${name}` };
    await add("bindLinks", [
      // Used by them, and made for them; whom another host calls the same is another person.
      { ...link, id: newId(now), secretHash: `used-${name}`, externalId: `old-id-of-${name}`, userId },
      { ...link, id: newId(now), secretHash: `open-${name}`, externalId: `external-id-of-${name}` },
      {
        ...{ ...link, id: newId(now), secretHash: userId, clientId: "other", label: "-" },
        ...{ externalId: `id ${userId}`, returnTo: "/", nonceHash: "-" },
      },
    ]);
    await add("idempotencyKeys", [
      {
        ...{ clientId: "shop", key: `key-${userId}`, requestHash: "-", createdAt: now, expiresAt: now },
        ...{ status: 200, answer: `{"externalId":"external-id-of-${name}"}`, userId },
      },
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
  it("leaves nothing in the database, its file and the log by which they are found, and everything of others [T122]", async () => {
    const { alice, ben } = await seedPeople();
    const before = await everything();
    expect(before.match(/alice/gi)?.length).toBeGreaterThan(35);

    expect(await eraseUser(harness.deps, { userId: alice, by })).toBe(true);
    const after = await everything();
    expect(after.match(/.{60}alice.{60}/gi)).toBeNull();
    expect((await harness.bytes()).toString("latin1").match(/.{20}alice.{20}/gis)).toBeNull();
    expect(harness.loggedLines.join()).not.toMatch(/alice/i);
    const ofBen = /oBen|of.?Ben|about Ben/gi;
    expect(before.match(ofBen)?.length).toBeGreaterThan(25);
    expect(after.match(ofBen)?.length).toBe(before.match(ofBen)?.length);
    expect((await rowsOf(harness.db, "sessions")).map(({ userId }) => userId)).toEqual([ben]);
    expect((await rowsOf(harness.db, "bindLinks")).map(({ secretHash }) => secretHash).sort()).toEqual(
      [alice, ben, "open-Ben", "used-Ben"].sort(),
    );
    expect((await rowsOf(harness.db, "merges")).map(({ intoUserId }) => intoUserId)).toEqual([ben]);
    // Also the user who was merged into her.
    const erased = await rowsOf(harness.db, "erasures");
    expect(erased.map(({ userId: _, ...row }) => row)).toEqual(
      Array.from({ length: 2 }, () => ({ operatorId: "olga", at: harness.deps.now() })),
    );
    expect((await rowsOf(harness.db, "auditLog")).map(({ event, target }) => [event, target])).toEqual([
      ["people.erase", alice],
    ]);
    expect(await eraseUser(harness.deps, { userId: alice, by })).toBe(false);
  });

  it("keeps sign-ins and failures under pseudonyms that are alike for the same openid, address and browser [T122]", async () => {
    const { alice } = await seedPeople();
    const rowsBefore = await rowsOf(harness.db, "signIns");
    const failuresBefore = await rowsOf(harness.db, "apiFailures");
    await eraseUser(harness.deps, { userId: alice, by: "person" });
    expect(await rowsOf(harness.db, "auditLog")).toEqual([]);
    expect((await rowsOf(harness.db, "erasures"))[0]).toMatchObject({ operatorId: null });

    const { keys } = harness.deps;
    const pseudonym = (...parts: [string, ...string[]]) => keys.pseudonyms(...parts)[0];
    const isOfAlice = (row: object) => /alice/i.test(JSON.stringify(row));
    const sharedBrowser = (row: { openid: string | null }) => row.openid?.startsWith("oBen") ?? false;
    const expected = rowsBefore.map((row) => {
      const { appId, openid, ip, browserHash } = row;
      if (sharedBrowser(row)) return { ...row, browserUserId: row.userId && row.browserUserId };
      if (!isOfAlice(row)) return row;
      return {
        ...row,
        openid: openid && pseudonym("openid", appId, openid),
        ip: ip && pseudonym("ip", ip),
        browserHash: pseudonym("browser", browserHash),
        ...{ returnTo: "/", userAgent: null, userId: null, browserUserId: null },
      };
    });
    // Ben's own guesses stay; the guess that he was Alice goes.
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    const rows = await rowsOf(harness.db, "signIns");
    const withoutGuess = <Row extends object>(row: Row) => ({ ...row, browserUserId: undefined });
    expect(rows.map(withoutGuess).sort(byId)).toEqual(expected.map(withoutGuess).sort(byId));
    expect(rows.some(({ browserUserId }) => browserUserId === alice)).toBe(false);
    expect(rows.filter(({ browserUserId }) => browserUserId !== null)).toHaveLength(3);

    expect((await rowsOf(harness.db, "apiFailures")).sort(byId)).toEqual(
      failuresBefore
        .map((row) =>
          isOfAlice(row)
            ? { ...row, openid: pseudonym("openid", row.appId, row.openid ?? ""), errmsg: "", rid: null }
            : row,
        )
        .sort(byId),
    );
  });

  it("erases the whole person by the id of a user who was merged into them [T122]", async () => {
    const { alice, ben } = await seedPeople();
    const merged = (await rowsOf(harness.db, "users")).find(({ mergedInto }) => mergedInto === alice);
    // Who was merged into that one before, and one more into them.
    const now = harness.deps.now();
    const [earlier, earliest] = [newId(now), newId(now)];
    await add("users", [{ id: earlier, createdAt: now, mergedInto: merged?.id ?? "" }]);
    await add("users", [{ id: earliest, createdAt: now, mergedInto: earlier }]);
    expect(await eraseUser(harness.deps, { userId: merged?.id ?? "", by })).toBe(true);
    expect(harness.loggedLines.map((line) => JSON.parse(line))).toContainEqual({
      ...{ event: "user_erased", userId: alice, message: "a person was erased" },
    });
    expect(await everything()).not.toMatch(/alice/i);
    expect((await rowsOf(harness.db, "users")).map(({ id, mergedInto }) => mergedInto ?? id)).toEqual([
      ben,
      ben,
    ]);
  });

  it("leaves them a stranger who can sign in as a new user, unless they were blocked: then with none of their identities [T122]", async () => {
    const alice = await signIn("oAlice", "web", "uUnionOfAlice");
    const ben = await signIn("oBen", "web", "uUnionOfBen");
    await eraseUser(harness.deps, { userId: alice, by });
    const again = await signIn("oAlice", "web", "uUnionOfAlice");
    expect([alice, ben]).not.toContain(again);
    expect(await rowsOf(harness.db, "blockedIdentities")).toEqual([]);

    await blockUser(harness.deps, { userId: again, reason: "sells fakes", by });
    expect(await callback("oAlice", "web")).toMatchObject({ page: "blocked" });
    await eraseUser(harness.deps, { userId: again, by });
    expect(await callback("oAlice", "web")).toMatchObject({ page: "blocked" });
    // By the unionid, in an app where they never were.
    expect(await callback("oAliceElsewhere", "plain", "uUnionOfAlice")).toMatchObject({ page: "blocked" });
    expect(await everything()).not.toMatch(/"openid":"oAlice|uUnionOfAlice|Nickname of oAlice/);
    const { appId } = harness.app("web");
    const [pseudonym] = harness.deps.keys.pseudonyms("openid", appId, "oAlice");
    const blockedAs = (await rowsOf(harness.db, "signIns")).filter(({ openid }) => openid === pseudonym);
    expect(blockedAs.map(({ outcome }) => outcome).sort()).toEqual([
      "blocked",
      "blocked",
      "signed_in",
      "signed_in",
    ]);
    // The same openid text in another app is another person's.
    await signIn("oAlice", "alone");
  });

  it("keeps out a blocked person whose unionid comes with the profile only, and lets in another person whose does [T122]", async () => {
    const alice = await signIn("oAlice", "plain", "uUnionOfAlice");
    await blockUser(harness.deps, { userId: alice, reason: "sells fakes", by });
    await eraseUser(harness.deps, { userId: alice, by });
    const callbackOf = async (openid: string, unionid: string) => {
      const started = await harness.startSignIn("web", "/");
      harness.answers.access_token = { ...token, openid };
      harness.answers.userinfo = { openid, unionid, nickname: "A", headimgurl: "", privilege: [] };
      return harness.handleCallback(started);
    };
    expect(await callbackOf("oAliceOnTheWebsite", "uUnionOfAlice")).toMatchObject({ page: "blocked" });
    expect(await harness.userOf(await callbackOf("oBenOnTheWebsite", "uUnionOfBen"))).toBeDefined();
    expect((await rowsOf(harness.db, "bindings")).map(({ openid }) => openid)).toEqual(["oBenOnTheWebsite"]);
  });

  it("of a large history takes small batches, lets requests run in between, and is finished by the job if the process dies [T122]", async () => {
    const alice = await signIn("oAlice", "web");
    const now = harness.deps.now();
    const { appId } = harness.app("web");
    const many = <Row>(row: (n: number) => Row) => Array.from({ length: 450 }, (_, n) => row(n));
    const begun = { purpose: "sign_in" as const, appId, createdAt: now, expiresAt: now, returnTo: "/" };
    await add(
      "signIns",
      many(() => ({ ...begun, id: newId(now), browserHash: "b", openid: "oAlice", userId: alice })),
    );
    const failure = { at: now, appId, endpoint: "sns/auth", errcode: "1", errmsg: "", attempt: 1 };
    await add(
      "apiFailures",
      many(() => ({ ...failure, id: newId(now), openid: "oAlice", latencyMs: 1 })),
    );
    const { batch } = harness.db;
    let requests = 0;
    let batches = 0;
    // The process dies in the second of the large batches.
    harness.db.batch = async (steps) => {
      if (steps.some(({ statement }) => statement.name === "pseudonymize_sign_in")) {
        expect(steps.length).toBeLessThanOrEqual(50);
        if (++batches === 2) throw new Error("killed");
      }
      setImmediate(() => requests++);
      return batch(steps);
    };
    await expect(eraseUser(harness.deps, { userId: alice, by })).rejects.toThrow("killed");
    harness.db.batch = batch;
    expect(requests).toBeGreaterThan(1);
    expect(await rowsOf(harness.db, "sessions")).toEqual([]);
    expect(await rowsOf(harness.db, "userTokens")).toEqual([]);

    // It is not taken for one that is under way.
    harness.advance(59);
    await finishErasures(harness.deps);
    expect(await everything()).toMatch(/oAlice/);
    harness.advance(2);
    await finishErasures(harness.deps);
    expect(await everything()).not.toMatch(/oAlice/);
    expect(await rowsOf(harness.db, "users")).toEqual([]);
    expect(harness.loggedEvents.filter((event) => event === "user_erased")).toHaveLength(1);
  });

  it("that is interrupted once the person is gone has left nothing of them in their history [T122]", async () => {
    const alice = await signIn("oAlice", "web");
    const { appId } = harness.app("web");
    const failure = { at: harness.deps.now(), appId, endpoint: "sns/auth", errcode: "1", attempt: 1 };
    await add("apiFailures", [{ ...failure, id: alice, openid: "oAlice", errmsg: "", latencyMs: 1 }]);
    const { batch } = harness.db;
    harness.db.batch = async (steps) => {
      const answer = await batch(steps);
      if (steps.some(({ statement }) => statement === deleteErasedUser)) throw new Error("killed");
      return answer;
    };
    await expect(eraseUser(harness.deps, { userId: alice, by })).rejects.toThrow("killed");
    expect(await rowsOf(harness.db, "users")).toEqual([]);
    expect(await everything()).not.toMatch(/oAlice/);
  });

  it("takes all that a large merge moved, a batch at a time [T122]", async () => {
    const [alice, ben] = [await signIn("oAlice"), await signIn("oBen")];
    const now = harness.deps.now();
    const merge = (id: string, intoUserId: string) => ({
      ...{ id, fromUserId: "-", intoUserId, operatorId: "-", createdAt: now },
    });
    await add("merges", [merge("hers", alice), merge("his", ben)]);
    const move = (mergeId: string, n: number) => ({ mergeId, kind: "session" as const, key: `${n}` });
    const moves = Array.from({ length: deleteBatchSize + 1 }, (_, n) => move("hers", n));
    await add("mergeMoves", [...moves, move("his", 1)]);
    const deleted: number[] = [];
    const { run } = harness.db;
    harness.db.run = async (statement, values) => {
      const rows = await run(statement, values);
      if (statement.name === deleteMergeMoves.name) deleted.push(rows.length);
      return rows;
    };
    await eraseUser(harness.deps, { userId: alice, by });
    expect(deleted).toEqual([deleteBatchSize, 1]);
    expect(await rowsOf(harness.db, "mergeMoves")).toEqual([move("his", 1)]);
    expect((await rowsOf(harness.db, "merges")).map(({ id }) => id)).toEqual(["his"]);
  });

  it("that was interrupted is finished for thirty days, and by a start whatever its age [T122]", async () => {
    const days = 86_400;
    const interrupted = async (openid: string) => {
      const userId = await signIn(openid);
      await add("erasures", [{ userId, at: harness.deps.now() }]);
    };
    await interrupted("oAlice");
    harness.advance(2 * 60);
    await interrupted("oBen");
    harness.advance(30 * days - 60); // Alice's is a minute older than that, Ben's a minute younger
    await finishErasures(harness.deps);
    expect(await everything()).not.toMatch(/oBen/);
    expect(await everything()).toMatch(/oAlice/);
    await replayErasures(harness.deps);
    expect(await everything()).not.toMatch(/oAlice/);
  });

  it("of thirty sign-ins of the person at once leaves each signed in as a new user, or sent to sign in again [T122]", async () => {
    const alice = await signIn("oAlice", "plain", "uUnionOfAlice");
    harness.answers.access_token = { ...token, openid: "oAlice", unionid: "uUnionOfAlice" };
    const started = await Promise.all(Array.from({ length: 30 }, () => harness.startSignIn()));
    const [results] = await Promise.all([
      Promise.all(started.map((one) => harness.handleCallback(one))),
      eraseUser(harness.deps, { userId: alice, by }),
    ]);
    for (const result of results) {
      if (result.kind !== "signed_in") expect(result).toMatchObject({ kind: "failure", page: "expired" });
    }
    const users = (await rowsOf(harness.db, "users")).map(({ id }) => id);
    expect(users).not.toContain(alice);
    expect(users.length).toBeLessThanOrEqual(1);
    for (const table of ["bindings", "unions", "sessions"] as const) {
      for (const row of await rowsOf(harness.db, table)) expect(users, table).toContain(row.userId);
    }
    const later = await signIn("oAlice", "plain", "uUnionOfAlice");
    expect((await rowsOf(harness.db, "users")).map(({ id }) => id)).toEqual([later]);
  });

  it("is not undone by a job that asks WeChat about the person at that moment [T122]", async () => {
    const alice = await signIn("oAlice", "web");
    const { deps } = harness;
    deps.staleProfiles.add(harness.app("web"), "oAlice");
    deps.staleProfiles.add(harness.app("web"), "oUnknown");
    const { run } = harness.db;
    harness.db.run = async (statement, values) => {
      const rows = await run(statement, values);
      if (statement.name === "claim_profile_read") await eraseUser(deps, { userId: alice, by });
      return rows;
    };
    harness.answers.access_token = { errcode: 40030, errmsg: "invalid refresh_token of oAlice" };
    await refreshStaleProfiles(deps);
    harness.db.run = run;
    const failures = await rowsOf(harness.db, "apiFailures");
    expect(failures).toMatchObject([{ errcode: "40030", openid: null, errmsg: "" }]);
    expect(await everything()).not.toMatch(/alice/i);
  });

  it("is not undone by a sign-in that found the person blocked, or without a profile, at that moment [T122]", async () => {
    const { run } = harness.db;
    for (const [openid, isBlocked] of [
      ["oAlice", true],
      ["oAlison", false],
    ] as const) {
      const request = async () => harness.requestProfile(await harness.startSignIn("oa", "/"));
      harness.answers.access_token = { ...token, openid };
      harness.answers.userinfo = { openid, nickname: openid, privilege: [] };
      const userId = (await harness.userOf(await harness.handleCallback(await request()))) ?? "";
      if (isBlocked) await blockUser(harness.deps, { userId, reason: "sells fakes", by });
      const started = await request();
      harness.db.run = async (statement, values) => {
        const rows = await run(statement, values);
        if (statement.name === "find_joined_binding") {
          harness.db.run = run;
          await eraseUser(harness.deps, { userId, by });
        }
        return rows;
      };
      harness.answers.userinfo = { errcode: 40003, errmsg: `invalid openid ${openid}` };
      const result = await harness.handleCallback(started);
      expect(result).toMatchObject(isBlocked ? { page: "blocked" } : { errcode: "40003" });
    }
    expect(await rowsOf(harness.db, "apiFailures")).toMatchObject([{ openid: null, errmsg: "" }]);
    expect(await everything()).not.toMatch(/oAli(ce|son)/i);
  });
});

describe("an erasure and a merge of the same person at once", () => {
  const merge = ([fromUserId = "", intoUserId = ""]: string[]) =>
    mergeUsers(harness.deps, { fromUserId, intoUserId, reason: "one person", by }).then(
      () => "done",
      (error: MergeError) => error.reason,
    );
  /** Lets `meanwhile` happen just before the first batch with this statement. */
  function before(name: string, meanwhile: () => Promise<unknown>): void {
    const { batch } = harness.db;
    harness.db.batch = async (steps) => {
      if (steps.some(({ statement }) => statement.name === name)) {
        harness.db.batch = batch;
        await meanwhile();
      }
      return batch(steps);
    };
  }
  const erasedIds = async () => (await rowsOf(harness.db, "erasures")).map(({ userId }) => userId).sort();

  it.each([
    ["into the person", 1, 0],
    ["of the person into another user", 0, 1],
  ])("erase both users if the merge %s is faster [T116, T122]", async (_, from, into) => {
    const users = [await signIn("oAlice"), await signIn("oAliceElsewhere")];
    const ben = await signIn("oBen");
    before("insert_erasure", () => merge([users[from] ?? "", users[into] ?? ""]));
    expect(await eraseUser(harness.deps, { userId: users[0] ?? "", by })).toBe(true);
    expect(await erasedIds()).toEqual([...users].sort());
    const entries = (await rowsOf(harness.db, "auditLog")).filter(({ event }) => event === "people.erase");
    expect(entries.map(({ target }) => target)).toEqual([users[into]]);
    expect((await rowsOf(harness.db, "users")).map(({ id }) => id)).toEqual([ben]);
    expect((await rowsOf(harness.db, "bindings")).map(({ openid }) => openid)).toEqual(["oBen"]);
    expect(await everything()).not.toMatch(/oAlice/);
  });

  it("leave the other user as they are if the erasure is faster: the merge is refused [T116, T122]", async () => {
    const alice = await signIn("oAlice");
    const [ben, cat] = [await signIn("oBen"), await signIn("oCat")];
    const begin = () => add("erasures", [{ userId: alice, at: harness.deps.now() }]);
    before("set_merged_into", begin);
    expect(await merge([alice, ben])).toBe("being_erased");
    expect(await merge([alice, ben])).toBe("being_erased");
    expect(await merge([ben, alice])).toBe("being_erased");
    expect(await rowsOf(harness.db, "merges")).toEqual([]);
    expect(await merge([ben, cat])).toBe("done");
  });
});

describe("the ledger of erasures", () => {
  it("is a file that its owner alone may read, as is the folder that is made for it", () => {
    const folder = newLedgerPath();
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const settings = { ...harness.deps.settings, erasureLedger: join(folder, "ledger") };
    const entry = { userId: "ann", operatorId: null, at: harness.deps.now(), blocked: true };
    noteErasures({ ...harness.deps, settings }, []);
    expect(existsSync(folder)).toBe(false);
    noteErasures({ ...harness.deps, settings }, [entry]);
    noteErasures({ ...harness.deps, settings }, [{ ...entry, userId: "ben", operatorId: "olga" }]);
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect([modeOf(folder), modeOf(settings.erasureLedger)]).toEqual(["700", "600"]);
    expect(readLedger({ ...harness.deps, settings })).toEqual([
      entry,
      { ...entry, userId: "ben", operatorId: "olga" },
    ]);
  });

  const ledger = () => readFileSync(harness.deps.settings.erasureLedger, "utf8");
  const restore = async (row: Tables["users"]["$inferInsert"], openid: string) => {
    const { appId } = harness.app("web");
    const at = row.createdAt;
    await add("users", [row]);
    await add("bindings", [
      { id: newId(at), appId, openid, userId: row.id, scope: "", createdAt: at, lastSignInAt: at },
    ]);
  };

  it("has every user of a person who was blocked as blocked, also one who was merged into them before [T122]", async () => {
    const [ann, ben] = [await signIn("oAnn"), await signIn("oBen")];
    await mergeUsers(harness.deps, { fromUserId: ben, intoUserId: ann, reason: "one person", by });
    await blockUser(harness.deps, { userId: ann, reason: "sells fakes", by });
    await eraseUser(harness.deps, { userId: ben, by });
    const lines = readLedger(harness.deps).map(({ userId, blocked }) => [userId, blocked]);
    expect(lines).toEqual([
      [ann, true],
      [ben, true],
    ]);

    // A restored database that knows one of the two.
    await harness.db.consoleQuery((orm, t) =>
      orm.delete(t.erasures).where(eq(t.erasures.userId, ben)).returning(),
    );
    await replayErasures(harness.deps);
    const replayed = harness.loggedLines.map((text) => JSON.parse(text));
    expect(replayed.filter(({ event }) => event === "erasures_replayed")).toMatchObject([{ users: 1 }]);
  });

  it("lets a restored backup forget again, and keep blocked who was: its lines hold internal ids only [T122]", async () => {
    const [alice, ben, cat] = [await signIn("oAlice"), await signIn("oBen"), await signIn("oCat")];
    const backup = await rowsOf(harness.db, "users");
    await blockUser(harness.deps, { userId: ben, reason: "sells fakes", by });
    await eraseUser(harness.deps, { userId: alice, by: "person" });
    await eraseUser(harness.deps, { userId: ben, by });
    const line = (userId: string, operatorId: string | null, blocked: boolean) =>
      `${JSON.stringify({ userId, operatorId, at: harness.deps.now(), blocked })}\n`;
    expect(ledger()).toBe(line(alice, null, false) + line(ben, "olga", true));

    // As the database was before: both are there, not blocked, and nothing knows of their erasures.
    for (const table of ["erasures", "blockedIdentities"] as const) {
      await harness.db.consoleQuery((orm, t) =>
        orm.delete(t[table] as unknown as Tables["users"]).returning(),
      );
    }
    for (const row of backup) {
      if (row.id !== cat) await restore(row, row.id === alice ? "oAlice" : "oBen");
    }
    await replayErasures(harness.deps);
    expect((await rowsOf(harness.db, "users")).map(({ id }) => id)).toEqual([cat]);
    expect(await everything()).not.toMatch(/oAlice|oBen/);
    expect((await rowsOf(harness.db, "erasures")).map(({ userId }) => userId).sort()).toEqual(
      [alice, ben].sort(),
    );
    expect(await callback("oBen", "web")).toMatchObject({ page: "blocked" });
    expect(await signIn("oAlice")).not.toBe(alice);
    expect(harness.loggedEvents.filter((event) => event === "erasures_replayed")).toHaveLength(1);

    await replayErasures(harness.deps);
    expect(harness.loggedEvents.filter((event) => event === "erasures_replayed")).toHaveLength(1);
    expect(ledger()).toBe(line(alice, null, false) + line(ben, "olga", true));
  });

  it("is completed from the database, after half a line too, and stops a start where it cannot be read, but no erasure where it cannot be written [T122]", async () => {
    const [alice, ben] = [await signIn("oAlice"), await signIn("oBen")];
    const { erasureLedger } = harness.deps.settings;
    harness.deps.settings.erasureLedger = "/dev/null/erasures";
    expect(await eraseUser(harness.deps, { userId: alice, by })).toBe(true);
    const logged = harness.loggedLines.map((line) => JSON.parse(line));
    expect(logged.filter(({ event }) => event === "erasure_ledger_not_written")).toEqual([
      {
        event: "erasure_ledger_not_written",
        err: expect.objectContaining({ code: "EEXIST", path: "/dev/null" }),
        message: expect.stringMatching(/^an erasure is not in the file of ERASURE_LEDGER yet/),
      },
    ]);
    harness.deps.settings.erasureLedger = "/dev/null/erasures";
    await expect(replayErasures(harness.deps)).rejects.toMatchObject({
      name: "ErasureLedgerError",
      message: expect.stringMatching(/^The file of ERASURE_LEDGER cannot be read: ENOTDIR\./),
    });
    harness.deps.settings.erasureLedger = erasureLedger;

    writeFileSync(erasureLedger, '{"userId":"01M0');
    await completeLedger(harness.deps);
    await eraseUser(harness.deps, { userId: ben, by });
    await completeLedger(harness.deps);
    const lines = ledger().trim().split("\n");
    expect(lines[0]).toBe('{"userId":"01M0');
    expect(lines.slice(1).map((text) => JSON.parse(text).userId)).toEqual([alice, ben]);
  });

  it("is read without its damaged lines, which are counted in the log [T122]", () => {
    const at = new Date("2026-11-28T12:00:00Z");
    const whole = { userId: "01M00000000000000000000001", operatorId: "01M00000000000000000000002", at };
    const lines = [
      JSON.stringify({ ...whole, blocked: true }),
      JSON.stringify({ userId: "01M00000000000000000000003", at, blocked: "yes" }),
      " ",
      '{"userId":"01M0',
      JSON.stringify({ userId: 7, at }),
      JSON.stringify({ userId: whole.userId, at: "yesterday" }),
    ];
    const log = vi.spyOn(harness.deps.log, "warn");
    onTestFinished(() => log.mockRestore());
    const { erasureLedger } = harness.deps.settings;
    writeFileSync(erasureLedger, `${lines[0]}\n\n`);
    expect(readLedger(harness.deps)).toEqual([{ ...whole, blocked: true }]);
    expect(log).not.toHaveBeenCalled();
    writeFileSync(erasureLedger, lines.join("\n"));
    expect(readLedger(harness.deps)).toEqual([
      { ...whole, blocked: true },
      { userId: "01M00000000000000000000003", operatorId: null, at, blocked: false },
    ]);
    expect(log.mock.calls).toEqual([
      [{ event: "erasure_ledger_damaged", lines: 3 }, "the ledger has unreadable lines"],
    ]);
    rmSync(erasureLedger);
    expect(readLedger(harness.deps)).toEqual([]);
  });

  it("is completed by each of a thousand erasures on another machine, once [T122]", async () => {
    const userIds = Array.from(
      { length: 1_001 },
      (_, n) => `01M00000000000000000000${String(n).padStart(3, "0")}`,
    );
    const at = harness.deps.now();
    await add(
      "erasures",
      userIds.slice(0, 1_000).map((userId) => ({ userId, at })),
    );
    await completeLedger(harness.deps);
    await completeLedger(harness.deps);
    const inFile = () =>
      ledger()
        .trim()
        .split("\n")
        .map((text) => JSON.parse(text).userId);
    expect(inFile()).toEqual(userIds.slice(0, 1_000));
    await add(
      "erasures",
      userIds.slice(1_000).map((userId) => ({ userId, at })),
    );
    await replayErasures(harness.deps);
    expect(inFile()).toEqual(userIds);
  });
});
