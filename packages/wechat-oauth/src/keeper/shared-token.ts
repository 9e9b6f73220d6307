import { checkRecord, longestLifeMs } from "./check-record.js";
import { stopwatch, within } from "./clock.js";
import { fingerprint } from "./fingerprint.js";
import { type KeptToken, KnownToken } from "./known-token.js";
import type { Settings } from "./options.js";
import {
  countForced,
  emptyRecord,
  isLeased,
  isPaused,
  isYoung,
  refreshTime,
  withFailure,
  withinDay,
  withToken,
} from "./record.js";
import type { FetchedToken } from "./sources.js";
import type { StoredToken, TokenRecord } from "./store.js";
import { reasonOf, TokenUnavailableError } from "./token-unavailable.js";

/** What somebody is looking for. */
export interface Search<Value extends string> {
  /** Whether a token that lives will do. */
  wanted(token: KeptToken<Value>): boolean;
  /** WeChat has refused this one: if a fetch brings it again, it is dead although WeChat thinks it lives. */
  readonly refused?: string;
  /** A person asks, who may just have mended what was wrong: the pause after a failure does not count. */
  readonly isPressed?: boolean;
  /** The token that lived when the search began. */
  before?: KeptToken<Value> | undefined;
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
  readonly known: KnownToken<Value>;
  /** Until then nobody asks WeChat, as it was failing; unix ms. */
  retryAtMs = 0;
  readonly #settings: Settings<Value>;
  /** The forced refreshes that this process knows of: a store may forget them, WeChat does not. */
  #forcedAtMs: readonly number[] = [];

  constructor(settings: Settings<Value>) {
    this.#settings = settings;
    this.known = new KnownToken(settings.clock);
  }

  /** Reads the store, and takes over what is newer there. */
  async look(): Promise<TokenRecord> {
    const { store, source, clock } = this.#settings;
    const age = stopwatch(clock);
    const knownGeneration = this.known.generation;
    const found = await store.read(source.key);
    const record = this.#remember(found ? checkRecord(found) : emptyRecord);
    this.retryAtMs = record.failure && isPaused(record, this.#now()) ? record.failure.retryAtMs : 0;
    if (record.token) await this.#adopt(record.token, knownGeneration);
    this.known.lookedFor = age; // not before: nobody may rely on it until it is there
    return record;
  }

  /**
   * Waits for others or asks WeChat, until there is a token that will do.
   *
   * @throws {TokenUnavailableError} WeChat fails, or did so lately
   */
  async seek(search: Search<Value>): Promise<KeptToken<Value>> {
    const { source, clock, leaseMs, tell } = this.#settings;
    let waitedFor: (() => number) | undefined;
    let version: number | undefined;
    let sameFor = stopwatch(clock);
    for (let round = 0; !search.isOver; round += 1) {
      const record = await this.look();
      const now = this.#now();
      const found = this.known.living();
      if (round === 0) search.before = found;
      if (record.version !== version) {
        version = record.version;
        sameFor = stopwatch(clock);
      }
      const isFound = found !== undefined && search.wanted(found);
      // A lease that has been seen for its whole time is over, whatever the wall clocks say.
      if (isFound || !isLeased(record, now, leaseMs) || sameFor() >= leaseMs) {
        if (waitedFor) {
          tell({ kind: "waited", durationMs: waitedFor() });
          waitedFor = undefined;
        }
        if (isFound) return found;
        if (record.failure && isPaused(record, now) && !search.isPressed) {
          throw new TokenUnavailableError(record.failure.reason, record.failure.retryAtMs);
        }
        const isForced = search.refused !== undefined && !source.force && found && isYoung(found, now);
        const forcedAtMs = isForced ? countForced(record, now) : record.forcedAtMs;
        if (!forcedAtMs) throw new TokenUnavailableError("SAME_TOKEN");
        const leased = await this.#lease(record, forcedAtMs);
        const fetched = leased && (await this.#fetch(leased, search.refused));
        if (fetched) return fetched;
      }
      waitedFor ??= stopwatch(clock); // somebody else is asking
      await this.#poll(round);
    }
    throw new TokenUnavailableError("DEADLINE");
  }

  #remember(record: TokenRecord): TokenRecord {
    this.#forcedAtMs = withinDay([...this.#forcedAtMs, ...record.forcedAtMs], this.#now());
    return { ...record, forcedAtMs: this.#forcedAtMs };
  }

  /** @returns undefined when somebody else was faster */
  async #lease(record: TokenRecord, forcedAtMs: readonly number[]): Promise<TokenRecord | undefined> {
    const { clock, leaseMs } = this.#settings;
    const age = stopwatch(clock);
    const leaseUntilMs = this.#now() + leaseMs;
    const leased = this.#remember({ ...record, version: record.version + 1, leaseUntilMs, forcedAtMs });
    const isMine = await this.#write(leased);
    return isMine && age() < leaseMs ? leased : undefined; // a slow store may have used it up
  }

  /**
   * Asks WeChat, holding the lease, and stores what it answers.
   *
   * @returns undefined when the lease was lost meanwhile: somebody else is asking or has asked
   */
  async #fetch(leased: TokenRecord, refused: string | undefined): Promise<KeptToken<Value> | undefined> {
    const { source, clock, tell } = this.#settings;
    const age = stopwatch(clock);
    let record = leased;
    try {
      let fresh = await this.#ask(source.fetch());
      if (fresh.value === refused) {
        const forcedAtMs = source.force && countForced(record, this.#now());
        if (!source.force || !forcedAtMs) throw new TokenUnavailableError("SAME_TOKEN");
        const counted = await this.#lease(record, forcedAtMs); // counted first: a crash must not forget it
        if (!counted) return this.#lose();
        record = counted;
        fresh = await this.#ask(source.force());
        if (fresh.value === refused) throw new TokenUnavailableError("SAME_TOKEN");
      }
      const durationMs = age();
      const stored = await this.#inTime(this.#toStored(fresh, record, age), "STORE");
      const keptFor = stopwatch(clock);
      const kept = withToken(record, stored);
      if (!(await this.#inTime(this.#write(kept), "STORE").catch(storeFailed))) return this.#lose();
      this.known.learn(stored, fresh.value);
      this.known.lookedFor = keptFor;
      const token = this.known.living();
      if (token) {
        tell({ kind: "fetched", ...this.#facts(stored), isForced: record !== leased, durationMs });
        return token;
      }
      record = { ...record, ...kept }; // with the failures so far: it must not be asked for again at once
      throw noToken();
    } catch (error) {
      return this.#fail(record, error);
    }
  }

  /** One request to WeChat. */
  async #ask(asked: Promise<FetchedToken<Value>>): Promise<FetchedToken<Value>> {
    const fresh = await this.#inTime(asked, "TIMEOUT");
    if (fresh.value && fresh.expiresInSeconds > 0) return fresh;
    throw noToken();
  }

  /** Nothing may outlast the lease, whatever source, `seal` or store believe. @param reason why, if it does */
  #inTime<T>(promise: Promise<T>, reason: "TIMEOUT" | "STORE"): Promise<T> {
    const { clock, leaseMs } = this.#settings;
    return within(clock, leaseMs, promise, () => {
      throw new TokenUnavailableError(reason);
    });
  }

  async #toStored(fresh: FetchedToken<Value>, record: TokenRecord, age: () => number): Promise<StoredToken> {
    const { source, random, seal } = this.#settings;
    const { latest, generation } = this.known;
    const newest = Math.max(generation, record.token?.generation ?? 0);
    const isSame = latest?.value === fresh.value && generation === newest;
    const [sealed, print] = [await seal(fresh.value), await fingerprint(fresh.value)];
    const fetchedAtMs = this.#now();
    const startedAtMs = fetchedAtMs - age(); // the answer may have been slow
    const expiresAtMs = startedAtMs + Math.min(fresh.expiresInSeconds * 1000, longestLifeMs);
    if (expiresAtMs <= fetchedAtMs) throw noToken();
    const aheadSeconds = source.refreshAheadSeconds ?? 300;
    return {
      sealed,
      fingerprint: print,
      generation: isSame ? newest : newest + 1,
      fetchedAtMs,
      expiresAtMs,
      refreshAtMs: refreshTime({ startedAtMs, expiresAtMs, aheadSeconds, random: random() }),
    };
  }

  async #write(record: TokenRecord): Promise<boolean> {
    const { store, source } = this.#settings;
    return store.replace(source.key, checkRecord(record));
  }

  async #fail(record: TokenRecord, error: unknown): Promise<undefined> {
    const failed = withFailure(record, reasonOf(error), this.#now());
    if (!(await this.#write(failed))) return this.#lose();
    const { reason, failuresInRow, retryAtMs } = failed.failure;
    this.retryAtMs = retryAtMs;
    this.#settings.tell({ kind: "failed", reason, failuresInRow, retryAtMs });
    throw new TokenUnavailableError(reason, retryAtMs, error);
  }

  #lose(): undefined {
    this.#settings.tell({ kind: "lost_lease" });
  }

  async #adopt(stored: StoredToken, knownGeneration: number): Promise<void> {
    const { known } = this;
    const isNews = stored.generation !== known.generation;
    const value = known.opened(stored.sealed) ?? (await this.#open(stored.sealed));
    if (value === undefined || !known.learn(stored, value, knownGeneration) || !isNews) return;
    if (!known.living()) return;
    this.#settings.tell({ kind: "reused", ...this.#facts(stored) });
  }

  async #open(sealed: string): Promise<Value | undefined> {
    try {
      const value: unknown = await this.#settings.open(sealed);
      return typeof value === "string" && value ? (value as Value) : undefined;
    } catch {
      return undefined; // sealed with another key: as if it were not there
    }
  }

  #facts({ fingerprint, generation, expiresAtMs }: StoredToken) {
    return { fingerprint, generation, expiresAtMs };
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

/** WeChat did its part: who asks why there is no token must not be sent there. */
function storeFailed(error: unknown): never {
  throw error instanceof TokenUnavailableError ? error : new TokenUnavailableError("STORE", undefined, error);
}

/** Nor has it brought one when that ended on its way. */
function noToken(): TypeError {
  return new TypeError("the source brought no token");
}
