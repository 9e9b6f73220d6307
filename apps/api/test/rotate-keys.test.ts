import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import { replaceUserToken } from "../src/db/tokens.js";
import { encryptWebhookSecret, secretsOf } from "../src/domain/events/webhook-secrets.js";
import { KeyRing } from "../src/domain/key-ring.js";
import { factorRow } from "../src/domain/operators/factors.js";
import { rotateKeys } from "../src/domain/rotate-keys.js";
import { findSession } from "../src/domain/sessions/sessions.js";
import { userTokenRow } from "../src/domain/tokens/user-tokens.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

const [oldKey, newKey, lostKey] = [
  "k3y-for-tests-Zp7Qw2Lm9Xc4Vb6Nn8Rt1",
  "n3w-k3y-Hq8Ty1Uz6Ox5Wc2Ra4",
  "l0st-k3y-Bv7",
];
const old = new KeyRing([oldKey]);
const both = new KeyRing([newKey, oldKey]);
const newest = new KeyRing([newKey]);

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness({ SECRET_KEYS: oldKey });
});
afterEach(() => harness.close());

/** People with tokens that these keys encrypted, and a webhook of a host with its secret and the one before. */
async function seed(people: [name: string, keys: KeyRing][]): Promise<void> {
  const { db, deps } = harness;
  const now = deps.now();
  const { appId } = harness.app("web");
  await addRows(
    db,
    "bindings",
    people.map(([name]) => ({
      ...{ id: name, appId, openid: `o${name}`, userId: name, scope: "snsapi_login" },
      ...{ createdAt: now, lastSignInAt: now },
    })),
  );
  await addRows(
    db,
    "userTokens",
    people.map(([name, keys]) => ({
      ...{ bindingId: name, appId, scope: "snsapi_login", scopeRank: 2 },
      accessToken: keys.encrypt(`access of ${name}`, userTokenRow(name, "access_token")),
      refreshToken: keys.encrypt(`refresh of ${name}`, userTokenRow(name, "refresh_token")),
      ...{ expiresAt: now, refreshExpiresAt: now, updatedAt: now },
    })),
  );
  await addRows(db, "hostClients", [
    { id: "shop", name: "The shop", origins: "[]", redirectPaths: "[]", createdAt: now },
  ]);
  const encrypt = (id: string, text: string) => encryptWebhookSecret({ keys: old }, id, text);
  await addRows(db, "webhookEndpoints", [
    {
      ...{ id: "hook", clientId: "shop", url: "https://shop.example/", types: "[]", createdAt: now },
      ...{ secret: encrypt("hook", "secret"), previousSecret: encrypt("hook", "the one before") },
      previousUntil: new Date(now.getTime() + 60_000),
    },
  ]);
}

/** Two operators, each with an app for codes whose key the old secret key encrypted. */
async function seedFactors() {
  const at = harness.deps.now();
  for (const id of ["kim", "nina"]) {
    await addRows(harness.db, "operators", [
      { id, username: id, passwordHash: "-", role: "owner", status: "active", createdAt: at },
    ]);
    await addRows(harness.db, "operatorFactors", [
      {
        ...{ id: `app of ${id}`, operatorId: id, kind: "totp", name: "phone", counter: 0, createdAt: at },
        secret: old.encrypt(`key of ${id}`, factorRow(`app of ${id}`)),
      },
    ]);
  }
}

/** The keys of the operators' apps with these secret keys. */
const readFactors = async (keys: KeyRing) =>
  (await rowsOf(harness.db, "operatorFactors")).map(({ id, secret }) => keys.decrypt(secret, factorRow(id)));

/** What each person's tokens are with these keys. */
async function readTokens(keys: KeyRing) {
  const rows = await rowsOf(harness.db, "userTokens");
  return Object.fromEntries(
    rows.map((row) => [
      row.bindingId,
      [
        keys.decrypt(row.accessToken, userTokenRow(row.bindingId, "access_token")),
        keys.decrypt(row.refreshToken, userTokenRow(row.bindingId, "refresh_token")),
      ],
    ]),
  );
}
const tokensOf = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, [`access of ${name}`, `refresh of ${name}`]]));

describe("the rotation of the secret keys", () => {
  it("leaves everything readable with the newest key alone, skips what is unreadable, and signs no one out [T67]", async () => {
    await seed([
      ["alice", old],
      ["ben", newest],
      ["carol", new KeyRing([lostKey])],
      ["dan", both],
    ]);
    await seedFactors();
    const session = await harness.signIn();
    const { db } = harness;
    expect(await rotateKeys({ db, keys: both })).toEqual({
      ...{ reencrypted: 5, unreadable: 1, sealedEntries: 0, blockedIdentities: 0 },
    });
    const { carol, ...readable } = await readTokens(newest);
    expect(carol).toEqual([undefined, undefined]);
    expect(readable).toMatchObject(tokensOf("alice", "ben", "dan"));
    expect(Object.keys(readable)).toHaveLength(4);
    expect(await readFactors(newest)).toEqual(["key of kim", "key of nina"]);
    const [hook] = await rowsOf(db, "webhookEndpoints");
    if (!hook) throw new Error("there is no webhook");
    expect(secretsOf({ keys: newest }, hook, harness.deps.now())).toEqual(["secret", "the one before"]);
    expect(await findSession({ ...harness.deps, keys: newest }, session)).toBeDefined();
    expect(await rotateKeys({ db, keys: both })).toMatchObject({ reencrypted: 0, unreadable: 1 });
  });

  it("goes on after an interruption, and tells for what the keys before are still needed [T67]", async () => {
    const names = Array.from({ length: 501 }, (_, n) => `person-${String(n).padStart(3, "0")}`);
    await seed(names.map((name) => [name, old]));
    const at = harness.deps.now();
    const entry = { operatorId: null, event: "operator.login", result: "ok", at } as const;
    await addRows(harness.db, "auditLog", [
      { ...entry, id: "1", sealNumber: 1, seal: old.seal("any") },
      { ...entry, id: "2", sealNumber: 2, seal: both.seal("any") },
      { ...entry, id: "3" },
    ]);
    await addRows(harness.db, "blockedIdentities", [
      { hash: "erased-1", at },
      { hash: "erased-2", at },
    ]);
    let batches = 0;
    const db = {
      ...harness.db,
      batch: ((steps) => {
        batches += 1;
        if (batches === 2) throw new DatabaseError("unavailable", { cause: new Error("killed") });
        return harness.db.batch(steps);
      }) as typeof harness.db.batch,
    };
    await expect(rotateKeys({ db, keys: both })).rejects.toThrow("the database is not available");
    const read = Object.values(await readTokens(newest)).filter(([access]) => access !== undefined);
    expect(read).toHaveLength(500);
    expect(await rotateKeys({ db, keys: both })).toEqual({
      ...{ reencrypted: 2, unreadable: 0, sealedEntries: 1, blockedIdentities: 2 },
    });
    expect(await readTokens(newest)).toEqual(tokensOf(...names));
  });

  it("takes a row of which one part alone is older, and leaves a secret before that no key reads any more", async () => {
    await seed([["alice", newest]]);
    const lost = new KeyRing([lostKey]);
    const encrypt = (keys: KeyRing, id: string, text: string) => encryptWebhookSecret({ keys }, id, text);
    const { db } = harness;
    await db.consoleQuery((orm, t) =>
      orm
        .update(t.userTokens)
        .set({ refreshToken: old.encrypt("refresh of alice", userTokenRow("alice", "refresh_token")) })
        .returning(),
    );
    const [hook] = await rowsOf(db, "webhookEndpoints");
    if (!hook) throw new Error("there is no webhook");
    const previousSecret = encrypt(lost, "second", "the one before");
    await addRows(db, "webhookEndpoints", [
      { ...hook, id: "second", secret: encrypt(old, "second", "secret"), previousSecret },
      { ...hook, id: "third", secret: encrypt(newest, "third", "secret"), previousSecret: null },
      { ...hook, id: "fourth", secret: encrypt(lost, "fourth", "secret"), previousSecret: null },
      {
        ...{ ...hook, id: "fifth", secret: encrypt(newest, "fifth", "secret") },
        previousSecret: encrypt(old, "fifth", "the one before"),
      },
      { ...hook, id: "sixth", secret: encrypt(old, "sixth", "secret"), previousSecret: null },
    ]);
    const before = (await rowsOf(db, "webhookEndpoints")).filter(({ id }) => /third|fourth/.test(id));
    expect(await rotateKeys({ db, keys: both })).toMatchObject({ reencrypted: 5, unreadable: 1 });
    expect(await readTokens(newest)).toEqual(tokensOf("alice"));
    const endpoints = await rowsOf(db, "webhookEndpoints");
    const second = endpoints.find(({ id }) => id === "second");
    expect(second?.previousSecret).toBe(previousSecret);
    const secrets = endpoints.map((row) => [row.id, secretsOf({ keys: newest }, row, harness.deps.now())]);
    expect(Object.fromEntries(secrets)).toMatchObject({
      second: ["secret"],
      fifth: ["secret", "the one before"],
      sixth: ["secret"],
    });
    expect(endpoints.find(({ id }) => id === "sixth")?.previousSecret).toBeNull();
    expect(endpoints.filter(({ id }) => /third|fourth/.test(id))).toEqual(before);
  });

  it("counts each row once that no key reads as a whole, and leaves it as it is", async () => {
    const names = Array.from({ length: 501 }, (_, n) => `person-${String(n).padStart(3, "0")}`);
    await seed(names.map((name) => [name, both]));
    await seedFactors();
    const { db } = harness;
    const lost = new KeyRing([lostKey]);
    const halves: [name: string, access: KeyRing, refresh: KeyRing][] = [
      ["person-100", lost, old],
      ["person-101", old, lost],
    ];
    for (const [name, access, refresh] of halves) {
      const accessToken = access.encrypt("access", userTokenRow(name, "access_token"));
      const refreshToken = refresh.encrypt("refresh", userTokenRow(name, "refresh_token"));
      await db.consoleQuery((orm, t) =>
        orm
          .update(t.userTokens)
          .set({ accessToken, refreshToken })
          .where(eq(t.userTokens.bindingId, name))
          .returning(),
      );
    }
    const secret = lost.encrypt("lost", factorRow("app of kim"));
    await db.consoleQuery((orm, t) =>
      orm.update(t.operatorFactors).set({ secret }).where(eq(t.operatorFactors.id, "app of kim")).returning(),
    );
    const tokens = await rowsOf(db, "userTokens");
    // The webhook, and the factor of the other operator.
    expect(await rotateKeys({ db, keys: both })).toEqual({
      ...{ reencrypted: 2, unreadable: 3, sealedEntries: 0, blockedIdentities: 0 },
    });
    expect(await rowsOf(db, "userTokens")).toEqual(tokens);
    expect(await readFactors(newest)).toEqual([undefined, "key of nina"]);
    expect(await rotateKeys({ db, keys: both })).toMatchObject({ reencrypted: 0, unreadable: 3 });
  });

  it("keeps the tokens that a refresh stores while it runs", async () => {
    await seed([["alice", old]]);
    const [before] = await rowsOf(harness.db, "userTokens");
    const refreshed = {
      accessToken: both.encrypt("refreshed", userTokenRow("alice", "access_token")),
      refreshToken: both.encrypt("refresh of alice", userTokenRow("alice", "refresh_token")),
    };
    const db = {
      ...harness.db,
      batch: (async (steps) => {
        const now = harness.deps.now();
        await harness.db.run(replaceUserToken, {
          ...{ bindingId: "alice", before: before?.accessToken ?? "", expiresAt: now, now },
          ...refreshed,
        });
        return harness.db.batch(steps);
      }) as typeof harness.db.batch,
    };
    expect(await rotateKeys({ db, keys: both })).toMatchObject({ reencrypted: 1 });
    expect(await readTokens(newest)).toEqual({ alice: ["refreshed", "refresh of alice"] });
  });
});
