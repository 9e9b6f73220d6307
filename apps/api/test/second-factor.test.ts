import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyRing } from "../src/domain/key-ring.js";
import { factorRow } from "../src/domain/operators/factors.js";
import { createOperatorLink } from "../src/domain/operators/links.js";
import { resetFactorsByCommand } from "../src/domain/operators/manage.js";
import { rotateKeys } from "../src/domain/rotate-keys.js";
import { type CreationOptions, codeAt, SoftwareAuthenticator } from "./support/factors.js";
import { accounts, Console, makeOperator, type OperatorAccount } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { type System, secretKey, startSystem } from "./support/system.js";

let system: System;
let olga: Console;
beforeEach(async () => {
  system = await startSystem();
  olga = await makeOperator(system);
});
afterEach(() => system.close());

const now = () => system.app.deps.now();
const { password } = accounts.owner;

async function addTotp(console: Console, secret: string = password) {
  const started = await console.mutate<{ key: string }>("secondFactor.startTotp", { password: secret });
  const key = started.data?.key ?? "";
  const added = await console.mutate<{ recoveryCodes: string[] | null }>("secondFactor.confirmTotp", {
    ...{ code: codeAt(key, now()), name: "phone" },
  });
  if (added.status !== 200) throw new Error(`the app was not added: ${added.text}`);
  // The code that confirmed it is used.
  system.advance(60);
  return { key, recoveryCodes: added.data?.recoveryCodes ?? [] };
}

async function addPasskey(console: Console, secret: string = password) {
  const { data } = await console.mutate<CreationOptions>("secondFactor.startPasskey", { password: secret });
  const authenticator = new SoftwareAuthenticator(system.url);
  const response = authenticator.create(data as CreationOptions);
  const added = await console.mutate("secondFactor.confirmPasskey", { response, name: "key" });
  if (added.status !== 200) throw new Error(`the passkey was not added: ${added.text}`);
  return authenticator;
}

/** A browser that passed the password and is asked for the factor. */
async function pending(account: OperatorAccount = accounts.owner): Promise<Console> {
  const console = new Console(system);
  const answer = await console.signIn(account);
  expect(answer.data).toEqual({ factorNeeded: true });
  return console;
}

const passTotp = (console: Console, code: string) =>
  console.mutate("operator.passFactor", { kind: "totp", code });
const appCode = ({
  status,
  error,
}: {
  status: number;
  error?: { data: { appCode: string | null } } | undefined;
}) => [status, error?.data.appCode ?? null] as const;
const wrong = [401, "factor_wrong"];

describe("a second factor", () => {
  it("is asked for after the password, and until then no procedure answers [T108]", async () => {
    const { key } = await addTotp(olga);
    const asked = await new Console(system).signIn(accounts.owner);
    expect(asked.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^wl_operator_pending=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=600$/,
      ),
    ]);
    const console = await pending();
    expect(console.browser.cookies.get("wl_operator")).toBeUndefined();
    expect((await console.query("operator.me")).data).toBeNull();
    for (const path of ["people.list", "secondFactor.get", "operators.list"])
      expect((await console.query(path, {})).status, path).toBe(401);
    console.browser.cookies.set("wl_operator", console.browser.cookies.get("wl_operator_pending") ?? "");
    expect((await console.query("people.list", {})).status).toBe(401);

    expect((await console.query("operator.pendingSignIn")).data).toEqual({
      ...{ username: "olga", totp: true, passkey: false, recoveryCode: true },
    });
    const { data, headers } = await passTotp(console, codeAt(key, now()));
    expect(data).toEqual({
      ...{ id: expect.stringMatching(/^[0-9A-Z]{26}$/), username: "olga", role: "owner", mustEnrol: false },
    });
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^wl_operator=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/),
    ]);
    expect((await console.query("people.list", {})).status).toBe(200);
    expect((await console.query("operator.pendingSignIn")).data).toBeNull();
  });

  it("is asked for after a link of the operator command too, which sets the password alone [T108, T124]", async () => {
    const { key } = await addTotp(olga);
    const secret = await createOperatorLink(system.app.deps, "owner");
    const console = new Console(system);
    const given = { secret, username: "olga", password: "olga found another" };
    expect((await console.mutate("operator.redeemLink", given)).data).toEqual({ factorNeeded: true });
    expect((await console.query("operator.me")).data).toBeNull();
    expect((await olga.query("operator.me")).data).toBeNull();
    expect((await passTotp(console, codeAt(key, now()))).status).toBe(200);
  });

  it.each(["disable", "endSessions"])(
    "is not taken any more in a sign-in that waited for it when an owner did: %s [T47, T108]",
    async (act) => {
      const otto = await makeOperator(system, "operator");
      const { key } = await addTotp(otto, accounts.operator.password);
      await addTotp(olga);
      const [waiting, other] = [await pending(accounts.operator), await pending()];
      const id = (await rowsOf(system.db, "operators")).find(({ username }) => username === "otto")?.id;
      expect((await olga.mutate(`operators.${act}`, { id })).status).toBe(200);
      if (act === "disable") expect((await olga.mutate("operators.enable", { id })).status).toBe(200);
      const late = await passTotp(waiting, codeAt(key, now()));
      expect(appCode(late)).toEqual([401, "sign_in_expired"]);
      expect((await other.query("operator.pendingSignIn")).data).toMatchObject({ username: "olga" });
    },
  );

  it("is not asked for any more after the operator command reset it, which ends the sessions [T124]", async () => {
    await addTotp(olga);
    const waiting = await pending();
    expect(await resetFactorsByCommand(system.app.deps, "Olga")).toBe(true);
    expect((await olga.query("operator.me")).data).toBeNull();
    expect((await waiting.query("operator.pendingSignIn")).data).toBeNull();
    expect((await new Console(system).signIn(accounts.owner)).data).toMatchObject({ username: "olga" });
    expect(await rowsOf(system.db, "operatorRecoveryCodes")).toEqual([]);
  });

  it("is reset by one of two commands at once, and none is where there is none: the rest writes nothing [T124]", async () => {
    const reset = () => resetFactorsByCommand(system.app.deps, "olga");
    const sessions = await rowsOf(system.db, "operatorSessions");
    expect(await reset()).toBe(false);
    expect(await rowsOf(system.db, "operatorSessions")).toEqual(sessions);
    await addTotp(olga);
    expect((await Promise.all([reset(), reset()])).sort()).toEqual([false, true]);
    const entries = (await rowsOf(system.db, "auditLog")).map(({ event }) => event);
    expect(entries.filter((event) => event === "operator.reset_factors")).toHaveLength(1);
    await expect(resetFactorsByCommand(system.app.deps, "stranger")).rejects.toMatchObject({
      reason: "operator_changed",
      message: "operator_changed: there is no operator with this name",
    });
  });

  it("ends every other session and pending sign-in when it is added, and asks for the password first [T108]", async () => {
    const other = new Console(system);
    await other.signIn(accounts.owner);
    const denied = await olga.mutate("secondFactor.startTotp", { password: "not it at all" });
    expect(appCode(denied)).toEqual([401, "wrong_credentials"]);
    expect(await rowsOf(system.db, "operatorChallenges")).toEqual([]);
    await addTotp(olga);
    expect((await other.query("operator.me")).data).toBeNull();
    expect((await olga.query("operator.me")).data).toMatchObject({ username: "olga" });
  });

  it("is kept encrypted, and is under the newest key after a rotation [T108]", async () => {
    const { key } = await addTotp(olga);
    const [row] = await rowsOf(system.db, "operatorFactors");
    expect(JSON.stringify(row)).not.toContain(key);
    expect(system.logLines.join("")).not.toContain(key);
    const { db } = system.app.deps;
    const keys = new KeyRing(["another-k3y-for-tests-Wd5Ht8Yk2Rb6", secretKey]);
    expect(await rotateKeys({ db, keys })).toMatchObject({ reencrypted: 1, unreadable: 0 });
    expect(await rotateKeys({ db, keys })).toMatchObject({ reencrypted: 0, unreadable: 0 });
  });

  it("is still asked for when its secret key was removed, and a recovery code passes in its place [T108]", async () => {
    const { key, recoveryCodes } = await addTotp(olga);
    const removed = new KeyRing(["another-k3y-for-tests-Wd5Ht8Yk2Rb6"]);
    const [row] = await rowsOf(system.db, "operatorFactors");
    const secret = removed.encrypt(key, factorRow(row?.id ?? ""));
    await system.db.consoleQuery((orm, t) => orm.update(t.operatorFactors).set({ secret }).returning());
    expect(appCode(await passTotp(await pending(), codeAt(key, now())))).toEqual(wrong);
    const [code] = recoveryCodes;
    const passed = await (await pending()).mutate("operator.passFactor", { kind: "recovery_code", code });
    expect(passed.data).toMatchObject({ username: "olga" });
  });

  it("waits ten minutes, also where the clock is set back then, and a session of another operator does not finish it [T89, T108]", async () => {
    const { key } = await addTotp(olga);
    const console = await pending();
    system.advance(10 * 60);
    expect(appCode(await passTotp(console, codeAt(key, now())))).toEqual([401, "sign_in_expired"]);
    system.jump(-60);
    expect(appCode(await passTotp(console, codeAt(key, now())))).toEqual([401, "sign_in_expired"]);
    const otto = await makeOperator(system, "operator");
    expect(appCode(await passTotp(otto, codeAt(key, now())))).toEqual([401, "sign_in_expired"]);
  });

  it("is required of all by an owner: who has none can add one and do nothing else [T108]", async () => {
    const vera = await makeOperator(system, "viewer");
    await olga.mutate("operators.setFactorPolicy", { policy: "required" });
    expect((await vera.query("operator.me")).data).toMatchObject({ username: "vera", mustEnrol: true });
    expect(appCode(await vera.query("people.list", {}))).toEqual([403, "factor_required"]);
    const next = { current: accounts.viewer.password, next: "vera looks elsewhere" };
    expect(appCode(await vera.mutate("operator.changePassword", next))).toEqual([403, "factor_required"]);
    await addTotp(vera, accounts.viewer.password);
    expect((await vera.query("people.list", {})).status).toBe(200);
    expect(appCode(await olga.query("people.list", {}))).toEqual([403, "factor_required"]);
  });
});

describe("a code of an authenticator app", () => {
  it("works once, one step early or late and no further [T108]", async () => {
    const { key } = await addTotp(olga);
    const at = (seconds: number) => codeAt(key, new Date(now().getTime() + seconds * 1000));
    for (const seconds of [-90, 90])
      expect(appCode(await passTotp(await pending(), at(seconds)))).toEqual(wrong);
    expect((await passTotp(await pending(), at(-30))).status).toBe(200);
    const used = at(30);
    expect((await passTotp(await pending(), used)).status).toBe(200);
    expect(appCode(await passTotp(await pending(), used))).toEqual(wrong);
    // One from before the last used code is refused too, though it was never given.
    expect(appCode(await passTotp(await pending(), at(0)))).toEqual(wrong);
  });

  it("signs in one of two browsers that give it at once [T108]", async () => {
    const { key } = await addTotp(olga);
    const code = codeAt(key, now());
    const browsers = [await pending(), await pending()];
    const answers = await Promise.all(browsers.map((browser) => passTotp(browser, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it("can be guessed ten times in 15 minutes, also over several sign-ins [T41, T108]", async () => {
    const { key } = await addTotp(olga);
    const statuses = [];
    for (let n = 0; n < 11; n++) statuses.push((await passTotp(await pending(), "000000")).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    expect((await passTotp(await pending(), codeAt(key, now()))).status).toBe(429);
    system.advance(15 * 60);
    expect((await passTotp(await pending(), codeAt(key, now()))).status).toBe(200);
  });
});

describe("a recovery code", () => {
  it("is one of ten, stored hashed, works once and is in the audit log [T108]", async () => {
    const { recoveryCodes } = await addTotp(olga);
    expect(new Set(recoveryCodes).size).toBe(10);
    const stored = JSON.stringify(await rowsOf(system.db, "operatorRecoveryCodes"));
    for (const code of recoveryCodes) expect(stored).not.toContain(code);
    const [code = ""] = recoveryCodes;
    const use = async (given: string) =>
      (await pending()).mutate("operator.passFactor", { kind: "recovery_code", code: given });
    expect((await use(code.toLowerCase().replaceAll("-", " "))).status).toBe(200);
    expect(appCode(await use(code))).toEqual(wrong);
    const events = (await rowsOf(system.db, "auditLog")).map(({ event }) => event);
    expect(events.filter((event) => event === "operator.use_recovery_code")).toHaveLength(1);
  });

  it("stops working when new ones are made [T108]", async () => {
    const { recoveryCodes } = await addTotp(olga);
    const { data } = await olga.mutate<{ recoveryCodes: string[] }>("secondFactor.renewRecoveryCodes", {
      ...{ password },
    });
    const use = async (code: string | undefined) =>
      (await (await pending()).mutate("operator.passFactor", { kind: "recovery_code", code })).status;
    expect([await use(recoveryCodes[0]), await use(data?.recoveryCodes[0])]).toEqual([401, 200]);
  });
});

describe("a passkey", () => {
  const request = async (console: Console) =>
    (await console.query<CreationOptions>("operator.passkeyRequest")).data as CreationOptions;
  const pass = (console: Console, response: object) =>
    console.mutate("operator.passFactor", { kind: "passkey", response });

  it("signs in after the password, and its challenge works once [T124]", async () => {
    const authenticator = await addPasskey(olga);
    const console = await pending();
    const response = authenticator.get(await request(console));
    expect((await pass(console, response)).data).toMatchObject({ username: "olga" });
    expect(appCode(await pass(await pending(), response))).toEqual(wrong);
  });

  it.each([
    ["another origin", { origin: "http://localhost.evil.example" }],
    ["another host", { rpId: "evil.example" }],
    ["another challenge", { challenge: "AAAA" }],
    ["a user who was not verified", { isUserVerified: false }],
  ])("is refused for %s, and the challenge is spent [T124]", async (_, deviation) => {
    const authenticator = await addPasskey(olga);
    const console = await pending();
    const challenge = await request(console);
    expect(appCode(await pass(console, authenticator.get(challenge, deviation)))).toEqual(wrong);
    expect(appCode(await pass(console, authenticator.get(challenge)))).toEqual(wrong);
    expect((await pass(console, authenticator.get(await request(console)))).status).toBe(200);
  });

  it("that was never added is refused [T124]", async () => {
    await addPasskey(olga);
    const console = await pending();
    const strange = new SoftwareAuthenticator(system.url);
    expect(appCode(await pass(console, strange.get(await request(console))))).toEqual(wrong);
  });

  it("of another operator is refused, and stays theirs [T124]", async () => {
    const own = await addPasskey(olga);
    const otto = await makeOperator(system, "operator");
    const ottos = await addPasskey(otto, accounts.operator.password);
    const console = await pending();
    expect(appCode(await pass(console, ottos.get(await request(console))))).toEqual(wrong);
    // Nor under the id of the operator's own one.
    const mixed = { ...ottos.get(await request(console)), id: own.id, rawId: own.id };
    expect(appCode(await pass(console, mixed))).toEqual(wrong);
    expect((await pass(console, own.get(await request(console)))).data).toMatchObject({ username: "olga" });
    const { data } = await console.mutate<CreationOptions>("secondFactor.startPasskey", { password });
    const response = ottos.create(data as CreationOptions);
    const added = await console.mutate("secondFactor.confirmPasskey", { response, name: "key" });
    expect(appCode(added)).toEqual([409, "operator_changed"]);
    const idOf = async (role: "owner" | "operator") =>
      (await rowsOf(system.db, "operators")).find((operator) => operator.role === role)?.id;
    const stored = (await rowsOf(system.db, "operatorFactors")).map(({ id, operatorId }) => [id, operatorId]);
    expect(new Map(stored as [string, string][])).toEqual(
      new Map([
        [own.id, await idOf("owner")],
        [ottos.id, await idOf("operator")],
      ]),
    );
  });

  it("is refused if its counter goes back, and may stay at 0 [T124]", async () => {
    const authenticator = await addPasskey(olga);
    const use = async (counter: number) => {
      const console = await pending();
      return (await pass(console, authenticator.get(await request(console), { counter }))).status;
    };
    expect([await use(0), await use(0), await use(7), await use(7), await use(6), await use(8)]).toEqual([
      ...[200, 200, 200, 401, 401, 200],
    ]);
  });

  it("is added once if its confirmation arrives twice at once [T124]", async () => {
    const { data } = await olga.mutate<CreationOptions>("secondFactor.startPasskey", { password });
    const response = new SoftwareAuthenticator(system.url).create(data as CreationOptions);
    const confirm = () => olga.mutate("secondFactor.confirmPasskey", { response, name: "key" });
    const answers = await Promise.all([confirm(), confirm()]);
    const refused = answers.filter(({ status }) => status !== 200);
    // The later one meets the spent challenge or, if the first has been answered by then, the session that it ended.
    expect(refused).toHaveLength(1);
    expect([
      [409, "enrolment_expired"],
      [401, "signed_out"],
    ]).toContainEqual(refused.map(appCode)[0]);
    expect(await rowsOf(system.db, "operatorFactors")).toHaveLength(1);
  });

  it("is not added for another origin or without user verification [T124]", async () => {
    for (const deviation of [{ origin: "https://evil.example" }, { isUserVerified: false }]) {
      const { data } = await olga.mutate<CreationOptions>("secondFactor.startPasskey", { password });
      const response = new SoftwareAuthenticator(system.url).create(data as CreationOptions, deviation);
      const added = await olga.mutate("secondFactor.confirmPasskey", { response, name: "key" });
      expect(appCode(added)).toEqual(wrong);
    }
    expect(await rowsOf(system.db, "operatorFactors")).toEqual([]);
  });
});
