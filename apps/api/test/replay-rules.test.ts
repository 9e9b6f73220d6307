import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  abandonAuthorizationRequest,
  claimAuthorizationRequest,
  findAuthorizationRequest,
  finishAuthorizationRequest,
} from "../src/db/sign-ins.js";
import { hashSecret, newSecret } from "../src/domain/key-ring.js";
import { endSession, findSession } from "../src/domain/sessions/sessions.js";
import {
  findFailureResult,
  handleRepeatedCallback,
  resultOfEndedSignIn,
} from "../src/domain/sign-in/repeated-callback.js";
import { rowsOf } from "./support/rows.js";
import { type Begun, type Rules, startRules } from "./support/rules.js";

let rules: Rules;
beforeEach(async () => {
  rules = await startRules({ SESSION_IDLE_SECONDS: "1000", SESSION_ABSOLUTE_SECONDS: "2500" });
});
afterEach(() => rules.close());

describe("a repeated delivery", () => {
  it("T6: within a minute brings the same session, without a second exchange", async () => {
    const begun = await rules.begin();
    const sessionSecret = await rules.signIn("oAlice", begun);
    rules.advance(59);
    const again = { kind: "signed_in", returnTo: "/orders", sessionSecret };
    expect(await rules.deliver(begun, { code: "another" })).toEqual(again);
    expect(rules.asked.access_token).toBe(1);
    expect((await rowsOf(rules.db, "signInEvents")).map(({ kind }) => kind)).toContain("callback_repeated");
    expect(rules.events).toEqual(["signed_in"]);
  });

  it("T2: later goes on where this browser is signed in, and else is used up", async () => {
    const begun = await rules.begin();
    const sessionSecret = await rules.signIn("oAlice", begun);
    rules.advance(60);
    const { signInId } = begun;
    expect(await rules.deliver(begun, { sessionSecret })).toEqual({ kind: "continue", returnTo: "/orders" });
    expect(await rules.deliver(begun)).toEqual({
      kind: "failure",
      page: "used",
      signInId,
      returnTo: "/orders",
    });
    expect(rules.asked.access_token).toBe(1);
  });

  it("T2: after a sign-out does not sign in again, however soon", async () => {
    const begun = await rules.begin();
    const session = await findSession(rules.deps, await rules.signIn("oAlice", begun));
    if (!session) throw new Error("there is no such session");
    await endSession(rules.deps, session);
    expect(await rules.deliver(begun)).toMatchObject({ kind: "failure", page: "used" });
  });

  it("T6: of a silent trip goes on where the journey did, and asks no more once it is too old", async () => {
    const begun = await rules.begin("oa");
    const { signInId } = begun;
    await rules.deliver(begun);
    rules.advance(rules.deps.settings.stateTtlSeconds - 1);
    expect(await rules.deliver(begun)).toEqual({ kind: "ask_profile", signInId });
    rules.advance(1);
    const used = { kind: "failure", page: "used", signInId, returnTo: "/orders" };
    expect(await rules.deliver(begun)).toEqual(used);
    expect(await rules.deliver(begun, { sessionSecret: await rules.signIn() })).toEqual({
      kind: "continue",
      returnTo: "/orders",
    });
  });

  it("T6: of a silent trip whose journey ended well asks no more either", async () => {
    const begun = await rules.begin("oa");
    await rules.deliver(begun);
    await rules.deliver(await rules.tap(begun));
    expect(await rules.deliver(begun)).toMatchObject({ kind: "failure", page: "used" });
  });
});

describe("a delivery that died half-way", () => {
  async function died(): Promise<Begun> {
    const begun = await rules.begin();
    const claimed = await rules.db.run(claimAuthorizationRequest, {
      stateHash: hashSecret(begun.state),
      browserHash: hashSecret(begun.browserSecret),
      now: rules.deps.now(),
    });
    expect(claimed).toHaveLength(1);
    return begun;
  }

  it("T6: is begun again once, after 9.5 s, and never exchanged", async () => {
    const begun = await died();
    rules.advance(9.501);
    const { appId } = rules.app("plain");
    const startedAt = performance.now();
    expect(await rules.deliver(begun)).toEqual({ kind: "restart", appId, returnTo: "/orders" });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    const used = { kind: "failure", page: "used", signInId: begun.signInId, returnTo: "/orders" };
    expect(await rules.deliver(begun)).toEqual(used);
    expect(rules.asked.access_token).toBe(0);
    expect(rules.events).toEqual(["sign_in_restarted"]);
  });

  it("T6: is begun again by one of many deliveries that notice it in the same moment", async () => {
    const sessionSecret = await rules.signIn(); // of another journey: it makes this one no better
    const begun = await died();
    rules.advance(9.501);
    const landings = await Promise.all([1, 2, 3, 4, 5].map(() => rules.deliver(begun, { sessionSecret })));
    expect(landings.filter(({ kind }) => kind === "restart")).toHaveLength(1);
    const used = { kind: "failure", page: "used", signInId: begun.signInId, returnTo: "/orders" };
    expect(landings.filter(({ kind }) => kind !== "restart")).toEqual([used, used, used, used]);
    const trips = await rowsOf(rules.db, "authorizationRequests");
    expect(trips.find(({ signInId }) => signInId === begun.signInId)).toMatchObject({
      outcome: "failed",
      page: "used",
    });
  });

  /** Sees to it that something has happened to the trip just before, or just after, this statement runs. */
  function around(statement: string, when: "before" | "after", happen: () => Promise<unknown>): void {
    const { db } = rules.deps;
    const run: typeof db.run = async (asked, values) => {
      if (asked.name !== statement) return db.run(asked, values);
      if (when === "before") await happen();
      const rows = await db.run(asked, values);
      if (when === "after") await happen();
      return rows;
    };
    rules.deps.db = Object.assign(Object.create(db), { run, batch: db.batch.bind(db) });
  }
  const setTrip = (values: { outcome: "failed" | "signed_in" | null; page?: string; errcode?: string }) =>
    rules.db.consoleQuery((orm, t) => orm.update(t.authorizationRequests).set(values).returning());

  it("T6: is waited for until then, and where it ends meanwhile counts", async () => {
    const begun = await died();
    rules.advance(9.5);
    let looks = 0;
    around(findAuthorizationRequest.name, "after", async () => {
      if (++looks === 2) await setTrip({ outcome: "failed", page: "code-rejected", errcode: "40029" });
    });
    expect(await rules.deliver(begun)).toEqual({
      kind: "failure",
      page: "code-rejected",
      errcode: "40029",
      signInId: begun.signInId,
      returnTo: "/orders",
    });
    expect(looks).toBe(3);
  });

  it("T6: and that ends well in the last moment is joined, not begun again", async () => {
    const begun = await rules.begin();
    const sessionSecret = await rules.signIn("oAlice", begun);
    await setTrip({ outcome: null });
    rules.advance(10);
    around(abandonAuthorizationRequest.name, "before", () => setTrip({ outcome: "signed_in" }));
    expect(await rules.deliver(begun)).toEqual({ kind: "signed_in", returnTo: "/orders", sessionSecret });
  });

  it("T6: is waited for no longer than 9.5 s, whatever the clocks of other machines say", async () => {
    const begun = await died();
    let looks = 0;
    const now = performance.now.bind(performance);
    let aheadMs = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + aheadMs);
    around(findAuthorizationRequest.name, "after", async () => {
      aheadMs = 9_501 * looks++; // the first look is that of the claim
    });
    const landing = await rules.deliver(begun);
    clock.mockRestore();
    expect(landing).toMatchObject({ kind: "failure", page: "used" });
    expect(await rowsOf(rules.db, "authorizationRequests")).toMatchObject([{ outcome: null }]);
  });

  it("that retention has removed is over", async () => {
    const browser = { browserSecret: newSecret(), sessionSecret: undefined };
    expect(await handleRepeatedCallback(rules.deps, hashSecret("gone"), browser)).toEqual({
      kind: "failure",
      page: "used",
    });
  });

  it("cannot undo a sign-in by what it writes late", async () => {
    const begun = await rules.begin();
    await rules.signIn("oAlice", begun);
    const late = {
      stateHash: hashSecret(begun.state),
      outcome: "failed",
      page: "used",
      errcode: null,
    } as const;
    await rules.db.batch([finishAuthorizationRequest.with(late)]);
    expect((await rules.deliver(begun)).kind).toBe("signed_in");
  });

  it("after it signed in stays signed in", async () => {
    const begun = await rules.begin();
    const { info } = rules.deps.log;
    rules.deps.log.info = () => {
      throw new Error("the log is full");
    };
    await expect(rules.deliver(begun)).rejects.toThrow("the log is full");
    rules.deps.log.info = info;
    expect((await rules.deliver(begun)).kind).toBe("signed_in");
  });
});

describe("the page on which a journey ended", () => {
  const ofBrowser = (begun: Begun) =>
    findFailureResult(rules.deps, begun.signInId, [newSecret(), begun.browserSecret]);

  it("is there for its own browser, and for no other", async () => {
    rules.answers.access_token = { errcode: 40029, errmsg: "no" };
    const begun = await rules.begin();
    const landing = await rules.deliver(begun);
    expect(await ofBrowser(begun)).toEqual(landing);
    expect(await findFailureResult(rules.deps, begun.signInId, [newSecret()])).toBeUndefined();
    expect(
      await findFailureResult(rules.deps, "01M00000000000000000000000", [begun.browserSecret]),
    ).toBeUndefined();
  });

  it("is there without an errcode where WeChat gave none", async () => {
    const begun = await rules.begin();
    const landing = await rules.deliver(begun, { code: "" });
    expect(await ofBrowser(begun)).toEqual(landing);
    expect(await ofBrowser(begun)).not.toHaveProperty("errcode");
  });

  it("is that of the last trip", async () => {
    const begun = await rules.begin("oa");
    await rules.deliver(begun);
    rules.advance(1);
    expect(await ofBrowser(begun)).toBeUndefined();
    await rules.deliver(await rules.tap(begun), { code: "" });
    expect(await ofBrowser(begun)).toMatchObject({ page: "refused" });
  });

  it("is that of an expired journey as soon as its life is over", async () => {
    const begun = await rules.begin();
    const { signInId } = begun;
    rules.advance(rules.deps.settings.stateTtlSeconds - 1);
    expect(await ofBrowser(begun)).toBeUndefined();
    rules.advance(1);
    expect(await ofBrowser(begun)).toEqual({
      kind: "failure",
      page: "expired",
      signInId,
      returnTo: "/orders",
    });
  });

  it("is what a late tap leads to; where the journey ended well, on to where it led", async () => {
    const tap = (begun: Begun, about: { sessionSecret?: string; browserSecrets?: string[] } = {}) =>
      resultOfEndedSignIn(rules.deps, begun.signInId, {
        browserSecrets: about.browserSecrets ?? [begun.browserSecret],
        sessionSecret: about.sessionSecret,
      });
    const begun = await rules.begin();
    const sessionSecret = await rules.signIn("oAlice", begun);
    const { signInId } = begun;
    expect(await tap(begun, { sessionSecret })).toEqual({ kind: "continue", returnTo: "/orders" });
    expect(await tap(begun)).toEqual({ kind: "failure", page: "used", signInId, returnTo: "/orders" });
    const expired = { kind: "failure", page: "expired" };
    expect(await tap(begun, { sessionSecret, browserSecrets: [newSecret()] })).toEqual(expired);

    const other = await rules.begin();
    await rules.deliver(other, { code: "" });
    expect(await tap(other, { sessionSecret })).toMatchObject({
      page: "refused",
      signInId: other.signInId,
    });
    expect(await tap({ ...begun, signInId: "01M00000000000000000000000" })).toEqual(expired);
  });
});
