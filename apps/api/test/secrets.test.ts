import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Tables } from "../src/db/schema.js";
import { newId } from "../src/domain/ids.js";
import { createOperatorLink } from "../src/domain/operators/links.js";
import { userTokenRow } from "../src/domain/tokens/user-tokens.js";
import { type Browser, userAgents } from "./support/browser.js";
import { accounts, Console } from "./support/operator.js";
import { operatorProcedures } from "./support/procedures.js";
import { send } from "./support/raw-http.js";
import { addRows, rowsOf } from "./support/rows.js";
import { type System, secretKey, startSystem } from "./support/system.js";

// Uses the whole system, with many failures, and then searches everything it wrote for secrets.

let system: System;
let owner: Console;
/** Every response body, with the path that sent it. */
const bodies: { path: string; text: string }[] = [];
/** Every secret value, with its kind. */
const secrets = new Map<string, string>();

function keep(what: string, value: string | null | undefined): void {
  if (value && value.length >= 8) secrets.set(value, what);
}

/** Records the states, codes and cookies that a browser receives, and the bodies of our responses. */
function recording(browser: Browser): Browser {
  const visit = browser.visit.bind(browser);
  browser.visit = async (...args) => {
    const seen = await visit(...args);
    for (const address of [seen.url, seen.location]) {
      keep("state", address?.searchParams.get("state"));
      keep("code", address?.searchParams.get("code"));
    }
    for (const cookie of seen.headers.getSetCookie()) {
      keep((cookie.split("=")[0] ?? "").replace(/_[0-9A-Z]{6}$/, ""), cookie.split(";")[0]?.split("=")[1]);
    }
    if (seen.url.origin === system.url) bodies.push({ path: seen.url.pathname, text: seen.html });
    return seen;
  };
  return browser;
}

/** Responses of WeChat or a proxy in front of it that repeat the request: the simulator fills in the placeholders. */
const echoes = [
  '{"errcode":40125,"errmsg":"invalid appsecret $SECRET for code $CODE, rid: 637ec754-5b28c0ef-058e9cba"}',
  '{"errcode":"$SECRET","errmsg":"$CODE"}',
  '{"errcode":40029,"errmsg":"x","rid":"$SECRET"}',
  "<html>GET /sns/oauth2/access_token?secret=$SECRET&code=$CODE failed",
  '{"$SECRET":"$CODE"}',
  '{"access_token":"$SECRET","expires_in":"$SECRET","openid":"$CODE"}',
  '{"access_token":"a1","expires_in":7200,"refresh_token":"r1","openid":"o1","scope":"$SECRET,$CODE"}',
  "$SECRET",
];

const tables = [
  ...[
    "users",
    "bindings",
    "unions",
    "signIns",
    "authorizationRequests",
    "signInEvents",
    "sessions",
    "userTokens",
  ],
  ...[
    "appTokens",
    "apiFailures",
    "apiCallCounts",
    "apiCallSlots",
    "operators",
    "operatorSessions",
    "operatorLinks",
  ],
  ...["throttles", "auditLog", "identityConflicts"],
] as (keyof Tables)[];

const everything = async () =>
  Promise.all(tables.map(async (table) => ({ table, text: JSON.stringify(await rowsOf(system.db, table)) })));

beforeAll(async () => {
  system = await startSystem({ env: { LOG_LEVEL: "trace" } });
  for (const { appSecret } of system.simulator.apps) keep("appSecret", appSecret);
  keep("secret key", secretKey);
  for (const { password } of Object.values(accounts)) keep("password", password);

  await recording(system.browser({ person: "alice" })).signIn();
  await recording(system.browser({ person: "emoji", userAgent: userAgents.desktop })).signIn();
  const leaving = recording(system.browser({ person: "alice" }));
  await leaving.signIn();
  await leaving.query("session.list");
  await leaving.mutate("session.signOut");

  for (const body of echoes) {
    for (const status of [200, 500]) {
      system.simulator.fail("access_token", { kind: "body", body, status });
      await recording(system.browser({ person: "noavatar" })).signIn();
    }
  }
  system.simulator.fail("userinfo", { kind: "reset", when: "after" }, 2);
  await recording(system.browser({ person: "noavatar" })).signIn();
  await recording(system.browser({ decision: "refuse" })).signIn();
  await recording(system.browser({ person: "snapshot" })).signIn();

  const link = await createOperatorLink(system.app.deps, "owner");
  keep("link", link);
  owner = new Console(system);
  recording(owner.browser);
  await owner.mutate("operator.redeemLink", { secret: link, ...accounts.owner });
  await owner.mutate("operator.redeemLink", { secret: link, ...accounts.owner });
  const wrongPassword = "not the right password";
  keep("wrong password", wrongPassword);
  await owner.signIn({ username: accounts.owner.username, password: wrongPassword });
  // The operator types the password into the field for the name.
  await owner.signIn({ username: accounts.owner.password, password: accounts.owner.username });
  await owner.mutate("tokens.refreshApp", { appId: system.officialAccount.appId, reason: "a try" });
  for (const body of echoes) {
    system.simulator.fail("stable_token", { kind: "body", body });
    await owner.mutate("tokens.refreshApp", { appId: system.officialAccount.appId, reason: "a try" });
  }

  await owner.mutate("tokens.refreshApp", { appId: system.officialAccount.appId, reason: "a try" });

  const [secret = ""] = secrets.keys();
  for (const path of [
    `/nowhere/${secret}`,
    `/trpc/${secret}`,
    `/login/wechat/callback?code=${secret}&state=${secret}`,
    `/%${secret}`,
    `/admin/${secret}.js`,
  ]) {
    await send(system, {
      path,
      headers: { cookie: `wl_session=${secret}`, authorization: `Bearer ${secret}` },
    });
  }
  await send(system, {
    method: "POST",
    path: "/admin/trpc/operator.signIn",
    headers: { "content-type": "application/json" },
    body: `{"username":"${secret}","password":`,
  });

  const { keys } = system.app.deps;
  for (const { bindingId, accessToken, refreshToken } of await rowsOf(system.db, "userTokens")) {
    keep("access token", keys.decrypt(accessToken, userTokenRow(bindingId, "access_token")));
    keep("refresh token", keys.decrypt(refreshToken, userTokenRow(bindingId, "refresh_token")));
  }
  for (const { appId, token } of await rowsOf(system.db, "appTokens")) {
    keep("global token", token && keys.decrypt(token, `app_tokens.token:${appId}:access_token`));
  }
});
afterAll(() => system.close());

describe("secrets", () => {
  it("include every kind, so that the searches below prove something", () => {
    const kinds = new Set(secrets.values());
    for (const kind of ["state", "code", "wl_session", "wl_browser", "wl_operator", "access token"]) {
      expect(kinds).toContain(kind);
    }
    for (const kind of ["refresh token", "global token", "link", "password", "appSecret", "secret key"]) {
      expect(kinds).toContain(kind);
    }
    expect(secrets.size).toBeGreaterThan(60);
    expect(system.logLines.length).toBeGreaterThan(80);
  });

  it("are in no log line at level trace [T64, T65]", () => {
    for (const line of system.logLines) {
      for (const [secret, what] of secrets) expect(line, what).not.toContain(secret);
    }
  });

  it("are in no row of the database [T64, T66]", async () => {
    for (const { table, text } of await everything()) {
      for (const [secret, what] of secrets) expect(text.includes(secret), `${what} in ${table}`).toBe(false);
    }
  });

  it("are in no page and no response body [T26, T64]", () => {
    expect(bodies.length).toBeGreaterThan(50);
    for (const { path, text } of bodies) {
      for (const [secret, what] of secrets) expect(text.includes(secret), `${what} at ${path}`).toBe(false);
    }
  });

  it("are in no response of a console procedure, and neither are hashes and encrypted tokens [T49]", async () => {
    const hidden = new Map(secrets);
    const columns = [
      "secretHash",
      "passwordHash",
      "browserHash",
      "stateHash",
      "accessToken",
      "refreshToken",
      "token",
      ...["keyHash", "secret", "previousSecret"],
    ];
    const [hookId, createdAt] = [newId(new Date()), new Date()];
    const host = { name: "The shop", origins: '["https://shop.example"]', redirectPaths: "[]" };
    await addRows(system.db, "hostClients", [{ id: "shop", ...host, createdAt }]);
    const key = { clientId: "shop", keyHash: "the hash of a key", hint: "wxyz", scopes: "[]", cidrs: "[]" };
    await addRows(system.db, "apiKeys", [{ id: newId(createdAt), ...key, createdAt }]);
    const hook = { clientId: "shop", url: "https://shop.example/hooks", types: "[]", createdAt };
    const hookSecrets = { secret: "an encrypted secret", previousSecret: "the one before, encrypted" };
    await addRows(system.db, "webhookEndpoints", [{ id: hookId, ...hook, ...hookSecrets }]);
    for (const table of [...tables, "apiKeys", "webhookEndpoints"] as const) {
      for (const row of await rowsOf(system.db, table)) {
        for (const column of columns) {
          const value = (row as Record<string, unknown>)[column];
          if (typeof value === "string") hidden.set(value, column);
        }
      }
    }
    expect(new Set(hidden.values())).toEqual(new Set([...secrets.values(), ...columns]));

    const [user] = await rowsOf(system.db, "users");
    const [signIn] = await rowsOf(system.db, "signIns");
    const [failure] = await rowsOf(system.db, "apiFailures");
    const [token] = await rowsOf(system.db, "userTokens");
    const [id, userId = ""] = [newId(new Date()), user?.id];
    const made = { userId, otherUserId: userId, createdAt: new Date() };
    await addRows(system.db, "identityConflicts", [{ id, group: "demo", unionid: "uUnionOfAlice", ...made }]);
    const merge = { fromUserId: userId, intoUserId: userId, operatorId: userId, createdAt: new Date() };
    await addRows(system.db, "merges", [{ id, ...merge }]);
    const inputs: Record<string, unknown> = {
      "conflicts.get": { id },
      "merges.get": { id },
      "people.get": { userId: user?.id },
      "people.mergeCandidates": { text: user?.id },
      "people.previewMerge": { userId: user?.id },
      "tokens.getUser": { bindingId: token?.bindingId },
      "signIns.get": { id: signIn?.id },
      "failures.get": { id: failure?.id },
      "search.find": { text: signIn?.id },
      "hosts.get": { id: "shop" },
      "hosts.deliveries": { clientId: "shop", webhookId: hookId },
      "tokens.listFetches": { appId: system.officialAccount.appId, kind: "access_token" },
    };
    for (const { path, type } of operatorProcedures) {
      if (type !== "query") continue;
      const answer = await owner.query(path, inputs[path] ?? {});
      // Of a sign-in that waits for its second factor; there is none.
      expect(answer.status, path).toBe(path === "operator.passkeyRequest" ? 401 : 200);
      for (const [value, what] of hidden)
        expect(answer.text.includes(value), `${what} from ${path}`).toBe(false);
    }
    const refreshed = await owner.mutate("tokens.refreshApp", {
      appId: system.officialAccount.appId,
      reason: "a try",
    });
    for (const [value, what] of hidden) expect(refreshed.text.includes(value), what).toBe(false);
  });

  it("cannot be searched for in the console [T49]", async () => {
    const [session] = await rowsOf(system.db, "sessions");
    const [operator] = await rowsOf(system.db, "operators");
    const hashes = [session?.secretHash, operator?.passwordHash.slice(0, 60), [...secrets.keys()][0]];
    for (const q of hashes) {
      for (const path of ["people.list", "tokens.listUsers", "signIns.list", "failures.list"]) {
        const { data } = await owner.query<{ items: unknown[] }>(path, { q });
        expect(data?.items, path).toEqual([]);
      }
    }
    // What may be searched for is found by the same field.
    const [user] = await rowsOf(system.db, "users");
    const [signIn] = await rowsOf(system.db, "signIns");
    const [failure] = await rowsOf(system.db, "apiFailures");
    for (const [path, q] of [
      ["people.list", user?.id],
      ["signIns.list", signIn?.id],
      ["failures.list", failure?.id],
    ] as const) {
      expect((await owner.query<{ items: unknown[] }>(path, { q })).data?.items, path).toHaveLength(1);
    }
  });
});
