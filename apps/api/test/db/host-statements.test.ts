import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import { deleteBatchSize } from "../../src/db/delete-batch.js";
import { addHandOut, deleteHandOutsBefore, listHandOuts } from "../../src/db/hand-outs.js";
import {
  disableHostClient,
  enableHostClient,
  findApiKey,
  findHostClient,
  insertApiKey,
  insertHostClient,
  listApiKeys,
  listHostClients,
  lockHostClient,
  noteKeyUse,
  revokeApiKey,
  updateHostClient,
} from "../../src/db/hosts.js";
import {
  claimIdempotencyKey,
  completeIdempotencyKey,
  deleteExpiredIdempotencyKeys,
  findIdempotencyKey,
  releaseIdempotencyKey,
} from "../../src/db/idempotency-keys.js";
import type { Tables } from "../../src/db/schema.js";
import { emptyTables } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const host = (id: string, disabledAt: Date | null = null) => ({
  ...{ id, name: `name of ${id}`, origins: `["${id}"]`, redirectPaths: `["/${id}"]` },
  ...{ createdAt: at(0), disabledAt },
});

const hosts = [host("closed", at(5)), host("forum"), host("shop")];

const key = (id: string, clientId: string, about: Partial<Tables["apiKeys"]["$inferInsert"]> = {}) => ({
  ...{ id, clientId, keyHash: `h-${id}`, hint: `…${id}`, scopes: "[]", cidrs: "[]" },
  ...{ createdAt: at(0), lastUsedAt: null, revokedAt: null, ...about },
});

const keys = [
  key("1", "shop"),
  key("2", "shop", { lastUsedAt: at(49), revokedAt: at(50) }),
  key("3", "shop", { lastUsedAt: at(50) }),
  key("4", "forum", { lastUsedAt: at(49) }),
  key("5", "closed"),
];

const idempotencyKey = (name: string, about: Partial<Tables["idempotencyKeys"]["$inferInsert"]> = {}) => ({
  ...{ clientId: "shop", key: name, requestHash: `request of ${name}`, createdAt: at(10) },
  ...{ expiresAt: at(100), status: 201, answer: `answer of ${name}`, userId: "alice", ...about },
});

const underWay = { status: null, answer: null, userId: null };

const handOut = (
  clientId: string,
  count: number,
  about: Partial<Tables["handOuts"]["$inferInsert"]> = {},
) => ({
  ...{ appId: "wx0", kind: "access_token" as const, clientId, day: 10, count, lastAt: at(5), ...about },
});

async function seed(db: Database): Promise<void> {
  await addRows(db, "hostClients", hosts.toReversed());
  await addRows(db, "apiKeys", keys.toReversed());
  await addRows(db, "idempotencyKeys", [
    idempotencyKey("done"),
    idempotencyKey("done", { clientId: "forum" }),
    idempotencyKey("over", { expiresAt: at(60) }),
    idempotencyKey("under way", underWay),
    idempotencyKey("under way", { clientId: "forum", ...underWay }),
    idempotencyKey("abandoned", { createdAt: at(9), ...underWay }),
  ]);
  await addRows(db, "handOuts", [
    handOut("shop", 3),
    handOut("forum", 3),
    handOut("shop", 3, { kind: "js_sdk_signature" }),
    handOut("club", 7),
    handOut("shop", 9, { day: 9 }),
    handOut("shop", 9, { day: 8 }),
    handOut("shop", 1, { appId: "wx1" }),
  ]);
}

const { changed, found, seeded } = seededStatements(seed);

describe("host applications", () => {
  it("are listed by their ids, and one that is disabled is not found", async () => {
    expect(await found(listHostClients, {})).toEqual(hosts);
    expect(await found(findHostClient, { id: "shop" })).toEqual([hosts[2]]);
    expect(await found(findHostClient, { id: "closed" })).toEqual([]);
  });

  it("are written once, and changed one by one, where a value is given", async () => {
    const values = { name: "n", origins: "[]", redirectPaths: "[1]" };
    expect(await changed(insertHostClient, { id: "new", ...values, now: at(7) })).toEqual({
      "hostClients new": { id: "new", ...values, createdAt: at(7), disabledAt: null },
    });
    expect(await changed(insertHostClient, { id: "shop", ...values, now: at(7) })).toEqual({});
    expect(await changed(updateHostClient, { id: "shop", ...values })).toEqual({
      "hostClients shop": values,
    });
    const none = { name: null, origins: null, redirectPaths: null };
    expect(await changed(updateHostClient, { id: "shop", ...none })).toEqual({});
  });

  it("are disabled and enabled one by one, and locked without a change", async () => {
    expect(await changed(disableHostClient, { id: "shop", now: at(7) })).toEqual({
      "hostClients shop": { disabledAt: at(7) },
    });
    expect(await changed(disableHostClient, { id: "closed", now: at(7) })).toEqual({});
    expect(await changed(enableHostClient, { id: "closed" })).toEqual({
      "hostClients closed": { disabledAt: null },
    });
    expect(await found(enableHostClient, { id: "shop" }), "enabled already").toEqual([]);
    expect(await found(lockHostClient, { id: "shop" })).toEqual([{ id: "shop" }]);
  });
});

describe("the keys of host applications", () => {
  it("are found with their host, unless one of the two is revoked or disabled", async () => {
    expect(await found(findApiKey, { keyHash: "h-1" })).toEqual([{ key: keys[0], client: hosts[2] }]);
    expect(await found(findApiKey, { keyHash: "h-2" })).toEqual([]);
    expect(await found(findApiKey, { keyHash: "h-5" })).toEqual([]);
  });

  it("are listed without their hashes, those of one host, the oldest first", async () => {
    const shown = keys.slice(0, 3).map(({ keyHash: _, clientId: __, ...columns }) => columns);
    expect(await found(listApiKeys, { clientId: "shop" })).toEqual(shown);
  });

  it("are written, noted as used now and then, and revoked once", async () => {
    const { createdAt: _, ...values } = key("new", "shop", { scopes: '["a"]', cidrs: '["b"]' });
    const { lastUsedAt, revokedAt, ...given } = values;
    expect(await changed(insertApiKey, { ...given, now: at(7) })).toEqual({
      "apiKeys new": { ...values, createdAt: at(7) },
    });
    const used = (id: string) => changed(noteKeyUse, { id, now: at(70), before: at(50) });
    expect(await used("1"), "never until now").toEqual({ "apiKeys 1": { lastUsedAt: at(70) } });
    expect(await used("4")).toEqual({ "apiKeys 4": { lastUsedAt: at(70) } });
    expect(await used("3"), "noted a moment ago").toEqual({});
    expect(await changed(revokeApiKey, { id: "1", now: at(70) })).toEqual({
      "apiKeys 1": { revokedAt: at(70) },
    });
    expect(await changed(revokeApiKey, { id: "2", now: at(70) })).toEqual({});
  });
});

describe("an idempotency key", () => {
  const ofShop = (name: string) => ({ clientId: "shop", key: name });

  it("is found with its request and answer, by its host alone", async () => {
    expect(await found(findIdempotencyKey, ofShop("done"))).toEqual([idempotencyKey("done")]);
  });

  it("is claimed by one request: the first, or one after it is over or was abandoned", async () => {
    const claim = { requestHash: "new", now: at(60), expiresAt: at(200), abandonedBefore: at(9) };
    const claimed = (name: string) => changed(claimIdempotencyKey, { ...ofShop(name), ...claim });
    const anew = { requestHash: "new", createdAt: at(60), expiresAt: at(200) };
    expect(await claimed("new")).toEqual({
      "idempotencyKeys shop new": { ...ofShop("new"), ...anew, ...underWay },
    });
    expect(await claimed("over")).toEqual({ "idempotencyKeys shop over": { ...anew, ...underWay } });
    expect(await claimed("abandoned")).toEqual({ "idempotencyKeys shop abandoned": anew });
    expect(await claimed("under way")).toEqual({});
    expect(await claimed("done")).toEqual({});
  });

  it("is completed or given back by the request that has it, while that is under way", async () => {
    const answer = { status: 200, answer: "{}", userId: "bob" };
    const [name, claimedAt] = ["under way", at(10)];
    expect(await changed(completeIdempotencyKey, { ...ofShop(name), claimedAt, ...answer })).toEqual({
      "idempotencyKeys shop under way": answer,
    });
    expect(await changed(releaseIdempotencyKey, { ...ofShop(name), claimedAt })).toEqual({
      "idempotencyKeys shop under way": "deleted",
    });
    for (const mistaken of [
      { ...ofShop(name), claimedAt: at(9) },
      { ...ofShop("done"), claimedAt },
    ]) {
      expect(await changed(completeIdempotencyKey, { ...mistaken, ...answer })).toEqual({});
      expect(await changed(releaseIdempotencyKey, mistaken)).toEqual({});
    }
  });

  it("is deleted once it is over, a batch at a time, however many are kept", async () => {
    expect(await changed(deleteExpiredIdempotencyKeys, { now: at(60) })).toEqual({
      "idempotencyKeys shop over": "deleted",
    });
    const db = await emptyTables(await seeded());
    const several = (name: string, expiresAt: Date) =>
      Array.from({ length: deleteBatchSize + 1 }, (_, n) => idempotencyKey(`${name} ${n}`, { expiresAt }));
    await addRows(db, "idempotencyKeys", several("kept", at(61)));
    await addRows(db, "idempotencyKeys", several("over", at(60)));
    const deleted = await db.run(deleteExpiredIdempotencyKeys, { now: at(60) });
    expect(deleted).toHaveLength(deleteBatchSize);
    expect(deleted.every(({ key: name }) => name.startsWith("over"))).toBe(true);
  });
});

describe("what hosts were given", () => {
  it("is counted by app, kind, host and day", async () => {
    const given = { appId: "wx0", kind: "access_token", clientId: "shop", day: 10 } as const;
    expect(await changed(addHandOut, { ...given, now: at(70) })).toEqual({
      "handOuts wx0 access_token shop 10": { count: 4, lastAt: at(70) },
    });
    expect(await changed(addHandOut, { ...given, day: 11, now: at(70) })).toEqual({
      "handOuts wx0 access_token shop 11": { ...given, day: 11, count: 1, lastAt: at(70) },
    });
  });

  it("is listed for one day, the busiest host first, then by host and kind", async () => {
    const listed = await found(listHandOuts, { day: 10 });
    expect(listed.map(({ clientId, kind, appId, count }) => `${clientId} ${kind} ${appId} ${count}`)).toEqual(
      [
        "club access_token wx0 7",
        "forum access_token wx0 3",
        "shop access_token wx0 3",
        "shop js_sdk_signature wx0 3",
        "shop access_token wx1 1",
      ],
    );
    expect(listed[0]?.lastAt).toEqual(at(5));
  });

  it("is deleted by the age of its day, so many days at a time", async () => {
    expect(await changed(deleteHandOutsBefore, { day: 9 })).toEqual({
      "handOuts wx0 access_token shop 8": "deleted",
    });
    const db = await emptyTables(await seeded());
    const days = Array.from({ length: deleteBatchSize + 1 }, (_, day) => handOut("shop", 1, { day }));
    await addRows(db, "handOuts", days);
    expect(await db.run(deleteHandOutsBefore, { day: days.length })).toHaveLength(deleteBatchSize);
  });
});
