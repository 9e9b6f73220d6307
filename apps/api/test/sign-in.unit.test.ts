import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Database, DatabaseError } from "../src/db/database.js";
import { insertSession } from "../src/db/sessions.js";
import { unbind } from "../src/domain/bindings/unbind.js";
import type { BindLink } from "../src/domain/hosts/bind-links.js";
import { hashSecret, newSecret } from "../src/domain/key-ring.js";
import { blockUser } from "../src/domain/people/block.js";
import { accountPath } from "../src/domain/return-to.js";
import { findSession } from "../src/domain/sessions/sessions.js";
import { findOpenSignIn, startBinding, startByBindLink, startSignIn } from "../src/domain/sign-in/start.js";
import { type DomainHarness, startDomainHarness, token, visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const refused = (errcode: number) => ({ errcode, errmsg: "no" });

async function expectNoUserStored(): Promise<void> {
  for (const table of ["users", "bindings", "unions", "sessions", "userTokens"] as const) {
    expect(await rowsOf(harness.db, table), table).toEqual([]);
  }
}

describe("a known person whose account changes just before their session is written", () => {
  /** Lets `meanwhile` happen before the first batch that opens a session. */
  function beforeSession(meanwhile: () => Promise<unknown>): void {
    const { batch } = harness.db;
    harness.db.batch = async (steps) => {
      if (steps.some(({ statement }) => statement.name === "insert_session")) {
        harness.db.batch = batch;
        await meanwhile();
      }
      return batch(steps);
    };
  }

  it("is a new user if their WeChat account was removed, and gets no session if they were blocked", async () => {
    const known = await findSession(harness.deps, await harness.signIn("oAlice"));
    const [binding] = await rowsOf(harness.db, "bindings");
    const act = { userId: known?.userId ?? "", by: { operatorId: "olga", visitor } };
    beforeSession(() => unbind(harness.deps, { ...act, bindingId: binding?.id ?? "", allowLast: true }));
    const again = await findSession(harness.deps, await harness.signIn("oAlice"));
    expect(again?.userId).not.toBe(act.userId);
    expect(await rowsOf(harness.db, "bindings")).toMatchObject([{ openid: "oAlice", userId: again?.userId }]);
    expect(await harness.timeline()).toContainEqual(["user_created", null]);

    const blocked = { ...act, userId: again?.userId ?? "", reason: "sells fakes" };
    beforeSession(() => blockUser(harness.deps, blocked));
    const result = await harness.handleCallback(await harness.startSignIn());
    expect(result).toMatchObject({ kind: "failure", page: "expired" });
    expect(await rowsOf(harness.db, "sessions")).toEqual([]);
    expect((await harness.timeline()).at(-1)).toEqual(["expired", "the account changed meanwhile"]);
  });
});

describe("the callback", () => {
  it("signs in the person who started it and leads to the return address", async () => {
    const started = await harness.startSignIn("plain", "/orders?x=1");
    const result = await harness.handleCallback(started);
    expect(result).toEqual({
      kind: "signed_in",
      returnTo: "/orders?x=1",
      sessionSecret: expect.any(String),
    });
    expect(await harness.userOf(result)).toBeDefined();
    expect(harness.calls).toEqual({ access_token: 1, userinfo: 0 });
    expect(await harness.timeline()).toEqual([
      ["started", "snsapi_base"],
      ["callback", null],
      ["exchanged", "snsapi_userinfo"],
      ["user_created", null],
      ["signed_in", null],
    ]);
    const [now, { appId }] = [harness.deps.now(), harness.app("plain")];
    const userId = await harness.userOf(result);
    const [browserHash, { ip, userAgent }] = [hashSecret(started.browserSecret), visitor];
    const expiresAt = new Date(now.getTime() + 600_000);
    expect(await rowsOf(harness.db, "signIns")).toEqual([
      {
        ...{
          id: started.signInId,
          purpose: "sign_in",
          appId,
          returnTo: "/orders?x=1",
          browserHash,
          ip,
          userAgent,
        },
        ...{ createdAt: now, expiresAt, outcome: "signed_in", outcomeAt: now },
        ...{ openid: token.openid, userId, browserUserId: userId, sessionId: null, noticeVersion: null },
        ...{ clientId: null, nonceHash: null, bindLinkId: null },
      },
    ]);
    const request = {
      stateHash: hashSecret(started.state),
      signInId: started.signInId,
      scope: "snsapi_base",
    };
    expect(await rowsOf(harness.db, "authorizationRequests")).toEqual([
      {
        ...{ ...request, createdAt: now, expiresAt, claimedAt: now },
        ...{ outcome: "signed_in", page: null, errcode: null },
      },
    ]);
    if (result.kind !== "signed_in") throw new Error("not signed in");
    expect(await rowsOf(harness.db, "sessions")).toEqual([
      {
        ...{
          id: expect.stringMatching(/^[0-9A-Z]{26}$/),
          secretHash: hashSecret(result.sessionSecret),
          userId,
        },
        ...{ signInId: started.signInId, createdAt: now, lastSeenAt: now, ip, userAgent },
        expiresAt: new Date(now.getTime() + 90 * 86_400_000),
      },
    ]);
    expect(harness.loggedEvents).toEqual(["signed_in"]);
  });

  it("refuses and logs a state that was never issued, without a call to WeChat [T1]", async () => {
    const started = await harness.startSignIn();
    const result = await harness.handleCallback({ ...started, state: "0".repeat(32) });
    expect(result).toEqual({ kind: "failure", page: "invalid-callback" });
    expect(harness.calls.access_token).toBe(0);
    expect(harness.loggedEvents).toEqual(["callback_rejected"]);
  });

  it("refuses and logs a missing state [T12]", async () => {
    const result = await harness.handleCallback({ ...(await harness.startSignIn()), state: "" });
    expect(result).toEqual({ kind: "failure", page: "invalid-callback" });
    expect(harness.loggedEvents).toEqual(["callback_rejected"]);
  });

  it("makes one exchange and gives the same session if it is received five times at once [T6]", async () => {
    const started = await harness.startSignIn();
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => harness.handleCallback(started, { code: `code${n}` })),
    );
    expect(new Set(results.map((result) => result.kind))).toEqual(new Set(["signed_in"]));
    for (const result of results) expect(result).toEqual(results[0]);
    expect(harness.calls.access_token).toBe(1);
  });

  it("refuses an app that is no longer configured [T1]", async () => {
    const started = await harness.startSignIn();
    harness.deps.apps = { ...harness.deps.apps, byAppId: () => undefined };
    expect(await harness.handleCallback(started)).toEqual({ kind: "failure", page: "invalid-callback" });
    expect(harness.calls.access_token).toBe(0);
  });

  it.each([[], [newSecret()], [newSecret(), newSecret()]])(
    "refuses a state that another browser started, and the state still works in that one (%#) [T1]",
    async (...browserSecrets) => {
      const started = await harness.startSignIn();
      expect(await harness.handleCallback(started, { browserSecrets })).toEqual({
        kind: "failure",
        page: "wrong-browser",
        foreignSignInId: started.signInId,
        appId: harness.app("plain").appId,
        returnTo: "/orders",
      });
      expect(harness.calls.access_token).toBe(0);
      expect(harness.loggedEvents).toEqual(["callback_rejected"]);
      const own = await harness.handleCallback(started, {
        browserSecrets: [...browserSecrets, started.browserSecret],
      });
      expect(own.kind).toBe("signed_in");
    },
  );

  it("refuses an expired state, to the second, and a repeat gets the same page [T3]", async () => {
    const [late, inTime] = [await harness.startSignIn(), await harness.startSignIn()];
    harness.advance(harness.deps.settings.stateTtlSeconds - 1);
    expect((await harness.handleCallback(inTime)).kind).toBe("signed_in");
    harness.advance(1);
    const ended = {
      kind: "failure",
      page: "expired",
      signInId: late.signInId,
      appId: harness.app("plain").appId,
      returnTo: "/orders",
    };
    expect(await harness.handleCallback(late)).toEqual(ended);
    expect(await harness.handleCallback(late)).toEqual(ended);
    expect(harness.calls.access_token).toBe(1);
    const events = await rowsOf(harness.db, "signInEvents");
    expect(events.filter(({ kind }) => kind === "expired")).toHaveLength(1);
    expect((await rowsOf(harness.db, "signIns")).map(({ outcome }) => outcome).sort()).toEqual([
      "expired",
      "signed_in",
    ]);
    expect(harness.loggedEvents).not.toContain("callback_rejected");
  });

  it("takes a missing code as declined, and ends the sign-in [T8]", async () => {
    const started = await harness.startSignIn();
    const ended = {
      kind: "failure",
      page: "refused",
      signInId: started.signInId,
      appId: harness.app("plain").appId,
      returnTo: "/orders",
    };
    expect(await harness.handleCallback(started, { code: "" })).toEqual(ended);
    expect(await harness.handleCallback(started, { code: "" })).toEqual(ended);
    expect(harness.calls.access_token).toBe(0);
    expect(await harness.timeline()).toEqual([
      ["started", "snsapi_base"],
      ["callback", null],
      ["refused", null],
    ]);
    expect(await rowsOf(harness.db, "signIns")).toMatchObject([{ outcome: "refused" }]);
  });

  it("rethrows an internal error, and a repeated callback does not wait [T80]", async () => {
    const started = await harness.startSignIn();
    const wechat = harness.deps.wechat;
    const internal = new Error("internal");
    harness.deps.wechat = (appId) =>
      Object.assign(wechat(appId), { exchangeCode: () => Promise.reject(internal) });
    await expect(harness.handleCallback(started)).rejects.toBe(internal);
    expect(await harness.handleCallback(started)).toMatchObject({ kind: "failure", page: "sign-in-failed" });
    await expectNoUserStored();
  });

  it("leaves the event signed_in out of the timeline if the session cannot be written [T80]", async () => {
    const started = await harness.startSignIn("plain");
    const { db } = harness;
    const internal = new Error("the session was not written");
    const batch: Database["batch"] = async (steps) => {
      if (steps.some(({ statement }) => statement.name === insertSession.name)) throw internal;
      return db.batch(steps);
    };
    harness.deps.db = { ...db, batch };
    await expect(harness.handleCallback(started)).rejects.toBe(internal);

    expect((await harness.timeline()).map(([kind]) => kind)).toEqual([
      "started",
      "callback",
      "exchanged",
      "user_created",
    ]);
    expect(await rowsOf(db, "signIns")).toMatchObject([{ outcome: "failed" }]);
    expect(await rowsOf(db, "sessions")).toEqual([]);
    // Once the database works again, the same person can sign in.
    harness.deps.db = db;
    await harness.signIn("oAlice", await harness.startSignIn("plain"));
    expect((await harness.timeline()).at(-1)).toEqual(["signed_in", null]);
  });

  it.each([
    ["after the failure is stored", new Error("internal"), "waiting"],
    ["at once if the database is unavailable", new DatabaseError("unavailable", { cause: null }), "ended"],
  ])("rethrows an internal error %s [T80]", async (_, internal, expected) => {
    const started = await harness.startSignIn();
    const { db, wechat } = harness.deps;
    harness.deps.wechat = (appId) =>
      Object.assign(wechat(appId), { exchangeCode: () => Promise.reject(internal) });
    let write = () => {};
    const mayWrite = new Promise<void>((resolve) => {
      write = resolve;
    });
    const asked = new Promise<void>((resolve) => {
      harness.deps.db = new Proxy(db, {
        get: (target, name) => {
          if (name !== "batch") return (target[name as "run"] as Database["run"]).bind(target);
          resolve();
          return (statements: never) => mayWrite.then(() => db.batch(statements));
        },
      });
    });
    let seen = "waiting";
    const outcome = harness.handleCallback(started).catch((error: unknown) => {
      seen = "ended";
      return error;
    });
    await asked;
    await new Promise(setImmediate);
    expect(seen).toBe(expected);
    write();
    expect(await outcome).toBe(internal);
  });

  it("writes all that follows the exchange of a known person's code in one batch", async () => {
    await harness.signIn("oAlice");
    const started = await harness.startSignIn();
    const written: string[][] = [];
    const batch: Database["batch"] = (steps) => {
      written.push(steps.map(({ statement }) => statement.name));
      return harness.db.batch(steps);
    };
    harness.deps.db = { ...harness.db, batch };
    await harness.signIn("oAlice", started);
    expect(written).toEqual([expect.arrayContaining(["touch_binding", insertSession.name])]);
  });

  it.each([
    [
      "keeps a wide scope where the next answer has the narrow one",
      "snsapi_userinfo",
      "snsapi_base",
      "snsapi_userinfo",
    ],
    ["keeps a scope where the next answer names none", "snsapi_base", undefined, "snsapi_base"],
    ["stores the narrow scope where none was named before", undefined, "snsapi_base", "snsapi_base"],
    ["stores a wider scope", "snsapi_base", "snsapi_userinfo", "snsapi_userinfo"],
  ])(
    "of a known person %s, and changes nothing else of the binding but the time",
    async (_, before, now, stored) => {
      const { scope: _scope, ...rest } = token;
      const answer = (scope: string | undefined) => ({
        ...rest,
        unionid: "uUnionOfAlice",
        ...(scope ? { scope } : {}),
      });
      harness.answers.access_token = answer(before);
      await harness.handleCallback(await harness.startSignIn());
      harness.answers.access_token = { ...answer(before), openid: "oBob", unionid: "uUnionOfBob" };
      await harness.handleCallback(await harness.startSignIn());
      const [alice, bob] = await rowsOf(harness.db, "bindings");
      expect(alice?.unionid).toBe("uUnionOfAlice");

      harness.advance(60);
      harness.answers.access_token = answer(now);
      const started = await harness.startSignIn();
      expect((await harness.handleCallback(started)).kind).toBe("signed_in");
      expect(await rowsOf(harness.db, "bindings")).toEqual([
        { ...alice, scope: stored, lastSignInAt: harness.deps.now() },
        bob,
      ]);
      // The same without a unionid, which the binding keeps.
      harness.answers.access_token = { ...rest, scope: stored };
      harness.advance(60);
      await harness.handleCallback(await harness.startSignIn());
      expect(await rowsOf(harness.db, "bindings")).toEqual([
        { ...alice, scope: stored, lastSignInAt: harness.deps.now() },
        bob,
      ]);
    },
  );

  it("completes the unionid of a known person once WeChat names it", async () => {
    await harness.handleCallback(await harness.startSignIn());
    const [binding] = await rowsOf(harness.db, "bindings");
    expect(binding?.unionid).toBeNull();
    harness.advance(60);
    harness.answers.access_token = { ...token, unionid: "uUnionOfAlice" };
    for (const key of ["plain", "plain"]) await harness.handleCallback(await harness.startSignIn(key));
    expect(await rowsOf(harness.db, "bindings")).toEqual([
      { ...binding, unionid: "uUnionOfAlice", lastSignInAt: harness.deps.now() },
    ]);
  });

  it("notes whose unionid is missing: of a person of whom WeChat has never named one", async () => {
    const noted = vi.spyOn(harness.deps.missingUnionids, "add");
    for (const fields of [{ unionid: "uUnionOfAlice" }, {}, { openid: "oBob" }]) {
      harness.answers.access_token = { ...token, ...fields };
      expect((await harness.handleCallback(await harness.startSignIn())).kind).toBe("signed_in");
    }
    expect(noted.mock.calls).toEqual([[harness.app("plain"), "oBob"]]);
  });

  it("replaces the session that the browser sent, and no other [T9, T20]", async () => {
    const first = await harness.handleCallback(await harness.startSignIn());
    const second = await harness.handleCallback(await harness.startSignIn());
    if (first.kind !== "signed_in") throw new Error("not signed in");
    const { sessionSecret } = first;
    const third = await harness.handleCallback(await harness.startSignIn(), { sessionSecret });
    expect(await findSession(harness.deps, sessionSecret)).toBeUndefined();
    expect(await harness.userOf(second)).toBeDefined();
    expect(await harness.userOf(third)).toBe(await harness.userOf(second));
  });
});

describe("the code exchange", () => {
  it.each([
    [40029, "code-rejected"],
    [40163, "code-rejected"],
    [42003, "code-rejected"],
    [-1, "wechat-unavailable"],
    [45011, "wechat-unavailable"],
    [40125, "sign-in-failed"],
  ])("(errcode %i) ends as %s, with one recorded failure and no user [T5, T80]", async (errcode, page) => {
    harness.answers.access_token = refused(errcode);
    const started = await harness.startSignIn();
    const ended = {
      kind: "failure",
      page,
      signInId: started.signInId,
      appId: harness.app("plain").appId,
      returnTo: "/orders",
      errcode: `${errcode}`,
    };
    expect(await harness.handleCallback(started)).toEqual(ended);
    expect(await harness.handleCallback(started)).toEqual(ended);
    expect(harness.calls.access_token).toBe(1);
    expect(await rowsOf(harness.db, "apiFailures")).toMatchObject([
      {
        errcode: `${errcode}`,
        endpoint: "sns/oauth2/access_token",
        appId: harness.app("plain").appId,
        openid: null,
        signInId: started.signInId,
      },
    ]);
    expect((await harness.timeline()).at(-1)).toEqual(["exchange_failed", `${errcode}`]);
    expect(await rowsOf(harness.db, "signIns")).toMatchObject([{ outcome: "failed", openid: null }]);
    await expectNoUserStored();
  });

  it("ends as wechat-unavailable if there is no answer [T80]", async () => {
    harness.answers.access_token = new TypeError("fetch failed");
    expect(await harness.handleCallback(await harness.startSignIn())).toMatchObject({
      page: "wechat-unavailable",
      errcode: "NETWORK",
    });
  });

  it("stores no snapshot user and requests no profile for one [T76]", async () => {
    harness.answers.access_token = { ...token, is_snapshotuser: 1 };
    const result = await harness.handleCallback(
      await harness.requestProfile(await harness.startSignIn("oa")),
    );
    expect(result).toMatchObject({ kind: "failure", page: "snapshot" });
    expect(harness.calls.userinfo).toBe(0);
    expect(await rowsOf(harness.db, "signIns")).toMatchObject([{ outcome: "snapshot" }]);
    expect(await rowsOf(harness.db, "apiFailures")).toEqual([]);
    expect(await harness.timeline()).toEqual([
      ["started", "snsapi_base"],
      ["profile_redirect", "snsapi_userinfo"],
      ["callback", null],
      ["exchanged", null],
      ["snapshot", null],
    ]);
    await expectNoUserStored();
  });

  it("logs WeChat's refusal if its row cannot be written, and rethrows the database's error", async () => {
    harness.answers.access_token = refused(40125);
    const started = await harness.startSignIn();
    const unavailable = new DatabaseError("unavailable", { cause: null });
    harness.deps.db = { ...harness.db, batch: () => Promise.reject(unavailable) };
    await expect(harness.handleCallback(started)).rejects.toBe(unavailable);
    expect(harness.loggedEvents).toEqual(["failure_not_recorded"]);
  });

  it("stores only well-formed scopes of those that were granted", async () => {
    const echo = "an echo of something sent,xsnsapi_base,snsapi_base!,snsapi_,SNSAPI_BASE";
    harness.answers.access_token = {
      ...token,
      scope: `snsapi_base,${echo},snsapi_${"a".repeat(33)},snsapi_userinfo`,
    };
    await harness.handleCallback(await harness.startSignIn());
    const [binding] = await rowsOf(harness.db, "bindings");
    expect(binding?.scope).toBe("snsapi_base,snsapi_userinfo");
    expect((await harness.timeline())[2]).toEqual(["exchanged", "snsapi_base,snsapi_userinfo"]);
  });
});

describe("a failed call to WeChat", () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each([
    [
      ...(["access_token", "exchange_failed", "sns/oauth2/access_token", null, 251] as const),
      (appid: string) => ({ appid, secret: "***", code: "***", grant_type: "authorization_code" }),
    ],
    [
      ...(["userinfo", "userinfo_failed", "sns/userinfo", "oAlice", 251] as const),
      () => ({ access_token: "***", openid: "***" }),
    ],
  ] as const)(
    "(%s) is recorded with its milliseconds, the same as in the timeline, in whole numbers",
    async (endpoint, kind, recorded, openid, latencyMs, parameters) => {
      const started = await harness.startSignIn("web");
      let clockMs = 1000;
      vi.spyOn(performance, "now").mockImplementation(() => clockMs);
      Object.defineProperty(harness.answers, endpoint, {
        get() {
          clockMs += 250.6;
          return { errcode: 40003, errmsg: "no, rid: 637ec754-5b28c0ef-058e9cba" };
        },
      });
      expect((await harness.handleCallback(started)).kind).toBe("failure");
      const { appId } = harness.app("web");
      expect(await rowsOf(harness.db, "apiFailures")).toEqual([
        {
          ...{
            id: expect.stringMatching(/^[0-9A-Z]{26}$/),
            at: harness.deps.now(),
            appId,
            endpoint: recorded,
          },
          ...{ errcode: "40003", errmsg: "no", rid: "637ec754-5b28c0ef-058e9cba", openid },
          ...{ attempt: 1, latencyMs, signInId: started.signInId },
          request: JSON.stringify({ method: "GET", path: recorded, parameters: parameters(appId) }),
          answer: JSON.stringify({
            ...{ httpStatus: 200, body: '{"errcode":40003,"errmsg":"no"}' },
          }),
        },
      ]);
      const events = (await rowsOf(harness.db, "signInEvents")).sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(events.at(-1)).toEqual({
        ...{
          id: expect.stringMatching(/^[0-9A-Z]{26}$/),
          signInId: started.signInId,
          at: harness.deps.now(),
        },
        ...{ kind, durationMs: latencyMs, detail: "40003" },
      });
    },
  );
});

describe("startSignIn", () => {
  it.each([
    ["plain", "connect/oauth2/authorize", "snsapi_base", "&connect_redirect=1"],
    ["web", "connect/qrconnect", "snsapi_login", ""],
  ])(
    "leads from app %s to WeChat's %s with the scope %s and a state of its own",
    async (key, path, scope, rest) => {
      const { appId } = harness.app(key);
      const start = { app: harness.app(key), returnTo: "/", browserSecret: newSecret(), visitor };
      const { url, signInId } = await startSignIn(harness.deps, start);
      const state = new URL(url).searchParams.get("state") ?? "";
      expect(state).toMatch(/^[0-9a-f]{32}$/);
      const redirectUri = encodeURIComponent("http://localhost:4000/login/wechat/callback");
      expect(url).toBe(
        `${harness.deps.settings.wechatOpenUrl}/${path}?appid=${appId}&redirect_uri=${redirectUri}` +
          `&response_type=code&scope=${scope}&state=${state}${rest}#wechat_redirect`,
      );
      expect(await rowsOf(harness.db, "authorizationRequests")).toMatchObject([
        { stateHash: hashSecret(state), signInId, scope, claimedAt: null, outcome: null },
      ]);
      expect(await rowsOf(harness.db, "signIns")).toMatchObject([{ id: signInId, appId, outcome: null }]);
    },
  );

  it.each([
    ["plain", "snsapi_userinfo"],
    ["web", "snsapi_login"],
  ])("asks a person in app %s for their profile again with the scope %s", async (key, scope) => {
    const start = { app: harness.app(key), returnTo: "/", browserSecret: newSecret(), visitor };
    const { url } = await startSignIn(harness.deps, { ...start, asksProfile: true });
    expect(new URL(url).searchParams.get("scope")).toBe(scope);
    expect(await rowsOf(harness.db, "authorizationRequests")).toMatchObject([{ scope }]);
  });

  it("notes the user whose session the browser has, and none for a browser that is unknown", async () => {
    const sessionSecret = await harness.signIn();
    const session = await findSession(harness.deps, sessionSecret);
    const start = { app: harness.app("plain"), returnTo: "/", visitor };
    const known = await startSignIn(harness.deps, { ...start, browserSecret: newSecret(), sessionSecret });
    const unknown = await startSignIn(harness.deps, { ...start, browserSecret: newSecret() });
    const rows = await rowsOf(harness.db, "signIns");
    const userOf = (signInId: string) => rows.find(({ id }) => id === signInId)?.browserUserId;
    expect([userOf(known.signInId), userOf(unknown.signInId)]).toEqual([session?.userId, null]);
  });
});

describe("a sign-in whose time is over", () => {
  it("is over at that very moment for who comes back to its button, and counts once as abandoned, in the minute of its begin", async () => {
    const { signInId, browserSecret } = await harness.startSignIn();
    const begun = harness.deps.now();
    const browser = { signInId, browserSecrets: [browserSecret], sessionSecret: undefined };
    harness.advance(harness.deps.settings.stateTtlSeconds - 0.001);
    expect(await findOpenSignIn(harness.deps, browser)).toMatchObject({ returnTo: "/orders" });
    harness.advance(0.001);
    for (let times = 0; times < 2; times++) {
      expect(await findOpenSignIn(harness.deps, browser)).toBeUndefined();
    }
    expect(await rowsOf(harness.db, "signIns")).toMatchObject([
      { id: signInId, outcome: "abandoned", outcomeAt: harness.deps.now() },
    ]);
    await harness.deps.callCounts.flush(harness.db);
    expect(await rowsOf(harness.db, "apiCallCounts")).toMatchObject([
      {
        ...{ endpoint: "sign_in", errcode: "abandoned", calls: 1, appId: harness.app("plain").appId },
        minute: Math.floor(begun.getTime() / 60_000),
      },
    ]);
  });
});

describe("a sign-in that begins", () => {
  const device = { ...visitor, ip: "2001:db8::7", userAgent: "x".repeat(513) };
  const host = { clientId: "shop", nonceHash: "hash of a nonce" };
  const stored = async (signInId: string) => ({
    signIn: (await rowsOf(harness.db, "signIns")).find(({ id }) => id === signInId),
    requests: (await rowsOf(harness.db, "authorizationRequests")).filter((row) => row.signInId === signInId),
    events: (await rowsOf(harness.db, "signInEvents")).filter((row) => row.signInId === signInId),
  });
  /** What is stored of a sign-in that nothing is known of yet. */
  const expected = (signInId: string, url: string, scope: string, kind: string, about: object) => {
    const at = harness.deps.now();
    const expiresAt = new Date(at.getTime() + harness.deps.settings.stateTtlSeconds * 1000);
    const stateHash = hashSecret(new URL(url).searchParams.get("state") ?? "");
    return {
      signIn: {
        ...{ id: signInId, createdAt: at, expiresAt, browserHash: hashSecret("a browser"), ip: device.ip },
        ...{
          userAgent: "x".repeat(512),
          outcome: null,
          outcomeAt: null,
          openid: null,
          userId: null,
        },
        ...{ appId: harness.app("oa").appId, returnTo: "/orders", noticeVersion: null, sessionId: null },
        ...about,
      },
      requests: [expect.objectContaining({ stateHash, signInId, scope, createdAt: at, expiresAt })],
      events: [{ id: expect.any(String), signInId, at, kind, durationMs: null, detail: scope }],
    };
  };
  const scopeIn = (url: string) => new URL(url).searchParams.get("scope");

  it("is stored with its browser, its device, its destination and its host, and with the request that it sent to WeChat", async () => {
    const secret = await harness.signIn();
    const session = await findSession(harness.deps, secret);
    if (!session) throw new Error("there is no session");
    const start = { returnTo: "/orders", browserSecret: "a browser", visitor: device };
    const nothing = { clientId: null, nonceHash: null, bindLinkId: null };
    for (const [key, asksProfile, scope] of [
      ["oa", false, "snsapi_base"],
      ["oa", true, "snsapi_userinfo"],
      ["web", true, "snsapi_login"],
    ] as const) {
      const app = harness.app(key);
      const { signInId, url } = await startSignIn(harness.deps, { ...start, app, asksProfile });
      expect(scopeIn(url)).toBe(scope);
      expect(await stored(signInId)).toEqual(
        expected(signInId, url, scope, "started", {
          ...{ ...nothing, purpose: "sign_in", appId: app.appId, returnTo: "/orders" },
          ...{ browserUserId: null, sessionId: null },
        }),
      );
    }
    const known = { ...start, app: harness.app("oa"), sessionSecret: secret, host };
    const ofKnown = await startSignIn(harness.deps, known);
    expect(await stored(ofKnown.signInId)).toEqual(
      expected(ofKnown.signInId, ofKnown.url, "snsapi_base", "started", {
        ...{ ...host, bindLinkId: null, purpose: "sign_in", browserUserId: session.userId, sessionId: null },
      }),
    );
    const bind = { browserSecret: "a browser", visitor: device, session, app: harness.app("plain") };
    const ofBind = await startBinding(harness.deps, bind);
    expect(await stored(ofBind.signInId)).toEqual(
      expected(ofBind.signInId, ofBind.url, "snsapi_base", "bind_started", {
        ...{ ...nothing, purpose: "bind", appId: harness.app("plain").appId, returnTo: accountPath },
        ...{ browserUserId: session.userId, sessionId: session.id },
      }),
    );
    const link = { ...host, id: "LINK", returnTo: "https://shop.example/return" } as BindLink;
    const byLink = { ...bind, app: harness.app("oa"), link, sessionSecret: undefined };
    const ofLink = await startByBindLink(harness.deps, byLink);
    expect(await stored(ofLink.signInId)).toEqual(
      expected(ofLink.signInId, ofLink.url, "snsapi_userinfo", "bind_link_started", {
        ...{ ...host, purpose: "bind_link", bindLinkId: "LINK", returnTo: link.returnTo },
        // As its earlier sign-ins say.
        browserUserId: session.userId,
      }),
    );
  });
});
