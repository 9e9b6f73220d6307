import { stopwatch, withTimeout } from "./clock.js";
import type { KeptToken } from "./known-token.js";
import { type Settings, type TokenKeeperOptions, toSettings } from "./options.js";
import { firstBackoffMs } from "./record.js";
import { type RefreshRequest, SharedToken } from "./shared-token.js";
import { type Refusal, readRefusal, TokenUnavailableError } from "./token-unavailable.js";

interface InFlightRefresh<Value extends string> {
  readonly request: RefreshRequest<Value>;
  readonly result: Promise<KeptToken<Value>>;
}

/** How long a caller waits for a store that does not answer while this process has a live token. */
const readTimeoutMs = 250;

/**
 * Keeps one token that many callers share: an app's global token, or its JS-SDK ticket.
 *
 * Of all callers, in all processes that use the same store, one fetches the token and the others receive the same
 * one. The next token is fetched before the current one expires, and callers use the current one meanwhile.
 *
 * The processes' clocks should agree within a few seconds. If they do not, a process may fetch once more than needed
 * or use a token that has just expired; no process is locked out, and an older token never replaces a newer one.
 */
export class TokenKeeper<Value extends string = string> {
  readonly #settings: Settings<Value>;
  readonly #shared: SharedToken<Value>;
  /** This process runs one refresh at a time; later callers join it. */
  #inFlight: InFlightRefresh<Value> | undefined;
  /** The read of the store that is under way, and since when. */
  #reading: { readonly ended: Promise<void>; readonly age: () => number } | undefined;

  /** @throws {TypeError} an invalid option */
  constructor(options: TokenKeeperOptions<Value>) {
    this.#settings = toSettings(options);
    this.#shared = new SharedToken(this.#settings);
  }

  /**
   * The current token. Returns at once while this process has a live one.
   *
   * @throws {TokenUnavailableError} there is none, and none could be fetched
   */
  async get(): Promise<KeptToken<Value>> {
    const shared = this.#shared;
    const sinceCall = stopwatch(this.#settings.clock);
    await this.#ensureRecentRead(sinceCall);
    const token = shared.known.liveToken();
    if (token && token.value !== this.#inFlight?.request.refused) {
      // Not awaited: onEvent receives any failure, and the current token is still live.
      if (shared.known.isDue() && this.#settings.clock.now() >= shared.retryAtMs) this.#refreshAhead();
      return token;
    }
    const result = this.#inFlight?.result ?? this.#startRefresh({ isAcceptable: () => true });
    const found = await result.catch((error: unknown) => {
      if (!shared.known.liveToken()) throw error;
      return undefined; // a live token is better than none: the refusal may have had another reason
    });
    await this.#ensureRecentRead(sinceCall);
    return shared.known.liveToken() ?? found ?? this.get();
  }

  /**
   * Runs a call with the token. When WeChat refuses the token (errcode 40001, 40014 or 42001, thrown as an
   * error's field or returned as a field of the answer), the call runs once more with another token. The result of
   * the second run is final.
   *
   * @param call must be safe to run twice: WeChat refused the first run as a whole
   * @throws {TokenUnavailableError} as {@link get} and {@link replace}, with the first run's `refusal`, if there was
   * one; and anything that `call` throws
   */
  async use<T>(call: (token: Value) => Promise<T>): Promise<T> {
    const { value } = await this.get();
    let refusal: Refusal | undefined;
    try {
      const result = await call(value);
      refusal = readRefusal(result, value);
      if (!refusal) return result;
    } catch (error) {
      refusal = readRefusal(error, value);
      if (!refusal) throw error;
    }
    const other = await this.replace(value).catch(({ reason, retryAtMs, cause }: TokenUnavailableError) => {
      // A new error for each caller: all callers that waited share the caught one.
      throw new TokenUnavailableError(reason, retryAtMs, cause, refusal);
    });
    return call(other.value);
  }

  /**
   * Another token in place of one that WeChat refused. If the refused token is no longer the current one, the current
   * one is returned. Fetches in normal mode first; forces a refresh only if the same token came back, and at growing
   * intervals: at most 12 times in 24 hours. If the source cannot force, each fetch may invalidate the previous token;
   * then the same limit applies to any token younger than 5 minutes.
   *
   * @throws {TokenUnavailableError} SAME_TOKEN: it came back, or it is too early to force a new one
   */
  async replace(refused: string): Promise<KeptToken<Value>> {
    for (;;) {
      const token = this.#shared.known.liveToken();
      if (token && token.value !== refused) return token;
      const inFlight = this.#inFlight;
      if (!inFlight) return this.#startRefresh({ refused, isAcceptable: ({ value }) => value !== refused });
      if (inFlight.request.refused === refused) return inFlight.result;
      await inFlight.result.catch(() => {}); // it may give an acceptable token; a failure goes to the caller that started it
    }
  }

  /**
   * Fetches a token now, in normal mode, even if the current one is good or WeChat failed a moment ago; for an
   * operator's button. Joins a fetch that is under way.
   *
   * @throws {TokenUnavailableError} the fetch failed
   */
  async refresh(): Promise<KeptToken<Value>> {
    for (;;) {
      const inFlight = this.#inFlight;
      if (!inFlight) {
        const request: RefreshRequest<Value> = {
          ignoreBackoff: true,
          isAcceptable: (token) => token !== request.tokenBefore,
        };
        return this.#startRefresh(request);
      }
      const { ignoreBackoff } = inFlight.request;
      const token = await inFlight.result.catch((error: unknown) => {
        if (ignoreBackoff) throw error;
        return inFlight.request.tokenBefore; // that refresh may have failed because of the backoff, which does not apply here
      });
      if (token && token !== inFlight.request.tokenBefore) return token;
    }
  }

  /**
   * Fetches the next token if the current one is due, or if there is none; for a job that keeps a token fresh without
   * callers. Unlike {@link refresh} it respects the backoff after a failure, and unlike {@link get} it waits for the fetch.
   *
   * @returns undefined if none is due, or the backoff is not over
   * @throws {TokenUnavailableError} the fetch failed
   */
  async refreshIfDue(): Promise<KeptToken<Value> | undefined> {
    await this.#readWithTimeout();
    const { clock } = this.#settings;
    const { known, retryAtMs } = this.#shared;
    // By either clock: a wall clock that was set ahead brings a fetch forward, which does no harm in normal mode.
    const isDue = () => known.isDue() || (known.latest?.refreshAtMs ?? 0) <= clock.now();
    if (!isDue() || clock.now() < retryAtMs) return undefined;
    return this.#inFlight?.result ?? this.#startRefresh({ isAcceptable: () => !isDue() });
  }

  #refreshAhead(): void {
    if (this.#inFlight) return;
    this.#startRefresh({ isAcceptable: () => !this.#shared.known.isDue() }).catch(() => {
      // The store holds the backoff after WeChat's failures, for the next read; a failing store cannot hold one.
      this.#shared.retryAtMs = this.#settings.clock.now() + firstBackoffMs;
    });
  }

  /** Bounded by `waitMs` even if the store or WeChat hangs; after that the next caller starts a new refresh. */
  #startRefresh(request: RefreshRequest<Value>): Promise<KeptToken<Value>> {
    const { clock, waitMs, emit } = this.#settings;
    const onTimeout = () => {
      request.isAbandoned = true;
      emit({ kind: "failed", reason: "DEADLINE" });
      throw new TokenUnavailableError("DEADLINE");
    };
    const result = withTimeout(clock, waitMs, this.#runRefresh(request), onTimeout).finally(() => {
      this.#inFlight = undefined;
    });
    this.#inFlight = { result, request };
    return result;
  }

  async #runRefresh(request: RefreshRequest<Value>): Promise<KeptToken<Value>> {
    try {
      return await this.#shared.refresh(request);
    } catch (error) {
      if (error instanceof TokenUnavailableError) throw error;
      throw this.#toStoreError(error);
    }
  }

  /** Makes sure that a live token is at least as new as what the store held `recheckMs` before the call. */
  async #ensureRecentRead(sinceCall: () => number): Promise<void> {
    const { recheckMs } = this.#settings;
    // Twice, because the read it joins may have begun too long ago, in a process that was frozen. Not more often: with
    // a clock that has no `monotonic` and was set back, the loop would last for as long as the clock went back.
    for (let reads = 0; reads < 2; reads += 1) {
      if (!this.#shared.known.liveToken() || this.#shared.known.ageOfLastRead() - sinceCall() <= recheckMs)
        return;
      await this.#readWithTimeout();
    }
  }

  /** Reads the store within `readTimeoutMs`. A slow or failing store delays or fails no caller with a live token. */
  #readWithTimeout(): Promise<void> {
    const { clock, leaseMs } = this.#settings;
    const age = stopwatch(clock);
    // Join a read that hangs for up to one lease: a new read for every caller would fill the memory.
    if (!this.#reading || this.#reading.age() >= leaseMs) {
      const ended = this.#readStore(age).then(() => {
        // A read that hung for longer than a lease may end while a newer one runs.
        if (this.#reading?.ended === ended) this.#reading = undefined;
      });
      this.#reading = { ended, age };
    }
    return withTimeout(clock, readTimeoutMs, this.#reading.ended, () => {
      this.#shared.known.ageOfLastRead = age; // so that not every caller waits for it
    });
  }

  async #readStore(age: () => number): Promise<void> {
    try {
      await this.#shared.readStore();
    } catch (error) {
      this.#shared.known.ageOfLastRead = age;
      this.#toStoreError(error);
    }
  }

  #toStoreError(error: unknown): TokenUnavailableError {
    this.#settings.emit({ kind: "failed", reason: "STORE" });
    return new TokenUnavailableError("STORE", undefined, error);
  }
}
