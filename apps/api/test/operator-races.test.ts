import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, StaleDataError } from "../src/db/database.js";
import type { Deps } from "../src/domain/deps.js";
import { ensureFirstOperator, hasOperator } from "../src/domain/operators/accounts.js";
import { createOperatorLink, redeemOperatorLink } from "../src/domain/operators/links.js";
import { changePassword } from "../src/domain/operators/passwords.js";
import { findOperator } from "../src/domain/operators/sessions.js";
import { signInOperator } from "../src/domain/operators/sign-in.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { signedIn } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const first = { username: "olga", password: "olga owns the house" };
const second = "olga changed the lock";

async function redeem(role: "viewer" | "owner", given = first, deps: Deps = harness.deps) {
  const secret = await createOperatorLink(harness.deps, role);
  return signedIn(await redeemOperatorLink(deps, { secret, ...given }, visitor));
}

/** The domain on a database that lets `meanwhile` happen just before the next batches with this statement. */
function interrupted(
  meanwhile: () => Promise<unknown>,
  { at = "insert_operator_session", times = 1 } = {},
): Deps {
  const { db } = harness;
  let left = times;
  const batch: Database["batch"] = async (steps) => {
    if (left > 0 && steps.some(({ statement }) => statement.name === at)) {
      left -= 1;
      await meanwhile();
    }
    return db.batch(steps);
  };
  return { ...harness.deps, db: { ...db, batch } };
}

const auditOf = async (event: string) =>
  (await rowsOf(harness.db, "auditLog")).filter((row) => row.event === event).map(({ result }) => result);

describe("an operator's password", () => {
  it("stays what a link set it to, if a change with the old one was already being checked [T48]", async () => {
    const { operator, secret } = await redeem("owner");
    const deps = interrupted(() => redeem("owner", { username: "olga", password: second }));
    const late = changePassword(
      deps,
      operator,
      { current: first.password, next: "the intruder's own" },
      visitor,
    );
    await expect(late).rejects.toMatchObject({
      ...{ name: "OperatorError", reason: "wrong_credentials", cause: expect.any(StaleDataError) },
    });

    expect(await findOperator(harness.deps, secret)).toBeUndefined();
    await expect(
      signInOperator(harness.deps, { username: "olga", password: second }, visitor),
    ).resolves.toBeDefined();
    const intruder = { username: "olga", password: "the intruder's own" };
    await expect(signInOperator(harness.deps, intruder, visitor)).rejects.toMatchObject({
      reason: "wrong_credentials",
    });
    expect(await auditOf("operator.change_password")).toEqual(["denied"]);
  });

  it("is changed by one of two changes that were checked at the same time", async () => {
    const { operator } = await redeem("owner");
    const change = (next: string, deps = harness.deps) =>
      changePassword(deps, operator, { current: first.password, next }, visitor);
    const deps = interrupted(() => change(second));
    await expect(change("another good one", deps)).rejects.toMatchObject({ reason: "wrong_credentials" });
    expect((await auditOf("operator.change_password")).sort()).toEqual(["denied", "ok"]);
    await expect(
      signInOperator(harness.deps, { username: "olga", password: second }, visitor),
    ).resolves.toBeDefined();
  });
});

describe("an operator's sign-in", () => {
  it("is denied, and recorded as denied, if the password was changed while it was checked [T48]", async () => {
    const { operator } = await redeem("owner");
    const deps = interrupted(() =>
      changePassword(harness.deps, operator, { current: first.password, next: second }, visitor),
    );
    await expect(signInOperator(deps, first, visitor)).rejects.toMatchObject({
      ...{ reason: "wrong_credentials", cause: expect.any(StaleDataError) },
    });
    expect(await auditOf("operator.sign_in")).toEqual(["denied"]);
    // The session of the change is the only one.
    expect(await rowsOf(harness.db, "operatorSessions")).toHaveLength(1);
  });

  it("fails with the database's own error where that is the reason, and is not recorded as denied", async () => {
    await redeem("owner");
    const away = new Error("the database is away");
    const deps = interrupted(() => Promise.reject(away));
    await expect(signInOperator(deps, first, visitor)).rejects.toBe(away);
    expect(await auditOf("operator.sign_in")).toEqual([]);
  });

  it("is recorded as ok if nothing changed meanwhile", async () => {
    await redeem("owner");
    const { secret } = await signInOperator(harness.deps, first, visitor);
    expect(await findOperator(harness.deps, secret)).toMatchObject({ username: "olga", role: "owner" });
    expect(await auditOf("operator.sign_in")).toEqual(["ok"]);
  });
});

describe("two links for one new name", () => {
  it("never let a viewer's link open an owner's account [T40]", async () => {
    const deps = interrupted(() => redeem("owner"));
    const asViewer = redeem("viewer", { username: "olga", password: "a viewer's password" }, deps);
    await expect(asViewer).rejects.toMatchObject({ reason: "username_unfit" });
    const viewer = { username: "olga", password: "a viewer's password" };
    await expect(signInOperator(harness.deps, viewer, visitor)).rejects.toMatchObject({
      reason: "wrong_credentials",
    });
    const { operator } = signedIn(await signInOperator(harness.deps, first, visitor));
    expect(operator.role).toBe("owner");
    // The refused link is not spent: its owner may choose another name.
    expect(await rowsOf(harness.db, "operatorLinks")).toHaveLength(1);
  });

  it("leave one password, and no session of the other one", async () => {
    let superseded = "";
    const deps = interrupted(async () => {
      superseded = (await redeem("owner")).secret;
    });
    const last = await redeem("owner", { username: "olga", password: second }, deps);
    expect(await findOperator(harness.deps, last.secret)).toMatchObject({ username: "olga" });
    expect(await findOperator(harness.deps, superseded)).toBeUndefined();
    expect(await rowsOf(harness.db, "operatorSessions")).toHaveLength(1);
    expect(await rowsOf(harness.db, "operators")).toHaveLength(1);
    await expect(signInOperator(harness.deps, first, visitor)).rejects.toMatchObject({
      reason: "wrong_credentials",
    });
  });
});

describe("a link that meets another change", () => {
  it("is tried three times in all, and no second time after another failure", async () => {
    const stale = new StaleDataError();
    const changed = (times: number) => interrupted(() => Promise.reject(stale), { times });
    await expect(redeem("owner", first, changed(3))).rejects.toBe(stale);
    expect(await hasOperator(harness.deps)).toBe(false);
    expect((await redeem("owner", first, changed(2))).operator).toMatchObject({ username: "olga" });

    const away = new Error("the database is away");
    const once = interrupted(() => Promise.reject(away));
    await expect(redeem("owner", { username: "olga", password: second }, once)).rejects.toBe(away);
    expect(await auditOf("operator.redeem_link")).toEqual(["ok"]);
  });
});

describe("the first operator from the settings", () => {
  it("is an owner who can sign in", async () => {
    expect(await hasOperator(harness.deps)).toBe(false);
    await ensureFirstOperator(harness.deps, first);
    expect(await hasOperator(harness.deps)).toBe(true);
    const { operator } = signedIn(await signInOperator(harness.deps, first, visitor));
    expect(operator).toMatchObject({ username: "olga", role: "owner" });
    expect((await rowsOf(harness.db, "auditLog")).filter(({ event }) => event === "operator.first")).toEqual([
      {
        ...{ id: expect.any(String), at: harness.deps.now(), operatorId: null, event: "operator.first" },
        ...{ target: "olga", result: "ok", errcode: null, ip: null, sealNumber: null, seal: null },
      },
    ]);
  });

  it("is made once by two processes that start at the same time [T51]", async () => {
    await Promise.all([ensureFirstOperator(harness.deps, first), ensureFirstOperator(harness.deps, first)]);
    expect(await rowsOf(harness.db, "operators")).toHaveLength(1);
    expect(await auditOf("operator.first")).toEqual(["ok"]);
  });

  it("is not made where another process is faster, and only that process tells of it [T51]", async () => {
    const at = { at: "insert_first_operator" };
    const deps = interrupted(() => ensureFirstOperator(harness.deps, { ...first, username: "otto" }), at);
    await ensureFirstOperator(deps, first);
    expect((await rowsOf(harness.db, "operators")).map(({ username }) => username)).toEqual(["otto"]);
    expect(harness.loggedEvents.filter((event) => event === "first_operator_made")).toHaveLength(1);
  });

  it("is not made, with the database's own error, where it cannot be written", async () => {
    const away = new Error("the database is away");
    const deps = interrupted(() => Promise.reject(away), { at: "insert_first_operator" });
    await expect(ensureFirstOperator(deps, first)).rejects.toBe(away);
    expect(harness.loggedEvents).not.toContain("first_operator_made");
  });

  it("does not matter any more once there is an operator: settings that became unfit stop no start", async () => {
    await redeem("owner");
    await ensureFirstOperator(harness.deps, { username: "o", password: "short" });
    expect(await rowsOf(harness.db, "operators")).toHaveLength(1);
    expect(await auditOf("operator.first")).toEqual([]);
  });
});
