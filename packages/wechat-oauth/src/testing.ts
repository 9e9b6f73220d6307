// The entry "wechat-oauth/testing": what a store of one's own must do, for any test runner.

import { checkRecord } from "./keeper/check-record.js";
import type { TokenRecord, TokenStore } from "./keeper/store.js";

/** One law, tried out. */
export interface StoreCase {
  /** A sentence about the store: "reads a key that was never written as undefined". */
  readonly name: string;
  /** @throws {Error} the store breaks the law; the message says how */
  run(): Promise<void>;
}

/**
 * The laws of a store as named cases:
 *
 * ```ts
 * for (const { name, run } of storeContract(() => openMyStore(url))) it(name, run);
 * ```
 *
 * @param openStore opens the same store, as each process would: what is written through one is read through
 * another. Keys are new in every run, so that one database may serve many runs.
 */
export function storeContract(openStore: () => TokenStore | Promise<TokenStore>): StoreCase[] {
  const law = (
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
    law("reads a key that was never written as undefined", async (a, _b, key) => {
      mustBe(await a.read(key), undefined, "a new key");
    }),
    law("gives a record back as it was written, to every process", async (a, b, key) => {
      const record = fullRecord(1);
      mustBe(await a.replace(key, record), true, "the first write");
      mustBe(await b.read(key), record, "the record");
      const plain: TokenRecord = { version: 2, leaseUntilMs: 0, forcedAtMs: [] };
      mustBe(await b.replace(key, plain), true, "the second write");
      mustBe(await a.read(key), plain, "a record without token or failure: nothing of the former may stay");
    }),
    law("gives numbers back as numbers, and text as text", async (a, b, key) => {
      // With text of digits only, which a column without a type would make a number of.
      const record = fullRecord(1);
      const token = record.token && { ...record.token, sealed: "1234567890", fingerprint: "012345678901" };
      await a.replace(key, { ...record, ...(token && { token }) });
      const read = await b.read(key);
      if (!read) throw new Error("the record: nothing instead of what was written");
      checkRecord(read);
      mustBe(read.token, token, "the token");
    }),
    law("takes the first version only where nothing is stored", async (a, b, key) => {
      mustBe(await a.replace(key, { ...fullRecord(2) }), false, "version 2 on a new key");
      mustBe(await a.read(key), undefined, "the key after that");
      mustBe(await a.replace(key, fullRecord(1)), true, "version 1 on a new key");
      mustBe(await b.replace(key, lease(1)), false, "version 1 once more");
      mustBe(await a.read(key), fullRecord(1), "the record after that");
    }),
    law("takes the next version only: none again, none left out, none from the past", async (a, b, key) => {
      for (const version of [1, 2, 3])
        mustBe(await a.replace(key, lease(version)), true, `version ${version}`);
      for (const version of [1, 2, 3, 5]) {
        mustBe(await b.replace(key, fullRecord(version)), false, `version ${version} after 3`);
      }
      mustBe(await b.read(key), lease(3), "the record after that");
    }),
    law("lets one of many writers win, and only one", async (a, b, key) => {
      for (const version of [1, 2, 3]) {
        const writers = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? a : b));
        const records = writers.map((_, i) => ({ ...lease(version), leaseUntilMs: i + 1 }));
        const written = await Promise.all(records.map((record, i) => writers[i]?.replace(key, record)));
        mustBe(written.filter(Boolean).length, 1, `how many of 20 wrote version ${version}`);
        mustBe(await b.read(key), records[written.indexOf(true)], "what is stored: the winner's record");
      }
    }),
    law("loses no write of writers who read, change and write again", async (a, b, key) => {
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
      mustBe(record?.version, all, "the version, and how many writes were acknowledged");
      mustBe(record?.forcedAtMs.length, all, "what those writes left behind");
    }),
    law("shows a write to every read that begins after it", async (a, b, key) => {
      for (let version = 1; version <= 20; version += 1) {
        const [writer, reader] = version % 2 === 0 ? [a, b] : [b, a];
        mustBe(await writer.replace(key, lease(version)), true, `version ${version}`);
        mustBe((await reader.read(key))?.version, version, "the version that another process reads");
      }
    }),
    law("keeps keys apart", async (a, b, key) => {
      mustBe(await a.replace(key, fullRecord(1)), true, "a write to one key");
      for (const other of [`${key}x`, key.toUpperCase(), key.slice(0, -1)]) {
        mustBe(await b.read(other), undefined, `the key ${other}`);
      }
    }),
  ];
}

/** Every field, with values at their edges: a long token, letters beyond ASCII, times above 32 bits. */
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

function lease(version: number): TokenRecord {
  return { version, leaseUntilMs: 1_700_000_010_000 + version, forcedAtMs: [] };
}

function mustBe(actual: unknown, expected: unknown, what: string): void {
  const [is, shouldBe] = [inOrder(actual), inOrder(expected)];
  if (is !== shouldBe) throw new Error(`${what}: ${brief(is)} instead of ${brief(shouldBe)}`);
}

/** As JSON with sorted names: the order of a record's fields means nothing. */
function inOrder(value: unknown): string {
  const sorted = JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return sorted ?? "undefined";
}

function brief(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
