import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newSecret } from "../src/domain/key-ring.js";
import { endSession, findSession } from "../src/domain/sessions/sessions.js";
import { handleCallback } from "../src/domain/sign-in/callback.js";
import { findOpenSignIn, startProfileRequest } from "../src/domain/sign-in/start.js";
import {
  type DomainHarness,
  profile,
  type StartedSignIn,
  startDomainHarness,
  token,
  visitor,
} from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

const app = (key: string, n: number, about: object) => ({
  ...{ key, kind: "official_account", appId: `wx${String(n).repeat(16)}`, appSecret: String(n).repeat(32) },
  ...{ privacyUrl: "/privacy", privacyVersion: "2026-11", ...about },
});
const apps = [
  app("shop", 1, { profile: "none" }),
  app("club", 2, { profile: "none", group: "demo", unionidConsent: true }),
  app("other", 3, { profile: "none", group: "demo" }),
];
const base = { ...token, scope: "snsapi_base" };
const day = 86_400;

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness({ WECHAT_APPS: JSON.stringify(apps) });
  harness.answers.access_token = base;
});
afterEach(() => harness.close());

const now = () => harness.deps.now();
const consents = () => rowsOf(harness.db, "consents");
const bindings = () => rowsOf(harness.db, "bindings");

/** Changes a setting of an app, as a restart does. */
const set = (key: string, setting: object) => void Object.assign(harness.app(key), setting);

/** A silent sign-in: what the first callback answers, and the sign-in. */
async function signIn(key = "shop") {
  harness.answers.access_token = { ...harness.answers.access_token, scope: "snsapi_base" };
  const started = await harness.startSignIn(key);
  const result = await harness.handleCallback(started);
  if (result.kind !== "signed_in") throw new Error(`the sign-in ended as ${result.kind}`);
  return { started, result, session: result.sessionSecret };
}

/** The tap on the page, and the callback that follows WeChat's own. */
async function agree(started: StartedSignIn, session: string, unionid?: string) {
  harness.answers.access_token = { ...token, ...(unionid === undefined ? {} : { unionid }) };
  const second = await harness.requestProfile(started, session);
  return harness.handleCallback(second, { sessionSecret: session });
}

const answer = (endpoint: "access_token" | "userinfo", json: object) =>
  void Object.assign(harness.answers, { [endpoint]: json });

const userOf = async (session: string) => (await findSession(harness.deps, session))?.userId;

describe("a known person without a profile, in an app that asks for one since today", () => {
  beforeEach(async () => {
    await signIn();
    set("shop", { profile: "ask" });
  });

  it("is signed in and then asked, and shows their profile once they agree", async () => {
    const { started, result, session } = await signIn();
    const { signInId } = started;
    expect(result).toEqual({
      ...{ kind: "signed_in", returnTo: "/orders", sessionSecret: session, question: { signInId } },
    });
    const userId = await userOf(session);
    const [binding] = await bindings();
    const asked = { id: signInId, userId, bindingId: binding?.id, purpose: "profile" };
    const at = now();
    expect(await consents()).toEqual([{ ...asked, answer: "refused", noticeVersion: "2026-11", at }]);

    harness.advance(20);
    set("shop", { privacyVersion: "2026-12" });
    const after = await agree(started, session);
    expect(after).toEqual({ kind: "signed_in", returnTo: "/orders", sessionSecret: expect.any(String) });
    expect(await userOf(after.kind === "signed_in" ? after.sessionSecret : "")).toBe(userId);
    expect(await userOf(session)).toBeUndefined();
    expect(await consents()).toEqual([
      { ...asked, answer: "agreed", noticeVersion: "2026-12", at: new Date(at.getTime() + 20_000) },
    ]);
    expect(await bindings()).toMatchObject([{ nickname: "Alice", profileAt: now() }]);
    expect((await harness.timeline()).slice(5)).toEqual([
      ["started", "snsapi_base"],
      ["callback", null],
      ["exchanged", "snsapi_base"],
      ["profile_asked", null],
      ["signed_in", null],
      ["profile_redirect", "snsapi_userinfo"],
      ["callback", null],
      ["exchanged", "snsapi_userinfo"],
      ["userinfo", null],
      ["signed_in", null],
    ]);
    await harness.deps.callCounts.flush(harness.db);
    const counts = await rowsOf(harness.db, "apiCallCounts");
    const signIns = counts.filter(({ endpoint }) => endpoint === "sign_in");
    expect(signIns.map(({ errcode, calls }) => [errcode, calls])).toEqual([["signed_in", 2]]);

    harness.advance(400 * day);
    expect((await signIn()).result).not.toHaveProperty("question");
    // Nor is a person whose profile is there although no answer is stored, as one that came before there were any.
    await harness.db.consoleQuery((orm, t) => orm.delete(t.consents).returning());
    expect((await signIn()).result).not.toHaveProperty("question");
  });

  it("is asked again 180 days after they did not agree, and not a minute before", async () => {
    const { started } = await signIn();
    harness.advance(180 * day - 60);
    expect((await signIn()).result).not.toHaveProperty("question");
    harness.advance(60);
    const again = await signIn();
    expect(again.result.question).toEqual({ signInId: again.started.signInId });
    expect((await consents()).map(({ id, answer }) => [id, answer])).toEqual([
      [started.signInId, "refused"],
      [again.started.signInId, "refused"],
    ]);
  });

  it("is asked by one of thirty sign-ins at the same time", async () => {
    const started = await Promise.all(Array.from({ length: 30 }, () => harness.startSignIn("shop")));
    const results = await Promise.all(started.map((one) => harness.handleCallback(one)));
    expect(results.map(({ kind }) => kind)).toEqual(Array(30).fill("signed_in"));
    expect(results.filter((result) => "question" in result)).toHaveLength(1);
    expect(await consents()).toHaveLength(1);
  });

  it("is asked although another person of this app, and the same openid in another app, have answered", async () => {
    set("club", { profile: "ask" });
    harness.answers.access_token = { ...base, openid: "oBob" };
    set("shop", { profile: "none" });
    await signIn();
    set("shop", { profile: "ask" });
    await signIn();
    harness.answers.access_token = base;
    set("club", { profile: "none" });
    await signIn("club");
    set("club", { profile: "ask", unionidConsent: false });
    await signIn("club");
    expect(await consents()).toHaveLength(2);
    expect((await signIn()).result).toHaveProperty("question");
  });

  it("is not asked if the app asks for none, or WeChat asked already by a QR code", async () => {
    set("shop", { profile: "none" });
    expect((await signIn()).result).not.toHaveProperty("question");
    set("shop", { profile: "ask", kind: "website" });
    expect((await signIn()).result).not.toHaveProperty("question");
    expect(await consents()).toEqual([]);
  });

  it.each<[string, () => void]>([
    ["WeChat refuses the code", () => answer("access_token", { errcode: 40163, errmsg: "" })],
    ["WeChat gives no profile", () => answer("userinfo", { errcode: 48001, errmsg: "" })],
    ["WeChat does not answer", () => answer("userinfo", new Error("reset"))],
    [
      "WeChat shows a snapshot",
      () => void Object.assign(harness.answers.access_token, { is_snapshotuser: 1 }),
    ],
    ["the callback comes too late", () => void harness.advance(harness.deps.settings.stateTtlSeconds)],
  ])("goes on, signed in as before, if %s, also after a repeated callback", async (_, happens) => {
    const { started, session } = await signIn();
    const second = await harness.requestProfile(started, session);
    harness.answers.access_token = { ...token };
    happens();
    const goesOn = { kind: "continue", returnTo: "/orders" };
    expect(await harness.handleCallback(second, { sessionSecret: session })).toEqual(goesOn);
    expect(await harness.handleCallback(second, { sessionSecret: session })).toEqual(goesOn);
    expect(await userOf(session)).toBe((await bindings())[0]?.userId);
    expect(await bindings()).toMatchObject([{ nickname: null, profileAt: null }]);
    expect(await consents()).toMatchObject([{ answer: "refused" }]);
    const pages = (await rowsOf(harness.db, "authorizationRequests")).map(({ page }) => page);
    expect(pages).toEqual([null, null, null]);
    expect((await rowsOf(harness.db, "signIns")).map(({ outcome }) => outcome)).toEqual([
      "signed_in",
      "signed_in",
    ]);
  });

  it("goes on if they refuse on WeChat's page, and sees the failure page if they are signed out meanwhile", async () => {
    const { started, session } = await signIn();
    const refuse = async ({ state, browserSecret }: StartedSignIn) =>
      handleCallback(harness.deps, {
        params: new URLSearchParams({ state }),
        ...{ browserSecrets: [browserSecret], sessionSecret: session, visitor },
      });
    const second = await harness.requestProfile(started, session);
    expect(await refuse(second)).toEqual({ kind: "continue", returnTo: "/orders" });
    // They went back and agreed after all: the state is used up.
    expect(await harness.handleCallback(second, { sessionSecret: session })).toEqual({
      ...{ kind: "continue", returnTo: "/orders" },
    });
    const third = await harness.requestProfile(started, session);
    const found = await findSession(harness.deps, session);
    if (found) await endSession(harness.deps, found);
    expect(await refuse(third)).toMatchObject({ kind: "failure", page: "refused" });
    // Another sign-in, which has signed in no one, is no question.
    const { session: again } = await signIn();
    const { state, browserSecret } = await harness.startSignIn("shop");
    const callback = { params: new URLSearchParams({ state }), browserSecrets: [browserSecret], visitor };
    expect(await handleCallback(harness.deps, { ...callback, sessionSecret: again })).toMatchObject({
      ...{ kind: "failure", page: "refused" },
    });
  });

  it("is led to the question by a repeated callback too, until they agreed", async () => {
    const { started, result, session } = await signIn();
    expect(await harness.handleCallback(started)).toEqual(result);
    const after = await agree(started, session);
    const sessionSecret = after.kind === "signed_in" ? after.sessionSecret : "";
    expect(await harness.handleCallback(started, { sessionSecret })).toEqual({
      ...{ kind: "continue", returnTo: "/orders" },
    });
  });

  it("alone can answer, in the browser and the session that were asked, and only once [T46]", async () => {
    const { started, session } = await signIn();
    const { signInId, browserSecret } = started;
    harness.answers.access_token = { ...base, openid: "oBob" };
    set("shop", { profile: "none" });
    const { session: ofBob } = await signIn();
    set("shop", { profile: "ask" });
    const own = { signInId, browserSecrets: [browserSecret], sessionSecret: session };
    const open = (about: object) => findOpenSignIn(harness.deps, { ...own, ...about });
    expect(await open({})).toEqual({ app: harness.app("shop"), returnTo: "/orders", question: "profile" });
    for (const other of [
      { sessionSecret: undefined },
      { sessionSecret: ofBob },
      { browserSecrets: [newSecret()] },
      { signInId: "01M00000000000000000000000" },
    ]) {
      expect(await open(other)).toBeUndefined();
      expect(await startProfileRequest(harness.deps, { ...own, ...other })).toBeUndefined();
    }
    const after = await agree(started, session);
    const signedIn = { sessionSecret: after.kind === "signed_in" ? after.sessionSecret : "" };
    expect(await userOf(signedIn.sessionSecret)).toBeDefined();
    expect(await open(signedIn)).toBeUndefined();
  });

  it("can answer until the sign-in expires, and not at that moment", async () => {
    const { started, session } = await signIn();
    const { signInId, browserSecret } = started;
    const open = () =>
      findOpenSignIn(harness.deps, { signInId, browserSecrets: [browserSecret], sessionSecret: session });
    harness.advance(harness.deps.settings.stateTtlSeconds - 1);
    expect(await open()).toBeDefined();
    harness.advance(1);
    expect(await open()).toBeUndefined();
  });

  it("has agreed when they agreed first, although they come back from a second tap later", async () => {
    const { started, session } = await signIn();
    harness.answers.access_token = token;
    const [first, second] = [
      await harness.requestProfile(started, session),
      await harness.requestProfile(started, session),
    ];
    const agreedAt = now();
    await harness.handleCallback(first, { sessionSecret: session });
    harness.advance(30);
    await harness.handleCallback(second, { sessionSecret: session });
    expect(await consents()).toMatchObject([{ answer: "agreed", at: agreedAt }]);
  });

  it("keeps their answer if another WeChat account comes back, which agreed for itself", async () => {
    const { started, session } = await signIn();
    const second = await harness.requestProfile(started, session);
    harness.answers.access_token = { ...token, openid: "oBob" };
    harness.answers.userinfo = { ...profile, openid: "oBob", nickname: "Bob" };
    await harness.handleCallback(second, { sessionSecret: session });
    const idOf = new Map((await bindings()).map(({ openid, id }) => [id, openid]));
    expect((await consents()).map(({ bindingId, answer }) => [idOf.get(bindingId), answer])).toEqual([
      ["oAlice", "refused"],
      ["oBob", "agreed"],
    ]);
  });
});

describe("a new person who agrees to show their profile", () => {
  beforeEach(() => set("shop", { profile: "ask" }));

  it("is stored with the version of the notice that they were shown, and nothing if they cancel", async () => {
    const started = await harness.startSignIn("shop");
    expect(await harness.handleCallback(started)).toEqual({
      kind: "ask_profile",
      signInId: started.signInId,
    });
    expect(await consents()).toEqual([]);
    harness.answers.access_token = token;
    await harness.handleCallback(await harness.requestProfile(started));
    const [binding] = await bindings();
    expect(await consents()).toEqual([
      {
        ...{ id: started.signInId, userId: binding?.userId, bindingId: binding?.id, purpose: "profile" },
        ...{ answer: "agreed", noticeVersion: "2026-11", at: now() },
      },
    ]);
    expect(await rowsOf(harness.db, "signIns")).toMatchObject([{ noticeVersion: "2026-11" }]);
  });

  it("is stored without a version where the app has no notice", async () => {
    set("shop", { privacyVersion: undefined });
    const started = await harness.startSignIn("shop");
    await harness.handleCallback(started);
    await harness.handleCallback(await harness.requestProfile(started));
    expect(await consents()).toMatchObject([{ answer: "agreed", noticeVersion: null }]);
  });
});

describe("a known person whose unionid WeChat keeps to itself", () => {
  const checked = () =>
    harness.db.consoleQuery((orm, t) =>
      orm.update(t.bindings).set({ unionidCheckedAt: now() }).returning({ id: t.bindings.id }),
    );
  beforeEach(async () => {
    await signIn("club");
    await checked();
  });

  it("is asked, and after their consent is the same user in the other apps of the group [T74, T117]", async () => {
    const { started, result, session } = await signIn("club");
    expect(result.question).toEqual({ signInId: started.signInId });
    const after = await agree(started, session, "uUnionOfAlice");
    expect(after).toMatchObject({ kind: "signed_in", returnTo: "/orders" });
    expect(harness.calls.userinfo).toBe(0);
    const [binding] = await bindings();
    expect(binding).toMatchObject({ unionid: "uUnionOfAlice", nickname: null, profileAt: null });
    expect(await consents()).toMatchObject([
      { purpose: "unionid", answer: "agreed", noticeVersion: "2026-11" },
    ]);
    expect((await harness.timeline()).map(([kind]) => kind)).toContain("unionid_asked");

    harness.answers.access_token = { ...base, openid: "oAliceElsewhere", unionid: "uUnionOfAlice" };
    expect(await userOf((await signIn("other")).session)).toBe(binding?.userId);
  });

  it("is a conflict for an operator if the unionid belongs to another user, and stays who they are [T74, T117]", async () => {
    harness.answers.access_token = { ...base, openid: "oOther", unionid: "uUnionOfAlice" };
    const otherUserId = await userOf((await signIn("other")).session);
    harness.answers.access_token = base;
    const { started, session } = await signIn("club");
    const userId = await userOf(session);
    const after = await agree(started, session, "uUnionOfAlice");
    expect(await userOf(after.kind === "signed_in" ? after.sessionSecret : "")).toBe(userId);
    expect(await rowsOf(harness.db, "identityConflicts")).toMatchObject([
      { group: "demo", unionid: "uUnionOfAlice", userId, otherUserId },
    ]);
    expect((await signIn("club")).result).not.toHaveProperty("question");
  });

  it("is never asked again after they agreed, although WeChat told none, which is in the log", async () => {
    const { started, session } = await signIn("club");
    await agree(started, session);
    expect(harness.loggedEvents).toContain("unionid_missing");
    harness.advance(400 * day);
    expect((await signIn("club")).result).not.toHaveProperty("question");
  });

  it("is asked again after 180 days, and not a minute before", async () => {
    await signIn("club");
    harness.advance(180 * day - 60);
    expect((await signIn("club")).result).not.toHaveProperty("question");
    harness.advance(60);
    expect((await signIn("club")).result).toHaveProperty("question");
  });

  it("is asked for the profile first, and for this at the next sign-in", async () => {
    set("club", { profile: "ask" });
    const asked = async () => (await signIn("club")).result.question !== undefined;
    expect(await asked()).toBe(true);
    const { started, result, session } = await signIn("club");
    expect(result).toHaveProperty("question");
    expect(await asked()).toBe(false);
    // What they refused is not read because they agreed to the other.
    await agree(started, session, "uUnionOfAlice");
    expect(harness.calls.userinfo).toBe(0);
    expect(await bindings()).toMatchObject([{ unionid: "uUnionOfAlice", nickname: null, profileAt: null }]);
    expect((await consents()).map(({ purpose }) => purpose).sort()).toEqual(["profile", "unionid"]);
  });

  it.each<[string, () => unknown]>([
    ["the app is not set to ask", () => set("club", { unionidConsent: false })],
    [
      "WeChat was not asked yet",
      () =>
        harness.db.consoleQuery((orm, t) =>
          orm.update(t.bindings).set({ unionidCheckedAt: null }).returning({ id: t.bindings.id }),
        ),
    ],
    [
      "the binding has one",
      () =>
        harness.db.consoleQuery((orm, t) =>
          orm.update(t.bindings).set({ unionid: "u" }).returning({ id: t.bindings.id }),
        ),
    ],
    [
      "the answer brings one",
      () => void Object.assign(harness.answers.access_token, { unionid: "uUnionOfAlice" }),
    ],
  ])("is not asked if %s", async (_, happens) => {
    await happens();
    expect((await signIn("club")).result).not.toHaveProperty("question");
    expect(await consents()).toEqual([]);
  });
});
