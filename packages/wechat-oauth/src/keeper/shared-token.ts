import { within } from "./clock.js";
import { fingerprint } from "./fingerprint.js";
import type { Settings } from "./options.js";
import {
  countForced,
  emptyRecord,
  isLeased,
  isPaused,
  refreshTime,
  withFailure,
  withToken,
} from "./record.js";
import type { FetchedToken } from "./sources.js";
import type { StoredToken, TokenRecord } from "./store.js";
import { reasonOf, TokenUnavailableError } from "./token-unavailable.js";

/** A token and what is known of it. Show or log its fingerprint, never the value. */
export interface KeptToken<Value extends string = string> extends Omit<StoredToken, "sealed"> {
  readonly value: Value;
}

/** What somebody is looking for. */
export interface Search<Value extends string> {
  /** Whether a token that lives will do. */
  wanted(token: KeptToken<Value>): boolean;
  /** WeChat has refused this one: if a fetch brings it again, it is dead although WeChat thinks it lives. */
  readonly refused?: string;
  /** A person asks, who may just have mended what was wrong: the pause after a failure does not count. */
  readonly isPressed?: boolean;
  /** Set when nobody waits for it any longer. */
  isOver?: boolean;
}

/** How often somebody who waits looks into the store: soon at first, then less often. */
const firstPollMs = 20;
const longestPollMs = 500;

/**
 * The token that several processes share, as one of them knows it, and the ways to a newer one.
 *
 * The store is only ever written by whoever holds the lease, and each write names the version before it. So one
 * process at a time asks WeChat, and one that slept through the end of its lease cannot write: the version is
 * then another one.
 */
export class SharedToken<Value extends string> {
  /** What this process knows is what the store held then; unix ms. */
  lookedAtMs: number = Number.NEGATIVE_INFINITY;
  /** Until then nobody asks WeChat, as it was failing; unix ms. */
  retryAtMs = 0;
  readonly #settings: Settings<Value>;
  #known: { readonly token: KeptToken<Value>; readonly sealed: string } | undefined;

  constructor(settings: Settings<Value>) {
    this.#settings = settings;
  }

  /** What this process may hand out without asking anybody. */
  living(): KeptToken<Value> | undefined {
    const token = this.#known?.token;
    return token && this.#now() < token.expiresAtMs ? token : undefined;
  }

  /** Reads the store, and takes over what is newer there. */
  async look(): Promise<TokenRecord> {
    const { store, source } = this.#settings;
    const startedAtMs = this.#now();
    const record = (await store.read(source.key)) ?? emptyRecord;
    this.retryAtMs = record.failure && isPaused(record, this.#now()) ? record.failure.retryAtMs : 0;
    if (record.token) await this.#adopt(record.token);
    this.lookedAtMs = Math.max(this.lookedAtMs, startedAtMs); // not before: nobody may rely on it until it is there
    return record;
  }

  /**
   * Waits for others or asks WeChat, until there is a token that will do.
   *
   * @throws {TokenUnavailableError} WeChat fails, or did so lately
   */
  async seek(search: Search<Value>): Promise<KeptToken<Value>> {
    const { source, leaseMs, tell } = this.#settings;
    let waitingSinceMs: number | undefined;
    for (let round = 0; !search.isOver; round += 1) {
      const record = await this.look();
      const now = this.#now();
      const found = this.living();
      const isFound = found !== undefined && search.wanted(found);
      if (isFound || !isLeased(record, now, leaseMs)) {
        if (waitingSinceMs !== undefined) {
          tell({ kind: "waited", key: source.key, durationMs: now - waitingSinceMs });
          waitingSinceMs = undefined;
        }
        if (isFound) return found;
        if (record.failure && isPaused(record, now) && !search.isPressed) {
          throw new TokenUnavailableError(record.failure.reason, record.failure.retryAtMs);
        }
        const leased = await this.#lease(record, record.forcedAtMs);
        const fetched = leased && (await this.#fetch(leased, search.refused));
        if (fetched) return fetched;
      }
      waitingSinceMs ??= now; // somebody else is asking
      await this.#poll(round);
    }
    throw new TokenUnavailableError("DEADLINE");
  }

  /** @returns undefined when somebody else was faster */
  async #lease(record: TokenRecord, forcedAtMs: readonly number[]): Promise<TokenRecord | undefined> {
    const { store, source, leaseMs } = this.#settings;
    const leaseUntilMs = this.#now() + leaseMs;
    const leased = { ...record, version: record.version + 1, leaseUntilMs, forcedAtMs };
    const isMine = await store.replace(source.key, leased);
    return isMine && this.#now() < leaseUntilMs ? leased : undefined; // a slow store may have used it up
  }

  /**
   * Asks WeChat, holding the lease, and stores what it answers.
   *
   * @returns undefined when the lease was lost meanwhile: somebody else is asking or has asked
   */
  async #fetch(leased: TokenRecord, refused: string | undefined): Promise<KeptToken<Value> | undefined> {
    const { store, source, tell } = this.#settings;
    const startedAtMs = this.#now();
    let record = leased;
    let fresh: FetchedToken<Value>;
    let stored: StoredToken;
    try {
      fresh = await this.#ask(source.fetch());
      if (fresh.value === refused) {
        const forcedAtMs = source.force && countForced(record, this.#now());
        if (!source.force || !forcedAtMs) throw new TokenUnavailableError("SAME_TOKEN");
        const counted = await this.#lease(record, forcedAtMs); // counted first: a crash must not forget it
        if (!counted) return this.#lose();
        record = counted;
        fresh = await this.#ask(source.force());
        if (fresh.value === refused) throw new TokenUnavailableError("SAME_TOKEN");
      }
      stored = await this.#toStored(fresh, record, startedAtMs);
    } catch (error) {
      return this.#fail(record, error);
    }
    const storedAtMs = this.#now();
    if (!(await store.replace(source.key, withToken(record, stored)))) return this.#lose();
    this.#know(stored, fresh.value);
    this.lookedAtMs = Math.max(this.lookedAtMs, storedAtMs);
    const isForced = record !== leased;
    const durationMs = stored.fetchedAtMs - startedAtMs;
    tell({ kind: "fetched", ...this.#facts(stored), isForced, durationMs });
    return this.living();
  }

  /** One request to WeChat. It may not outlast the lease, whatever the source believes. */
  async #ask(asked: Promise<FetchedToken<Value>>): Promise<FetchedToken<Value>> {
    const { clock, leaseMs } = this.#settings;
    const fresh = await within(clock, leaseMs, asked, () => {
      throw new TokenUnavailableError("TIMEOUT");
    });
    if (fresh.value && fresh.expiresInSeconds > 0) return fresh;
    throw new TypeError("the source brought no token");
  }

  async #toStored(
    fresh: FetchedToken<Value>,
    record: TokenRecord,
    startedAtMs: number,
  ): Promise<StoredToken> {
    const { source, random, seal } = this.#settings;
    const known = this.#known?.token;
    const newest = Math.max(known?.generation ?? 0, record.token?.generation ?? 0);
    const isSame = known?.value === fresh.value && known.generation === newest;
    const expiresAtMs = startedAtMs + fresh.expiresInSeconds * 1000; // the answer may have been slow
    const aheadSeconds = source.refreshAheadSeconds ?? 300;
    return {
      sealed: await seal(fresh.value),
      fingerprint: await fingerprint(fresh.value),
      generation: isSame ? newest : newest + 1,
      fetchedAtMs: this.#now(),
      expiresAtMs,
      refreshAtMs: refreshTime({ startedAtMs, expiresAtMs, aheadSeconds, random: random() }),
    };
  }

  async #fail(record: TokenRecord, error: unknown): Promise<undefined> {
    const { store, source, tell } = this.#settings;
    const failed = withFailure(record, reasonOf(error), this.#now());
    if (!(await store.replace(source.key, failed))) return this.#lose();
    const { reason, failuresInRow, retryAtMs = 0 } = failed.failure ?? { reason: "", failuresInRow: 0 };
    this.retryAtMs = retryAtMs;
    tell({ kind: "failed", key: source.key, reason, failuresInRow, retryAtMs });
    throw new TokenUnavailableError(reason, retryAtMs, error);
  }

  #lose(): undefined {
    this.#settings.tell({ kind: "lost_lease", key: this.#settings.source.key });
  }

  async #adopt(stored: StoredToken): Promise<void> {
    const known = this.#known;
    const value = known?.sealed === stored.sealed ? known.token.value : await this.#open(stored.sealed);
    const isNews = stored.generation !== known?.token.generation;
    if (value === undefined || !this.#know(stored, value) || !isNews || !this.living()) return;
    this.#settings.tell({ kind: "reused", ...this.#facts(stored) });
  }

  /** An older one changes nothing: a slow answer of the store may arrive after a newer one. */
  #know({ sealed, ...facts }: StoredToken, value: Value): boolean {
    if (facts.generation < (this.#known?.token.generation ?? 0)) return false;
    this.#known = { token: { ...facts, value }, sealed };
    return true;
  }

  async #open(sealed: string): Promise<Value | undefined> {
    try {
      return (await this.#settings.open(sealed)) as Value | undefined;
    } catch {
      return undefined; // sealed with another key: as if it were not there
    }
  }

  #facts({ fingerprint, generation, expiresAtMs }: StoredToken) {
    return { key: this.#settings.source.key, fingerprint, generation, expiresAtMs };
  }

  #poll(round: number): Promise<void> {
    const { clock, random } = this.#settings;
    const ms = Math.min(firstPollMs * 1.5 ** round, longestPollMs) * (0.5 + 0.5 * random());
    return new Promise((resolve) => {
      clock.after(ms, resolve);
    });
  }

  #now(): number {
    return this.#settings.clock.now();
  }
}
