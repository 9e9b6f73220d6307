import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { getPerson, listPeople } from "../src/domain/console/people.js";
import { findAnything } from "../src/domain/console/search.js";
import { listSignInsPage } from "../src/domain/console/sign-ins.js";
import { listUserTokensPage } from "../src/domain/console/user-tokens.js";
import { mergeUsers, undoMerge } from "../src/domain/identity/merges.js";
import { newId } from "../src/domain/ids.js";
import { newSecret } from "../src/domain/key-ring.js";
import { blockUser, unblockUser } from "../src/domain/people/block.js";
import { type DomainHarness, startDomainHarness, token, visitor } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const by = { operatorId: newId(new Date(0)), visitor };
const reason = "both phones are hers";
const merge = (fromUserId: string, intoUserId: string) =>
  mergeUsers(harness.deps, { fromUserId, intoUserId, reason, by });
const undo = (id: string) => undoMerge(harness.deps, { id, reason, by });

/** What a sign-in with this openid ends in: its user, or the page that is shown. */
async function signIn(openid: string, fields: { unionid?: string; browserSecret?: string } = {}) {
  const { browserSecret, ...answer } = fields;
  harness.answers.access_token = { ...token, openid, ...answer };
  const result = await harness.handleCallback(await harness.startSignIn("plain", "/", browserSecret));
  return result.kind === "failure" ? result.page : ((await harness.userOf(result)) ?? result.kind);
}

describe("what happened to a person between a merge and its undo", () => {
  it("holds for both: a block, whose end only an operator decides [T76, T116]", async () => {
    const [from, into] = [await signIn("oFrom"), await signIn("oInto")];
    const id = await merge(from, into);
    await blockUser(harness.deps, { userId: into, reason, by });
    await undo(id);
    expect([await signIn("oFrom"), await signIn("oInto")]).toEqual(["blocked", "blocked"]);
    await unblockUser(harness.deps, { userId: from, by });
    expect([await signIn("oFrom"), await signIn("oInto")]).toEqual([from, "blocked"]);
  });

  it("holds for both: the end of a block [T116]", async () => {
    const [from, into] = [await signIn("oFrom"), await signIn("oInto")];
    for (const userId of [from, into]) await blockUser(harness.deps, { userId, reason, by });
    const id = await merge(from, into);
    await unblockUser(harness.deps, { userId: into, by });
    await undo(id);
    expect([await signIn("oFrom"), await signIn("oInto")]).toEqual([from, into]);
  });
});

describe("a browser of a person who is merged", () => {
  const guesses = async () =>
    new Map((await rowsOf(harness.db, "signIns")).map(({ id, browserUserId }) => [id, browserUserId]));

  it("is known as the survivor's from then on, and as theirs again after an undo", async () => {
    const browserSecret = newSecret();
    const [from, into] = [await signIn("oFrom", { browserSecret }), await signIn("oInto")];
    const failed = await harness.startSignIn("plain", "/", browserSecret);
    harness.answers.access_token = { errcode: 40029, errmsg: "no" };
    await harness.handleCallback(failed);
    const before = await guesses();
    expect(before.get(failed.signInId)).toBe(from);

    const id = await merge(from, into);
    const since = await harness.startSignIn("plain", "/", browserSecret);
    const after = await guesses();
    expect([after.get(failed.signInId), after.get(since.signInId)]).toEqual([into, into]);
    const page = await listSignInsPage(harness.deps, { userId: into, limit: 10 });
    expect(page.items.map((row) => row.id)).toContain(failed.signInId);

    await undo(id);
    expect(await guesses()).toEqual(new Map([...before, [since.signInId, into]]));
  });
});

describe("a unionid that is still with a merged user, as after a sign-in that met the merge", () => {
  it("goes to the survivor at their next sign-in, and to no other person [T74, T117]", async () => {
    const unionid = "uUnionOfAlice";
    const [from, into, other] = [await signIn("oFrom"), await signIn("oInto"), await signIn("oOther")];
    await merge(from, into);
    const createdAt = harness.deps.now();
    await addRows(harness.db, "unions", [{ group: "demo", unionid, userId: from, createdAt }]);
    const owners = async () => (await rowsOf(harness.db, "unions")).map(({ userId }) => userId);
    const conflicts = async () =>
      (await rowsOf(harness.db, "identityConflicts")).map(({ userId, otherUserId }) => [userId, otherUserId]);

    expect(await signIn("oOther", { unionid })).toBe(other);
    expect([await owners(), await conflicts()]).toEqual([[from], [[other, from]]]);
    expect(await signIn("oInto", { unionid })).toBe(into);
    expect([await owners(), await conflicts()]).toEqual([[into], [[other, from]]]);
  });

  it("makes a new binding the survivor's", async () => {
    const unionid = "uUnionOfAlice";
    const [from, into] = [await signIn("oFrom"), await signIn("oInto")];
    await merge(from, into);
    const createdAt = harness.deps.now();
    await addRows(harness.db, "unions", [{ group: "demo", unionid, userId: from, createdAt }]);
    expect(await signIn("oNew", { unionid })).toBe(into);
    expect((await rowsOf(harness.db, "unions")).map(({ userId }) => userId)).toEqual([into]);
    expect(await rowsOf(harness.db, "identityConflicts")).toEqual([]);
  });
});

describe("the id of a user who was merged", () => {
  it("finds the survivor in every list and search of the console [T116]", async () => {
    const [from, middle] = [await signIn("oFrom"), await signIn("oMiddle")];
    const [into, other] = [await signIn("oInto"), await signIn("oOther")];
    await merge(from, middle);
    await merge(middle, into);
    const { deps } = harness;
    const page = { q: from, limit: 10 };
    const people = await listPeople(deps, "viewer", page);
    expect(
      people.items.map(({ userId, bindings }) => [userId, bindings.map(({ openid }) => openid)]),
    ).toEqual([[into, ["oFrom", "oMiddle", "oInto"]]]);
    const all = await listPeople(deps, "viewer", { limit: 10 });
    expect(all.items.map(({ userId }) => userId)).toEqual([other, into]);
    const signIns = await listSignInsPage(deps, page);
    expect(signIns.items.map(({ openid }) => openid)).toEqual(["oInto", "oMiddle", "oFrom"]);
    expect(await listSignInsPage(deps, { userId: from, limit: 10 })).toEqual(signIns);
    const tokens = await listUserTokensPage(deps, "viewer", page);
    expect(tokens.items.map(({ openid }) => openid)).toEqual(["oInto", "oMiddle", "oFrom"]);
    expect(await findAnything(deps, from)).toEqual({ kind: "person", userId: from });
    const person = await getPerson(deps, into);
    expect(person).toMatchObject({ userId: into, mergedFrom: null });
    expect(await getPerson(deps, from)).toEqual({ ...person, mergedFrom: from });
  });

  it("stands for the survivor in a conflict with another person, which is shown on both pages [T117]", async () => {
    const unionid = "uUnionOfAlice";
    const other = await signIn("oOther", { unionid });
    const from = await signIn("oFrom");
    expect(await signIn("oFrom", { unionid })).toBe(from);
    const into = await signIn("oInto");
    await merge(from, into);
    const conflictsOf = async (userId: string) => (await getPerson(harness.deps, userId))?.conflicts;
    expect(await conflictsOf(into)).toEqual([expect.objectContaining({ unionid, otherUserId: other })]);
    expect(await conflictsOf(other)).toEqual([expect.objectContaining({ unionid, otherUserId: from })]);
    await merge(other, into);
    expect(await conflictsOf(into)).toEqual([]);
  });
});
