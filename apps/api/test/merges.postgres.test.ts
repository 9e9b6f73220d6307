import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mergeUsers } from "../src/domain/identity/merges.js";
import { newId } from "../src/domain/ids.js";
import { type DomainHarness, profile, startDomainHarness, token, visitor } from "./support/domain-harness.js";
import { waitForLockedQueries, withConnection } from "./support/postgres.js";
import { rowsOf } from "./support/rows.js";

// On SQLite a merge and a sign-in write one after the other. On PostgreSQL they overlap: another connection holds a row, so that
// the merge stops in the middle, the sign-in meets it there, and both go on.

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const by = { operatorId: newId(new Date(0)), visitor };
const [openid, otherOpenid, newOpenid] = ["oAliceOnThePhone", "oAliceElsewhere", "oAliceOnTheDesktop"];
const unionid = "uUnionOfAlice";

async function userAfter(app: string, fields: { openid: string; unionid?: string }) {
  harness.answers.access_token = { ...token, ...fields };
  harness.answers.userinfo = { ...profile, ...fields };
  return harness.userOf(await harness.handleCallback(await harness.startSignIn(app)));
}

/** Merges `from` into `into` while `signIn` is under way, and returns the user that it ends with. */
async function signInAmidMerge(
  users: { fromUserId: string; intoUserId: string },
  signIn: () => Promise<string | undefined>,
) {
  const url = harness.databaseUrl ?? "";
  return withConnection(url, async (holder) => {
    await holder.query("begin");
    await holder.query("select id from bindings where openid = $1 for update", [openid]);
    const merged = mergeUsers(harness.deps, { ...users, reason: "the same person", by });
    await waitForLockedQueries(url, 1);
    const signedIn = signIn();
    await waitForLockedQueries(url, 2);
    await holder.query("commit");
    await merged;
    return signedIn;
  });
}

/** Every openid and unionid with its user, and the conflicts. */
const stored = async () => ({
  bindings: new Map((await rowsOf(harness.db, "bindings")).map((row) => [row.openid, row.userId])),
  unions: (await rowsOf(harness.db, "unions")).map((row) => [row.unionid, row.userId]),
  conflicts: await rowsOf(harness.db, "identityConflicts"),
});

describe("a sign-in that meets a merge on PostgreSQL", () => {
  it("brings its unionid to the survivor, and is no conflict of the two who are one [T116, T117]", async () => {
    const fromUserId = (await userAfter("plain", { openid })) ?? "";
    const intoUserId = (await userAfter("plain", { openid: otherOpenid })) ?? "";
    const signIn = () => userAfter("plain", { openid, unionid });
    expect(await signInAmidMerge({ fromUserId, intoUserId }, signIn)).toBe(intoUserId);
    expect(await stored()).toEqual({
      bindings: new Map([
        [openid, intoUserId],
        [otherOpenid, intoUserId],
      ]),
      unions: [[unionid, intoUserId]],
      conflicts: [],
    });
  });

  it("gives its new binding to the survivor, if the unionid belonged to the user who is merged [T74, T116]", async () => {
    const fromUserId = (await userAfter("plain", { openid, unionid })) ?? "";
    const intoUserId = (await userAfter("plain", { openid: otherOpenid })) ?? "";
    const signIn = () => userAfter("web", { openid: newOpenid, unionid });
    expect(await signInAmidMerge({ fromUserId, intoUserId }, signIn)).toBe(intoUserId);
    expect(await stored()).toEqual({
      bindings: new Map([
        [openid, intoUserId],
        [otherOpenid, intoUserId],
        [newOpenid, intoUserId],
      ]),
      unions: [[unionid, intoUserId]],
      conflicts: [],
    });
  });
});
