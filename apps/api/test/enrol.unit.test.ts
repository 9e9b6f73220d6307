import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { StaleDataError } from "../src/db/database.js";
import type { Deps } from "../src/domain/deps.js";
import type { Operator } from "../src/domain/operators/accounts.js";
import {
  confirmPasskey,
  confirmTotp,
  removeFactor,
  renewRecoveryCodes,
  startPasskeyEnrolment,
  startTotp,
} from "../src/domain/operators/enrol.js";
import { getSecondFactors, readFactors } from "../src/domain/operators/factors.js";
import { createOperatorLink, redeemOperatorLink } from "../src/domain/operators/links.js";
import { findOperator } from "../src/domain/operators/sessions.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { codeAt, SoftwareAuthenticator } from "./support/factors.js";
import { signedIn } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";

// How operators add and remove their own factors, called directly and compared row by row.

let harness: DomainHarness;
let deps: Deps;
beforeAll(async () => {
  harness = await startDomainHarness();
  ({ deps } = harness);
});
afterAll(() => harness.close());

const password = "a door with two locks";
let count = 0;
interface Self {
  operator: Operator;
  session: string;
  visitor: typeof visitor;
}
async function makeOperator(): Promise<Self> {
  const secret = await createOperatorLink(deps, "operator");
  const username = `enrolled${count++}`;
  const made = signedIn(await redeemOperatorLink(deps, { secret, username, password }, visitor));
  return { operator: made.operator, session: made.secret, visitor };
}
let nina: Self;
beforeEach(async () => {
  nina = await makeOperator();
});

const refusal = (reason: string) => expect.objectContaining({ name: "OperatorError", reason });
const codeNow = (key: string) => codeAt(key, deps.now());
async function addTotp(self: Self, name = "phone") {
  const { key } = await startTotp(deps, self, password);
  const changed = await confirmTotp(deps, self, { code: codeNow(key), name });
  return { key, ...changed };
}
async function addPasskey(self: Self, name = "key") {
  const options = await startPasskeyEnrolment(deps, self, password);
  const authenticator = new SoftwareAuthenticator(deps.settings.publicUrl.origin);
  return {
    id: authenticator.id,
    ...(await confirmPasskey(deps, self, { response: authenticator.create(options), name })),
  };
}
const ofNina = async <Name extends "operatorFactors" | "operatorChallenges" | "operatorRecoveryCodes">(
  name: Name,
) => (await rowsOf(harness.db, name)).filter(({ operatorId }) => operatorId === nina.operator.id);
/** What the audit log has of Nina, after her link: each event with its target, its result and its detail. */
async function entries() {
  const details = await rowsOf(harness.db, "auditDetails");
  return (await rowsOf(harness.db, "auditLog"))
    .filter(({ operatorId, event }) => operatorId === nina.operator.id && event !== "operator.redeem_link")
    .map(({ id, event, target, result, ip }) => {
      const { detail = null } = details.find(({ auditId }) => auditId === id) ?? {};
      return [event, target, result, detail, ip];
    });
}
const entry = (event: string, about: { target?: string; result?: string; detail?: string } = {}) => [
  ...[`operator.${event}`, about.target ?? null, about.result ?? "ok", about.detail ?? null, visitor.ip],
];
const isSignedIn = async (secret: string) => (await findOperator(deps, secret))?.id === nina.operator.id;

describe("an authenticator app", () => {
  it("is added by the code of its key, with ten recovery codes, another session and its entries [T108]", async () => {
    const other = await makeOperator();
    const { key, url } = await startTotp(deps, nina, password);
    expect(url).toContain(nina.operator.username);
    const [challenge] = await ofNina("operatorChallenges");
    expect(challenge).toMatchObject({
      ...{ kind: "totp", expiresAt: new Date(deps.now().getTime() + 600_000) },
    });
    expect(JSON.stringify(challenge)).not.toContain(key);
    const { secret, recoveryCodes } = await confirmTotp(deps, nina, { code: codeNow(key), name: "phone" });
    expect([await isSignedIn(nina.session), await isSignedIn(secret)]).toEqual([false, true]);
    expect(await findOperator(deps, other.session)).toMatchObject({ id: other.operator.id });
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await ofNina("operatorRecoveryCodes")).toHaveLength(10);
    const counter = Math.floor(deps.now().getTime() / 30_000);
    const [factor] = await ofNina("operatorFactors");
    expect(factor).toMatchObject({
      kind: "totp",
      name: "phone",
      counter,
      createdAt: deps.now(),
      lastUsedAt: deps.now(),
    });
    expect(await readFactors(deps, nina.operator.id, "totp")).toEqual([
      { id: factor?.id, kind: "totp", key, counter },
    ]);
    expect(await ofNina("operatorChallenges")).toEqual([]);
    expect(await entries()).toEqual([entry("confirm_password"), entry("add_factor", { detail: "phone" })]);
  });

  it("is not added by a wrong code, which can be tried again, ten times in 15 minutes [T41, T108]", async () => {
    const { key } = await startTotp(deps, nina, password);
    const confirm = (code: string) => confirmTotp(deps, nina, { code, name: "phone" });
    for (let n = 0; n < 9; n++) await expect(confirm("000000")).rejects.toEqual(refusal("factor_wrong"));
    expect((await entries()).slice(1)).toEqual(Array(9).fill(entry("add_factor", { result: "denied" })));
    expect(await ofNina("operatorFactors")).toEqual([]);
    const { recoveryCodes, secret } = await confirm(codeNow(key));
    expect(recoveryCodes).toHaveLength(10);

    // The right code was no wrong one: the tenth is still to come.
    const inNewSession = { ...nina, session: secret };
    await startTotp(deps, inNewSession, password);
    const wrong = () => confirmTotp(deps, inNewSession, { code: "000000", name: "tablet" });
    await expect(wrong()).rejects.toEqual(refusal("factor_wrong"));
    await expect(wrong()).rejects.toMatchObject({ name: "ThrottledError" });
  });

  it("is refused after ten wrong codes, also with the right one, for 15 minutes [T41, T108]", async () => {
    const { key } = await startTotp(deps, nina, password);
    const confirm = (code: string) => confirmTotp(deps, nina, { code, name: "phone" });
    for (let n = 0; n < 10; n++) await expect(confirm("000000")).rejects.toEqual(refusal("factor_wrong"));
    await expect(confirm(codeNow(key))).rejects.toMatchObject({ name: "ThrottledError" });
  });

  it("is confirmed within ten minutes, once, by the session and the operator that began it [T108]", async () => {
    const confirm = (self: Self, key: string) =>
      confirmTotp(deps, self, { code: codeNow(key), name: "phone" });
    const expired = refusal("enrolment_expired");
    await expect(confirmTotp(deps, nina, { code: "000000", name: "phone" })).rejects.toEqual(expired);
    const other = await makeOperator();
    const { key } = await startTotp(deps, nina, password);
    await expect(confirm({ ...nina, session: other.session }, key)).rejects.toEqual(expired);
    await expect(confirm({ ...other, session: nina.session }, key)).rejects.toEqual(expired);
    await expect(
      confirmPasskey(deps, nina, { response: { id: "a" }, name: "key" }),
      "an app is no passkey",
    ).rejects.toEqual(expired);
    harness.advance(600);
    await expect(confirm(nina, key)).rejects.toEqual(expired);
    const { key: next } = await startTotp(deps, nina, password);
    harness.advance(599);
    await confirm(nina, next);
    await expect(confirm(nina, next)).rejects.toEqual(expired);
    expect(await ofNina("operatorFactors")).toHaveLength(1);
  });

  it("asks for the password first, and is not the eleventh factor [T108]", async () => {
    await expect(startTotp(deps, nina, "not it at all")).rejects.toEqual(refusal("wrong_credentials"));
    expect(await entries()).toEqual([entry("confirm_password", { result: "denied" })]);
    let self = nina;
    for (let n = 0; n < 10; n++) {
      self = { ...self, session: (await addTotp(self, `app ${n}`)).secret };
    }
    const tooMany = refusal("too_many_factors");
    await expect(startTotp(deps, self, password)).rejects.toEqual(tooMany);
    await expect(startPasskeyEnrolment(deps, self, password)).rejects.toEqual(tooMany);
    expect(await ofNina("operatorChallenges")).toEqual([]);
  });
});

describe("a passkey", () => {
  it("is added with its public key and its name, and new recovery codes only as the first factor [T124]", async () => {
    const first = await addTotp(nina);
    const self = { ...nina, session: first.secret };
    const { id, recoveryCodes, secret } = await addPasskey(self, "laptop");
    expect([recoveryCodes, await isSignedIn(first.secret), await isSignedIn(secret)]).toEqual([
      null,
      false,
      true,
    ]);
    expect(await ofNina("operatorRecoveryCodes")).toHaveLength(10);
    const [stored] = await readFactors(deps, nina.operator.id, "passkey");
    expect(stored).toMatchObject({ id, kind: "passkey", counter: 0 });
    expect((await ofNina("operatorFactors")).find((row) => row.id === id)).toMatchObject({ name: "laptop" });
    expect((await entries()).slice(2)).toEqual([
      entry("confirm_password"),
      entry("add_factor", { detail: "laptop" }),
    ]);
    // The browser makes no second one on the same authenticator.
    const options = await startPasskeyEnrolment(deps, { ...nina, session: secret }, password);
    expect(options.excludeCredentials?.map((one) => one.id)).toEqual([id]);
    expect(await ofNina("operatorChallenges")).toMatchObject([{ kind: "passkey", value: options.challenge }]);
  });

  it("that a wrong answer was given for is not added, and its challenge is spent [T124]", async () => {
    const options = await startPasskeyEnrolment(deps, nina, password);
    const authenticator = new SoftwareAuthenticator(deps.settings.publicUrl.origin);
    const confirm = (deviation: object) =>
      confirmPasskey(deps, nina, { response: authenticator.create(options, deviation), name: "key" });
    await expect(confirm({ origin: "https://evil.example" })).rejects.toEqual(refusal("factor_wrong"));
    await expect(confirm({})).rejects.toEqual(refusal("enrolment_expired"));
    expect(await ofNina("operatorFactors")).toEqual([]);
    expect((await entries()).slice(1)).toEqual([entry("add_factor", { result: "denied" })]);
  });
});

describe("a change of the factors", () => {
  /** The same on a database of which one function fails, as if another request had been faster. */
  const withDb = (change: Partial<Deps["db"]>): Deps => ({
    ...deps,
    db: Object.assign(Object.create(deps.db), change),
  });

  it("is refused, with its cause, where another request was faster, and hides no other failure [T108]", async () => {
    const { key } = await startTotp(deps, nina, password);
    const confirm = (error: Error) =>
      confirmTotp(withDb({ batch: () => Promise.reject(error) }), nina, {
        code: codeNow(key),
        name: "phone",
      });
    const stale = new StaleDataError();
    await expect(confirm(stale)).rejects.toMatchObject({ reason: "operator_changed", cause: stale });
    const away = new Error("away");
    await expect(confirm(away)).rejects.toBe(away);
  });

  it("by a passkey whose challenge another request has just spent is refused [T124]", async () => {
    const options = await startPasskeyEnrolment(deps, nina, password);
    const authenticator = new SoftwareAuthenticator(deps.settings.publicUrl.origin);
    const run: Deps["db"]["run"] = async (statement, values) =>
      statement.name === "delete_challenge" ? [] : deps.db.run(statement, values);
    const response = authenticator.create(options);
    await expect(confirmPasskey(withDb({ run }), nina, { response, name: "key" })).rejects.toEqual(
      refusal("enrolment_expired"),
    );
    expect(await ofNina("operatorFactors")).toEqual([]);
  });
});

describe("removing a factor", () => {
  it("asks for the password, ends the session and is an entry with its name; recovery codes go with the last one [T108]", async () => {
    const app = await addTotp(nina);
    const withKey = await addPasskey({ ...nina, session: app.secret }, "laptop");
    const self = { ...nina, session: withKey.secret };
    await expect(removeFactor(deps, self, { id: withKey.id, password: "not it at all" })).rejects.toEqual(
      refusal("wrong_credentials"),
    );
    const removed = await removeFactor(deps, self, { id: withKey.id, password });
    expect([
      removed.recoveryCodes,
      await isSignedIn(withKey.secret),
      await isSignedIn(removed.secret),
    ]).toEqual([...[null, false, true]]);
    expect((await ofNina("operatorFactors")).map(({ kind }) => kind)).toEqual(["totp"]);
    expect(await ofNina("operatorRecoveryCodes")).toHaveLength(10);
    expect((await entries()).slice(4)).toEqual([
      entry("remove_factor", { result: "denied" }),
      entry("remove_factor", { target: withKey.id, detail: "laptop" }),
    ]);
    const [last] = await ofNina("operatorFactors");
    await removeFactor(deps, { ...nina, session: removed.secret }, { id: last?.id ?? "", password });
    expect([await ofNina("operatorFactors"), await ofNina("operatorRecoveryCodes")]).toEqual([[], []]);
  });

  it("is refused for another operator's, which stays [T108]", async () => {
    const other = await makeOperator();
    const { id } = await addPasskey(other);
    await expect(removeFactor(deps, nina, { id, password })).rejects.toEqual(refusal("operator_changed"));
    expect((await rowsOf(harness.db, "operatorFactors")).some((row) => row.id === id)).toBe(true);
    expect([await isSignedIn(nina.session), await entries()]).toEqual([true, []]);
  });
});

describe("new recovery codes", () => {
  it("take the place of those from before, after the password, and are an entry [T108]", async () => {
    const { recoveryCodes, secret } = await addTotp(nina);
    const self = { ...nina, session: secret };
    const before = await ofNina("operatorRecoveryCodes");
    await expect(renewRecoveryCodes(deps, self, "not it at all")).rejects.toEqual(
      refusal("wrong_credentials"),
    );
    expect(await ofNina("operatorRecoveryCodes")).toEqual(before);
    const codes = await renewRecoveryCodes(deps, self, password);
    expect(codes.filter((code) => recoveryCodes?.includes(code))).toEqual([]);
    const after = await ofNina("operatorRecoveryCodes");
    expect([codes.length, after.length]).toEqual([10, 10]);
    expect(JSON.stringify(after)).not.toBe(JSON.stringify(before));
    expect((await entries()).slice(2)).toEqual([
      entry("renew_recovery_codes", { result: "denied" }),
      entry("renew_recovery_codes"),
    ]);
  });

  it("are none without a factor that they could stand in for [T108]", async () => {
    await expect(renewRecoveryCodes(deps, nina, password)).rejects.toEqual(refusal("operator_changed"));
    expect(await ofNina("operatorRecoveryCodes")).toEqual([]);
  });
});

describe("what an operator reads of their second factors", () => {
  it("is each with its name, its kind and its last use, and how many recovery codes are left, without a key [T108]", async () => {
    const nothing = { isRequired: false, recoveryCodes: 0, factors: [] };
    expect(await getSecondFactors(deps, nina.operator)).toEqual(nothing);
    const { secret } = await addTotp(nina);
    const createdAt = deps.now();
    harness.advance(60);
    await addPasskey({ ...nina, session: secret });
    const [totp, passkey] = ["totp", "passkey"].map((kind) => ({ id: expect.any(String), kind }));
    const { factors, ...about } = await getSecondFactors(deps, nina.operator);
    expect(about).toEqual({ isRequired: false, recoveryCodes: 10 });
    expect(factors).toEqual([
      { ...totp, name: "phone", createdAt, lastUsedAt: createdAt },
      { ...passkey, name: "key", createdAt: deps.now(), lastUsedAt: deps.now() },
    ]);
    const usedAt = new Date(createdAt.getTime() + 5);
    await harness.db.consoleQuery((orm, t) =>
      orm.update(t.operatorFactors).set({ lastUsedAt: usedAt }).returning(),
    );
    expect((await getSecondFactors(deps, nina.operator)).factors.map((one) => one.lastUsedAt)).toEqual([
      usedAt,
      usedAt,
    ]);
    const other = await makeOperator();
    expect(await getSecondFactors(deps, other.operator)).toEqual(nothing);
  });
});
