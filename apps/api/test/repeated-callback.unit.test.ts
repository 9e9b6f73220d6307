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
import {
  type DomainHarness,
  type StartedSignIn,
  startDomainHarness,
  token,
} from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness({ SESSION_IDLE_SECONDS: "1000", SESSION_ABSOLUTE_SECONDS: "2500" });
});
afterEach(() => harness.close());

describe("a repeated callback", () => {
  it("gets the same session within a minute, without a second exchange [T6]", async () => {
    const started = await harness.startSignIn();
    const sessionSecret = await harness.signIn("oAlice", started);
    harness.advance(59);
    const again = { kind: "signed_in", returnTo: "/orders", sessionSecret };
    expect(await harness.handleCallback(started, { code: "another" })).toEqual(again);
    expect(harness.calls.access_token).toBe(1);
    expect((await rowsOf(harness.db, "signInEvents")).map(({ kind }) => kind)).toContain("callback_repeated");
    expect(harness.loggedEvents).toEqual(["signed_in"]);
  });

  it("continues after a minute if this browser is signed in, and otherwise counts as used [T2]", async () => {
    const started = await harness.startSignIn();
    const sessionSecret = await harness.signIn("oAlice", started);
    harness.advance(60);
    const { signInId } = started;
    expect(await harness.handleCallback(started, { sessionSecret })).toEqual({
      kind: "continue",
      returnTo: "/orders",
    });
    expect(await harness.handleCallback(started)).toEqual({
      kind: "failure",
      page: "used",
      signInId,
      appId: harness.app("plain").appId,
      returnTo: "/orders",
    });
    expect(harness.calls.access_token).toBe(1);
  });

  it("does not sign in again after a sign-out [T2]", async () => {
    const started = await harness.startSignIn();
    const session = await findSession(harness.deps, await harness.signIn("oAlice", started));
    if (!session) throw new Error("there is no such session");
    await endSession(harness.deps, session);
    expect(await harness.handleCallback(started)).toMatchObject({ kind: "failure", page: "used" });
  });

  it("leads from a silent request to the profile page until the state expires, and then counts as used [T6]", async () => {
    const started = await harness.startSignIn("oa");
    const { signInId } = started;
    await harness.handleCallback(started);
    harness.advance(harness.deps.settings.stateTtlSeconds - 1);
    expect(await harness.handleCallback(started)).toEqual({ kind: "ask_profile", signInId });
    harness.advance(1);
    const used = {
      kind: "failure",
      page: "used",
      signInId,
      appId: harness.app("oa").appId,
      returnTo: "/orders",
    };
    expect(await harness.handleCallback(started)).toEqual(used);
    expect(await harness.handleCallback(started, { sessionSecret: await harness.signIn() })).toEqual({
      kind: "continue",
      returnTo: "/orders",
    });
  });

  it("counts as used for a silent request whose sign-in has succeeded [T6]", async () => {
    const started = await harness.startSignIn("oa");
    await harness.handleCallback(started);
    await harness.handleCallback(await harness.requestProfile(started));
    expect(await harness.handleCallback(started)).toMatchObject({ kind: "failure", page: "used" });
  });
});

describe("a repeated callback of a silent request whose sign-in has failed since", () => {
  it("counts as used, and does not ask for the profile again [T6]", async () => {
    const started = await harness.startSignIn("oa");
    await harness.handleCallback(started);
    const second = await harness.requestProfile(started);
    expect(await harness.handleCallback(second, { code: "" })).toMatchObject({ page: "refused" });
    expect(await harness.handleCallback(started)).toEqual({
      ...{ kind: "failure", page: "used", returnTo: "/orders" },
      ...{ signInId: started.signInId, appId: harness.app("oa").appId },
    });
  });
});

describe("a callback whose process died half-way", () => {
  async function unfinishedCallback(): Promise<StartedSignIn> {
    const started = await harness.startSignIn();
    const claimed = await harness.db.run(claimAuthorizationRequest, {
      stateHash: hashSecret(started.state),
      browserHash: hashSecret(started.browserSecret),
      now: harness.deps.now(),
    });
    expect(claimed).toHaveLength(1);
    return started;
  }

  it("is restarted once, after 9.5 s, and its code is never exchanged [T6]", async () => {
    const started = await unfinishedCallback();
    harness.advance(9.501);
    const { appId } = harness.app("plain");
    const startedAt = performance.now();
    expect(await harness.handleCallback(started)).toEqual({ kind: "restart", appId, returnTo: "/orders" });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    const used = {
      kind: "failure",
      page: "used",
      signInId: started.signInId,
      appId: harness.app("plain").appId,
      returnTo: "/orders",
    };
    expect(await harness.handleCallback(started)).toEqual(used);
    expect(harness.calls.access_token).toBe(0);
    expect(harness.loggedEvents).toEqual(["sign_in_restarted"]);
  });

  it("is restarted by only one of many simultaneous requests [T6]", async () => {
    const sessionSecret = await harness.signIn(); // of another sign-in, which must not help this one
    const started = await unfinishedCallback();
    harness.advance(9.501);
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map(() => harness.handleCallback(started, { sessionSecret })),
    );
    expect(results.filter(({ kind }) => kind === "restart")).toHaveLength(1);
    const used = {
      kind: "failure",
      page: "used",
      signInId: started.signInId,
      appId: harness.app("plain").appId,
      returnTo: "/orders",
    };
    expect(results.filter(({ kind }) => kind !== "restart")).toEqual([used, used, used, used]);
    const requests = await rowsOf(harness.db, "authorizationRequests");
    expect(requests.find(({ signInId }) => signInId === started.signInId)).toMatchObject({
      outcome: "failed",
      page: "used",
    });
  });

  /** Runs `action` immediately before or after each execution of this statement. */
  function around(statement: string, when: "before" | "after", action: () => Promise<unknown>): void {
    const { db } = harness.deps;
    const run: typeof db.run = async (asked, values) => {
      if (asked.name !== statement) return db.run(asked, values);
      if (when === "before") await action();
      const rows = await db.run(asked, values);
      if (when === "after") await action();
      return rows;
    };
    harness.deps.db = Object.assign(Object.create(db), { run, batch: db.batch.bind(db) });
  }
  const updateRequest = (values: {
    outcome: "failed" | "signed_in" | "bound" | null;
    page?: string;
    errcode?: string;
  }) => harness.db.consoleQuery((orm, t) => orm.update(t.authorizationRequests).set(values).returning());

  it("is waited for until then, and its result counts if it finishes in time [T6]", async () => {
    const started = await unfinishedCallback();
    harness.advance(9.5);
    let looks = 0;
    around(findAuthorizationRequest.name, "after", async () => {
      if (++looks === 2) await updateRequest({ outcome: "failed", page: "code-rejected", errcode: "40029" });
    });
    expect(await harness.handleCallback(started)).toEqual({
      kind: "failure",
      page: "code-rejected",
      errcode: "40029",
      signInId: started.signInId,
      appId: harness.app("plain").appId,
      returnTo: "/orders",
    });
    expect(looks).toBe(3);
  });

  it("is not restarted if it succeeds at the last moment: the repeat gets its session [T6]", async () => {
    const started = await harness.startSignIn();
    const sessionSecret = await harness.signIn("oAlice", started);
    await updateRequest({ outcome: null });
    harness.advance(10);
    around(abandonAuthorizationRequest.name, "before", () => updateRequest({ outcome: "signed_in" }));
    expect(await harness.handleCallback(started)).toEqual({
      kind: "signed_in",
      returnTo: "/orders",
      sessionSecret,
    });
  });

  it("is not restarted if it added its account at the last moment: the repeat continues [T6]", async () => {
    const sessionSecret = await harness.signIn();
    const started = await harness.startBinding("plain", sessionSecret);
    await harness.db.run(claimAuthorizationRequest, {
      stateHash: hashSecret(started.state),
      browserHash: hashSecret(started.browserSecret),
      now: harness.deps.now(),
    });
    harness.advance(10);
    around(abandonAuthorizationRequest.name, "before", () => updateRequest({ outcome: "bound" }));
    expect(await harness.handleCallback(started, { sessionSecret })).toEqual({
      kind: "continue",
      returnTo: "/login/account",
    });
  });

  it("is waited for at most 9.5 s, whatever the clocks of other machines show [T6]", async () => {
    const started = await unfinishedCallback();
    let looks = 0;
    const now = performance.now.bind(performance);
    let aheadMs = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + aheadMs);
    around(findAuthorizationRequest.name, "after", async () => {
      aheadMs = 9_501 * looks++; // the first read belongs to the claim
    });
    const result = await harness.handleCallback(started);
    clock.mockRestore();
    expect(result).toMatchObject({ kind: "failure", page: "used" });
    expect(await rowsOf(harness.db, "authorizationRequests")).toMatchObject([{ outcome: null }]);
  });

  it("counts as used if retention has deleted its sign-in", async () => {
    const browser = { browserSecret: newSecret(), sessionSecret: undefined, hasCode: true };
    expect(await handleRepeatedCallback(harness.deps, hashSecret("gone"), browser)).toEqual({
      kind: "failure",
      page: "used",
    });
  });

  it("cannot undo a sign-in by a late write", async () => {
    const started = await harness.startSignIn();
    await harness.signIn("oAlice", started);
    const late = {
      stateHash: hashSecret(started.state),
      outcome: "failed",
      page: "used",
      errcode: null,
    } as const;
    await harness.db.batch([finishAuthorizationRequest.with(late)]);
    expect((await harness.handleCallback(started)).kind).toBe("signed_in");
  });

  it("does not lose a sign-in that was already stored", async () => {
    const started = await harness.startSignIn();
    const { info } = harness.deps.log;
    harness.deps.log.info = () => {
      throw new Error("the log is full");
    };
    await expect(harness.handleCallback(started)).rejects.toThrow("the log is full");
    harness.deps.log.info = info;
    expect((await harness.handleCallback(started)).kind).toBe("signed_in");
  });
});

describe("a callback with a code after a refusal", () => {
  it("counts as used, now and after a reload, and one with code=authdeny as the refusal that it is", async () => {
    const started = await harness.startSignIn();
    const { signInId, browserSecret } = started;
    const refused = await harness.handleCallback(started, { code: "" });
    expect(refused).toMatchObject({ page: "refused" });
    expect(await harness.handleCallback(started, { code: "authdeny" })).toEqual(refused);

    const used = {
      kind: "failure",
      page: "used",
      signInId,
      appId: harness.app("plain").appId,
      returnTo: "/orders",
    };
    for (let repeats = 0; repeats < 3; repeats++) {
      expect(await harness.handleCallback(started)).toEqual(used); // only the first of them is in the timeline
    }
    expect(await findFailureResult(harness.deps, signInId, [browserSecret])).toEqual(used);
    expect((await harness.timeline()).slice(-2)).toEqual([
      ["refused", null],
      ["callback_repeated", null],
    ]);
    expect(await rowsOf(harness.db, "signIns")).toMatchObject([{ outcome: "refused" }]);
    expect(harness.calls.access_token).toBe(0);
  });
});

describe("the failure page of a sign-in", () => {
  const ofBrowser = (started: StartedSignIn) =>
    findFailureResult(harness.deps, started.signInId, [newSecret(), started.browserSecret]);

  it("is shown to its own browser only", async () => {
    harness.answers.access_token = { errcode: 40029, errmsg: "no" };
    const started = await harness.startSignIn();
    const result = await harness.handleCallback(started);
    expect(await ofBrowser(started)).toEqual(result);
    expect(await findFailureResult(harness.deps, started.signInId, [newSecret()])).toBeUndefined();
    expect(
      await findFailureResult(harness.deps, "01M00000000000000000000000", [started.browserSecret]),
    ).toBeUndefined();
  });

  it("has no errcode if WeChat sent none", async () => {
    const started = await harness.startSignIn();
    const result = await harness.handleCallback(started, { code: "" });
    expect(await ofBrowser(started)).toEqual(result);
    expect(await ofBrowser(started)).not.toHaveProperty("errcode");
  });

  it("is that of the last authorization request", async () => {
    const started = await harness.startSignIn("oa");
    await harness.handleCallback(started);
    harness.advance(1);
    expect(await ofBrowser(started)).toBeUndefined();
    await harness.handleCallback(await harness.requestProfile(started), { code: "" });
    expect(await ofBrowser(started)).toMatchObject({ page: "refused" });
  });

  it("says that the sign-in expired as soon as its lifetime is over", async () => {
    const started = await harness.startSignIn();
    const { signInId } = started;
    harness.advance(harness.deps.settings.stateTtlSeconds - 1);
    expect(await ofBrowser(started)).toBeUndefined();
    harness.advance(1);
    expect(await ofBrowser(started)).toEqual({
      kind: "failure",
      page: "expired",
      signInId,
      appId: harness.app("plain").appId,
      returnTo: "/orders",
    });
  });

  const followLateClick = (
    started: StartedSignIn,
    about: { sessionSecret?: string; browserSecrets?: string[] } = {},
  ) =>
    resultOfEndedSignIn(harness.deps, started.signInId, {
      browserSecrets: about.browserSecrets ?? [started.browserSecret],
      sessionSecret: about.sessionSecret,
    });

  it("is not the answer to a late click after the account was added: that continues", async () => {
    const sessionSecret = await harness.signIn();
    const started = await harness.startBinding("plain", sessionSecret);
    harness.answers.access_token = { ...token, openid: "oAlice2" };
    expect(await harness.handleCallback(started, { sessionSecret })).toMatchObject({ kind: "bound" });
    const { appId } = harness.app("plain");
    const returnTo = "/login/account";
    expect(await followLateClick(started, { sessionSecret })).toEqual({ kind: "continue", returnTo });
    expect(await followLateClick(started)).toEqual({
      ...{ kind: "failure", page: "used", isBind: true, returnTo, signInId: started.signInId, appId },
    });
  });

  it("is the answer to a late click on the profile page's button, unless the sign-in succeeded", async () => {
    const started = await harness.startSignIn();
    const sessionSecret = await harness.signIn("oAlice", started);
    const { signInId } = started;
    expect(await followLateClick(started, { sessionSecret })).toEqual({
      kind: "continue",
      returnTo: "/orders",
    });
    expect(await followLateClick(started)).toEqual({
      kind: "failure",
      page: "used",
      signInId,
      appId: harness.app("plain").appId,
      returnTo: "/orders",
    });
    const expired = { kind: "failure", page: "expired" };
    expect(await followLateClick(started, { sessionSecret, browserSecrets: [newSecret()] })).toEqual(expired);

    const other = await harness.startSignIn();
    await harness.handleCallback(other, { code: "" });
    expect(await followLateClick(other, { sessionSecret })).toMatchObject({
      page: "refused",
      signInId: other.signInId,
    });
    expect(await followLateClick({ ...started, signInId: "01M00000000000000000000000" })).toEqual(expired);
  });
});
