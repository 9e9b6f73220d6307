/**
 * Where keepers of several processes meet. One record for each key; whoever writes must have seen what was there.
 *
 * The laws, which `storeContract` of `wechat-oauth/testing` tries on any store:
 *
 * 1. A key that was never written reads as undefined.
 * 2. `replace` writes if, and only if, what is stored has the version just before the new one (0 where nothing is
 *    stored), and says which. Comparing and writing are one step: of any number of writers at once one wins.
 * 3. A read that begins after a write has ended sees that write or a later one, whatever process asks.
 *    So no reads from a lagging replica.
 * 4. A record is read as it was written, every field of it, and keys do not touch each other. Numbers come back as
 *    numbers: a driver of SQL may make text or a bigint of a large one.
 *
 * What is read is looked at before it is believed, whoever wrote it. What is no record counts as a store that failed:
 * the error's cause names the field, nobody writes over it, and who has a token that lives goes on with it.
 *
 * A store may lose what it held: whoever goes on costs one more fetch, and the token that was fetched last wins.
 * (Versions then begin anew. A process that was asking just then may find by chance that its version is the next
 * one; what it overwrites costs one more fetch.)
 *
 * A record may be forgotten, whole, after two days without a write: WeChat's daily count goes back no further.
 * In SQL: `UPDATE … WHERE key = ? AND version = ?`, and for version 1 `INSERT … ON CONFLICT DO NOTHING`.
 */
export interface TokenStore {
  read(key: string): Promise<TokenRecord | undefined>;
  /** @returns whether it was written. False is no error: somebody else was faster. */
  replace(key: string, record: TokenRecord): Promise<boolean>;
}

/** What a store keeps for one token: plain data that survives JSON. Times are unix ms by the writer's clock. */
export interface TokenRecord {
  /** 1 for the first one, then one more with each write. This is what keeps a frozen process from writing late. */
  readonly version: number;
  /** Until then one process asks WeChat, and the others wait; 0 when nobody does. */
  readonly leaseUntilMs: number;
  /** The latest token, until a newer one takes its place; it may have expired. */
  readonly token?: StoredToken;
  /** How the latest attempt went wrong; absent after a good one. */
  readonly failure?: StoredFailure;
  /** When forced refreshes were asked for, of the last 24 hours: WeChat allows 20. */
  readonly forcedAtMs: readonly number[];
}

/** One token at rest. */
export interface StoredToken {
  /** As `seal` made it; the token itself without a `seal`. A few hundred characters, 4096 at most. */
  readonly sealed: string;
  /** The first 12 hex digits of the token's SHA-256: what may be shown. */
  readonly fingerprint: string;
  /** Grows by one with each new token: the higher one is the newer one. */
  readonly generation: number;
  readonly fetchedAtMs: number;
  readonly expiresAtMs: number;
  /** From then on somebody asks for the next one, while this one is still served. */
  readonly refreshAtMs: number;
}

/** Why there is no new token, without anything secret. */
export interface StoredFailure {
  /** What `explainErrcode` explains: an errcode as text, or `TIMEOUT` and its like; otherwise an error's name. */
  readonly reason: string;
  readonly failuresInRow: number;
  readonly failedAtMs: number;
  /** Nobody asks WeChat before. */
  readonly retryAtMs: number;
}
