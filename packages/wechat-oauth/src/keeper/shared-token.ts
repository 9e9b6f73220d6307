import { checkRecord, maxLifetimeMs } from "./check-record.js";
import { stopwatch, withTimeout } from "./clock.js";
import { fingerprint } from "./fingerprint.js";
import { type KeptToken, KnownToken } from "./known-token.js";
import type { Settings } from "./options.js";
import {
  addForcedRefresh,
  emptyRecord,
  isInBackoff,
  isLeased,
  isYoung,
  refreshTime,
  withFailure,
  withinDay,
  withToken,
} from "./record.js";
import type { FetchedToken } from "./sources.js";
import type { StoredToken, TokenRecord } from "./store.js";
import { reasonOf, TokenUnavailableError } from "./token-unavailable.js";

/** What a caller needs from a refresh. */
export interface RefreshRequest<Value extends string> {
  /** Whether a live token is good enough for the caller. */
  isAcceptable(token: KeptToken<Value>): boolean;
  /** The token that WeChat refused. If a normal fetch returns it again, only a forced refresh can replace it. */
  readonly refused?: string;
  /** Set for an operator's request: the cause of the last failure may just have been fixed. */
  readonly ignoreBackoff?: boolean;
  /** The token that was live when the refresh began. */
  tokenBefore?: KeptToken<Value> | undefined;
  /** Set when `waitMs` is over: no caller waits for the result any longer. */
  isAbandoned?: boolean;
}

/** A waiting process polls the store at growing intervals, between these two. */
const firstPollMs = 20;
const maxPollMs = 500;

/**
 * One process's view of the token that several processes share, and how it gets a newer one.
 *
 * Only the process that holds the lease writes to the store, and each write names the version before it. So one
 * process at a time calls WeChat, and a process that was frozen past the end of its lease cannot write, because the
 * version has changed.
 */
export class SharedToken<Value extends string> {
  readonly known: KnownToken<Value>;
  /** End of the backoff after a failure: no process calls WeChat before; unix ms. */
  retryAtMs = 0;
  readonly #settings: Settings<Value>;
  /** The forced refreshes that this process has seen: a store may lose them, but WeChat still counts them. */
  #forcedAtMs: readonly number[] = [];

  constructor(settings: Settings<Value>) {
    this.#settings = settings;
    this.known = new KnownToken(settings.clock);
  }

  /** Reads the store and adopts a newer token. */
  async readStore(): Promise<TokenRecord> {
    const { store, source, clock } = this.#settings;
    const age = stopwatch(clock);
    const knownGeneration = this.known.generation;
    const found = await store.read(source.key);
    const record = this.#mergeForced(found ? checkRecord(found) : emptyRecord);
    this.retryAtMs = record.failure && isInBackoff(record, this.#now()) ? record.failure.retryAtMs : 0;
    if (record.token) await this.#adopt(record.token, knownGeneration);
    this.known.ageOfLastRead = age; // only now: until the token is adopted, callers must not rely on this read
    return record;
  }

  /**
   * Fetches from WeChat, or waits for the process that does, until there is an acceptable token.
   *
   * @throws {TokenUnavailableError} the fetch failed, or the backoff after a failure is not over
   */
  async refresh(request: RefreshRequest<Value>): Promise<KeptToken<Value>> {
    const { source, clock, leaseMs, emit } = this.#settings;
    let waitedFor: (() => number) | undefined;
    let version: number | undefined;
    let unchangedFor = stopwatch(clock);
    for (let round = 0; !request.isAbandoned; round += 1) {
      const record = await this.readStore();
      const now = this.#now();
      const found = this.known.liveToken();
      if (round === 0) request.tokenBefore = found;
      if (record.version !== version) {
        version = record.version;
        unchangedFor = stopwatch(clock);
      }
      const isFound = found !== undefined && request.isAcceptable(found);
      // A lease that this process has watched for its whole length is over, even if the wall clocks disagree.
      if (isFound || !isLeased(record, now, leaseMs) || unchangedFor() >= leaseMs) {
        if (waitedFor) {
          emit({ kind: "waited", durationMs: waitedFor() });
          waitedFor = undefined;
        }
        if (isFound) return found;
        if (record.failure && isInBackoff(record, now) && !request.ignoreBackoff) {
          throw new TokenUnavailableError(record.failure.reason, record.failure.retryAtMs);
        }
        const isForced = request.refused !== undefined && !source.force && found && isYoung(found, now);
        const forcedAtMs = isForced ? addForcedRefresh(record, now) : record.forcedAtMs;
        if (!forcedAtMs) throw new TokenUnavailableError("SAME_TOKEN");
        const leased = await this.#acquireLease(record, forcedAtMs);
        const fetched = leased && (await this.#fetch(leased, request.refused));
        if (fetched) return fetched;
      }
      waitedFor ??= stopwatch(clock); // another process is fetching
      await this.#waitForNextPoll(round);
    }
    throw new TokenUnavailableError("DEADLINE");
  }

  #mergeForced(record: TokenRecord): TokenRecord {
    this.#forcedAtMs = withinDay([...this.#forcedAtMs, ...record.forcedAtMs], this.#now());
    return { ...record, forcedAtMs: this.#forcedAtMs };
  }

  /** @returns undefined when another process was faster */
  async #acquireLease(record: TokenRecord, forcedAtMs: readonly number[]): Promise<TokenRecord | undefined> {
    const { clock, leaseMs } = this.#settings;
    const age = stopwatch(clock);
    const leaseUntilMs = this.#now() + leaseMs;
    const leased = this.#mergeForced({ ...record, version: record.version + 1, leaseUntilMs, forcedAtMs });
    const isMine = await this.#write(leased);
    return isMine && age() < leaseMs ? leased : undefined; // a slow store may have used it up
  }

  /**
   * Fetches a token while this process holds the lease, and stores it.
   *
   * @returns undefined when the lease was lost meanwhile to another process
   */
  async #fetch(leased: TokenRecord, refused: string | undefined): Promise<KeptToken<Value> | undefined> {
    const { source, clock, emit } = this.#settings;
    const age = stopwatch(clock);
    let record = leased;
    try {
      let fresh = await this.#request(source.fetch());
      if (fresh.value === refused) {
        const forcedAtMs = source.force && addForcedRefresh(record, this.#now());
        if (!source.force || !forcedAtMs) throw new TokenUnavailableError("SAME_TOKEN");
        const counted = await this.#acquireLease(record, forcedAtMs); // stored before the call, so that a crash does not lose the count
        if (!counted) return this.#reportLostLease();
        record = counted;
        fresh = await this.#request(source.force());
        if (fresh.value === refused) throw new TokenUnavailableError("SAME_TOKEN");
      }
      const durationMs = age();
      const stored = await this.#withinLease(this.#toStored(fresh, record, age), "STORE");
      const ageOfWrite = stopwatch(clock);
      const kept = withToken(record, stored);
      if (!(await this.#withinLease(this.#write(kept), "STORE").catch(throwStoreError)))
        return this.#reportLostLease();
      this.known.update(stored, fresh.value);
      this.known.ageOfLastRead = ageOfWrite;
      const token = this.known.liveToken();
      if (token) {
        emit({ kind: "fetched", ...this.#tokenFields(stored), isForced: record !== leased, durationMs });
        return token;
      }
      record = { ...record, ...kept }; // with the failures so far, so that the backoff goes on growing
      throw noTokenError();
    } catch (error) {
      return this.#fail(record, error);
    }
  }

  /** Waits for one response of the source and checks that it holds a token. */
  async #request(response: Promise<FetchedToken<Value>>): Promise<FetchedToken<Value>> {
    const fresh = await this.#withinLease(response, "TIMEOUT");
    if (fresh.value && fresh.expiresInSeconds > 0) return fresh;
    throw noTokenError();
  }

  /** Nothing may outlast the lease: neither the source nor `seal` nor the store. @param reason of the timeout error */
  #withinLease<T>(promise: Promise<T>, reason: "TIMEOUT" | "STORE"): Promise<T> {
    const { clock, leaseMs } = this.#settings;
    return withTimeout(clock, leaseMs, promise, () => {
      throw new TokenUnavailableError(reason);
    });
  }

  async #toStored(fresh: FetchedToken<Value>, record: TokenRecord, age: () => number): Promise<StoredToken> {
    const { source, random, seal } = this.#settings;
    const { latest, generation } = this.known;
    const newest = Math.max(generation, record.token?.generation ?? 0);
    const isSame = latest?.value === fresh.value && generation === newest;
    const [sealed, digest] = [await seal(fresh.value), await fingerprint(fresh.value)];
    const fetchedAtMs = this.#now();
    const startedAtMs = fetchedAtMs - age(); // a token's lifetime counts from the request, and the answer may have been slow
    const expiresAtMs = startedAtMs + Math.min(fresh.expiresInSeconds * 1000, maxLifetimeMs);
    if (expiresAtMs <= fetchedAtMs) throw noTokenError();
    const aheadSeconds = source.refreshAheadSeconds ?? 300;
    return {
      sealed,
      fingerprint: digest,
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
    if (!(await this.#write(failed))) return this.#reportLostLease();
    const { reason, failuresInRow, retryAtMs } = failed.failure;
    this.retryAtMs = retryAtMs;
    this.#settings.emit({ kind: "failed", reason, failuresInRow, retryAtMs });
    throw new TokenUnavailableError(reason, retryAtMs, error);
  }

  #reportLostLease(): undefined {
    this.#settings.emit({ kind: "lost_lease" });
  }

  async #adopt(stored: StoredToken, knownGeneration: number): Promise<void> {
    const { known } = this;
    const isNewer = stored.generation !== known.generation;
    const value = known.valueOfSealed(stored.sealed) ?? (await this.#open(stored.sealed));
    if (value === undefined || !known.update(stored, value, knownGeneration) || !isNewer) return;
    if (!known.liveToken()) return;
    this.#settings.emit({ kind: "reused", ...this.#tokenFields(stored) });
  }

  async #open(sealed: string): Promise<Value | undefined> {
    try {
      const value: unknown = await this.#settings.open(sealed);
      return typeof value === "string" && value ? (value as Value) : undefined;
    } catch {
      return undefined; // sealed with another key: treated as absent
    }
  }

  #tokenFields({ fingerprint, generation, expiresAtMs }: StoredToken) {
    return { fingerprint, generation, expiresAtMs };
  }

  #waitForNextPoll(round: number): Promise<void> {
    const { clock, random } = this.#settings;
    const ms = Math.min(firstPollMs * 1.5 ** round, maxPollMs) * (0.5 + 0.5 * random());
    return new Promise((resolve) => {
      clock.after(ms, resolve);
    });
  }

  #now(): number {
    return this.#settings.clock.now();
  }
}

/** WeChat answered, so the reason must name the store and not WeChat. */
function throwStoreError(error: unknown): never {
  throw error instanceof TokenUnavailableError ? error : new TokenUnavailableError("STORE", undefined, error);
}

/** Also for a token that expired before it could be stored. */
function noTokenError(): TypeError {
  return new TypeError("the source returned no token");
}
