/**
 * Where keepers of several processes share a token. One record per key; a writer must have read the record before.
 *
 * The contract, which `storeContract` of `@wechat-login/oauth/testing` checks on any store:
 *
 * 1. A key that was never written reads as undefined.
 * 2. `replace` writes if, and only if, what is stored has the version just before the new one (0 where nothing is
 *    stored), and returns whether it did. The comparison and the write are one atomic step: of several concurrent
 *    writers exactly one wins.
 * 3. A read that begins after a write has ended returns that write or a later one, in every process. So do not read
 *    from a lagging replica.
 * 4. A record is read as it was written, in every field, and keys are independent. Numbers come back as numbers: an
 *    SQL driver may return a large one as text or bigint.
 *
 * The keeper checks each record that it reads. An invalid record counts as a failure of the store: the error's cause
 * names the field, no process overwrites the record, and a process with a live token continues to use it.
 *
 * A store may lose its data: that costs one more fetch, and the token that was fetched last wins. (Versions then
 * start anew. A process that was fetching at that moment may by chance hold the next version; what it overwrites
 * costs one more fetch.)
 *
 * A store may delete a whole record after two days without a write: by then WeChat's daily counts have started anew.
 * In SQL: `UPDATE … WHERE key = ? AND version = ?`, and for version 1 `INSERT … ON CONFLICT DO NOTHING`.
 */
export interface TokenStore {
  read(key: string): Promise<TokenRecord | undefined>;
  /** @returns whether it was written. False is no error: another writer was faster. */
  replace(key: string, record: TokenRecord): Promise<boolean>;
}

/** What a store holds for one token: plain data that survives JSON. Times are unix ms by the writer's clock. */
export interface TokenRecord {
  /** 1 at first, then one more with each write. It prevents a late write by a process that was frozen. */
  readonly version: number;
  /** Until then one process fetches and the others wait; 0 when no process holds the lease. */
  readonly leaseUntilMs: number;
  /** The latest token, which may have expired. */
  readonly token?: StoredToken;
  /** The failure of the latest attempt; absent after a success. */
  readonly failure?: StoredFailure;
  /** When refreshes were forced, of the last 24 hours: WeChat allows 20. */
  readonly forcedAtMs: readonly number[];
}

/** One token at rest. */
export interface StoredToken {
  /** The result of `seal`; the token itself without a `seal`. A few hundred characters, 4096 at most. */
  readonly sealed: string;
  /** The first 12 hex digits of the token's SHA-256: what may be shown. */
  readonly fingerprint: string;
  /** Grows by one with each new token: the token with the higher one is newer. */
  readonly generation: number;
  readonly fetchedAtMs: number;
  readonly expiresAtMs: number;
  /** From then on a process fetches the next token, while this one is still in use. */
  readonly refreshAtMs: number;
}

/** Why there is no new token. Holds no secret. */
export interface StoredFailure {
  /** A code for `explainErrcode` (an errcode as text, or one such as `TIMEOUT`), or else an error's name. */
  readonly reason: string;
  readonly failuresInRow: number;
  readonly failedAtMs: number;
  /** No process calls WeChat before this time. */
  readonly retryAtMs: number;
}
