import { TokenUnavailableError } from "@wechat-login/oauth/keeper";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AttemptCounter } from "../src/domain/attempt-counter.js";
import { unbind } from "../src/domain/bindings/unbind.js";
import { DatabaseError } from "../src/domain/deps.js";
import { recordFailure } from "../src/domain/failures/failures.js";
import { joinGroups } from "../src/domain/identity/join-groups.js";
import { completeUnionid } from "../src/domain/identity/late-unionids.js";
import { mergeUsers, undoMerge } from "../src/domain/identity/merges.js";
import { refreshShownProfile } from "../src/domain/identity/shown-profile.js";
import { noteUse } from "../src/domain/note-use.js";
import { ensureFirstOperator } from "../src/domain/operators/accounts.js";
import { createOperatorLink, redeemOperatorLink } from "../src/domain/operators/links.js";
import { changePassword } from "../src/domain/operators/passwords.js";
import { findOperator, signOutOperator } from "../src/domain/operators/sessions.js";
import { signInOperator } from "../src/domain/operators/sign-in.js";
import { blockUser, unblockUser } from "../src/domain/people/block.js";
import { eraseUser } from "../src/domain/people/erase.js";
import { endSession, endSessionsOf, findSession, revokeSession } from "../src/domain/sessions/sessions.js";
import { refreshAppToken } from "../src/domain/tokens/app-tokens.js";
import { type DomainHarness, startDomainHarness, token, visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

// Each line whole: its level, its fields and its words, by which an operator finds what happened.

let harness: DomainHarness;
let deps: DomainHarness["deps"];
let lines: unknown[];
beforeEach(async () => {
  harness = await startDomainHarness();
  deps = harness.deps;
  lines = [];
  for (const level of ["info", "warn", "error"] as const) {
    deps.log[level] = (fields: object, message: string) => void lines.push([level, message, fields]);
  }
});
afterEach(() => harness.close());

const by = { operatorId: "olga", visitor };

/** Signs a person in: the secret of the session, and the session. */
async function signIn(openid: string, key = "plain", unionid?: string) {
  harness.answers.access_token = { ...token, openid, ...(unionid && { unionid }) };
  harness.answers.userinfo = { openid, nickname: openid, privilege: [] };
  const started = await harness.startSignIn(key);
  const result = await harness.handleCallback(started);
  const session = result.kind === "signed_in" ? await findSession(deps, result.sessionSecret) : undefined;
  if (!session) throw new Error("there is no session");
  lines.length = 0;
  return { ...session, signInId: started.signInId };
}

describe("the log", () => {
  it("has how a sign-in ended: whose it is, or why it failed", async () => {
    const { signInId, ...started } = await harness.startSignIn();
    await harness.handleCallback({ signInId, ...started });
    const [{ userId } = { userId: "" }] = await rowsOf(deps.db, "sessions");
    const failed = await harness.startSignIn();
    harness.answers.access_token = { errcode: 40163, errmsg: "code been used" };
    await harness.handleCallback(failed);
    expect(lines).toEqual([
      ["info", "a person signed in", { event: "signed_in", signInId, userId, isNewUser: true }],
      [
        "info",
        "a sign-in ended",
        {
          ...{ event: "sign_in_ended", signInId: failed.signInId, outcome: "failed" },
          ...{ page: "code-rejected", errcode: "40163" },
        },
      ],
    ]);
  });

  it("has whose sessions ended, one, all or by the person themselves, and none that did not", async () => {
    const [one, other] = [await signIn("oAlice"), await signIn("oAlice")];
    const { userId } = one;
    await revokeSession(deps, { userId, id: one.id, by });
    await revokeSession(deps, { userId, id: one.id, by });
    await endSession(deps, other);
    await endSessionsOf(deps, { userId, by });
    await endSessionsOf(deps, { userId: "unknown", by });
    expect(lines).toEqual([
      ["info", "a session of a person was ended", { event: "session_revoked", userId }],
      ["info", "a person signed out", { event: "signed_out", userId }],
      ["info", "all sessions of a person were ended", { event: "signed_out_everywhere", userId }],
    ]);
  });

  it("has who was blocked, unblocked, lost a WeChat account and was erased, without an openid [T46]", async () => {
    const { userId } = await signIn("oAlice");
    const [binding] = await rowsOf(deps.db, "bindings");
    const bindingId = binding?.id ?? "";
    await blockUser(deps, { userId, reason: "sells fakes", by });
    await blockUser(deps, { userId, reason: "sells fakes", by });
    await unblockUser(deps, { userId, by });
    await unblockUser(deps, { userId, by });
    await unbind(deps, { userId, bindingId, by, allowLast: true });
    await eraseUser(deps, { userId, by });
    expect(lines).toEqual([
      ["info", "a person was blocked", { event: "user_blocked", userId }],
      ["info", "a person was unblocked", { event: "user_unblocked", userId }],
      ["info", "a binding was removed", { event: "binding_removed", userId, bindingId }],
      ["info", "a person was erased", { event: "user_erased", userId }],
    ]);
  });

  it("has which two users were merged and which merge was undone", async () => {
    const [ann, ben] = [await signIn("oAnn"), await signIn("oBen")];
    const users = { fromUserId: ben.userId, intoUserId: ann.userId };
    const mergeId = await mergeUsers(deps, { ...users, reason: "one person", by });
    await undoMerge(deps, { id: mergeId, reason: "two people", by });
    expect(lines).toEqual([
      ["info", "two users were merged", { event: "users_merged", mergeId, ...users }],
      ["info", "a merge was undone", { event: "merge_undone", mergeId, ...users }],
    ]);
  });

  it("has which app's binding got its unionid, whether that is a conflict, and how many joined a group", async () => {
    const app = harness.app("oa");
    await signIn("oAnn", "plain", "uUnionOfAnnabel");
    await signIn("oBen");
    await signIn("oCat");
    const plain = harness.app("plain");
    await completeUnionid(deps, plain, "oBen", "uUnionOfBen");
    await completeUnionid(deps, plain, "oCat", "uUnionOfAnnabel");
    await completeUnionid(deps, plain, "oCat", "uUnionOfCat");
    await completeUnionid(deps, plain, "oDan", undefined);
    const completed = (isConflict: boolean) => [
      ...["info", "a binding that had no unionid has one now"],
      { event: "unionid_completed", appId: plain.appId, isConflict },
    ];
    expect(lines.splice(0)).toEqual([completed(false), completed(true)]);

    await joinGroups(deps);
    expect(lines).toEqual([
      [
        "info",
        "older bindings joined their app's group",
        { event: "group_joined", app: "plain", bindings: 3 },
      ],
    ]);
    expect(app.group).toBe(plain.group);
  });

  it("has whose profile was read, what came of it, and whether they or an operator asked", async () => {
    const { userId } = await signIn("oAlice", "plain");
    await refreshShownProfile(deps, userId, "person");
    expect(lines).toEqual([]);
    await deps.db.consoleQuery((orm, { bindings }) =>
      orm
        .update(bindings)
        .set({ appId: harness.app("oa").appId, profileAt: deps.now() })
        .returning(),
    );
    harness.advance(60);
    await refreshShownProfile(deps, userId, "person");
    harness.advance(60);
    await refreshShownProfile(deps, userId, by);
    const read = { event: "profile_read", userId, result: "read" };
    expect(lines).toEqual([
      ["info", "a person asked to read their profile", read],
      ["info", "an operator asked to read a profile", read],
    ]);
  });

  it("has which operator signed in and out, and what was denied with the address or the operator alone [T46]", async () => {
    const password = "correct horse battery";
    const next = "another horse, another battery";
    await ensureFirstOperator(deps, { username: "Olga", password });
    await ensureFirstOperator(deps, { username: "Otto", password });
    await signInOperator(deps, { username: "stranger", password }, visitor).catch(() => {});
    await signInOperator(deps, { username: "olga", password: next }, visitor).catch(() => {});
    const admitted = await signInOperator(deps, { username: "OLGA", password }, visitor);
    const secret = admitted.kind === "signed_in" ? admitted.secret : "";
    const operator = await findOperator(deps, secret);
    if (!operator) throw new Error("there is no session");
    await changePassword(deps, operator, { current: next, next: "a third horse, no battery" }, visitor).catch(
      () => {},
    );
    await signOutOperator(deps, operator, secret, visitor);
    const { id: operatorId } = operator;
    const { ip } = visitor;
    const denied = ["warn", "an operator's sign-in was denied", { event: "operator_denied", ip }];
    expect(lines.splice(0)).toEqual([
      ["info", "the first operator was made from the settings", { event: "first_operator_made" }],
      denied,
      denied,
      ["info", "an operator signed in", { event: "operator_signed_in", operatorId }],
      ["warn", "an operator's password was not confirmed", { event: "operator_denied", operatorId }],
      ["info", "an operator signed out", { event: "operator_signed_out", operatorId }],
    ]);

    const link = await createOperatorLink(deps, "viewer");
    const redeem = (given: { secret: string; username: string }) =>
      redeemOperatorLink(deps, { password: next, ...given }, visitor).catch(() => {});
    await redeem({ secret: "unknown", username: "vera" });
    await redeem({ secret: link, username: "olga" });
    await redeem({ secret: link, username: "vera" });
    const vera = (await rowsOf(deps.db, "operators")).find(({ username }) => username === "vera");
    const linkDenied = ["warn", "an operator link was denied", { event: "operator_link_denied", ip }];
    expect(lines).toEqual([
      linkDenied,
      linkDenied,
      ["info", "an operator link was redeemed", { event: "operator_link_redeemed", operatorId: vera?.id }],
    ]);
  });

  it("has why WeChat gave no token, and which one", async () => {
    const { appId } = harness.app("oa");
    const refuse = () => ({ refresh: () => Promise.reject(new TokenUnavailableError("40125")) }) as never;
    const given = { ...deps, appToken: refuse, jsapiTicket: refuse };
    for (const kind of ["access_token", "jsapi_ticket"] as const) {
      expect(await refreshAppToken(given, { appId, kind }, "otto")).toBe("40125");
    }
    const failed = { event: "app_token_failed", appId, errcode: "40125" };
    expect(lines).toEqual([
      ["warn", "WeChat gave no global token", { ...failed, kind: "access_token" }],
      ["warn", "WeChat gave no global token", { ...failed, kind: "jsapi_ticket" }],
    ]);
  });

  it("has what could not be written, with the cause, and of a failed call no openid and no errmsg [T46]", async () => {
    const cause = new DatabaseError("unavailable", { cause: undefined });
    const db = { ...deps.db, run: () => Promise.reject(cause), batch: () => Promise.reject(cause) } as never;
    const call = { endpoint: "sns/userinfo", errcode: "40001", errmsg: "no oAlice", attempt: 2 };
    const about = { appId: "wx1", openid: "oAlice", latencyMs: 5 };
    await recordFailure({ ...deps, db }, { ...call, rid: "637ec754-5b28c0ef-058e9cba" }, about);
    await noteUse(deps, Promise.reject(cause));
    const bug = new Error("a bug");
    await expect(noteUse(deps, Promise.reject(bug))).rejects.toBe(bug);
    const counter = new AttemptCounter({ ...deps, db });
    const limit = { max: 1, windowSeconds: 60 };
    counter.count("a key", limit);
    harness.advance(1);
    counter.count("a key", limit);
    await expect.poll(() => lines.length).toBe(3);
    expect(lines).toEqual([
      [
        "error",
        "a failed call to WeChat could not be recorded",
        {
          ...{ event: "failure_not_recorded", appId: "wx1", endpoint: "sns/userinfo", errcode: "40001" },
          ...{ rid: "637ec754-5b28c0ef-058e9cba", err: cause },
        },
      ],
      ["warn", "the time of the last use could not be written", { event: "use_not_noted", err: cause }],
      ["warn", "counts of attempts were not shared", { event: "attempts_not_shared", err: cause }],
    ]);
  });
});
