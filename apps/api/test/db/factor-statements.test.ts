import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import {
  advanceFactor,
  countRecoveryCodes,
  deleteChallenge,
  deleteChallengesOf,
  deleteExpiredChallenge,
  deleteExpiredChallenges,
  deleteFactor,
  deleteFactors,
  deleteRecoveryCodes,
  deleteUselessRecoveryCodes,
  findChallenge,
  findOperatorWithoutFactor,
  findSecondFactorPolicy,
  insertFactor,
  insertRecoveryCode,
  listEncryptedFactors,
  listFactors,
  lockActiveOperator,
  putChallenge,
  reencryptFactor,
  setChallengeValue,
  setSecondFactorPolicy,
  spendChallengeValue,
  spendRecoveryCode,
} from "../../src/db/operator-factors.js";
import type { Tables } from "../../src/db/schema.js";
import type { Statement } from "../../src/db/statement.js";
import { type TestDatabase, testDatabase } from "../support/engine.js";
import { addRows, rowsOf } from "../support/rows.js";
import { at } from "./rows.js";

// Olga and Otto have the same factors, codes and challenges: what is done to one must leave the other.

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await testDatabase();
  db = await database.open();
});
afterAll(() => db.close().then(database.remove));

const operators = ["olga", "otto"];
const tables = ["consoleSettings", "operatorChallenges", "operatorRecoveryCodes", "operatorFactors"] as const;

beforeEach(async () => {
  for (const name of [...tables, "operators"] as const)
    await db.consoleQuery((orm, t) => orm.delete(t[name] as unknown as Tables["users"]).returning());
  const account = { passwordHash: "-", role: "owner", status: "active", createdAt: at(0) } as const;
  await addRows(
    db,
    "operators",
    operators.map((username) => ({ ...account, id: `id of ${username}`, username })),
  );
  for (const name of operators) {
    const operatorId = `id of ${name}`;
    const factor = { operatorId, secret: `${name}'s`, counter: 7, createdAt: at(0), lastUsedAt: at(0) };
    await addRows(db, "operatorFactors", [
      { ...factor, id: `${name} 1`, kind: "totp", name: "phone" },
      { ...factor, id: `${name} 2`, kind: "passkey", name: "key" },
    ]);
    await addRows(db, "operatorRecoveryCodes", [
      { operatorId, codeHash: `${name} 1` },
      { operatorId, codeHash: `${name} 2` },
    ]);
    await addRows(db, "operatorChallenges", [
      { operatorId, secretHash: `${name} 1`, kind: "sign_in", value: "challenge", expiresAt: at(100) },
      { operatorId, secretHash: `${name} 2`, kind: "totp", value: "key", expiresAt: at(200) },
    ]);
  }
});

const olga = { operatorId: "id of olga" };

/** The ids of a table that are left, or were added. */
async function idsOf(name: "operatorFactors" | "operatorRecoveryCodes" | "operatorChallenges") {
  const rows = (await rowsOf(db, name)) as { id?: string; codeHash?: string; secretHash?: string }[];
  return rows.map(({ id, codeHash, secretHash }) => id ?? codeHash ?? secretHash).sort();
}
const all = ["olga 1", "olga 2", "otto 1", "otto 2"];
const without = (...gone: string[]) => all.filter((id) => !gone.includes(id));

/** How many rows a statement touched. */
const touched = async <P extends object>(statement: Statement<P, unknown>, params: P) =>
  (await db.run(statement, params)).length;

describe("a second factor in the database", () => {
  it("is read with the others of its operator alone, the oldest first [T108]", async () => {
    const row = { secret: "olga's", counter: 7, createdAt: at(0), lastUsedAt: at(0) };
    expect(await db.run(listFactors, olga)).toEqual([
      { ...row, id: "olga 1", kind: "totp", name: "phone" },
      { ...row, id: "olga 2", kind: "passkey", name: "key" },
    ]);
    expect(await db.run(listEncryptedFactors, {})).toEqual(
      all.map((id) => ({ id, secret: `${id.slice(0, 4)}'s` })),
    );
  });

  it("is listed after the ones that are older, and of the same time by id", async () => {
    const factor = { ...olga, kind: "passkey", name: "-", secret: "-", counter: 0 } as const;
    await addRows(db, "operatorFactors", [
      { ...factor, id: "c", createdAt: at(-1) },
      { ...factor, id: "b", createdAt: at(-2) },
      { ...factor, id: "a", createdAt: at(-1) },
    ]);
    const listed = ["b", "a", "c", "olga 1", "olga 2"];
    expect((await db.run(listFactors, olga)).map(({ id }) => id)).toEqual(listed);
    expect((await db.run(listEncryptedFactors, {})).map(({ id }) => id)).toEqual(["a", "b", "c", ...all]);
  });

  it("keeps its operator from being signed in by the password alone [T108]", async () => {
    expect(await db.run(findOperatorWithoutFactor, olga)).toEqual([]);
    await db.run(deleteFactors, olga);
    expect(await db.run(findOperatorWithoutFactor, olga)).toEqual([{ id: "id of olga" }]);
    expect(await db.run(findOperatorWithoutFactor, { operatorId: "id of otto" })).toEqual([]);
    expect(await db.run(findOperatorWithoutFactor, { operatorId: "unknown" })).toEqual([]);
  });

  it("is never replaced by one with its id, of this operator or of another [T124]", async () => {
    const factor = { kind: "passkey", name: "new", secret: "new", counter: 0, now: at(9) } as const;
    expect(await db.run(insertFactor, { ...factor, ...olga, id: "otto 2" })).toEqual([]);
    expect(await db.run(insertFactor, { ...factor, ...olga, id: "olga 2" })).toEqual([]);
    expect(await db.run(insertFactor, { ...factor, ...olga, id: "new" })).toEqual([{ id: "new" }]);
    const rows = await rowsOf(db, "operatorFactors");
    expect(rows.filter(({ secret }) => secret === "new")).toEqual([
      { id: "new", ...olga, kind: "passkey", name: "new", secret: "new", counter: 0, ...times(9) },
    ]);
  });

  it("is used once for each counter, and by its own operator alone [T108, T124]", async () => {
    const use = { id: "olga 1", ...olga, before: 7, counter: 8, now: at(9) };
    expect(await touched(advanceFactor, { ...use, operatorId: "id of otto" })).toBe(0);
    expect(await touched(advanceFactor, { ...use, before: 6 })).toBe(0);
    expect(await touched(advanceFactor, use)).toBe(1);
    expect(await touched(advanceFactor, use)).toBe(0);
    const used = (await rowsOf(db, "operatorFactors")).filter(({ counter }) => counter !== 7);
    expect(used).toMatchObject([{ id: "olga 1", counter: 8, createdAt: at(0), lastUsedAt: at(9) }]);
  });

  it("is removed by its own operator alone, and is encrypted anew only if it is what was read [T108]", async () => {
    expect(await touched(deleteFactor, { id: "otto 1", ...olga })).toBe(0);
    expect(await touched(deleteFactor, { id: "olga 1", ...olga })).toBe(1);
    expect(await idsOf("operatorFactors")).toEqual(without("olga 1"));
    const again = { id: "olga 2", secret: "newest", secretBefore: "olga's" };
    expect(await touched(reencryptFactor, { ...again, secretBefore: "another" })).toBe(0);
    expect(await touched(reencryptFactor, again)).toBe(1);
    const changed = (await rowsOf(db, "operatorFactors")).filter(({ secret }) => secret === "newest");
    expect(changed.map(({ id }) => id)).toEqual(["olga 2"]);
    expect(await touched(deleteFactors, olga)).toBe(1);
    expect(await idsOf("operatorFactors")).toEqual(without("olga 1", "olga 2"));
  });

  it("changes under a lock that a disabled operator does not get [T47]", async () => {
    expect(await db.run(lockActiveOperator, olga)).toEqual([{ id: "id of olga" }]);
    await db.consoleQuery((orm, t) => orm.update(t.operators).set({ status: "disabled" }).returning());
    expect(await db.run(lockActiveOperator, olga)).toEqual([]);
    expect((await rowsOf(db, "operators")).map(({ status }) => status)).toEqual(["disabled", "disabled"]);
  });
});

const times = (milliseconds: number) => ({ createdAt: at(milliseconds), lastUsedAt: at(milliseconds) });

describe("a recovery code in the database", () => {
  it("is spent once, by its own operator alone [T108]", async () => {
    expect(await touched(spendRecoveryCode, { codeHash: "otto 1", ...olga })).toBe(0);
    expect(await touched(spendRecoveryCode, { codeHash: "olga 1", ...olga })).toBe(1);
    expect(await touched(spendRecoveryCode, { codeHash: "olga 1", ...olga })).toBe(0);
    expect(await idsOf("operatorRecoveryCodes")).toEqual(without("olga 1"));
    expect(await db.run(countRecoveryCodes, olga)).toEqual([{ count: 1 }]);
    await db.run(insertRecoveryCode, { codeHash: "olga 3", ...olga });
    expect(await db.run(countRecoveryCodes, olga)).toEqual([{ count: 2 }]);
    expect(await touched(deleteRecoveryCodes, olga)).toBe(2);
    expect(await idsOf("operatorRecoveryCodes")).toEqual(["otto 1", "otto 2"]);
  });

  it("ends with the last factor of its operator, and not before [T108]", async () => {
    await db.run(deleteFactor, { id: "olga 1", ...olga });
    expect(await touched(deleteUselessRecoveryCodes, olga)).toBe(0);
    await db.run(deleteFactor, { id: "olga 2", ...olga });
    expect(await touched(deleteUselessRecoveryCodes, { operatorId: "id of otto" })).toBe(0);
    expect(await touched(deleteUselessRecoveryCodes, olga)).toBe(2);
    expect(await idsOf("operatorRecoveryCodes")).toEqual(["otto 1", "otto 2"]);
  });
});

describe("what waits for a second factor, in the database", () => {
  it("is found under its secret and for its purpose until it expires, unless its operator is disabled [T108]", async () => {
    const find = { secretHash: "olga 1", kind: "sign_in" as const, now: at(99) };
    const found = { ...olga, username: "olga", role: "owner", value: "challenge" };
    expect(await db.run(findChallenge, find)).toEqual([found]);
    for (const other of [{ now: at(100) }, { kind: "totp" as const }, { secretHash: "unknown" }])
      expect(await db.run(findChallenge, { ...find, ...other })).toEqual([]);
    await db.consoleQuery((orm, t) => orm.update(t.operators).set({ status: "disabled" }).returning());
    expect(await db.run(findChallenge, find)).toEqual([]);
  });

  it("has a challenge of WebAuthn that is spent once, and set only before it expires [T124]", async () => {
    const spend = { secretHash: "olga 1", value: "challenge" };
    expect(await touched(spendChallengeValue, { ...spend, value: "another" })).toBe(0);
    expect(await touched(spendChallengeValue, spend)).toBe(1);
    expect(await touched(spendChallengeValue, spend)).toBe(0);
    const set = { secretHash: "olga 1", value: "next", now: at(99) };
    expect(await touched(setChallengeValue, { ...set, now: at(100) })).toBe(0);
    expect(await touched(setChallengeValue, set)).toBe(1);
    const values = (await rowsOf(db, "operatorChallenges")).map((row) => [row.secretHash, row.value]);
    expect(Object.fromEntries(values)).toEqual({
      ...{ "olga 1": "next", "olga 2": "key", "otto 1": "challenge", "otto 2": "key" },
    });
  });

  it("takes the place of what waited under the same secret [T108]", async () => {
    const challenge = { ...olga, kind: "totp", value: "a new key", expiresAt: at(300) } as const;
    await db.run(putChallenge, { ...challenge, secretHash: "olga 2" });
    await db.run(putChallenge, { ...challenge, secretHash: "olga 3" });
    expect(await idsOf("operatorChallenges")).toEqual([
      ...without("otto 1", "otto 2"),
      "olga 3",
      "otto 1",
      "otto 2",
    ]);
    const row = (await rowsOf(db, "operatorChallenges")).find(({ secretHash }) => secretHash === "olga 2");
    expect(row).toEqual({ ...challenge, secretHash: "olga 2" });
  });

  it("ends alone once it has expired, whatever else has [T108]", async () => {
    const all = await idsOf("operatorChallenges");
    expect(await touched(deleteExpiredChallenge, { secretHash: "otto 1", now: at(99) })).toBe(0);
    expect(await idsOf("operatorChallenges")).toEqual(all);
    expect(await touched(deleteExpiredChallenge, { secretHash: "otto 1", now: at(900) })).toBe(1);
    expect(await idsOf("operatorChallenges")).toEqual(without("otto 1"));
  });

  it("ends alone, with all of its operator, or once it has expired [T108]", async () => {
    expect(await touched(deleteChallenge, { secretHash: "olga 1" })).toBe(1);
    expect(await idsOf("operatorChallenges")).toEqual(without("olga 1"));
    expect(await touched(deleteExpiredChallenges, { now: at(99) })).toBe(0);
    expect(await touched(deleteExpiredChallenges, { now: at(100) })).toBe(1);
    expect(await idsOf("operatorChallenges")).toEqual(["olga 2", "otto 2"]);
    expect(await touched(deleteChallengesOf, { username: "olga" })).toBe(1);
    expect(await idsOf("operatorChallenges")).toEqual(["otto 2"]);
  });

  it("ends in batches of 500 once it has expired, however many live ones were written before", async () => {
    const several = (name: string, expiresAt: Date) =>
      Array.from({ length: 501 }, (_, n) => ({
        ...olga,
        ...{ kind: "totp" as const, secretHash: `${name} ${n}`, expiresAt },
      }));
    await addRows(db, "operatorChallenges", several("a live one", at(1000)));
    await addRows(db, "operatorChallenges", several("past its end", at(50)));
    expect(await touched(deleteExpiredChallenges, { now: at(99) })).toBe(500);
    expect(await touched(deleteExpiredChallenges, { now: at(99) })).toBe(1);
    const left = await idsOf("operatorChallenges");
    expect(left).toHaveLength(501 + all.length);
    expect(left.filter((id) => id?.startsWith("past"))).toEqual([]);
  });
});

describe("the rule for all operators, in the database", () => {
  it("is one row, which the last decision replaces [T108]", async () => {
    await addRows(db, "consoleSettings", [{ name: "another" as "second_factor", value: "optional" }]);
    expect(await db.run(findSecondFactorPolicy, {})).toEqual([]);
    for (const value of ["required", "optional", "required"] as const) {
      await db.run(setSecondFactorPolicy, { value });
      expect(await db.run(findSecondFactorPolicy, {})).toEqual([{ value }]);
    }
    const settings = (await rowsOf(db, "consoleSettings")).map(({ name, value }) => `${name}: ${value}`);
    expect(settings.sort()).toEqual(["another: optional", "second_factor: required"]);
  });
});
