import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { claimTrip, finishTrip } from "../src/db/sign-ins.js";
import { hashSecret, newSecret } from "../src/domain/key-ring.js";
import { endSession, findSession } from "../src/domain/sessions.js";
import { findEnding, followEndedJourney, followFirstDelivery } from "../src/domain/sign-in/replay.js";
import { type DomainHarness, type StartedSignIn, startDomainHarness } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness({ SESSION_IDLE_SECONDS: "1000", SESSION_ABSOLUTE_SECONDS: "2500" });
});
afterEach(() => harness.close());

describe("a repeated delivery", () => {
  it("T6: within a minute brings the same session, without a second exchange", async () => {
    const started = await harness.startSignIn();
    const sessionSecret = await harness.signIn("oAlice", started);
    harness.advance(59);
    const again = { kind: "signed_in", returnTo: "/orders", sessionSecret };
    expect(await harness.receiveCallback(started, { code: "another" })).toEqual(again);
    expect(harness.calls.access_token).toBe(1);
    expect((await rowsOf(harness.db, "signInEvents")).map(({ kind }) => kind)).toContain("replayed");
    expect(harness.loggedEvents).toEqual(["signed_in"]);
  });

  it("T2: later goes on where this browser is signed in, and else is used up", async () => {
    const started = await harness.startSignIn();
    const sessionSecret = await harness.signIn("oAlice", started);
    harness.advance(60);
    const { signInId } = started;
    expect(await harness.receiveCallback(started, { sessionSecret })).toEqual({
      kind: "continue",
      returnTo: "/orders",
    });
    expect(await harness.receiveCallback(started)).toEqual({
      kind: "ended",
      ending: "used",
      signInId,
      returnTo: "/orders",
    });
    expect(harness.calls.access_token).toBe(1);
  });

  it("T2: after a sign-out does not sign in again, however soon", async () => {
    const started = await harness.startSignIn();
    const session = await findSession(harness.deps, await harness.signIn("oAlice", started));
    if (!session) throw new Error("there is no such session");
    await endSession(harness.deps, session);
    expect(await harness.receiveCallback(started)).toMatchObject({ kind: "ended", ending: "used" });
  });

  it("T6: of a silent trip goes on where the journey did, and asks no more once it is too old", async () => {
    const started = await harness.startSignIn("oa");
    const { signInId } = started;
    await harness.receiveCallback(started);
    harness.advance(harness.deps.settings.stateTtlSeconds - 1);
    expect(await harness.receiveCallback(started)).toEqual({ kind: "ask_profile", signInId });
    harness.advance(1);
    const used = { kind: "ended", ending: "used", signInId, returnTo: "/orders" };
    expect(await harness.receiveCallback(started)).toEqual(used);
    expect(await harness.receiveCallback(started, { sessionSecret: await harness.signIn() })).toEqual({
      kind: "continue",
      returnTo: "/orders",
    });
  });

  it("T6: of a silent trip whose journey ended well asks no more either", async () => {
    const started = await harness.startSignIn("oa");
    await harness.receiveCallback(started);
    await harness.receiveCallback(await harness.requestProfile(started));
    expect(await harness.receiveCallback(started)).toMatchObject({ kind: "ended", ending: "used" });
  });
});

describe("a delivery that died half-way", () => {
  async function died(): Promise<StartedSignIn> {
    const started = await harness.startSignIn();
    const claimed = await harness.db.run(claimTrip, {
      stateHash: hashSecret(started.state),
      browserHash: hashSecret(started.browserSecret),
      now: harness.deps.now(),
    });
    expect(claimed).toHaveLength(1);
    return started;
  }

  it("T6: is begun again once, after 9.5 s, and never exchanged", async () => {
    const started = await died();
    harness.advance(9.501);
    const { appId } = harness.app("plain");
    const startedAt = performance.now();
    expect(await harness.receiveCallback(started)).toEqual({ kind: "restart", appId, returnTo: "/orders" });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    const used = { kind: "ended", ending: "used", signInId: started.signInId, returnTo: "/orders" };
    expect(await harness.receiveCallback(started)).toEqual(used);
    expect(harness.calls.access_token).toBe(0);
    expect(harness.loggedEvents).toEqual(["sign_in_restarted"]);
  });

  it("T6: is begun again by one of many deliveries that notice it in the same moment", async () => {
    const sessionSecret = await harness.signIn(); // of another journey: it makes this one no better
    const started = await died();
    harness.advance(9.501);
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map(() => harness.receiveCallback(started, { sessionSecret })),
    );
    expect(results.filter(({ kind }) => kind === "restart")).toHaveLength(1);
    const used = { kind: "ended", ending: "used", signInId: started.signInId, returnTo: "/orders" };
    expect(results.filter(({ kind }) => kind !== "restart")).toEqual([used, used, used, used]);
    const trips = await rowsOf(harness.db, "signInTrips");
    expect(trips.find(({ signInId }) => signInId === started.signInId)).toMatchObject({
      outcome: "failed",
      page: "used",
    });
  });

  /** Sees to it that something has happened to the trip just before, or just after, this statement runs. */
  function around(statement: string, when: "before" | "after", happen: () => Promise<unknown>): void {
    const { db } = harness.deps;
    const run: typeof db.run = async (asked, values) => {
      if (asked.name !== statement) return db.run(asked, values);
      if (when === "before") await happen();
      const rows = await db.run(asked, values);
      if (when === "after") await happen();
      return rows;
    };
    harness.deps.db = Object.assign(Object.create(db), { run, batch: db.batch.bind(db) });
  }
  const setTrip = (values: { outcome: "failed" | "signed_in" | null; page?: string; errcode?: string }) =>
    harness.db.query((orm, t) => orm.update(t.signInTrips).set(values).returning());

  it("T6: is waited for until then, and where it ends meanwhile counts", async () => {
    const started = await died();
    harness.advance(9.5);
    let looks = 0;
    around("find_trip", "after", async () => {
      if (++looks === 2) await setTrip({ outcome: "failed", page: "code-rejected", errcode: "40029" });
    });
    expect(await harness.receiveCallback(started)).toEqual({
      kind: "ended",
      ending: "code-rejected",
      errcode: "40029",
      signInId: started.signInId,
      returnTo: "/orders",
    });
    expect(looks).toBe(3);
  });

  it("T6: and that ends well in the last moment is joined, not begun again", async () => {
    const started = await harness.startSignIn();
    const sessionSecret = await harness.signIn("oAlice", started);
    await setTrip({ outcome: null });
    harness.advance(10);
    around("abandon_trip", "before", () => setTrip({ outcome: "signed_in" }));
    expect(await harness.receiveCallback(started)).toEqual({
      kind: "signed_in",
      returnTo: "/orders",
      sessionSecret,
    });
  });

  it("T6: is waited for no longer than 9.5 s, whatever the clocks of other machines say", async () => {
    const started = await died();
    let looks = 0;
    const now = performance.now.bind(performance);
    let aheadMs = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + aheadMs);
    around("find_trip", "after", async () => {
      aheadMs = 9_501 * looks++; // the first look is that of the claim
    });
    const result = await harness.receiveCallback(started);
    clock.mockRestore();
    expect(result).toMatchObject({ kind: "ended", ending: "used" });
    expect(await rowsOf(harness.db, "signInTrips")).toMatchObject([{ outcome: null }]);
  });

  it("that retention has removed is over", async () => {
    const browser = { browserSecret: newSecret(), sessionSecret: undefined };
    expect(await followFirstDelivery(harness.deps, hashSecret("gone"), browser)).toEqual({
      kind: "ended",
      ending: "used",
    });
  });

  it("cannot undo a sign-in by what it writes late", async () => {
    const started = await harness.startSignIn();
    await harness.signIn("oAlice", started);
    const late = {
      stateHash: hashSecret(started.state),
      outcome: "failed",
      page: "used",
      errcode: null,
    } as const;
    await harness.db.batch([finishTrip.with(late)]);
    expect((await harness.receiveCallback(started)).kind).toBe("signed_in");
  });

  it("after it signed in stays signed in", async () => {
    const started = await harness.startSignIn();
    const { info } = harness.deps.log;
    harness.deps.log.info = () => {
      throw new Error("the log is full");
    };
    await expect(harness.receiveCallback(started)).rejects.toThrow("the log is full");
    harness.deps.log.info = info;
    expect((await harness.receiveCallback(started)).kind).toBe("signed_in");
  });
});

describe("the page on which a journey ended", () => {
  const ofBrowser = (started: StartedSignIn) =>
    findEnding(harness.deps, started.signInId, [newSecret(), started.browserSecret]);

  it("is there for its own browser, and for no other", async () => {
    harness.answers.access_token = { errcode: 40029, errmsg: "no" };
    const started = await harness.startSignIn();
    const result = await harness.receiveCallback(started);
    expect(await ofBrowser(started)).toEqual(result);
    expect(await findEnding(harness.deps, started.signInId, [newSecret()])).toBeUndefined();
    expect(
      await findEnding(harness.deps, "01M00000000000000000000000", [started.browserSecret]),
    ).toBeUndefined();
  });

  it("is there without an errcode where WeChat gave none", async () => {
    const started = await harness.startSignIn();
    const result = await harness.receiveCallback(started, { code: "" });
    expect(await ofBrowser(started)).toEqual(result);
    expect(await ofBrowser(started)).not.toHaveProperty("errcode");
  });

  it("is that of the last trip", async () => {
    const started = await harness.startSignIn("oa");
    await harness.receiveCallback(started);
    harness.advance(1);
    expect(await ofBrowser(started)).toBeUndefined();
    await harness.receiveCallback(await harness.requestProfile(started), { code: "" });
    expect(await ofBrowser(started)).toMatchObject({ ending: "refused" });
  });

  it("is that of an expired journey as soon as its life is over", async () => {
    const started = await harness.startSignIn();
    const { signInId } = started;
    harness.advance(harness.deps.settings.stateTtlSeconds - 1);
    expect(await ofBrowser(started)).toBeUndefined();
    harness.advance(1);
    expect(await ofBrowser(started)).toEqual({
      kind: "ended",
      ending: "expired",
      signInId,
      returnTo: "/orders",
    });
  });

  it("is what a late tap leads to; where the journey ended well, on to where it led", async () => {
    const tap = (started: StartedSignIn, about: { sessionSecret?: string; browserSecrets?: string[] } = {}) =>
      followEndedJourney(harness.deps, started.signInId, {
        browserSecrets: about.browserSecrets ?? [started.browserSecret],
        sessionSecret: about.sessionSecret,
      });
    const started = await harness.startSignIn();
    const sessionSecret = await harness.signIn("oAlice", started);
    const { signInId } = started;
    expect(await tap(started, { sessionSecret })).toEqual({ kind: "continue", returnTo: "/orders" });
    expect(await tap(started)).toEqual({ kind: "ended", ending: "used", signInId, returnTo: "/orders" });
    const expired = { kind: "ended", ending: "expired" };
    expect(await tap(started, { sessionSecret, browserSecrets: [newSecret()] })).toEqual(expired);

    const other = await harness.startSignIn();
    await harness.receiveCallback(other, { code: "" });
    expect(await tap(other, { sessionSecret })).toMatchObject({
      ending: "refused",
      signInId: other.signInId,
    });
    expect(await tap({ ...started, signInId: "01M00000000000000000000000" })).toEqual(expired);
  });
});
