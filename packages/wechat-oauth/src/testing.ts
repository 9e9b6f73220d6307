// The entry "@wechat-login/oauth/testing": the contract of a custom store, for any test runner.

import { checkRecord } from "./keeper/check-record.js";
import type { TokenRecord, TokenStore } from "./keeper/store.js";

/** One test case of the contract. */
export interface StoreCase {
  /** A sentence about the store: "reads a key that was never written as undefined". */
  readonly name: string;
  /** @throws {Error} the store breaks the contract, as the message describes */
  run(): Promise<void>;
}

/**
 * The contract of a store as named cases:
 *
 * ```ts
 * for (const { name, run } of storeContract(() => openMyStore(url))) it(name, run);
 * ```
 *
 * @param openStore opens the same store, as each process would: what one instance writes, another reads. Keys are new
 * in every run, so that one database can serve many runs.
 */
export function storeContract(openStore: () => TokenStore | Promise<TokenStore>): StoreCase[] {
  const storeCase = (
    name: string,
    run: (a: TokenStore, b: TokenStore, key: string) => Promise<void>,
  ): StoreCase => ({
    name,
    async run() {
      const key = `wx0123456789abcdef:contract:${crypto.randomUUID()}`;
      await run(await openStore(), await openStore(), key);
    },
  });
  return [
    storeCase("reads a key that was never written as undefined", async (a, _b, key) => {
      assertEqual(await a.read(key), undefined, "a new key");
    }),
    storeCase("returns a record to every process as it was written", async (a, b, key) => {
      const record = fullRecord(1);
      assertEqual(await a.replace(key, record), true, "the first write");
      assertEqual(await b.read(key), record, "the record");
      const plain: TokenRecord = { version: 2, leaseUntilMs: 0, forcedAtMs: [] };
      assertEqual(await b.replace(key, plain), true, "the second write");
      assertEqual(
        await a.read(key),
        plain,
        "a record without token or failure, with nothing left of the former one",
      );
    }),
    storeCase("returns numbers as numbers and text as text", async (a, b, key) => {
      // With digits-only text, which a column without a type would turn into a number.
      const record = fullRecord(1);
      const token = record.token && { ...record.token, sealed: "1234567890", fingerprint: "012345678901" };
      await a.replace(key, { ...record, ...(token && { token }) });
      const read = await b.read(key);
      if (!read) throw new Error("the record: nothing instead of what was written");
      checkRecord(read);
      assertEqual(read.token, token, "the token");
    }),
    storeCase("accepts version 1 only for a new key", async (a, b, key) => {
      assertEqual(await a.replace(key, { ...fullRecord(2) }), false, "version 2 on a new key");
      assertEqual(await a.read(key), undefined, "the key after that");
      assertEqual(await a.replace(key, fullRecord(1)), true, "version 1 on a new key");
      assertEqual(await b.replace(key, leaseRecord(1)), false, "version 1 once more");
      assertEqual(await a.read(key), fullRecord(1), "the record after that");
    }),
    storeCase(
      "accepts the next version only, and none that is repeated, skipped or older",
      async (a, b, key) => {
        for (const version of [1, 2, 3])
          assertEqual(await a.replace(key, leaseRecord(version)), true, `version ${version}`);
        for (const version of [1, 2, 3, 5]) {
          assertEqual(await b.replace(key, fullRecord(version)), false, `version ${version} after 3`);
        }
        assertEqual(await b.read(key), leaseRecord(3), "the record after that");
      },
    ),
    storeCase("lets exactly one of many concurrent writers win", async (a, b, key) => {
      for (const version of [1, 2, 3]) {
        const writers = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? a : b));
        const records = writers.map((_, i) => ({ ...leaseRecord(version), leaseUntilMs: i + 1 }));
        const written = await Promise.all(records.map((record, i) => writers[i]?.replace(key, record)));
        assertEqual(written.filter(Boolean).length, 1, `how many of 20 wrote version ${version}`);
        assertEqual(await b.read(key), records[written.indexOf(true)], "what is stored: the winner's record");
      }
    }),
    storeCase("loses no write of concurrent read-change-write cycles", async (a, b, key) => {
      const writer = async (store: TokenStore) => {
        let writes = 0;
        for (let round = 0; round < 25; round += 1) {
          const before = await store.read(key);
          const forcedAtMs = [...(before?.forcedAtMs ?? []), round];
          const record = { version: (before?.version ?? 0) + 1, leaseUntilMs: 0, forcedAtMs };
          if (await store.replace(key, record)) writes += 1;
        }
        return writes;
      };
      const writes = await Promise.all([a, b, a, b].map(writer));
      const all = writes.reduce((sum, count) => sum + count, 0);
      const record = await a.read(key);
      assertEqual(record?.version, all, "the version, compared with the number of acknowledged writes");
      assertEqual(record?.forcedAtMs.length, all, "the entries that those writes added");
    }),
    storeCase("returns a write in every read that begins after it", async (a, b, key) => {
      for (let version = 1; version <= 20; version += 1) {
        const [writer, reader] = version % 2 === 0 ? [a, b] : [b, a];
        assertEqual(await writer.replace(key, leaseRecord(version)), true, `version ${version}`);
        assertEqual((await reader.read(key))?.version, version, "the version that another process reads");
      }
    }),
    storeCase("keeps keys independent", async (a, b, key) => {
      assertEqual(await a.replace(key, fullRecord(1)), true, "a write to one key");
      for (const other of [`${key}x`, key.toUpperCase(), key.slice(0, -1)]) {
        assertEqual(await b.read(other), undefined, `the key ${other}`);
      }
    }),
  ];
}

/** Every field, with extreme values: a long token, non-ASCII characters, times above 32 bits. */
function fullRecord(version: number): TokenRecord {
  return {
    version,
    leaseUntilMs: 4_102_444_800_123,
    token: {
      sealed: "61_AbC-dEf.gHi~'\"\\\u4ee4\u724c\ud83d\udd11 ".repeat(150),
      fingerprint: "0123456789ab",
      generation: 7,
      fetchedAtMs: 1_700_000_000_001,
      expiresAtMs: 1_700_007_200_001,
      refreshAtMs: 1_700_006_910_001,
    },
    failure: {
      reason: "40164",
      failuresInRow: 3,
      failedAtMs: 1_700_000_000_002,
      retryAtMs: 1_700_000_004_002,
    },
    forcedAtMs: [1_699_999_999_999, 1_700_000_000_000],
  };
}

function leaseRecord(version: number): TokenRecord {
  return { version, leaseUntilMs: 1_700_000_010_000 + version, forcedAtMs: [] };
}

function assertEqual(actual: unknown, expected: unknown, what: string): void {
  const [is, shouldBe] = [toSortedJson(actual), toSortedJson(expected)];
  if (is !== shouldBe) throw new Error(`${what}: ${truncate(is)} instead of ${truncate(shouldBe)}`);
}

/** JSON with sorted names, because the order of a record's fields has no meaning. */
function toSortedJson(value: unknown): string {
  const sorted = JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return sorted ?? "undefined";
}

function truncate(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
