import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import { unbind } from "../src/domain/bindings/unbind.js";
import { blockUser, unblockUser } from "../src/domain/people/block.js";
import { endSessionsOf, findSession, revokeSession } from "../src/domain/sessions/sessions.js";
import { type DomainHarness, startDomainHarness, token, visitor } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const by = { operatorId: "olga", visitor };

/** Signs a person in with an app: the secret of the session, and its user. */
async function signIn(openid: string, key = "plain", unionid?: string) {
  harness.answers.access_token = { ...token, openid, ...(unionid === undefined ? {} : { unionid }) };
  harness.answers.userinfo = { openid, nickname: openid, privilege: [] };
  const result = await harness.handleCallback(await harness.startSignIn(key));
  if (result.kind !== "signed_in") throw new Error(`the sign-in ended as ${result.kind}`);
  const session = await findSession(harness.deps, result.sessionSecret);
  if (!session) throw new Error("there is no session");
  return { secret: result.sessionSecret, ...session };
}
const isAlive = async ({ secret }: { secret: string }) =>
  (await findSession(harness.deps, secret)) !== undefined;

async function bindingOf(appKey: string, openid: string): Promise<string> {
  const { appId } = harness.app(appKey);
  const found = (await rowsOf(harness.db, "bindings")).find(
    (row) => row.appId === appId && row.openid === openid,
  );
  if (!found) throw new Error("there is no such binding");
  return found.id;
}

/** What the log says of users. */
const logged = () => harness.loggedEvents.filter((event) => event.startsWith("user_"));

/** The audit log without what every entry has. */
async function audit() {
  const details = new Map((await rowsOf(harness.db, "auditDetails")).map((row) => [row.auditId, row]));
  return (await rowsOf(harness.db, "auditLog")).map(({ id, operatorId, event, target, result, ip }) => {
    const about = details.get(id);
    return { operatorId, event, target, result, ip, ...(about && { [about.userId ?? ""]: about.detail }) };
  });
}
const entry = (event: string, target: string) => ({
  ...{ operatorId: "olga", event, target, result: "ok", ip: visitor.ip },
});

describe("blocking a person", () => {
  it("ends their sessions and tokens, refuses their sign-ins until it is undone, leaves others alone, and is recorded once [T120]", async () => {
    const [alice, bob] = [await signIn("oAlice"), await signIn("oBob")];
    const { userId } = alice;
    expect(await blockUser(harness.deps, { userId, reason: "sells fakes", by })).toBe("changed");
    expect(await blockUser(harness.deps, { userId, reason: "too late", by })).toBe("unchanged");
    expect([await isAlive(alice), await isAlive(bob)]).toEqual([false, true]);
    expect((await rowsOf(harness.db, "userTokens")).map((row) => row.bindingId)).toEqual([
      await bindingOf("plain", "oBob"),
    ]);
    await expect(signIn("oAlice")).rejects.toThrow("the sign-in ended as failure");

    expect(await unblockUser(harness.deps, { userId, by })).toBe("changed");
    expect(await unblockUser(harness.deps, { userId, by })).toBe("unchanged");
    expect(await isAlive(alice)).toBe(false);
    expect(await signIn("oAlice")).toMatchObject({ userId });
    expect(await audit()).toEqual([
      { ...entry("people.block", userId), [userId]: "sells fakes" },
      entry("people.unblock", userId),
    ]);
    expect(logged()).toEqual(["user_blocked", "user_unblocked"]);
  });

  it("is refused, and not recorded, for a user who does not exist or was merged into another", async () => {
    const { userId } = await signIn("oAlice");
    await addRows(harness.db, "users", [{ id: "merged", createdAt: new Date(0), mergedInto: userId }]);
    for (const userId of ["unknown", "merged"]) {
      expect(await blockUser(harness.deps, { userId, reason: "-", by })).toBeUndefined();
      expect(await unblockUser(harness.deps, { userId, by })).toBeUndefined();
      expect(await endSessionsOf(harness.deps, { userId, by })).toBe(false);
    }
    expect(await audit()).toEqual([]);
    expect(logged()).toEqual([]);
  });

  it("ends a sign-in that is under way at that moment without a session", async () => {
    const { userId } = await signIn("oAlice");
    const started = await harness.startSignIn();
    const { batch } = harness.db;
    // The person is found, and blocked before the session is written.
    harness.db.batch = async (steps) => {
      if (steps.some(({ statement }) => statement.name === "insert_session")) {
        harness.db.batch = batch;
        await blockUser(harness.deps, { userId, reason: "-", by });
      }
      return batch(steps);
    };
    expect(await harness.handleCallback(started)).toMatchObject({ kind: "failure", page: "expired" });
    expect(await rowsOf(harness.db, "sessions")).toEqual([]);
    expect(await rowsOf(harness.db, "userTokens")).toEqual([]);
    expect((await rowsOf(harness.db, "signIns")).at(-1)).toMatchObject({ openid: null, userId: null });
  });
});

describe("ending sessions", () => {
  it("ends one or all of one person, and records which [T120]", async () => {
    const [first, second, third] = [await signIn("oAlice"), await signIn("oAlice"), await signIn("oAlice")];
    const bob = await signIn("oBob");
    const { userId } = first;
    expect(await revokeSession(harness.deps, { userId, id: bob.id, by })).toBe(false);
    expect(await revokeSession(harness.deps, { userId, id: first.id, by })).toBe(true);
    expect(await Promise.all([first, second, third, bob].map(isAlive))).toEqual([false, true, true, true]);
    expect(await endSessionsOf(harness.deps, { userId, by })).toBe(true);
    expect(await Promise.all([second, third, bob].map(isAlive))).toEqual([false, false, true]);
    expect(await endSessionsOf(harness.deps, { userId: bob.userId, by: "person" })).toBe(true);
    expect(await audit()).toEqual([
      entry("people.end_sessions", first.id),
      entry("people.end_sessions", userId),
    ]);
  });
});

describe("unbinding", () => {
  const unions = async () => (await rowsOf(harness.db, "unions")).map((row) => row.unionid);

  it("removes the binding, its tokens and the sessions that it opened; the unionid stays while another binding has it [T118, T120]", async () => {
    const plain = await signIn("oAlice", "plain", "uUnionOfAlice");
    const web = await signIn("oAliceWeb", "web", "uUnionOfAlice");
    // The same openid text in another app, and another person.
    const alone = await signIn("oAlice", "alone");
    const bob = await signIn("oBob", "web", "uUnionOfBobby");
    expect(web.userId).toBe(plain.userId);
    const [ofPlain, ofWeb] = [await bindingOf("plain", "oAlice"), await bindingOf("web", "oAliceWeb")];
    const act = { userId: plain.userId, bindingId: ofPlain, by } as const;

    expect(await unbind(harness.deps, { ...act, userId: bob.userId })).toEqual({ result: "not_found" });
    expect(await unbind(harness.deps, act)).toEqual({ result: "removed", endedSessions: [plain.id] });
    expect(await unbind(harness.deps, act)).toEqual({ result: "not_found" });
    expect(await Promise.all([plain, web, alone, bob].map(isAlive))).toEqual([false, true, true, true]);
    expect(await unions()).toEqual(["uUnionOfAlice", "uUnionOfBobby"]);

    const last = { ...act, bindingId: ofWeb, by: "person" } as const;
    expect(await unbind(harness.deps, last)).toEqual({ result: "last_binding" });
    expect(await isAlive(web)).toBe(true);
    expect(await unbind(harness.deps, { ...last, by, allowLast: true })).toMatchObject({ result: "removed" });
    expect(await unions()).toEqual(["uUnionOfBobby"]);
    expect((await rowsOf(harness.db, "userTokens")).map((row) => row.bindingId).sort()).toEqual(
      [await bindingOf("alone", "oAlice"), await bindingOf("web", "oBob")].sort(),
    );
    expect(await audit()).toEqual([entry("people.unbind", ofPlain), entry("people.unbind", ofWeb)]);
    // The person comes back as a new user.
    expect((await signIn("oAlice", "plain", "uUnionOfAlice")).userId).not.toBe(plain.userId);
  });

  it("ends a session whose sign-in is no longer stored, which may be of any binding", async () => {
    const plain = await signIn("oAlice", "plain", "uUnionOfAlice");
    const web = await signIn("oAliceWeb", "web", "uUnionOfAlice");
    await harness.db.consoleQuery((orm, t) => orm.delete(t.signIns).returning());
    const bindingId = await bindingOf("plain", "oAlice");
    const { userId } = plain;
    const result = await unbind(harness.deps, { userId, bindingId, by: "person" });
    expect(result).toEqual({ result: "removed", endedSessions: expect.arrayContaining([plain.id, web.id]) });
  });

  it("of both of two bindings at once leaves one", async () => {
    const { userId } = await signIn("oAlice", "plain", "uUnionOfAlice");
    await signIn("oAliceWeb", "web", "uUnionOfAlice");
    const ids = [await bindingOf("plain", "oAlice"), await bindingOf("web", "oAliceWeb")];
    const results = await Promise.all(
      ids.map((bindingId) => unbind(harness.deps, { userId, bindingId, by: "person" })),
    );
    expect(results.map(({ result }) => result).sort()).toEqual(["last_binding", "removed"]);
    expect(await rowsOf(harness.db, "bindings")).toHaveLength(1);
  });

  it("of one binding twice at once removes it once, and fails if the database does", async () => {
    const { userId } = await signIn("oAlice", "plain", "uUnionOfAlice");
    await signIn("oAliceWeb", "web", "uUnionOfAlice");
    const act = { userId, bindingId: await bindingOf("plain", "oAlice"), by: "person" } as const;
    const { batch } = harness.db;
    harness.db.batch = () => Promise.reject(new DatabaseError("unavailable", { cause: null }));
    await expect(unbind(harness.deps, act)).rejects.toThrow(DatabaseError);
    harness.db.batch = batch;
    const results = await Promise.all([unbind(harness.deps, act), unbind(harness.deps, act)]);
    expect(results.map(({ result }) => result).sort()).toEqual(["not_found", "removed"]);
  });
});
