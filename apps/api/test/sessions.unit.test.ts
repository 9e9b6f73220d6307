import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { hashSecret, newSecret } from "../src/domain/key-ring.js";
import { createOperatorLink, redeemOperatorLink } from "../src/domain/operators/links.js";
import { findOperator, watchOperator } from "../src/domain/operators/sessions.js";
import { openSession } from "../src/domain/sessions/open-session.js";
import {
  endSession,
  endSessionsOf,
  findSession,
  listSessions,
  revokeSession,
} from "../src/domain/sessions/sessions.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { signedIn } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness({ SESSION_IDLE_SECONDS: "1000", SESSION_ABSOLUTE_SECONDS: "2500" });
});
afterEach(() => harness.close());

const find = (secret: string | undefined) => findSession(harness.deps, secret);
async function sessionOf(secret: string) {
  const session = await find(secret);
  if (!session) throw new Error("there is no such session");
  return session;
}

describe("openSession", () => {
  it("opens a session without tokens, because a mini program's code gives none", async () => {
    const { userId } = await sessionOf(await harness.signIn());
    const [{ id: bindingId } = { id: "" }] = await rowsOf(harness.db, "bindings");
    const tokensBefore = await rowsOf(harness.db, "userTokens");
    const { signInId } = await harness.startSignIn();
    const secret = newSecret();
    await openSession(harness.deps, { secret, userId, signInId, bindingId, visitor }, []);
    expect(await find(secret)).toMatchObject({ userId });
    expect(await rowsOf(harness.db, "sessions")).toContainEqual(
      expect.objectContaining({ userId, signInId }),
    );
    expect(await rowsOf(harness.db, "userTokens")).toEqual(tokensBefore);
    expect((await harness.timeline()).at(-1)).toEqual(["signed_in", null]);
  });
});

describe("a session", () => {
  it("lasts as long as it is used within the idle limit [T25]", async () => {
    const secret = await harness.signIn();
    harness.advance(999);
    expect(await find(secret)).toMatchObject({ userId: expect.any(String), secretHash: hashSecret(secret) });
    harness.advance(999);
    expect(await find(secret)).toBeDefined();
    harness.advance(1000);
    expect(await find(secret)).toBeUndefined();
  });

  it("ends at the absolute limit, however often it is used [T25]", async () => {
    const secret = await harness.signIn();
    for (const seconds of [800, 800, 800, 99]) {
      harness.advance(seconds);
      expect(await find(secret)).toBeDefined();
    }
    harness.advance(1);
    expect(await find(secret)).toBeUndefined();
    expect(await listSessions(harness.deps, (await rowsOf(harness.db, "sessions"))[0]?.userId ?? "")).toEqual(
      [],
    );
  });

  it.each([
    ["the idle limit", 1000],
    ["the absolute limit", 2500],
  ])(
    "does not come back when the clock is set back, once it was refused after %s [T89]",
    async (_, seconds) => {
      const [refused, unused] = [await harness.signIn(), await harness.signIn()];
      harness.advance(seconds);
      expect(await find(refused)).toBeUndefined();
      harness.advance(-seconds);
      expect(await find(refused)).toBeUndefined();
      expect(await find(unused)).toBeDefined();
    },
  );

  it.each([
    ["a minute with a long idle limit", "1000", 60],
    ["a tenth of a short idle limit", "100", 10],
  ])("updates lastSeenAt at most once in %s", async (_, SESSION_IDLE_SECONDS, seconds) => {
    await harness.close();
    harness = await startDomainHarness({ SESSION_IDLE_SECONDS });
    const secret = await harness.signIn();
    const seen = async () => (await rowsOf(harness.db, "sessions"))[0]?.lastSeenAt.getTime();
    const first = (await seen()) ?? 0;
    harness.advance(seconds - 0.001);
    await find(secret);
    expect(await seen()).toBe(first);
    harness.advance(0.001);
    await find(secret);
    expect(await seen()).toBe(first + seconds * 1000);
  });

  it.each([undefined, "", "x", newSecret(), `${newSecret()}x`])(
    "is not found by %s [T28]",
    async (secret) => {
      await harness.signIn();
      expect(await find(secret)).toBeUndefined();
    },
  );

  it("is not looked up if the secret is malformed [T28]", async () => {
    harness.deps.db = undefined as never;
    for (const secret of [undefined, "", `${newSecret()}x`, "a b"])
      expect(await find(secret)).toBeUndefined();
  });

  it("is not found if its user is blocked [T27]", async () => {
    const secret = await harness.signIn();
    await harness.db.consoleQuery((orm, { users }) =>
      orm.update(users).set({ status: "blocked" }).returning(),
    );
    expect(await find(secret)).toBeUndefined();
  });
});

describe("ending sessions", () => {
  it("ends the given one only, and is logged [T23]", async () => {
    const [own, other] = [await harness.signIn(), await harness.signIn()];
    await endSession(harness.deps, await sessionOf(own));
    expect(await find(own)).toBeUndefined();
    expect(await find(other)).toBeDefined();
    expect(harness.loggedEvents).toContain("signed_out");
  });

  it("works by id for the user's own only, and returns whether one was ended [T46]", async () => {
    const [alice, bob] = [await harness.signIn("oAlice"), await harness.signIn("oBob")];
    const [ofAlice, ofBob] = [await sessionOf(alice), await sessionOf(bob)];
    const revoke = (id: string) => revokeSession(harness.deps, { userId: ofAlice.userId, id, by: "person" });
    expect(await revoke(ofBob.id)).toBe(false);
    expect(await revoke("no id")).toBe(false);
    expect(harness.loggedEvents).not.toContain("session_revoked");
    expect(await find(bob)).toBeDefined();
    expect(await revoke(ofAlice.id)).toBe(true);
    expect(harness.loggedEvents).toContain("session_revoked");
    expect(await find(alice)).toBeUndefined();
  });

  it("everywhere ends all of one user and none of another [T24]", async () => {
    const [first, second, bob] = [
      await harness.signIn(),
      await harness.signIn(),
      await harness.signIn("oBob"),
    ];
    await endSessionsOf(harness.deps, { userId: (await sessionOf(first)).userId, by: "person" });
    for (const secret of [first, second]) expect(await find(secret)).toBeUndefined();
    expect(await find(bob)).toBeDefined();
    expect(harness.loggedEvents).toContain("signed_out_everywhere");
  });
});

describe("the list of sessions", () => {
  it("has the user's own, newest first, with their devices", async () => {
    const first = await sessionOf(await harness.signIn());
    harness.advance(5);
    const second = await sessionOf(await harness.signIn());
    await harness.signIn("oBob");
    const listed = await listSessions(harness.deps, first.userId);
    expect(listed.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(listed[0]).toEqual({
      id: second.id,
      ip: visitor.ip,
      createdAt: expect.any(Date),
      lastSeenAt: expect.any(Date),
      expiresAt: expect.any(Date),
      device: { client: "wechat", platform: "android" },
    });
    harness.advance(996);
    expect(await listSessions(harness.deps, first.userId)).toHaveLength(1);
  });
});

describe("an operator's link", () => {
  it("does not come back when the clock is set back, once it was refused as expired [T89]", async () => {
    const { deps } = harness;
    const account = { username: "olga", password: "olga owns the house" };
    const links = [await createOperatorLink(deps, "owner"), await createOperatorLink(deps, "owner")] as const;
    const redeem = async (secret: string) =>
      signedIn(await redeemOperatorLink(deps, { secret, ...account }, visitor));
    const refused = { reason: "link_invalid" };
    harness.advance(7 * 86_400);
    await expect(redeem(links[0])).rejects.toMatchObject(refused);
    harness.advance(-7 * 86_400);
    await expect(redeem(links[0])).rejects.toMatchObject(refused);
    expect((await redeem(links[1])).operator).toMatchObject({ username: "olga" });
  });
});

describe("an operator's session", () => {
  it("belongs to an active operator in the current role, and ends after 30 idle minutes or 12 hours [T47]", async () => {
    const { deps } = harness;
    const link = {
      secret: await createOperatorLink(deps, "owner"),
      username: "olga",
      password: "olga owns the house",
    };
    const { secret, operator } = signedIn(await redeemOperatorLink(deps, link, visitor));
    for (const wrong of [undefined, "", "x", newSecret(), `${secret}x`]) {
      expect(await findOperator(deps, wrong)).toBeUndefined();
    }
    const seen = async () => (await rowsOf(harness.db, "operatorSessions"))[0]?.lastSeenAt.getTime();
    const first = (await seen()) ?? 0;
    harness.advance(59.999);
    expect(await findOperator(deps, secret)).toEqual({
      id: operator.id,
      username: "olga",
      role: "owner",
      mustEnrol: false,
    });
    expect(await seen()).toBe(first);
    harness.advance(0.001);
    await findOperator(deps, secret);
    expect(await seen()).toBe(first + 60_000);

    await harness.db.consoleQuery((orm, { operators }) =>
      orm.update(operators).set({ role: "viewer" }).returning(),
    );
    expect(await findOperator(deps, secret)).toMatchObject({ role: "viewer" });
    await harness.db.consoleQuery((orm, { operators }) =>
      orm.update(operators).set({ status: "disabled" }).returning(),
    );
    expect(await findOperator(deps, secret)).toBeUndefined();
    await harness.db.consoleQuery((orm, { operators }) =>
      orm.update(operators).set({ status: "active" }).returning(),
    );

    harness.advance(30 * 60 - 1);
    expect(await findOperator(deps, secret)).toBeDefined();
    harness.advance(30 * 60);
    expect(await findOperator(deps, secret)).toBeUndefined();
    harness.advance(-30 * 60);
    expect(await findOperator(deps, secret)).toBeUndefined();
    const { secret: next } = await redeemOperatorLink(
      deps,
      { ...link, secret: await createOperatorLink(deps, "owner") },
      visitor,
    );
    for (let minutes = 25; minutes < 12 * 60; minutes += 25) {
      harness.advance(25 * 60);
      expect(await findOperator(deps, next)).toBeDefined();
    }
    harness.advance(25 * 60);
    expect(await findOperator(deps, next)).toBeUndefined();
  });

  it("is watched by a page that is kept open, which does not count as activity [T25]", async () => {
    const { deps } = harness;
    const { secret, operator } = signedIn(
      await redeemOperatorLink(
        deps,
        {
          secret: await createOperatorLink(deps, "owner"),
          username: "olga",
          password: "olga owns the house",
        },
        visitor,
      ),
    );
    const before = await rowsOf(harness.db, "operatorSessions");
    harness.advance(30 * 60 - 0.001);
    expect(await watchOperator(deps, secret)).toEqual(operator);
    expect(await watchOperator(deps, newSecret())).toBeUndefined();
    expect(await rowsOf(harness.db, "operatorSessions")).toEqual(before);
    harness.advance(0.001);
    expect(await watchOperator(deps, secret)).toBeUndefined();
  });

  it("is not looked up if the secret is malformed [T28]", async () => {
    harness.deps.db = undefined as never;
    for (const secret of [undefined, "", `${newSecret()}x`]) {
      expect(await findOperator(harness.deps, secret)).toBeUndefined();
      expect(await watchOperator(harness.deps, secret)).toBeUndefined();
    }
  });

  it("that no secret belongs to is looked up and nothing is written: a guess waits for no lock of the database", async () => {
    const { db } = harness;
    const names: string[] = [];
    const run: typeof db.run = (statement, values) => {
      names.push(statement.name);
      return db.run(statement, values);
    };
    expect(await findOperator({ ...harness.deps, db: { ...db, run } }, newSecret())).toBeUndefined();
    expect(names).toEqual(["find_live_operator_session", "find_stored_operator_session"]);
  });
});

describe("the deletion of expired sessions", () => {
  const count = async (table: "sessions" | "operatorSessions") => (await rowsOf(harness.db, table)).length;

  it("keeps a person's session until its idle limit and deletes it at that moment [T25]", async () => {
    const secret = await harness.signIn();
    harness.advance(999.999);
    await deleteExpired(harness.deps);
    expect(await count("sessions")).toBe(1);
    harness.advance(0.001);
    expect(await find(secret)).toBeUndefined();
    await deleteExpired(harness.deps);
    expect(await count("sessions")).toBe(0);
  });

  it("deletes a person's session at the absolute limit, although it was just used [T25]", async () => {
    const secret = await harness.signIn();
    for (const seconds of [900, 900, 699.999]) {
      harness.advance(seconds);
      expect(await find(secret)).toBeDefined();
      await deleteExpired(harness.deps);
    }
    expect(await count("sessions")).toBe(1);
    harness.advance(0.001);
    await deleteExpired(harness.deps);
    expect(await count("sessions")).toBe(0);
  });

  it("keeps an operator's session until 30 minutes without a request and deletes it then [T25]", async () => {
    const link = await createOperatorLink(harness.deps, "owner");
    const given = { secret: link, username: "olga", password: "olga owns the house" };
    const { secret } = await redeemOperatorLink(harness.deps, given, visitor);
    harness.advance(30 * 60 - 0.001);
    await deleteExpired(harness.deps);
    expect(await count("operatorSessions")).toBe(1);
    harness.advance(0.001);
    expect(await findOperator(harness.deps, secret)).toBeUndefined();
    await deleteExpired(harness.deps);
    expect(await count("operatorSessions")).toBe(0);
  });
});
