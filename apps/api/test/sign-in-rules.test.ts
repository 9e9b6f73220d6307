import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, DatabaseError } from "../src/db/database.js";
import { newSecret } from "../src/domain/key-ring.js";
import { findSession } from "../src/domain/sessions/sessions.js";
import { rowsOf } from "./support/rows.js";
import { type Rules, startRules, token, visitor } from "./support/rules.js";

let rules: Rules;
beforeEach(async () => {
  rules = await startRules();
});
afterEach(() => rules.close());

const refused = (errcode: number) => ({ errcode, errmsg: "no" });

async function expectNobody(): Promise<void> {
  for (const table of ["users", "bindings", "unions", "sessions", "userTokens"] as const) {
    expect(await rowsOf(rules.db, table), table).toEqual([]);
  }
}

describe("a callback", () => {
  it("signs in who began it, where they wanted to go", async () => {
    const begun = await rules.begin("plain", "/orders?x=1");
    const landing = await rules.deliver(begun);
    expect(landing).toEqual({
      kind: "signed_in",
      returnTo: "/orders?x=1",
      sessionSecret: expect.any(String),
    });
    expect(await rules.userOf(landing)).toBeDefined();
    expect(rules.asked).toEqual({ access_token: 1, userinfo: 0 });
    expect(await rules.hops()).toEqual([
      ["started", "snsapi_base"],
      ["callback", null],
      ["exchanged", "snsapi_userinfo"],
      ["user_created", null],
      ["signed_in", null],
    ]);
    const [signIn] = await rowsOf(rules.db, "signIns");
    expect(signIn).toMatchObject({
      outcome: "signed_in",
      openid: token.openid,
      purpose: "sign_in",
      ip: "192.0.2.7",
    });
    const [session] = await rowsOf(rules.db, "sessions");
    expect(session).toMatchObject({
      signInId: begun.signInId,
      ip: "192.0.2.7",
      userAgent: visitor.userAgent,
    });
    expect(rules.events).toEqual(["signed_in"]);
  });

  it("T1: with a state that nobody was given calls WeChat never, and is logged", async () => {
    const begun = await rules.begin();
    const landing = await rules.deliver({ ...begun, state: "0".repeat(32) });
    expect(landing).toEqual({ kind: "failure", page: "invalid-callback" });
    expect(rules.asked.access_token).toBe(0);
    expect(rules.events).toEqual(["callback_rejected"]);
  });

  it("T12: without a state is refused and logged, too", async () => {
    const landing = await rules.deliver({ ...(await rules.begin()), state: "" });
    expect(landing).toEqual({ kind: "failure", page: "invalid-callback" });
    expect(rules.events).toEqual(["callback_rejected"]);
  });

  it("T6: delivered five times at once makes one exchange, and five times the same session", async () => {
    const begun = await rules.begin();
    const landings = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => rules.deliver(begun, { code: `code${n}` })),
    );
    expect(new Set(landings.map((landing) => landing.kind))).toEqual(new Set(["signed_in"]));
    for (const landing of landings) expect(landing).toEqual(landings[0]);
    expect(rules.asked.access_token).toBe(1);
  });

  it("T1: of an app that is no longer ours is refused", async () => {
    const begun = await rules.begin();
    rules.deps.apps = { ...rules.deps.apps, byAppId: () => undefined };
    expect(await rules.deliver(begun)).toEqual({ kind: "failure", page: "invalid-callback" });
    expect(rules.asked.access_token).toBe(0);
  });

  it.each([[], [newSecret()], [newSecret(), newSecret()]])(
    "T1: in another browser signs nobody in, and spoils nothing for its own (%#)",
    async (...browserSecrets) => {
      const begun = await rules.begin();
      expect(await rules.deliver(begun, { browserSecrets })).toEqual({
        kind: "failure",
        page: "wrong-browser",
        foreignSignInId: begun.signInId,
      });
      expect(rules.asked.access_token).toBe(0);
      expect(rules.events).toEqual(["callback_rejected"]);
      const own = await rules.deliver(begun, { browserSecrets: [...browserSecrets, begun.browserSecret] });
      expect(own.kind).toBe("signed_in");
    },
  );

  it("T3: ends with the state's life, to the second, once, and says so again to a repeat", async () => {
    const [late, inTime] = [await rules.begin(), await rules.begin()];
    rules.advance(rules.deps.settings.stateTtlSeconds - 1);
    expect((await rules.deliver(inTime)).kind).toBe("signed_in");
    rules.advance(1);
    const ended = { kind: "failure", page: "expired", signInId: late.signInId, returnTo: "/orders" };
    expect(await rules.deliver(late)).toEqual(ended);
    expect(await rules.deliver(late)).toEqual(ended);
    expect(rules.asked.access_token).toBe(1);
    const events = await rowsOf(rules.db, "signInEvents");
    expect(events.filter(({ kind }) => kind === "expired")).toHaveLength(1);
    expect((await rowsOf(rules.db, "signIns")).map(({ outcome }) => outcome).sort()).toEqual([
      "expired",
      "signed_in",
    ]);
    expect(rules.events).not.toContain("callback_rejected");
  });

  it("T8: without a code is a no, and ends the journey", async () => {
    const begun = await rules.begin();
    const ended = { kind: "failure", page: "refused", signInId: begun.signInId, returnTo: "/orders" };
    expect(await rules.deliver(begun, { code: "" })).toEqual(ended);
    expect(await rules.deliver(begun)).toEqual(ended);
    expect(rules.asked.access_token).toBe(0);
    expect(await rules.hops()).toEqual([
      ["started", "snsapi_base"],
      ["callback", null],
      ["refused", null],
    ]);
    expect(await rowsOf(rules.db, "signIns")).toMatchObject([{ outcome: "refused" }]);
  });

  it("T80: that fails for a reason of ours passes the reason on, and repeats do not wait for it", async () => {
    const begun = await rules.begin();
    const wechat = rules.deps.wechat;
    const ours = new Error("ours");
    rules.deps.wechat = (appId) => Object.assign(wechat(appId), { exchangeCode: () => Promise.reject(ours) });
    await expect(rules.deliver(begun)).rejects.toBe(ours);
    expect(await rules.deliver(begun)).toMatchObject({ kind: "failure", page: "sign-in-failed" });
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
    const begun = await rules.begin();
    const { db, wechat } = rules.deps;
    rules.deps.wechat = (appId) => Object.assign(wechat(appId), { exchangeCode: () => Promise.reject(ours) });
    let write = () => {};
    const mayWrite = new Promise<void>((resolve) => {
      write = resolve;
    });
    const asked = new Promise<void>((resolve) => {
      rules.deps.db = new Proxy(db, {
        get: (target, name) => {
          if (name !== "batch") return (target[name as "run"] as Database["run"]).bind(target);
          resolve();
          return (statements: never) => mayWrite.then(() => db.batch(statements));
        },
      });
    });
    let seen = "waiting";
    const outcome = rules.deliver(begun).catch((error: unknown) => {
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
    const first = await rules.deliver(await rules.begin());
    const second = await rules.deliver(await rules.begin());
    if (first.kind !== "signed_in") throw new Error("not signed in");
    const { sessionSecret } = first;
    const third = await rules.deliver(await rules.begin(), { sessionSecret });
    expect(await findSession(rules.deps, sessionSecret)).toBeUndefined();
    expect(await rules.userOf(second)).toBeDefined();
    expect(await rules.userOf(third)).toBe(await rules.userOf(second));
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
    async (errcode, page) => {
      rules.answers.access_token = refused(errcode);
      const begun = await rules.begin();
      const ended = {
        kind: "failure",
        page,
        signInId: begun.signInId,
        returnTo: "/orders",
        errcode: `${errcode}`,
      };
      expect(await rules.deliver(begun)).toEqual(ended);
      expect(await rules.deliver(begun)).toEqual(ended);
      expect(rules.asked.access_token).toBe(1);
      expect(await rowsOf(rules.db, "apiFailures")).toMatchObject([
        {
          errcode: `${errcode}`,
          endpoint: "sns/oauth2/access_token",
          appId: rules.app("plain").appId,
          openid: null,
          signInId: begun.signInId,
        },
      ]);
      expect((await rules.hops()).at(-1)).toEqual(["exchange_failed", `${errcode}`]);
      expect(await rowsOf(rules.db, "signIns")).toMatchObject([{ outcome: "failed", openid: null }]);
      await expectNobody();
    },
  );

  it("T80: that gets no answer ends as wechat-unavailable", async () => {
    rules.answers.access_token = new TypeError("fetch failed");
    expect(await rules.deliver(await rules.begin())).toMatchObject({
      page: "wechat-unavailable",
      errcode: "NETWORK",
    });
  });

  it("T76: of a snapshot page keeps nobody and asks for no profile", async () => {
    rules.answers.access_token = { ...token, is_snapshotuser: 1 };
    const landing = await rules.deliver(await rules.tap(await rules.begin("oa")));
    expect(landing).toMatchObject({ kind: "failure", page: "snapshot" });
    expect(rules.asked.userinfo).toBe(0);
    expect(await rowsOf(rules.db, "signIns")).toMatchObject([{ outcome: "snapshot" }]);
    expect(await rowsOf(rules.db, "apiFailures")).toEqual([]);
    expect((await rules.hops()).at(-1)).toEqual(["snapshot", null]);
    await expectNobody();
  });

  it("keeps of the granted scopes what is one, and nothing else in their place", async () => {
    const echo = "an echo of something sent,xsnsapi_base,snsapi_base!,snsapi_,SNSAPI_BASE";
    rules.answers.access_token = {
      ...token,
      scope: `snsapi_base,${echo},snsapi_${"a".repeat(33)},snsapi_userinfo`,
    };
    await rules.deliver(await rules.begin());
    const [binding] = await rowsOf(rules.db, "bindings");
    expect(binding?.scope).toBe("snsapi_base,snsapi_userinfo");
    expect((await rules.hops())[2]).toEqual(["exchanged", "snsapi_base,snsapi_userinfo"]);
  });
});
