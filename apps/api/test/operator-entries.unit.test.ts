import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordAudit } from "../src/domain/audit.js";
import { ensureFirstOperator, OperatorError } from "../src/domain/operators/accounts.js";
import { createOperatorLink, linkUrl, redeemOperatorLink } from "../src/domain/operators/links.js";
import { changePassword } from "../src/domain/operators/passwords.js";
import { findOperator, signOutOperator } from "../src/domain/operators/sessions.js";
import { signInOperator } from "../src/domain/operators/sign-in.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { signedIn } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";

// What the database has of an operator's sign-ins and passwords: entries, sessions and links, each row whole.

let harness: DomainHarness;
let deps: DomainHarness["deps"];
beforeEach(async () => {
  harness = await startDomainHarness();
  deps = harness.deps;
});
afterEach(() => harness.close());

const [password, next] = ["correct horse battery", "another horse, another battery"];
const here = { ...visitor, ip: "198.51.100.5", source: "198.51.100.5" };
const secretOf = (admitted: Parameters<typeof signedIn>[0]) => signedIn(admitted).secret;
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) =>
      error instanceof OperatorError ? [error.reason, error.detail, error.message] : error,
  );
async function operatorOf(secret: string) {
  const operator = await findOperator(deps, secret);
  if (!operator) throw new Error("there is no session");
  return operator;
}
/** The entries since the last call, without what every one has. */
let seen = 0;
beforeEach(() => {
  seen = 0;
});
async function entries() {
  const rows = (await rowsOf(deps.db, "auditLog")).slice(seen);
  seen += rows.length;
  return rows.map(({ event, operatorId, target, result, ip, at }) => {
    expect(at).toEqual(deps.now());
    return [event, operatorId, target, result, ip];
  });
}
async function start() {
  await ensureFirstOperator(deps, { username: " Olga", password });
  const [owner] = await rowsOf(deps.db, "operators");
  return owner?.id ?? "";
}

describe("the first operator", () => {
  it("is an owner with the name in small letters, made by no one, from nowhere", async () => {
    const id = await start();
    expect(await rowsOf(deps.db, "operators")).toMatchObject([
      { id, username: "olga", role: "owner", status: "active", createdAt: deps.now() },
    ]);
    expect(await entries()).toEqual([["operator.first", null, "olga", "ok", null]]);
  });
});

describe("an operator's sign-in", () => {
  it("has an entry with whose it is and from where, whether it is granted or denied, and of a stranger with the address alone [T50]", async () => {
    const id = await start();
    await entries();
    const signIn = (username: string, given: string) =>
      reasonOf(signInOperator(deps, { username, password: given }, here));
    const denied = ["wrong_credentials", undefined, "wrong_credentials"];
    expect(await signIn("stranger", password)).toEqual(denied);
    expect(await signIn("olga", next)).toEqual(denied);
    expect(await signIn("OLGA", password)).toBeUndefined();
    expect(await entries()).toEqual([
      ["operator.sign_in", null, null, "denied", here.ip],
      ["operator.sign_in", id, null, "denied", here.ip],
      ["operator.sign_in", id, null, "ok", here.ip],
    ]);
  });

  it("opens a session for twelve hours, with the address and the device, which signing out ends [T50]", async () => {
    const id = await start();
    await entries();
    const secret = secretOf(await signInOperator(deps, { username: "olga", password }, here));
    const other = secretOf(await signInOperator(deps, { username: "olga", password }, visitor));
    const now = deps.now();
    const session = {
      ...{ secretHash: expect.any(String), operatorId: id, createdAt: now, lastSeenAt: now },
      ...{ expiresAt: new Date(now.getTime() + 12 * 3_600_000), userAgent: visitor.userAgent },
    };
    expect((await rowsOf(deps.db, "operatorSessions")).map(({ ip, ...row }) => [ip, row]).sort()).toEqual([
      [visitor.ip, session],
      [here.ip, session],
    ]);
    const operator = await operatorOf(secret);
    expect(operator).toEqual({ id, username: "olga", role: "owner", mustEnrol: false });
    await signOutOperator(deps, operator, secret, here);
    expect([await findOperator(deps, secret), await findOperator(deps, other)]).toEqual([
      undefined,
      operator,
    ]);
    expect((await entries()).at(-1)).toEqual(["operator.sign_out", id, null, "ok", here.ip]);
  });
});

describe("an operator's new password", () => {
  it("ends every session, gives this browser another one, and has an entry, as a wrong one before it has [T50]", async () => {
    const id = await start();
    const secret = secretOf(await signInOperator(deps, { username: "olga", password }, here));
    const operator = await operatorOf(secret);
    await entries();
    const change = (current: string, to = next) =>
      changePassword(deps, operator, { current, next: to }, here);
    expect(await reasonOf(change(password, "short"))).toEqual([
      ...["password_unfit", "use at least 8 characters", "password_unfit: use at least 8 characters"],
    ]);
    expect(await reasonOf(change(next))).toEqual(["wrong_credentials", undefined, "wrong_credentials"]);
    const { secret: renewed } = await change(password);
    expect([await findOperator(deps, secret), await findOperator(deps, renewed)]).toEqual([
      undefined,
      operator,
    ]);
    expect(await entries()).toEqual([
      ["operator.change_password", id, null, "denied", here.ip],
      ["operator.change_password", id, null, "ok", here.ip],
    ]);
    await signInOperator(deps, { username: "olga", password: next }, here);
    expect(await reasonOf(signInOperator(deps, { username: "olga", password }, here))).toBeDefined();
  });
});

describe("an operator's link", () => {
  it("lasts a quarter of an hour, and is spent by the name that has an entry, not by one that is refused [T50]", async () => {
    await start();
    await entries();
    const link = await createOperatorLink(deps, "operator");
    const now = deps.now();
    expect(await rowsOf(deps.db, "operatorLinks")).toEqual([
      {
        ...{ secretHash: expect.any(String), role: "operator", createdAt: now },
        expiresAt: new Date(now.getTime() + 900_000),
      },
    ]);
    expect(linkUrl(deps.settings, link)).toBe(`${deps.settings.publicUrl.origin}/admin/set-up#${link}`);
    const redeem = (secret: string, username: string, given = next) =>
      redeemOperatorLink(deps, { secret, username, password: given }, here);
    expect(await reasonOf(redeem("unknown", "vera"))).toEqual(["link_invalid", undefined, "link_invalid"]);
    expect(await reasonOf(redeem(link, "olga"))).toEqual([
      ...["username_unfit", "this name is taken; choose another"],
      "username_unfit: this name is taken; choose another",
    ]);
    const admitted = await redeem(link, "Vera");
    const vera = (await rowsOf(deps.db, "operators")).find(({ username }) => username === "vera");
    expect(vera).toMatchObject({ role: "operator", status: "active", createdAt: now });
    expect(admitted).toEqual({
      ...{ kind: "signed_in", secret: expect.any(String) },
      operator: { id: vera?.id, username: "vera", role: "operator", mustEnrol: false },
    });
    expect(await rowsOf(deps.db, "operatorLinks")).toEqual([]);
    expect(await reasonOf(redeem(link, "vera"))).toEqual(["link_invalid", undefined, "link_invalid"]);
    expect(await entries()).toEqual([
      ["operator.redeem_link", null, "vera", "denied", here.ip],
      ["operator.redeem_link", null, "olga", "denied", here.ip],
      ["operator.redeem_link", null, "vera", "ok", here.ip],
      ["operator.redeem_link", null, "vera", "denied", here.ip],
    ]);
  });

  it("gives an operator who is there a new password, and ends the sessions of that one alone", async () => {
    await start();
    const olga = secretOf(await signInOperator(deps, { username: "olga", password }, here));
    const vera = secretOf(
      await redeemOperatorLink(
        deps,
        { secret: await createOperatorLink(deps, "viewer"), username: "vera", password },
        here,
      ),
    );
    const again = { secret: await createOperatorLink(deps, "viewer"), username: "VERA", password: next };
    const renewed = secretOf(await redeemOperatorLink(deps, again, here));
    const [before, now, other] = await Promise.all(
      [vera, renewed, olga].map((secret) => findOperator(deps, secret)),
    );
    expect([before, now?.username, other?.username]).toEqual([undefined, "vera", "olga"]);
    await signInOperator(deps, { username: "vera", password: next }, here);
    expect(await rowsOf(deps.db, "operators")).toHaveLength(2);
  });
});

describe("an entry of the audit log", () => {
  it("keeps two hundred characters of what it is about, and a reason that concerns no person", async () => {
    const entry = { operatorId: "olga", event: "token.refresh_app", target: "x".repeat(201) } as const;
    await recordAudit(deps, { ...entry, visitor: here }, "a try");
    await recordAudit(deps, { ...entry, target: "wx1", result: "refused", errcode: "40164" });
    expect(await entries()).toEqual([
      ["token.refresh_app", "olga", "x".repeat(200), "ok", here.ip],
      ["token.refresh_app", "olga", "wx1", "refused", null],
    ]);
    const [first, second] = await rowsOf(deps.db, "auditLog");
    expect([first?.errcode, second?.errcode]).toEqual([null, "40164"]);
    expect(await rowsOf(deps.db, "auditDetails")).toEqual([
      { auditId: first?.id, userId: null, detail: "a try" },
    ]);
  });
});
