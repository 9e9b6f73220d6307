import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { setSecondFactorPolicy, spendChallengeValue } from "../src/db/operator-factors.js";
import type { Deps } from "../src/domain/deps.js";
import { factorRow, getSecondFactors } from "../src/domain/operators/factors.js";
import { createOperatorLink, redeemOperatorLink } from "../src/domain/operators/links.js";
import {
  type GivenFactor,
  getPendingSignIn,
  passSecondFactor,
  startPasskey,
} from "../src/domain/operators/pending-sign-ins.js";
import { newRecoveryCodes } from "../src/domain/operators/recovery-codes.js";
import { signInOperator } from "../src/domain/operators/sign-in.js";
import { newTotpKey } from "../src/domain/operators/totp.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { codeAt, SoftwareAuthenticator } from "./support/factors.js";
import { signedIn } from "./support/operator.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: Deps;
beforeAll(async () => {
  harness = await startDomainHarness();
  ({ deps } = harness);
});
afterAll(() => harness.close());

const password = "a door with two locks";
let count = 0;

/** An operator who is known to have signed in from the address of `visitor`. */
async function makeOperator() {
  const username = `nina${count++}`;
  const secret = await createOperatorLink(deps, "operator");
  const { operator } = signedIn(await redeemOperatorLink(deps, { secret, username, password }, visitor));
  return { id: operator.id, username };
}
type Account = Awaited<ReturnType<typeof makeOperator>>;

/** Factors are written as rows: how they are added is tested elsewhere. */
async function addFactor({ id: operatorId }: Account, kind: "totp" | "passkey", id: string, key: string) {
  const secret = deps.keys.encrypt(key, factorRow(id));
  await addRows(harness.db, "operatorFactors", [
    { id, operatorId, kind, name: id, secret, counter: 0, createdAt: deps.now() },
  ]);
}
async function addTotp(account: Account) {
  const key = newTotpKey();
  await addFactor(account, "totp", `app of ${account.username}`, key);
  return key;
}
async function addPasskey(account: Account) {
  const authenticator = new SoftwareAuthenticator(deps.settings.publicUrl.origin);
  await addFactor(account, "passkey", authenticator.id, authenticator.publicKey);
  return authenticator;
}

async function pending({ username }: Account) {
  const admitted = await signInOperator(deps, { username, password }, visitor);
  expect(admitted).toEqual({ kind: "factor_needed", secret: expect.stringMatching(/^[\w-]{43}$/) });
  return admitted.secret;
}
const pass = (secret: string, given: GivenFactor, from = visitor, changed: Partial<Deps> = {}) =>
  passSecondFactor({ ...deps, ...changed }, secret, given, from);
const totp = (code: string) => ({ kind: "totp", code }) as const;
const reasonOf = (action: Promise<unknown>) =>
  action.then(
    () => "passed",
    (error: { reason?: string; name: string }) => error.reason ?? error.name,
  );
const codeNow = (key: string) => codeAt(key, deps.now());

let nina: Account;
beforeEach(async () => {
  nina = await makeOperator();
});

describe("a sign-in that waits for a second factor", () => {
  it("names the kinds of factor that its operator has, and recovery codes while there are some [T108]", async () => {
    const { username } = nina;
    await addPasskey(nina);
    const asked = async (secret: string) => getPendingSignIn(deps, secret);
    const onlyPasskey = { username, totp: false, passkey: true, recoveryCode: false };
    expect(await asked(await pending(nina))).toEqual(onlyPasskey);
    await addTotp(nina);
    await deps.db.batch(newRecoveryCodes(nina.id).inserts);
    expect(await asked(await pending(nina))).toEqual({ ...onlyPasskey, totp: true, recoveryCode: true });
    const otto = await makeOperator();
    await addTotp(otto);
    const onlyApp = { username: otto.username, totp: true, passkey: false, recoveryCode: false };
    expect(await asked(await pending(otto))).toEqual(onlyApp);
    expect(await asked("A".repeat(43))).toBeNull();
  });

  it("asks the passkeys of its operator alone, with the user verified, and not after it has expired [T124]", async () => {
    const [passkey] = [await addPasskey(nina), await addTotp(nina), await addPasskey(await makeOperator())];
    const secret = await pending(nina);
    expect(await startPasskey(deps, secret)).toMatchObject({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      rpId: deps.settings.publicUrl.hostname,
      allowCredentials: [{ id: passkey.id, type: "public-key" }],
      userVerification: "required",
    });
    // It expires while the challenge is made.
    const times = [deps.now(), new Date(deps.now().getTime() + 600_000)];
    const late = startPasskey({ ...deps, now: () => times.shift() ?? deps.now() }, secret);
    expect(await reasonOf(late)).toBe("sign_in_expired");
  });

  it("becomes a session of its operator, who has no factor to add, with one entry of its own [T50, T108]", async () => {
    const key = await addTotp(nina);
    const secret = await pending(nina);
    const before = new Set((await rowsOf(harness.db, "auditLog")).map(({ id }) => id));
    expect(await pass(secret, totp(codeNow(key)))).toEqual({
      operator: { ...nina, role: "operator", mustEnrol: false },
      secret: expect.stringMatching(/^[\w-]{43}$/),
    });
    const entries = async () =>
      (await rowsOf(harness.db, "auditLog"))
        .filter(({ id }) => !before.has(id))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ event, operatorId, result, ip }) => [event, operatorId, result, ip]);
    const signIn = ["operator.sign_in", nina.id, "ok", visitor.ip];
    expect(await entries()).toEqual([signIn]);
    await pass(await pending(nina), totp("000000")).catch(() => undefined);
    expect(await entries()).toEqual([
      signIn,
      ["operator.ask_factor", nina.id, "ok", visitor.ip],
      ["operator.pass_factor", nina.id, "denied", visitor.ip],
    ]);
  });

  it("takes each of several passkeys, and a challenge that another request spent from none [T124]", async () => {
    const passkeys = [await addPasskey(nina), await addPasskey(nina)];
    for (const passkey of passkeys) {
      const secret = await pending(nina);
      const response = passkey.get(await startPasskey(deps, secret));
      expect(await reasonOf(pass(secret, { kind: "passkey", response }))).toBe("passed");
    }
    const secret = await pending(nina);
    const response = passkeys[0]?.get(await startPasskey(deps, secret)) ?? { id: "" };
    const db = Object.create(deps.db, {
      run: {
        value: async (
          statement: typeof spendChallengeValue,
          params: { secretHash: string; value: string },
        ) => {
          if (statement === spendChallengeValue) await deps.db.run(statement, params);
          return deps.db.run(statement, params);
        },
      },
    });
    expect(await reasonOf(pass(secret, { kind: "passkey", response }, visitor, { db }))).toBe("factor_wrong");
  });

  it("fails with the database's own error where that is the reason, and is still there afterwards [T108]", async () => {
    const key = await addTotp(nina);
    const secret = await pending(nina);
    const away = new Error("the database is away");
    let failures = 0;
    const batch: Deps["db"]["batch"] = (steps) =>
      failures++ === 0 ? Promise.reject(away) : deps.db.batch(steps);
    const db = Object.create(deps.db, { batch: { value: batch } });
    await expect(pass(secret, totp(codeNow(key)), visitor, { db })).rejects.toBe(away);
    expect(await reasonOf(pass(secret, totp(codeNow(key))))).toBe("passed");
  });

  it("keeps why a recovery code was refused as the cause [T108]", async () => {
    await addTotp(nina);
    const refused = pass(await pending(nina), { kind: "recovery_code", code: "AAAA" });
    await expect(refused).rejects.toMatchObject({
      ...{ reason: "factor_wrong", cause: { name: "StaleDataError" } },
    });
  });
});

describe("what operators read of their own second factors", () => {
  const read = () => getSecondFactors(deps, { ...nina, role: "operator", mustEnrol: false });

  it("is each of them without its key, in their order, and how many recovery codes are left [T108]", async () => {
    expect(await read()).toEqual({ isRequired: false, recoveryCodes: 0, factors: [] });
    const key = await addTotp(nina);
    const createdAt = deps.now();
    harness.advance(30);
    const passkey = await addPasskey(nina);
    await addTotp(await makeOperator());
    await deps.db.batch(newRecoveryCodes(nina.id).inserts);
    await pass(await pending(nina), totp(codeNow(key)));
    const name = `app of ${nina.username}`;
    expect(await read()).toEqual({
      isRequired: false,
      recoveryCodes: 10,
      factors: [
        { id: name, kind: "totp", name, createdAt, lastUsedAt: deps.now() },
        { id: passkey.id, kind: "passkey", name: passkey.id, createdAt: deps.now(), lastUsedAt: null },
      ],
    });
  });

  it("says whether one is required, and then a sign-in without one must add one first [T108]", async () => {
    await deps.db.run(setSecondFactorPolicy, { value: "required" });
    const { isRequired } = await read();
    const { operator } = signedIn(await signInOperator(deps, { ...nina, password }, visitor));
    await deps.db.run(setSecondFactorPolicy, { value: "optional" });
    expect([isRequired, operator.mustEnrol, (await read()).isRequired]).toEqual([true, true, false]);
  });
});

describe("guessing a second factor", () => {
  const elsewhere = { ...visitor, ip: "198.51.100.1", source: "198.51.100.1" };
  /** The results of as many wrong codes. */
  async function guess(account: Account, times: number, from = visitor) {
    const results = new Set<string>();
    for (let n = 0; n < times; n++) {
      const secret = await pending(account);
      results.add(await reasonOf(pass(secret, totp("000000"), from)));
    }
    return [...results];
  }

  it.each([
    ["a source that the operator is known at", visitor],
    ["any other source", elsewhere],
  ])(
    "ends after ten wrong codes of one operator from %s, while another operator goes on [T41, T108]",
    async (_, from) => {
      const otto = await makeOperator();
      await addTotp(nina);
      await addTotp(otto);
      expect(await guess(nina, 10, from)).toEqual(["factor_wrong"]);
      expect(await guess(nina, 1, from)).toEqual(["ThrottledError"]);
      expect(await guess(otto, 1, from)).toEqual(["factor_wrong"]);
    },
  );

  it("does not lock the operator out of a source that they signed in at, nor of another such source [T41, T108]", async () => {
    const key = await addTotp(nina);
    await guess(nina, 11, elsewhere);
    expect(await reasonOf(pass(await pending(nina), totp(codeNow(key))))).toBe("passed");
    const home = { ...visitor, ip: "203.0.113.9", source: "203.0.113.9" };
    harness.advance(30);
    expect(await reasonOf(pass(await pending(nina), totp(codeNow(key)), elsewhere))).toBe("ThrottledError");
    harness.advance(15 * 60);
    expect(await reasonOf(pass(await pending(nina), totp(codeNow(key)), home))).toBe("passed");
    await guess(nina, 11);
    harness.advance(30);
    expect(await reasonOf(pass(await pending(nina), totp(codeNow(key)), home))).toBe("passed");
  });
});
