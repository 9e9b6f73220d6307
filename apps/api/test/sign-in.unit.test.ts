import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, DatabaseError } from "../src/db/database.js";
import { newSecret } from "../src/domain/key-ring.js";
import { findSession } from "../src/domain/sessions.js";
import { type DomainHarness, startDomainHarness, token, visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const refused = (errcode: number) => ({ errcode, errmsg: "no" });

async function expectNobody(): Promise<void> {
  for (const table of ["users", "bindings", "unions", "sessions", "userTokens"] as const) {
    expect(await rowsOf(harness.db, table), table).toEqual([]);
  }
}

describe("a callback", () => {
  it("signs in who began it, where they wanted to go", async () => {
    const started = await harness.startSignIn("plain", "/orders?x=1");
    const result = await harness.receiveCallback(started);
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
    const [signIn] = await rowsOf(harness.db, "signIns");
    expect(signIn).toMatchObject({
      outcome: "signed_in",
      openid: token.openid,
      purpose: "sign_in",
      ip: "192.0.2.7",
    });
    const [session] = await rowsOf(harness.db, "sessions");
    expect(session).toMatchObject({
      signInId: started.signInId,
      ip: "192.0.2.7",
      userAgent: visitor.userAgent,
    });
    expect(harness.loggedEvents).toEqual(["signed_in"]);
  });

  it("T1: with a state that nobody was given calls WeChat never, and is logged", async () => {
    const started = await harness.startSignIn();
    const result = await harness.receiveCallback({ ...started, state: "0".repeat(32) });
    expect(result).toEqual({ kind: "ended", ending: "invalid-callback" });
    expect(harness.calls.access_token).toBe(0);
    expect(harness.loggedEvents).toEqual(["callback_rejected"]);
  });

  it("T12: without a state is refused and logged, too", async () => {
    const result = await harness.receiveCallback({ ...(await harness.startSignIn()), state: "" });
    expect(result).toEqual({ kind: "ended", ending: "invalid-callback" });
    expect(harness.loggedEvents).toEqual(["callback_rejected"]);
  });

  it("T6: delivered five times at once makes one exchange, and five times the same session", async () => {
    const started = await harness.startSignIn();
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => harness.receiveCallback(started, { code: `code${n}` })),
    );
    expect(new Set(results.map((result) => result.kind))).toEqual(new Set(["signed_in"]));
    for (const result of results) expect(result).toEqual(results[0]);
    expect(harness.calls.access_token).toBe(1);
  });

  it("T1: of an app that is no longer ours is refused", async () => {
    const started = await harness.startSignIn();
    harness.deps.apps = { ...harness.deps.apps, byAppId: () => undefined };
    expect(await harness.receiveCallback(started)).toEqual({ kind: "ended", ending: "invalid-callback" });
    expect(harness.calls.access_token).toBe(0);
  });

  it.each([[], [newSecret()], [newSecret(), newSecret()]])(
    "T1: in another browser signs nobody in, and spoils nothing for its own (%#)",
    async (...browserSecrets) => {
      const started = await harness.startSignIn();
      expect(await harness.receiveCallback(started, { browserSecrets })).toEqual({
        kind: "ended",
        ending: "wrong-browser",
        foreignSignInId: started.signInId,
      });
      expect(harness.calls.access_token).toBe(0);
      expect(harness.loggedEvents).toEqual(["callback_rejected"]);
      const own = await harness.receiveCallback(started, {
        browserSecrets: [...browserSecrets, started.browserSecret],
      });
      expect(own.kind).toBe("signed_in");
    },
  );

  it("T3: ends with the state's life, to the second, once, and says so again to a repeat", async () => {
    const [late, inTime] = [await harness.startSignIn(), await harness.startSignIn()];
    harness.advance(harness.deps.settings.stateTtlSeconds - 1);
    expect((await harness.receiveCallback(inTime)).kind).toBe("signed_in");
    harness.advance(1);
    const ended = { kind: "ended", ending: "expired", signInId: late.signInId, returnTo: "/orders" };
    expect(await harness.receiveCallback(late)).toEqual(ended);
    expect(await harness.receiveCallback(late)).toEqual(ended);
    expect(harness.calls.access_token).toBe(1);
    const events = await rowsOf(harness.db, "signInEvents");
    expect(events.filter(({ kind }) => kind === "expired")).toHaveLength(1);
    expect((await rowsOf(harness.db, "signIns")).map(({ outcome }) => outcome).sort()).toEqual([
      "expired",
      "signed_in",
    ]);
    expect(harness.loggedEvents).not.toContain("callback_rejected");
  });

  it("T8: without a code is a no, and ends the journey", async () => {
    const started = await harness.startSignIn();
    const ended = { kind: "ended", ending: "refused", signInId: started.signInId, returnTo: "/orders" };
    expect(await harness.receiveCallback(started, { code: "" })).toEqual(ended);
    expect(await harness.receiveCallback(started)).toEqual(ended);
    expect(harness.calls.access_token).toBe(0);
    expect(await harness.timeline()).toEqual([
      ["started", "snsapi_base"],
      ["callback", null],
      ["refused", null],
    ]);
    expect(await rowsOf(harness.db, "signIns")).toMatchObject([{ outcome: "refused" }]);
  });

  it("T80: that fails for a reason of ours passes the reason on, and repeats do not wait for it", async () => {
    const started = await harness.startSignIn();
    const wechat = harness.deps.wechat;
    const ours = new Error("ours");
    harness.deps.wechat = (appId) =>
      Object.assign(wechat(appId), { exchangeCode: () => Promise.reject(ours) });
    await expect(harness.receiveCallback(started)).rejects.toBe(ours);
    expect(await harness.receiveCallback(started)).toMatchObject({ kind: "ended", ending: "sign-in-failed" });
    await expectNobody();
  });

  it.each([
    ["says so only when that is written down", new Error("ours"), "waiting"],
    [
      "by a database that is away waits for it no longer",
      new DatabaseError("unavailable", { cause: null }),
      "ended",
    ],
  ])("T80: that fails %s", async (_, ours, expected) => {
    const started = await harness.startSignIn();
    const { db, wechat } = harness.deps;
    harness.deps.wechat = (appId) =>
      Object.assign(wechat(appId), { exchangeCode: () => Promise.reject(ours) });
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
    const outcome = harness.receiveCallback(started).catch((error: unknown) => {
      seen = "ended";
      return error;
    });
    await asked;
    await new Promise(setImmediate);
    expect(seen).toBe(expected);
    write();
    expect(await outcome).toBe(ours);
  });

  it("T9, T20: replaces the session that the browser came with, and no other", async () => {
    const first = await harness.receiveCallback(await harness.startSignIn());
    const second = await harness.receiveCallback(await harness.startSignIn());
    if (first.kind !== "signed_in") throw new Error("not signed in");
    const { sessionSecret } = first;
    const third = await harness.receiveCallback(await harness.startSignIn(), { sessionSecret });
    expect(await findSession(harness.deps, sessionSecret)).toBeUndefined();
    expect(await harness.userOf(second)).toBeDefined();
    expect(await harness.userOf(third)).toBe(await harness.userOf(second));
  });
});

describe("an exchange", () => {
  it.each([
    [40029, "code-rejected"],
    [40163, "code-rejected"],
    [42003, "code-rejected"],
    [-1, "wechat-unavailable"],
    [45011, "wechat-unavailable"],
    [40125, "sign-in-failed"],
  ])(
    "T5, T80: that WeChat refuses with %i ends as %s, with one row and nobody kept",
    async (errcode, ending) => {
      harness.answers.access_token = refused(errcode);
      const started = await harness.startSignIn();
      const ended = {
        kind: "ended",
        ending,
        signInId: started.signInId,
        returnTo: "/orders",
        errcode: `${errcode}`,
      };
      expect(await harness.receiveCallback(started)).toEqual(ended);
      expect(await harness.receiveCallback(started)).toEqual(ended);
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
      await expectNobody();
    },
  );

  it("T80: that gets no answer ends as wechat-unavailable", async () => {
    harness.answers.access_token = new TypeError("fetch failed");
    expect(await harness.receiveCallback(await harness.startSignIn())).toMatchObject({
      ending: "wechat-unavailable",
      errcode: "NETWORK",
    });
  });

  it("T76: of a snapshot page keeps nobody and asks for no profile", async () => {
    harness.answers.access_token = { ...token, is_snapshotuser: 1 };
    const result = await harness.receiveCallback(
      await harness.requestProfile(await harness.startSignIn("oa")),
    );
    expect(result).toMatchObject({ kind: "ended", ending: "snapshot" });
    expect(harness.calls.userinfo).toBe(0);
    expect(await rowsOf(harness.db, "signIns")).toMatchObject([{ outcome: "snapshot" }]);
    expect(await rowsOf(harness.db, "apiFailures")).toEqual([]);
    expect((await harness.timeline()).at(-1)).toEqual(["snapshot", null]);
    await expectNobody();
  });

  it("keeps of the granted scopes what is one, and nothing else in their place", async () => {
    const echo = "an echo of something sent,xsnsapi_base,snsapi_base!,snsapi_,SNSAPI_BASE";
    harness.answers.access_token = {
      ...token,
      scope: `snsapi_base,${echo},snsapi_${"a".repeat(33)},snsapi_userinfo`,
    };
    await harness.receiveCallback(await harness.startSignIn());
    const [binding] = await rowsOf(harness.db, "bindings");
    expect(binding?.scope).toBe("snsapi_base,snsapi_userinfo");
    expect((await harness.timeline())[2]).toEqual(["exchanged", "snsapi_base,snsapi_userinfo"]);
  });
});
