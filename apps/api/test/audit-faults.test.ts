import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Database, DatabaseError } from "../src/db/database.js";
import { createOperatorLink } from "../src/domain/operators/links.js";
import { keepAppTokensFresh } from "../src/domain/tokens/app-tokens.js";
import { accounts, type Console, makeOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
let console: Console;
let otto: string | undefined;
let original: Pick<Database, "run" | "batch">;
beforeAll(async () => {
  system = await startSystem();
  console = await makeOperator(system, "owner");
  await makeOperator(system, "operator");
  otto = (await rowsOf(system.db, "operators")).find(({ role }) => role === "operator")?.id;
  await system.browser({ person: "alice" }).signIn();
  await keepAppTokensFresh(system.app.deps);
  original = { run: system.db.run, batch: system.db.batch };
});
afterEach(() => {
  Object.assign(system.db, original);
});
afterAll(() => system.close());

/** From now on the database refuses this statement, alone or in a batch, and does any other. */
function refuse(name: string): void {
  const refused = () => Promise.reject(new DatabaseError("unavailable", { cause: new Error("disk full") }));
  system.db.run = (statement, values) =>
    statement.name === name ? refused() : original.run(statement, values);
  system.db.batch = (steps) =>
    steps.some(({ statement }) => statement.name === name) ? refused() : original.batch(steps);
}

/** What an act of an operator could change. */
async function stored() {
  const tables = [
    ...(["operators", "operatorSessions", "operatorLinks", "auditLog", "auditDetails"] as const),
    ...([
      "errorGroups",
      "users",
      "bindings",
      "unions",
      "sessions",
      "userTokens",
      "merges",
      "mergeMoves",
    ] as const),
  ] as const;
  const rows = await Promise.all(tables.map((name) => rowsOf(system.db, name)));
  // A session that is used is touched once a minute, and a check of a token stores its answer before its entry.
  const textOf = (row: unknown) =>
    JSON.stringify(row, (key, value) => (/^(lastSeenAt|checkedAt)$/.test(key) ? undefined : value));
  // PostgreSQL answers a row that was written anew behind the others.
  return rows.map((table) => (table as unknown[]).map(textOf).sort());
}

const userId = async () => (await rowsOf(system.db, "users"))[0]?.id;

const unfit = { secret: "A".repeat(43), ...accounts.viewer };
const wrong = "a wrong password";

describe("an act of an operator", () => {
  it.each([
    ["a sign-in", "operator.signIn", async () => accounts.owner],
    ["a denied sign-in", "operator.signIn", async () => ({ ...accounts.owner, password: wrong })],
    [
      "the use of a link",
      "operator.redeemLink",
      async () => ({ secret: await createOperatorLink(system.app.deps, "viewer"), ...accounts.viewer }),
    ],
    ["a denied link", "operator.redeemLink", async () => unfit],
    [
      "a change of password",
      "operator.changePassword",
      async () => ({ current: accounts.owner.password, next: "olga changed her mind" }),
    ],
    [
      "a denied change of password",
      "operator.changePassword",
      async () => ({ current: wrong, next: "olga changed her mind" }),
    ],
    ["a sign-out", "operator.signOut", async () => undefined],
    [
      "a refresh of a token",
      "tokens.refreshApp",
      async () => ({ appId: system.officialAccount.appId, reason: "a new secret" }),
    ],
    [
      "the resolution of an error group",
      "failures.resolve",
      async () => {
        system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 }, 1);
        await console.mutate("tokens.refreshApp", {
          appId: system.officialAccount.appId,
          reason: "a new secret",
        });
        return { id: (await rowsOf(system.db, "errorGroups"))[0]?.id, stateAt: null };
      },
    ],
    ["a block", "people.block", async () => ({ userId: await userId(), reason: "sells fakes" })],
    [
      "a merge",
      "people.merge",
      async () => {
        await system.browser({ person: "emoji" }).signIn();
        const [from, into] = await rowsOf(system.db, "users");
        return { fromUserId: from?.id, intoUserId: into?.id, reason: "the same person" };
      },
    ],
    [
      "an erasure",
      "people.erase",
      async () => {
        const id = await userId();
        return { userId: id, confirm: id?.slice(-8) };
      },
    ],
    ["an export", "people.export", async () => ({ userId: await userId() })],
    ["the end of sessions", "people.endSessions", async () => ({ userId: await userId() })],
    [
      "an unbinding",
      "people.unbind",
      async () => {
        const [binding] = await rowsOf(system.db, "bindings");
        return { userId: binding?.userId, bindingId: binding?.id, allowLast: true };
      },
    ],
    ["a link for an operator", "operators.invite", async () => ({ username: "nina", role: "viewer" })],
    ["a change of role", "operators.changeRole", async () => ({ id: otto, from: "operator", to: "viewer" })],
    ["the end of an operator's access", "operators.disable", async () => ({ id: otto })],
    [
      "a check of a person's token",
      "tokens.checkUser",
      async () => ({ bindingId: (await rowsOf(system.db, "userTokens"))[0]?.bindingId }),
    ],
  ])(
    "fails, and changes nothing, if its entry in the audit log cannot be written: %s [T50, T120]",
    async (...given) => {
      const [, path, inputOf] = given;
      const input = await inputOf();
      const before = await stored();
      refuse("insert_audit");
      const answer = await console.mutate(path, input);
      expect([answer.status, answer.error?.data.appCode]).toEqual([503, "database_unavailable"]);
      expect(answer.headers.getSetCookie()).toEqual([]);
      Object.assign(system.db, original);
      expect(await stored()).toEqual(before);
      expect((await console.query<object>("operator.me")).data).toMatchObject({ username: "olga" });
    },
  );
});

describe("an operator's refresh of a global token", () => {
  const appId = () => system.officialAccount.appId;
  const refresh = () =>
    console.mutate<{ accessToken: object }>("tokens.refreshApp", { appId: appId(), reason: "a try" });
  const refreshes = async () =>
    (await rowsOf(system.db, "auditLog")).filter(({ event }) => event === "token.refresh_app").length;

  it.each(["find_app_token", "replace_app_token", "set_app_token_requester", "list_app_tokens"])(
    "is no success while the database is away (%s)",
    async (name) => {
      const before = await refreshes();
      refuse(name);
      const answer = await refresh();
      expect([answer.status, answer.error?.data.appCode, answer.data]).toEqual([
        503,
        "database_unavailable",
        undefined,
      ]);
      // The list is read for the answer, after the refresh was recorded.
      expect(await refreshes()).toBe(before + (name === "list_app_tokens" ? 1 : 0));
    },
  );

  it("is a success, and recorded, once the database is there again", async () => {
    const before = await refreshes();
    const answer = await refresh();
    expect([answer.status, answer.data?.accessToken]).toEqual([
      200,
      expect.objectContaining({ state: "fresh", requestedBy: { kind: "operator", name: "olga" } }),
    ]);
    expect(await refreshes()).toBe(before + 1);
  });
});

describe("the job that keeps global tokens", () => {
  it("fails, and does not pass for done, if the database is away when a token is due", async () => {
    system.advance(7200);
    refuse("replace_app_token");
    await expect(keepAppTokensFresh(system.app.deps)).rejects.toMatchObject({
      name: "DatabaseError",
      reason: "unavailable",
    });
    Object.assign(system.db, original);
    await keepAppTokensFresh(system.app.deps);
    expect((await rowsOf(system.db, "appTokens"))[0]).toMatchObject({
      generation: 2,
      requestedBy: "schedule",
    });
  });
});
