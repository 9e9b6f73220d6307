import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import { bindIdentity } from "../src/domain/identity/bind-identity.js";
import { hashSecret, newSecret } from "../src/domain/key-ring.js";
import { blockUser } from "../src/domain/people/block.js";
import { endSession, findSession, type Session } from "../src/domain/sessions/sessions.js";
import { findFailureResult } from "../src/domain/sign-in/repeated-callback.js";
import { type DomainHarness, profile, startDomainHarness, token } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

// A signed-in person adds WeChat of another app. Ann has a session by her openid in the app `alone`, Ben by his.

let harness: DomainHarness;
/** The secrets of their sessions. */
let [ann, ben] = ["", ""];
let annId: string;
let benId: string;
beforeEach(async () => {
  harness = await startDomainHarness();
  [ann, annId] = await signedIn("oAnn");
  [ben, benId] = await signedIn("oBen");
  harness.calls.access_token = 0;
  harness.loggedEvents.length = 0;
});
afterEach(() => harness.close());

async function signedIn(openid: string, key = "alone", fields: object = {}): Promise<[string, string]> {
  harness.answers.access_token = { ...token, openid, ...fields };
  const result = await harness.handleCallback(await harness.startSignIn(key));
  if (result.kind !== "signed_in") throw new Error(`the sign-in ended as ${result.kind}`);
  return [result.sessionSecret, (await harness.userOf(result)) ?? ""];
}

/** Ids begin with the time, so the newest row is the last. */
const byId = async <Name extends "bindings" | "sessions" | "signIns">(table: Name) =>
  (await rowsOf(harness.db, table)).sort((a, b) => (a.id < b.id ? -1 : 1));
const sessionOf = async (secret: string) => (await findSession(harness.deps, secret)) as Session;
const bindings = async () =>
  (await rowsOf(harness.db, "bindings"))
    .map(({ appId, openid, userId, unionid }) => {
      const key = harness.deps.apps.keyOf(appId);
      return `${key} ${openid} ${userId === annId ? "Ann" : userId === benId ? "Ben" : userId} ${unionid ?? "-"}`;
    })
    .sort();
const nameOf = (userId: string) => (userId === annId ? "Ann" : userId === benId ? "Ben" : userId);
const conflicts = async () =>
  (await rowsOf(harness.db, "identityConflicts")).map(
    ({ unionid, userId, otherUserId }) => `${unionid}: ${nameOf(userId)}, ${nameOf(otherUserId)}`,
  );
const signedInByAlone = ["alone oAnn Ann -", "alone oBen Ben -"];

/** Adds this identity to Ann's account, in the app `plain`. */
async function bind(fields: object, { secret = ann, key = "plain" } = {}) {
  harness.answers.access_token = { ...token, openid: "oAnn2", ...fields };
  harness.answers.userinfo = { ...profile, openid: "oAnn2", ...fields };
  const started = await harness.startBinding(key, secret);
  return { started, result: await harness.handleCallback(started, { sessionSecret: secret }) };
}
const failed = (page: string, { signInId }: { signInId: string }, key = "plain") => ({
  ...{ kind: "failure", page, isBind: true, signInId },
  ...{ appId: harness.app(key).appId, returnTo: "/login/account" },
});

describe("adding a WeChat account", () => {
  it("adds it to the user of the session that began it, which stays as it is [T10]", async () => {
    const sessions = await byId("sessions");
    const before = await harness.timeline();
    const { started, result } = await bind({ unionid: "uUnionOfAnnInTheGroup" });
    expect(result).toEqual({ kind: "bound", isNew: true, returnTo: "/login/account" });
    expect(await bindings()).toEqual([...signedInByAlone, "plain oAnn2 Ann uUnionOfAnnInTheGroup"]);
    expect(await rowsOf(harness.db, "unions")).toMatchObject([
      { group: "demo", unionid: "uUnionOfAnnInTheGroup", userId: annId },
    ]);
    const [added] = (await rowsOf(harness.db, "bindings")).filter(({ openid }) => openid === "oAnn2");
    expect(added).toMatchObject({ scope: "snsapi_userinfo", lastSignInAt: harness.deps.now() });
    expect((await rowsOf(harness.db, "userTokens")).map(({ bindingId }) => bindingId)).toContain(added?.id);
    expect(await rowsOf(harness.db, "users")).toHaveLength(2);
    expect(await byId("sessions")).toEqual(sessions);
    expect((await harness.timeline()).slice(before.length)).toEqual([
      ["bind_started", "snsapi_base"],
      ["callback", null],
      ["exchanged", "snsapi_userinfo"],
      ["bound", null],
    ]);
    const now = harness.deps.now();
    expect((await byId("signIns")).slice(-1)).toMatchObject([
      {
        ...{ id: started.signInId, purpose: "bind", sessionId: (await sessionOf(ann)).id },
        ...{ outcome: "bound", outcomeAt: now, openid: "oAnn2", userId: annId, browserUserId: annId },
      },
    ]);
    expect(harness.loggedEvents).toEqual(["bound"]);
  });

  it.each([
    ["plain", "snsapi_base"],
    ["oa", "snsapi_userinfo"],
    ["web", "snsapi_login"],
  ])("asks WeChat at once for all that the app %s wants: %s", async (key, scope) => {
    const { started, result } = await bind({}, { key });
    expect(result).toMatchObject({ kind: "bound", isNew: true });
    const requests = await rowsOf(harness.db, "authorizationRequests");
    const request = requests.find(({ signInId }) => signInId === started.signInId);
    expect(request?.scope).toBe(scope);
    const added = (await byId("bindings")).at(-1);
    expect(added?.nickname).toBe(key === "plain" ? null : profile.nickname);
    // Only snsapi_userinfo is agreed to, on WeChat's page.
    const { signInId: id } = started;
    const agreement = { id, purpose: "profile", answer: "agreed", userId: annId, bindingId: added?.id };
    const consents = (await rowsOf(harness.db, "consents")).map(
      ({ id, purpose, answer, userId, bindingId }) => ({ id, purpose, answer, userId, bindingId }),
    );
    expect(consents).toEqual(key === "oa" ? [agreement] : []);
  });
});

describe("who can finish adding a WeChat account", () => {
  const withoutSession = async () => undefined;
  it.each([
    ["a browser without a session", withoutSession],
    ["another person's session", async () => ben],
    ["another session of the same person", async () => (await signedIn("oAnn"))[0]],
    [
      "the session that began it after it ended",
      async () => {
        await endSession(harness.deps, await sessionOf(ann));
        return ann;
      },
    ],
    [
      "the session that began it a moment after its idle time",
      async () => {
        harness.advance(1);
        return ann;
      },
    ],
  ])("is not %s, in the browser that began it [T10]", async (name, sessionOfBrowser) => {
    if (name.includes("idle")) harness.deps.settings = { ...harness.deps.settings, sessionIdleSeconds: 1 };
    const started = await harness.startBinding("plain", ann);
    const sessionSecret = await sessionOfBrowser();
    harness.calls.access_token = 0;
    const callback = () =>
      harness.handleCallback(started, sessionSecret === undefined ? {} : { sessionSecret });
    expect(await callback()).toEqual(failed("session-changed", started));
    // It is over: the session that began it cannot finish it any more either.
    expect(await harness.handleCallback(started, { sessionSecret: ann })).toEqual(
      failed("session-changed", started),
    );
    expect(harness.calls.access_token).toBe(0);
    expect(await bindings()).toEqual(signedInByAlone);
    const [signIn] = (await rowsOf(harness.db, "signIns")).filter(({ id }) => id === started.signInId);
    expect(signIn).toMatchObject({ outcome: "expired", openid: null, userId: null, browserUserId: annId });
    expect((await harness.timeline()).at(-1)).toEqual(["session_changed", null]);
  });

  it.each([[[]], [[newSecret()]]])(
    "is no other browser, with any session, and the first one still can (%#) [T10]",
    async (browserSecrets) => {
      const started = await harness.startBinding("plain", ann);
      harness.answers.access_token = { ...token, openid: "oAnn2" };
      for (const sessionSecret of [ann, ben]) {
        expect(await harness.handleCallback(started, { browserSecrets, sessionSecret })).toEqual({
          ...{ kind: "failure", page: "wrong-browser", isBind: true, foreignSignInId: started.signInId },
          ...{ appId: harness.app("plain").appId, returnTo: "/login/account" },
        });
      }
      expect(await bindings()).toEqual(signedInByAlone);
      expect(await harness.handleCallback(started, { sessionSecret: ann })).toMatchObject({ kind: "bound" });
    },
  );

  it("is not a session that ended while WeChat was asked, or whose person was blocked [T10]", async () => {
    const identity = {
      app: harness.app("plain"),
      openid: "oAnn2",
      unionid: "uUnionOfAnnInTheGroup",
      scope: "",
      profile: undefined,
    };
    const session = await sessionOf(ann);
    await harness.db.consoleQuery((orm, t) => orm.update(t.users).set({ status: "blocked" }).returning());
    expect(await bindIdentity(harness.deps, identity, session)).toEqual({ kind: "session_ended" });
    await harness.db.consoleQuery((orm, t) => orm.update(t.users).set({ status: "active" }).returning());
    const other = { ...session, userId: benId };
    expect(await bindIdentity(harness.deps, identity, other)).toMatchObject({ kind: "bound_elsewhere" });
    await endSession(harness.deps, session);
    expect(await bindIdentity(harness.deps, identity, session)).toEqual({ kind: "session_ended" });
    expect([await bindings(), await rowsOf(harness.db, "unions")]).toEqual([signedInByAlone, []]);
    expect(await bindIdentity(harness.deps, identity, await sessionOf(ben))).toMatchObject({ kind: "bound" });
  });
});

describe("an identity that is added", () => {
  it.each([
    // who has it already: the openid in the app `plain`, and the unionid by a binding in the app `web`
    ["whose openid the person has already", { openid: "Ann" }, "already_bound", []],
    ["whose unionid the person has already", { unionid: "Ann" }, "bound", []],
    [
      "whose openid another person has, without a unionid",
      { openid: "Ben", named: false },
      "bound_elsewhere",
      [],
    ],
    ["whose openid another person has, with a new unionid", { openid: "Ben" }, "bound_elsewhere", []],
    [
      "whose openid and unionid another person has",
      { openid: "Ben", unionid: "Ben" },
      "bound_elsewhere",
      ["uUnionOfEither: Ann, Ben"],
    ],
    ["whose unionid another person has", { unionid: "Ben" }, "bound_elsewhere", ["uUnionOfEither: Ann, Ben"]],
    [
      "whose openid another person has, and the person the unionid",
      { openid: "Ben", unionid: "Ann" },
      "bound_elsewhere",
      ["uUnionOfEither: Ben, Ann"],
    ],
    [
      "whose unionid another person has, although the openid is the person's",
      { openid: "Ann", unionid: "Ben" },
      "already_bound",
      ["uUnionOfEither: Ann, Ben"],
    ],
    [
      "whose unionid another person has, in an app without a group",
      { unionid: "Ben", key: "alone" },
      "bound",
      [],
    ],
    ["whose openid another person has in another app", { elsewhere: "Ben" }, "bound", []],
  ] as const)(
    "%s: %o ends as %s, and nothing is moved [T10]",
    async (_, has: {
      openid?: string;
      unionid?: string;
      elsewhere?: string;
      named?: boolean;
      key?: string;
    }, ended, expected) => {
      const secretOf = (name: string) => (name === "Ann" ? ann : ben);
      if (has.openid) await bind({ openid: "o" }, { secret: secretOf(has.openid) });
      if (has.unionid)
        await bind(
          { openid: "oWeb", unionid: "uUnionOfEither" },
          { secret: secretOf(has.unionid), key: "web" },
        );
      if (has.elsewhere) await bind({ openid: "o" }, { secret: secretOf(has.elsewhere), key: "oa" });
      const before = await bindings();
      const { key = "plain", named = true } = has;
      const { started, result } = await bind(
        { openid: "o", ...(named ? { unionid: "uUnionOfEither" } : {}) },
        { key },
      );
      const isBound = ended !== "bound_elsewhere";
      expect(result).toEqual(
        isBound
          ? { kind: "bound", isNew: ended === "bound", returnTo: "/login/account" }
          : failed("bound-elsewhere", started),
      );
      const added = ended === "bound" ? [`${key} o Ann uUnionOfEither`] : [];
      // Their own binding is completed by a unionid that it did not have.
      const completed = before.map((row) =>
        ended === "already_bound" ? row.replace("plain o Ann -", "plain o Ann uUnionOfEither") : row,
      );
      expect(await bindings()).toEqual([...completed, ...added].sort());
      expect(await conflicts()).toEqual(expected);
      const detail = expected.length > 0 ? "identity conflict" : null;
      expect((await harness.timeline()).at(-1)).toEqual([ended, detail]);
      expect(harness.loggedEvents.includes("identity_conflict")).toBe(expected.length > 0);
      const [signIn] = (await rowsOf(harness.db, "signIns")).filter(({ id }) => id === started.signInId);
      const outcome = isBound ? "bound" : "bound_elsewhere";
      expect(signIn).toMatchObject({ outcome, openid: "o", userId: annId });
      expect(await harness.userOf({ kind: "signed_in", returnTo: "", sessionSecret: ann })).toBe(annId);
    },
  );

  it("keeps the unionid that the person's binding had, and the other one is a conflict [T74]", async () => {
    const again = { openid: "o", unionid: "uUnionNumberOne" };
    for (const fields of [again, again, { openid: "o" }]) await bind(fields);
    expect(await bindings()).toEqual([...signedInByAlone, "plain o Ann uUnionNumberOne"]);
    expect([await conflicts(), (await harness.timeline()).at(-1)]).toEqual([[], ["already_bound", null]]);
    const { result } = await bind({ openid: "o", unionid: "uUnionNumberTwo" });
    expect(result).toMatchObject({ kind: "bound", isNew: false });
    expect(await bindings()).toEqual([...signedInByAlone, "plain o Ann uUnionNumberOne"]);
    expect(await conflicts()).toEqual(["uUnionNumberTwo: Ann, Ann"]);
  });

  it("is the same conflict each time, and told the first time", async () => {
    const [fields, other] = [
      { openid: "o", unionid: "uUnionOfBen" },
      { secret: ben, key: "web" },
    ];
    await bind({ ...fields, openid: "oWeb" }, other);
    const details = [];
    for (let n = 0; n < 2; n++) {
      await bind(fields);
      details.push((await harness.timeline()).at(-1));
    }
    expect(details).toEqual([
      ["bound_elsewhere", "identity conflict"],
      ["bound_elsewhere", null],
    ]);
    expect(await conflicts()).toEqual(["uUnionOfBen: Ann, Ben"]);
  });

  it("of a snapshot user is not added", async () => {
    const { started, result } = await bind({ is_snapshotuser: 1 });
    expect(result).toEqual(failed("snapshot", started));
    expect(await bindings()).toEqual(signedInByAlone);
  });

  it.each([{ openid: "oBen2" }, { openid: "oNew", unionid: "uUnionOfBlockedBen" }])(
    "of a blocked person is not added (%o)",
    async (fields) => {
      await bind({ openid: "oBen2", unionid: "uUnionOfBlockedBen" }, { secret: ben });
      const before = await bindings();
      const by = "person";
      expect(await blockUser(harness.deps, { userId: benId, reason: "spam", by })).toBe("changed");
      const { started, result } = await bind(fields);
      expect(result).toEqual(failed("blocked", started));
      expect([await bindings(), await conflicts()]).toEqual([before, []]);
    },
  );
});

describe("a binding that fails", () => {
  it("has the page of that failure, also for a repeat and a reload, and binds nothing", async () => {
    const session = { sessionSecret: ann };
    const reload = ({ signInId, browserSecret }: { signInId: string; browserSecret: string }) =>
      findFailureResult(harness.deps, signInId, [browserSecret]);
    const refused = await harness.startBinding("plain", ann);
    const late = await harness.startBinding("plain", ann);
    const down = await harness.startBinding("plain", ann);
    harness.answers.access_token = { errcode: -1, errmsg: "busy" };
    const ends = [
      [
        refused,
        failed("refused", refused),
        () => harness.handleCallback(refused, { ...session, code: "authdeny" }),
      ],
      [
        down,
        { ...failed("wechat-unavailable", down), errcode: "-1" },
        () => harness.handleCallback(down, session),
      ],
      [late, failed("expired", late), () => harness.handleCallback(late, session)],
    ] as const;
    for (const [started, expected, callback] of ends) {
      if (started === late) harness.advance(harness.deps.settings.stateTtlSeconds);
      expect(await callback()).toEqual(expected);
      expect(await callback()).toEqual(expected);
      expect(await reload(started)).toEqual(expected);
    }
    expect(await bindings()).toEqual(signedInByAlone);
    const known = (await byId("signIns")).filter(({ purpose }) => purpose === "bind");
    expect(known.map(({ outcome, userId }) => [outcome, userId])).toEqual([
      ["refused", annId],
      ["expired", null],
      ["failed", annId],
    ]);
  });

  it.each(["upsert_binding_of_user", "touch_user"])(
    "because the session ended or the person was blocked just before %s has a page that says so [T10]",
    async (name) => {
      const { batch } = harness.db;
      const before = (act: () => Promise<unknown>) => {
        harness.db.batch = async (steps) => {
          if (!steps.some(({ statement }) => statement.name === name)) return batch(steps);
          harness.db.batch = batch;
          await act();
          return batch(steps);
        };
      };
      before(() => Promise.reject(new DatabaseError("unavailable", { cause: null })));
      await expect(bind({})).rejects.toThrow(DatabaseError);
      const session = await sessionOf(ann);
      const block = () => blockUser(harness.deps, { userId: annId, reason: "spam", by: "person" });
      before(name === "touch_user" ? block : () => endSession(harness.deps, session));
      const { started, result } = await bind({});
      expect(result).toEqual(failed("session-changed", started));
      expect((await harness.timeline()).at(-1)).toEqual(["session_changed", null]);
      expect(harness.loggedEvents).not.toContain("bound");
    },
  );

  it("because the process died does not start again by itself: the tap is the person's", async () => {
    const started = await harness.startBinding("plain", ann);
    harness.answers.access_token = new Error("the process dies here");
    const { batch } = harness.db;
    harness.db.batch = () => Promise.reject(new Error("dead"));
    await expect(harness.handleCallback(started, { sessionSecret: ann })).rejects.toThrow();
    harness.db.batch = batch;
    harness.advance(10);
    expect(await harness.handleCallback(started, { sessionSecret: ann })).toEqual(failed("used", started));
    expect(await bindings()).toEqual(signedInByAlone);
  });
});

describe("callbacks of bindings at the same time", () => {
  it("of one binding, twenty of them, add it once and are all answered with the account page", async () => {
    harness.answers.access_token = { ...token, openid: "oAnn2" };
    const started = await harness.startBinding("plain", ann);
    const results = await Promise.all(
      Array.from({ length: 20 }, () => harness.handleCallback(started, { sessionSecret: ann })),
    );
    expect(results.filter(({ kind }) => kind === "bound")).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === "continue")).toHaveLength(19);
    expect(harness.calls.access_token).toBe(1);
    expect(await bindings()).toEqual([...signedInByAlone, "plain oAnn2 Ann -"]);
    // Later, and signed out, the same link is only an old one.
    expect(await harness.handleCallback(started)).toEqual(failed("used", started));
  });

  it.each([{}, { unionid: "uUnionOfEither" }])(
    "of two people for one openid, thirty of them, make one binding and refuse the other person (%o) [T10, T78]",
    async (fields) => {
      const starts = await Promise.all(
        Array.from({ length: 30 }, async (_, n) => {
          const secret = n % 2 === 0 ? ann : ben;
          return { secret, started: await harness.startBinding("plain", secret) };
        }),
      );
      harness.answers.access_token = { ...token, openid: "o", ...fields };
      const results = await Promise.all(
        starts.map(async ({ secret, started }) => {
          const result = await harness.handleCallback(started, { sessionSecret: secret });
          return `${secret === ann ? "Ann" : "Ben"} ${result.kind === "failure" ? result.page : result.kind}`;
        }),
      );
      const added = (await bindings()).filter((row) => row.startsWith("plain"));
      const winner = added[0]?.split(" ")[2];
      const loser = winner === "Ann" ? "Ben" : "Ann";
      expect(added).toEqual([`plain o ${winner} ${"unionid" in fields ? "uUnionOfEither" : "-"}`]);
      const wanted = [`${winner} bound`, `${loser} bound-elsewhere`];
      expect(results.sort()).toEqual(
        wanted.sort().flatMap((result) => Array.from({ length: 15 }, () => result)),
      );
      const unions = (await rowsOf(harness.db, "unions")).map(({ userId }) => nameOf(userId));
      expect(unions).toEqual("unionid" in fields ? [winner] : []);
    },
  );

  it("of two people for one unionid in two apps give it to one of them [T10, T78]", async () => {
    const one = await harness.startBinding("plain", ann);
    const other = await harness.startBinding("web", ben);
    harness.answers.access_token = { ...token, unionid: "uUnionOfEither" };
    const results = await Promise.all([
      harness.handleCallback(one, { sessionSecret: ann }),
      harness.handleCallback(other, { sessionSecret: ben }),
    ]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(["bound", "failure"]);
    const [union] = await rowsOf(harness.db, "unions");
    const added = (await bindings()).filter((row) => !row.startsWith("alone"));
    expect(added).toEqual([expect.stringContaining(` ${nameOf(union?.userId ?? "")} uUnionOfEither`)]);
    expect(await rowsOf(harness.db, "users")).toHaveLength(2);
  });

  it("and the first sign-in of the same openid leave it with one user [T10, T78]", async () => {
    for (const unionid of ["uUnionNumberOne", "uUnionNumberTwo"]) {
      const openid = `o-${unionid}`;
      harness.answers.access_token = { ...token, openid, unionid };
      const [binding, signIn] = [
        await harness.startBinding("plain", ann),
        await harness.startSignIn("plain"),
      ];
      const callbacks = [
        () => harness.handleCallback(binding, { sessionSecret: ann }),
        () => harness.handleCallback(signIn),
      ];
      if (unionid === "uUnionNumberTwo") callbacks.reverse();
      const results = await Promise.all(callbacks.map((callback) => callback()));
      const [row] = (await rowsOf(harness.db, "bindings")).filter((binding) => binding.openid === openid);
      const signedInAs = await Promise.all(results.map((result) => harness.userOf(result)));
      expect(signedInAs.filter(Boolean)).toEqual([row?.userId]);
      const isBound = results.some(({ kind }) => kind === "bound");
      expect(row?.userId === annId).toBe(isBound);
      const [union] = (await rowsOf(harness.db, "unions")).filter((row) => row.unionid === unionid);
      expect(union?.userId).toBe(row?.userId);
    }
  });
});

it("stores no secret of a browser or a state with a binding", async () => {
  const { started } = await bind({});
  const [signIn] = (await rowsOf(harness.db, "signIns")).filter(({ id }) => id === started.signInId);
  expect(signIn?.browserHash).toBe(hashSecret(started.browserSecret));
});
