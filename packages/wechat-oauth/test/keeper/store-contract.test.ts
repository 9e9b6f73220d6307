import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { memoryStore, type TokenRecord, type TokenStore } from "../../src/keeper.js";
import { redisStore } from "../../src/redis.js";
import { storeContract } from "../../src/testing.js";
import { noRedis, type RedisServer, startRedis } from "./redis-server.js";

describe("the memory store", () => {
  const store = memoryStore();
  for (const { name, run } of storeContract(() => store)) it(name, run);
});

let redis: RedisServer | undefined;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  for (const close of closers) await close();
  await redis?.stop();
});

const url = (): string => redis?.url ?? "";

async function byIoredis(): Promise<TokenStore> {
  const client = new Redis(url());
  closers.push(() => client.disconnect());
  return redisStore(client);
}

async function byNodeRedis(): Promise<TokenStore> {
  const client = createClient({ url: url() });
  await client.connect();
  closers.push(() => client.destroy());
  return redisStore(client);
}

describe.each([
  ["ioredis", byIoredis],
  ["node-redis", byNodeRedis],
])("the store on Redis by %s", (_client, open) => {
  beforeEach((test) => {
    if (!redis) test.skip(noRedis);
  });
  for (const { name, run } of storeContract(open)) it(name, run);
});

describe("two clients on one Redis", () => {
  beforeEach((test) => {
    if (!redis) test.skip(noRedis);
  });
  const record: TokenRecord = { version: 1, leaseUntilMs: 0, forcedAtMs: [] };

  it("reads with one client what the other wrote", async () => {
    const key = crypto.randomUUID();
    const [a, b] = [await byIoredis(), await byNodeRedis()];
    expect(await a.replace(key, record)).toBe(true);
    expect(await b.read(key)).toEqual(record);
    expect(await b.replace(key, record)).toBe(false);
  });

  it("uses the given key prefix and expires keys two days after the last write", async () => {
    const client = new Redis(url());
    closers.push(() => client.disconnect());
    const key = crypto.randomUUID();
    await redisStore(client).replace(key, record);
    await redisStore(client, { prefix: "mine:" }).replace(key, record);
    for (const name of [`wechat-oauth:${key}`, `mine:${key}`]) {
      const seconds = await client.ttl(name);
      expect(seconds).toBeGreaterThan(2 * 86_400 - 60);
      expect(seconds).toBeLessThanOrEqual(2 * 86_400);
    }
  });
});

describe("the store contract", () => {
  /** The cases that a store fails. */
  async function broken(open: () => TokenStore): Promise<string[]> {
    const names: string[] = [];
    for (const { name, run } of storeContract(open)) {
      await run().catch(() => names.push(name));
    }
    return names;
  }

  const withSealed = (record: TokenRecord, change: (sealed: string) => string): TokenRecord =>
    record.token ? { ...record, token: { ...record.token, sealed: change(record.token.sealed) } } : record;

  it("fails for a store that compares first and writes later", async () => {
    const records = new Map<string, TokenRecord>();
    const store: TokenStore = {
      read: async (key) => records.get(key),
      async replace(key, record) {
        const before = records.get(key)?.version ?? 0;
        await Promise.resolve();
        if (before !== record.version - 1) return false;
        records.set(key, record);
        return true;
      },
    };
    expect(await broken(() => store)).toEqual([
      "lets exactly one of many concurrent writers win",
      "loses no write of concurrent read-change-write cycles",
    ]);
  });

  it("fails for a store that takes a first record again, as long as no other has followed", async () => {
    const store = memoryStore();
    let isTakenAgain = false;
    const open = (): TokenStore => ({
      ...store,
      async replace(key, record) {
        const isSecondFirst = record.version === 1 && (await store.read(key))?.version === 1;
        isTakenAgain ||= isSecondFirst;
        return isSecondFirst || store.replace(key, record);
      },
    });
    expect(await broken(open)).toContain("accepts version 1 only for a new key");
    expect(isTakenAgain).toBe(true);
  });

  it("fails for a store that is separate in each process", async () => {
    expect(await broken(memoryStore)).toContain("returns a write in every read that begins after it");
  });

  it("fails for a store that merges a record into the former one", async () => {
    const records = new Map<string, TokenRecord>();
    const store: TokenStore = {
      read: async (key) => records.get(key),
      async replace(key, record) {
        if ((records.get(key)?.version ?? 0) !== record.version - 1) return false;
        records.set(key, { ...records.get(key), ...record });
        return true;
      },
    };
    expect(await broken(() => store)).toEqual(["returns a record to every process as it was written"]);
  });

  it.each([
    ["the last failure", ({ failure: _, ...record }: TokenRecord) => record],
    ["the lease", (record: TokenRecord) => ({ ...record, leaseUntilMs: 0 })],
    ["when a new token was forced", (record: TokenRecord) => ({ ...record, forcedAtMs: [] })],
    [
      "characters outside ASCII",
      (record: TokenRecord) => withSealed(record, (text) => text.replace(/[^ -~]/g, "?")),
    ],
    ["more than 255 characters", (record: TokenRecord) => withSealed(record, (text) => text.slice(0, 255))],
  ])("fails for a store that does not keep %s", async (_what, lose) => {
    const store = memoryStore();
    const losing: TokenStore = {
      read: store.read,
      replace: (key, record) => store.replace(key, lose(record)),
    };
    expect(await broken(() => losing)).toContain("returns a record to every process as it was written");
  });

  it("fails for a store that accepts any higher version", async () => {
    const records = new Map<string, TokenRecord>();
    const store: TokenStore = {
      read: async (key) => records.get(key),
      async replace(key, record) {
        if ((records.get(key)?.version ?? 0) >= record.version) return false;
        records.set(key, record);
        return true;
      },
    };
    expect(await broken(() => store)).toContain("accepts version 1 only for a new key");
  });

  it("fails for a store with case-insensitive keys", async () => {
    const store = memoryStore();
    const loose: TokenStore = {
      read: (key) => store.read(key.toLowerCase()),
      replace: (key, record) => store.replace(key.toLowerCase(), record),
    };
    expect(await broken(() => loose)).toEqual(["keeps keys independent"]);
  });

  it.each([
    ["a version as text", (record: TokenRecord) => ({ ...record, version: String(record.version) })],
    ["a version as a bigint", (record: TokenRecord) => ({ ...record, version: BigInt(record.version) })],
  ])("fails with a clear message for a driver that returns %s", async (_what, spoil) => {
    const store = memoryStore();
    const spoiling: TokenStore = {
      replace: store.replace,
      async read(key) {
        const record = await store.read(key);
        return record && (spoil(record) as unknown as TokenRecord);
      },
    };
    const name = "returns numbers as numbers and text as text";
    expect(await broken(() => spoiling)).toContain(name);
    const found = storeContract(() => spoiling).find((one) => one.name === name);
    await expect(found?.run()).rejects.toThrow("not a record: version must be a number");
  });

  it("fails for a column without a type, which turns digits into a number", async () => {
    const store = memoryStore();
    const loose: TokenStore = {
      replace: store.replace,
      async read(key) {
        const record = await store.read(key);
        const sealed = record?.token?.sealed ?? "";
        if (!record?.token || !/^\d+$/.test(sealed)) return record;
        return { ...record, token: { ...record.token, sealed: Number(sealed) as unknown as string } };
      },
    };
    expect(await broken(() => loose)).toEqual(["returns numbers as numbers and text as text"]);
  });
});
