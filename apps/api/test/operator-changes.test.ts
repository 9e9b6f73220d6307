import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../src/domain/ids.js";
import { hashSecret, newSecret } from "../src/domain/key-ring.js";
import { createOperatorLink } from "../src/domain/operators/links.js";
import { changeRole, disableOperator } from "../src/domain/operators/manage.js";
import type { OperatorRole } from "../src/domain/operators/roles.js";
import { visitor } from "./support/domain-harness.js";
import { Console } from "./support/operator.js";
import { addRows, rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

// What owners do to other operators: every act with whom it leaves alone, its entry, and the races for the last owner.

const noon = new Date("2026-11-28T12:00:00.000Z");
const minutes = (count: number) => new Date(noon.getTime() + count * 60_000);

let system: System;
beforeAll(async () => {
  system = await startSystem({ at: noon });
});
afterAll(() => system.close());

/** An operator of a test, with two browsers that are signed in. */
interface Staff {
  id: string;
  username: string;
  console: Console;
}
let olga: Staff;
let oscar: Staff;
let otto: Staff;
let vera: Staff;

async function hire(username: string, role: OperatorRole, createdAt: Date): Promise<Staff> {
  const id = newId(createdAt);
  await addRows(system.db, "operators", [
    { id, username, role, passwordHash: "none", status: "active", createdAt },
  ]);
  const secrets = [newSecret(), newSecret()] as const;
  await addRows(
    system.db,
    "operatorSessions",
    secrets.map((secret, n) => ({
      ...{ secretHash: hashSecret(secret), operatorId: id, createdAt },
      ...{ lastSeenAt: minutes(-n), expiresAt: minutes(60) },
    })),
  );
  const console = new Console(system);
  console.browser.cookies.set("wl_operator", secrets[0]);
  return { id, username, console };
}

async function reset(): Promise<void> {
  for (const table of [
    "operatorSessions",
    "operatorFactors",
    "operatorRecoveryCodes",
    "operatorChallenges",
    "operatorLinks",
    "operators",
    "auditLog",
    "auditDetails",
  ] as const) {
    await system.db.consoleQuery((orm, t) =>
      orm.delete(t[table] as unknown as (typeof t)["users"]).returning(),
    );
  }
  olga = await hire("olga", "owner", minutes(-40));
  oscar = await hire("oscar", "owner", minutes(-30));
  otto = await hire("otto", "operator", minutes(-20));
  vera = await hire("vera", "viewer", minutes(-10));
}
beforeEach(reset);

const operators = async () =>
  Object.fromEntries(
    (await rowsOf(system.db, "operators")).map(({ username, role, status }) => [
      username,
      `${role} ${status}`,
    ]),
  );
const unchanged = {
  olga: "owner active",
  oscar: "owner active",
  otto: "operator active",
  vera: "viewer active",
};
/** Whose the rows are, sorted. */
const ownersOf = (rows: { operatorId: string }[]) => {
  const names = new Map([olga, oscar, otto, vera].map(({ id, username }) => [id, username]));
  return rows.map(({ operatorId }) => names.get(operatorId)).sort();
};
const signedIn = async () => ownersOf(await rowsOf(system.db, "operatorSessions"));
const allSignedIn = ["olga", "olga", "oscar", "oscar", "otto", "otto", "vera", "vera"];
/** Event, who, whom, and the role where the entry tells one. */
async function audit() {
  const details = new Map((await rowsOf(system.db, "auditDetails")).map((row) => [row.auditId, row]));
  return (await rowsOf(system.db, "auditLog")).map(({ id, event, operatorId, target, result }) => {
    const detail = details.get(id);
    if (detail) expect(detail.userId).toBeNull();
    return [event, operatorId, target, result, ...(detail ? [detail.detail] : [])];
  });
}
const act = (who: Staff, path: string, input: object) => who.console.mutate(`operators.${path}`, input);
const codeOf = (answer: Awaited<ReturnType<typeof act>>) => answer.error?.data.appCode;

describe("the list of operators", () => {
  it("names every operator with role, status, live sessions, factors and when they were last seen, newest first, for viewers too", async () => {
    const entry = { event: "operator.sign_out", result: "ok" as const };
    await addRows(system.db, "auditLog", [
      { ...entry, id: "1", at: minutes(-7), operatorId: otto.id },
      { ...entry, id: "2", at: minutes(-90), operatorId: otto.id },
      { ...entry, id: "3", at: minutes(-50), operatorId: vera.id },
      // Before an operator was signed in.
      { ...entry, id: "4", at: minutes(-1), operatorId: null },
    ]);
    await system.db.consoleQuery((orm, t) =>
      orm
        .update(t.operatorSessions)
        .set({ lastSeenAt: minutes(-31) })
        .returning(),
    );
    for (const [who, lastSeenAt] of [
      [vera, minutes(-0.5)],
      [olga, minutes(-0.25)],
    ] as const) {
      const secret = newSecret();
      const session = { operatorId: who.id, createdAt: noon, expiresAt: minutes(60), ip: "203.0.113.7" };
      await addRows(system.db, "operatorSessions", [
        { ...session, secretHash: hashSecret(secret), lastSeenAt },
      ]);
      who.console.browser.cookies.set("wl_operator", secret);
    }
    const factor = { operatorId: otto.id, kind: "totp" as const, name: "phone", secret: "-", counter: 0 };
    await addRows(system.db, "operatorFactors", [
      { ...factor, id: "1", createdAt: noon },
      { ...factor, id: "2", createdAt: noon },
    ]);
    await act(olga, "disable", { id: oscar.id });
    const row = ({ id, username }: Staff, createdMinutes: number, fields: object) => ({
      ...{ id, username, status: "active", createdAt: minutes(createdMinutes).toISOString(), factors: 0 },
      ...fields,
    });
    // By the entry of what she just did.
    const justNow = expect.stringMatching(/^2026-11-28T12:0/);
    const items = [
      row(vera, -10, { role: "viewer", sessions: 1, lastSeenAt: minutes(-0.5).toISOString() }),
      row(otto, -20, { role: "operator", sessions: 0, factors: 2, lastSeenAt: minutes(-7).toISOString() }),
      row(oscar, -30, { role: "owner", status: "disabled", sessions: 0, lastSeenAt: null }),
      row(olga, -40, { role: "owner", sessions: 1, lastSeenAt: justNow }),
    ];
    expect((await vera.console.query("operators.list", {})).data).toEqual({ items, nextCursor: null });

    const first = await olga.console.query<{ nextCursor: string }>("operators.list", { limit: 3 });
    expect(first.data).toEqual({ items: items.slice(0, 3), nextCursor: expect.any(String) });
    const rest = { limit: 3, cursor: first.data?.nextCursor };
    expect((await olga.console.query("operators.list", rest)).data).toEqual({
      items: items.slice(3),
      nextCursor: null,
    });
  });
});

describe("disabling an operator", () => {
  it("ends their sessions and every link that is not redeemed, leaves others alone, and is undone without the sessions [T47, T120]", async () => {
    await createOperatorLink(system.app.deps, "owner");
    expect((await act(olga, "disable", { id: otto.id })).status).toBe(200);
    expect(await operators()).toEqual({ ...unchanged, otto: "operator disabled" });
    expect(await signedIn()).toEqual(allSignedIn.filter((name) => name !== "otto"));
    expect(await rowsOf(system.db, "operatorLinks")).toEqual([]);
    expect((await otto.console.query("people.list", {})).status).toBe(401);
    expect(codeOf(await act(oscar, "disable", { id: otto.id }))).toBe("operator_changed");

    expect((await act(oscar, "enable", { id: otto.id })).status).toBe(200);
    expect(codeOf(await act(olga, "enable", { id: otto.id }))).toBe("operator_changed");
    expect(await operators()).toEqual(unchanged);
    expect(await signedIn()).toEqual(allSignedIn.filter((name) => name !== "otto"));
    expect(await audit()).toEqual([
      ["operator.disable", olga.id, otto.id, "ok"],
      ["operator.enable", oscar.id, otto.id, "ok"],
    ]);
  });

  it("is for owners, and not for their own account, nor for one that is not there", async () => {
    for (const [who, id, code] of [
      [vera, otto.id, "role_too_low"],
      [otto, vera.id, "role_too_low"],
      [olga, olga.id, "own_account"],
      [olga, newId(noon), "operator_changed"],
    ] as const) {
      expect(codeOf(await act(who, "disable", { id }))).toBe(code);
    }
    expect([await operators(), await signedIn(), await audit()]).toEqual([unchanged, allSignedIn, []]);
  });

  it("is refused for a link that was made just before: it cannot be redeemed any more", async () => {
    const made = await act(oscar, "createPasswordLink", { id: otto.id });
    await act(olga, "disable", { id: otto.id });
    const [secret] = secretsIn(made.data);
    const password = "otto repairs tokens";
    const redeemed = await new Console(system).mutate("operator.redeemLink", {
      ...{ secret, username: "otto", password },
    });
    expect(codeOf(redeemed)).toBe("link_invalid");
    expect(codeOf(await act(olga, "createPasswordLink", { id: otto.id }))).toBe("operator_changed");
    expect((await operators()).otto).toBe("operator disabled");
  });
});

const secretsIn = (data: unknown): string[] =>
  /#([\w-]{43})$/.exec((data as { url: string }).url)?.slice(1) ?? [];

describe("a change of role", () => {
  it("acts from the next request, keeps the sessions, and needs the role that was shown [T47]", async () => {
    await createOperatorLink(system.app.deps, "viewer");
    expect((await act(olga, "changeRole", { id: vera.id, from: "viewer", to: "operator" })).status).toBe(200);
    expect(await rowsOf(system.db, "operatorLinks")).toHaveLength(1);
    const late = await act(oscar, "changeRole", { id: vera.id, from: "viewer", to: "owner" });
    expect(codeOf(late)).toBe("operator_changed");
    expect((await act(olga, "changeRole", { id: otto.id, from: "operator", to: "viewer" })).status).toBe(200);
    // An owner who is demoted may hold a link for an owner.
    expect(await rowsOf(system.db, "operatorLinks")).toEqual([]);
    expect(await operators()).toEqual({ ...unchanged, vera: "operator active", otto: "viewer active" });
    expect(await signedIn()).toEqual(allSignedIn);
    expect(codeOf(await otto.console.mutate("tokens.refreshApp", { appId: "wx0", reason: "-" }))).toBe(
      "role_too_low",
    );
    expect(codeOf(await vera.console.mutate("tokens.refreshApp", { appId: "wx0", reason: "-" }))).toBe(
      "not_found",
    );
    const own = await act(olga, "changeRole", { id: olga.id, from: "owner", to: "viewer" });
    expect(codeOf(own)).toBe("own_account");
    expect(await audit()).toEqual([
      ["operator.change_role", olga.id, vera.id, "ok", "operator"],
      ["operator.change_role", olga.id, otto.id, "ok", "viewer"],
    ]);
  });
});

describe("two owners who act on each other at once", () => {
  const deps = () => system.app.deps;
  const by = ({ id }: Staff) => ({ operatorId: id, visitor });
  const demote = (who: Staff, whom: Staff) =>
    changeRole(deps(), { id: whom.id, from: "owner", to: "viewer", by: by(who) });
  const disable = (who: Staff, whom: Staff) => disableOperator(deps(), { id: whom.id, by: by(who) });

  it.each([
    ["demote", demote, demote],
    ["disable", disable, disable],
    ["disable and demote", disable, demote],
  ])("%s: one of the two remains, and the other act is not recorded [T51]", async (_, one, other) => {
    for (let round = 0; round < 3; round++) {
      await reset();
      const results = await Promise.allSettled([one(olga, oscar), other(oscar, olga)]);
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const refused = results.find((result) => result.status === "rejected");
      expect(refused?.reason).toMatchObject({ name: "OperatorError", reason: "operator_changed" });
      const states = Object.values(await operators()).filter((state) => state === "owner active");
      expect(states).toHaveLength(1);
      expect(await audit()).toHaveLength(1);
    }
  });
});

describe("ending an operator's sessions", () => {
  it("signs out that operator everywhere, and no other one", async () => {
    expect((await act(olga, "endSessions", { id: vera.id })).status).toBe(200);
    expect(await signedIn()).toEqual(allSignedIn.filter((name) => name !== "vera"));
    expect(await operators()).toEqual(unchanged);
    expect(codeOf(await act(olga, "endSessions", { id: newId(noon) }))).toBe("operator_changed");
    expect(await audit()).toEqual([["operator.end_sessions", olga.id, vera.id, "ok"]]);
  });
});

describe("a reset of an operator's second factors", () => {
  const tables = ["operatorFactors", "operatorRecoveryCodes", "operatorChallenges"] as const;
  const owners = () => Promise.all(tables.map(async (table) => ownersOf(await rowsOf(system.db, table))));

  it("takes their factors and recovery codes, ends their sessions and pending sign-ins, and leaves others alone [T47, T108]", async () => {
    for (const { id: operatorId } of [otto, vera]) {
      const factor = { operatorId, kind: "totp" as const, name: "phone", secret: "-", counter: 0 };
      await addRows(system.db, "operatorFactors", [
        { ...factor, id: newId(noon), createdAt: noon },
        { ...factor, id: newId(noon), createdAt: noon },
      ]);
      await addRows(system.db, "operatorRecoveryCodes", [{ operatorId, codeHash: newSecret() }]);
      await addRows(system.db, "operatorChallenges", [
        { secretHash: newSecret(), operatorId, kind: "sign_in", expiresAt: minutes(10) },
      ]);
    }
    for (const [who, id, code] of [
      [otto, vera.id, "role_too_low"],
      [olga, olga.id, "own_account"],
      [olga, newId(noon), "operator_changed"],
    ] as const) {
      expect(codeOf(await act(who, "resetFactors", { id }))).toBe(code);
    }
    const before = [
      ["otto", "otto", "vera", "vera"],
      ["otto", "vera"],
      ["otto", "vera"],
    ];
    expect([await owners(), await signedIn()]).toEqual([before, allSignedIn]);
    expect((await act(olga, "resetFactors", { id: otto.id })).status).toBe(200);
    expect(await owners()).toEqual([["vera", "vera"], ["vera"], ["vera"]]);
    expect(await signedIn()).toEqual(allSignedIn.filter((name) => name !== "otto"));
    expect(await operators()).toEqual(unchanged);
    expect(await audit()).toEqual([["operator.reset_factors", olga.id, otto.id, "ok"]]);
  });
});

describe("a link that an owner makes", () => {
  const password = "a password for the tests";
  const redeem = (secret: string | undefined, username: string) =>
    new Console(system).mutate("operator.redeemLink", { secret, username, password });

  it("makes the operator that it was made for, once, and none of another name [T40]", async () => {
    const made = await act(olga, "invite", { username: " Nina ", role: "operator" });
    expect(made.data).toEqual({
      url: expect.stringMatching(new RegExp(`^${system.url}/admin/set-up#[\\w-]{43}$`)),
      username: "nina",
      expiresAt: expect.stringMatching(/^2026-11-28T12:15:/),
    });
    const [secret] = secretsIn(made.data);
    // The name of an operator whom a link without a name could give a new password, and one that no operator has.
    // Nor does the name that is hashed with the secret of the link give it away to another one.
    for (const username of ["otto", "nino"])
      for (const given of [secret, `${secret} nina`])
        expect(codeOf(await redeem(given, username))).toBe("link_invalid");
    expect((await redeem(secret, "Nina")).status).toBe(200);
    expect(codeOf(await redeem(secret, "nina"))).toBe("link_invalid");
    expect(await operators()).toEqual({ ...unchanged, nina: "operator active" });
    expect((await audit())[0]).toEqual(["operator.create_link", olga.id, "nina", "ok", "operator"]);

    const taken = await act(olga, "invite", { username: "OTTO", role: "owner" });
    expect([codeOf(taken), taken.error?.message]).toEqual([
      ...["username_unfit", "this name is taken; choose another"],
    ]);
    expect(codeOf(await act(otto, "invite", { username: "nico", role: "viewer" }))).toBe("role_too_low");
    expect(await rowsOf(system.db, "operatorLinks")).toEqual([]);
  });

  it("gives an operator a new password, keeps the role, and ends their sessions when it is used", async () => {
    const made = await act(olga, "createPasswordLink", { id: otto.id });
    expect(await signedIn()).toEqual(allSignedIn);
    const [secret] = secretsIn(made.data);
    expect(codeOf(await redeem(secret, "vera"))).toBe("link_invalid");
    expect((await redeem(secret, "otto")).status).toBe(200);
    expect(await operators()).toEqual(unchanged);
    expect(await signedIn()).toEqual([...allSignedIn.filter((name) => name !== "otto"), "otto"].sort());
    expect((await new Console(system).signIn({ username: "otto", password })).status).toBe(200);
    expect((await audit())[0]).toEqual(["operator.create_link", olga.id, otto.id, "ok", "operator"]);
  });
});
