import { stopwatch, within } from "./clock.js";
import type { KeptToken } from "./known-token.js";
import { type Settings, type TokenKeeperOptions, toSettings } from "./options.js";
import { firstPauseMs } from "./record.js";
import { type Search, SharedToken } from "./shared-token.js";
import { type Refusal, readRefusal, TokenUnavailableError } from "./token-unavailable.js";

interface Flight<Value extends string> {
  readonly search: Search<Value>;
  readonly landing: Promise<KeptToken<Value>>;
}

/** A caller that has a living token waits no longer than this for a store that does not answer. */
const lookMs = 250;

/**
 * Keeps one token that many need: an app's global token, or its JS-SDK ticket.
 *
 * However many callers, in however many processes over one store: one of them fetches, the others are given what
 * it got. The next token is fetched before the old one ends, while everybody goes on with the old one.
 *
 * The processes' clocks should agree within a few seconds. Where they do not, somebody fetches once more than
 * needed or meets a token that has just ended; nobody is locked out, and a newer token is never lost to an older.
 */
export class TokenKeeper<Value extends string = string> {
  readonly #settings: Settings<Value>;
  readonly #shared: SharedToken<Value>;
  /** The one search of this process that is under way, which everybody joins. */
  #flight: Flight<Value> | undefined;
  /** The read of the store that is under way, and for how long. */
  #reading: { readonly ended: Promise<void>; readonly age: () => number } | undefined;

  /** @throws {TypeError} an option that can never work */
  constructor(options: TokenKeeperOptions<Value>) {
    this.#settings = toSettings(options);
    this.#shared = new SharedToken(this.#settings);
  }

  /**
   * The current token. Returns at once while this process knows one that lives.
   *
   * @throws {TokenUnavailableError} there is none, and WeChat gives none
   */
  async get(): Promise<KeptToken<Value>> {
    const shared = this.#shared;
    const calledFor = stopwatch(this.#settings.clock);
    await this.#lookSince(calledFor);
    const token = shared.known.living();
    if (token && token.value !== this.#flight?.search.refused) {
      // Not waited for: what goes wrong is told to onEvent, and this token still lives.
      if (shared.known.isDue() && this.#settings.clock.now() >= shared.retryAtMs) this.#refreshAhead();
      return token;
    }
    const landing = this.#flight?.landing ?? this.#fly({ wanted: () => true });
    const found = await landing.catch((error: unknown) => {
      if (!shared.known.living()) throw error;
      return undefined; // it lives, perhaps refused, perhaps not for its own sake: better than none
    });
    await this.#lookSince(calledFor);
    return shared.known.living() ?? found ?? this.get();
  }

  /**
   * Runs a call with the token. When WeChat refuses the token (errcode 40001, 40014 or 42001, thrown as an
   * error's field or returned as a field of the answer), it runs once more with another one. What the second run
   * brings is final.
   *
   * @param call must not mind to be run twice: the first run was refused as a whole
   * @throws {TokenUnavailableError} as {@link get} and {@link replace}, with the first run's `refusal`, if there was
   * one; and whatever `call` throws
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
      // Another error for each: the one that was caught is shared by all who waited.
      throw new TokenUnavailableError(reason, retryAtMs, cause, refusal);
    });
    return call(other.value);
  }

  /**
   * Another token than this one, which WeChat refused. It is replaced only if it is still the current one: a
   * complaint that comes late is answered with what is current by then. Asks in normal mode first; by force only
   * if the same token came back, and ever more seldom: at most 12 times in 24 hours. Where a source cannot force, and
   * ends a token by giving another, the same holds for every token that is younger than 5 minutes.
   *
   * @throws {TokenUnavailableError} SAME_TOKEN: it came back, or it is too early to have another made
   */
  async replace(refused: string): Promise<KeptToken<Value>> {
    for (;;) {
      const token = this.#shared.known.living();
      if (token && token.value !== refused) return token;
      const flight = this.#flight;
      if (!flight) return this.#fly({ refused, wanted: ({ value }) => value !== refused });
      if (flight.search.refused === refused) return flight.landing;
      await flight.landing.catch(() => {}); // it may bring what is wanted here; whoever began it hears of failures
    }
  }

  /**
   * Asks WeChat now, in normal mode, although the current token may be good or WeChat failed a moment ago; for an
   * operator's button. Joins whoever is asking already.
   *
   * @throws {TokenUnavailableError} WeChat gives none
   */
  async refresh(): Promise<KeptToken<Value>> {
    for (;;) {
      const flight = this.#flight;
      if (!flight) {
        const search: Search<Value> = { isPressed: true, wanted: (token) => token !== search.before };
        return this.#fly(search);
      }
      const { isPressed } = flight.search;
      const token = await flight.landing.catch((error: unknown) => {
        if (isPressed) throw error;
        return flight.search.before; // others may keep to the pause after a failure
      });
      if (token && token !== flight.search.before) return token;
    }
  }

  #refreshAhead(): void {
    if (this.#flight) return;
    this.#fly({ wanted: () => !this.#shared.known.isDue() }).catch(() => {
      // WeChat's failures have pauses in the store, which the next look finds; a store that fails cannot keep any.
      this.#shared.retryAtMs = this.#settings.clock.now() + firstPauseMs;
    });
  }

  /** Whatever hangs, store or WeChat: after `waitMs` it is over, and the next caller begins anew. */
  #fly(search: Search<Value>): Promise<KeptToken<Value>> {
    const { clock, waitMs, tell } = this.#settings;
    const late = () => {
      search.isOver = true;
      tell({ kind: "failed", reason: "DEADLINE" });
      throw new TokenUnavailableError("DEADLINE");
    };
    const landing = within(clock, waitMs, this.#seek(search), late).finally(() => {
      this.#flight = undefined;
    });
    this.#flight = { landing, search };
    return landing;
  }

  async #seek(search: Search<Value>): Promise<KeptToken<Value>> {
    try {
      return await this.#shared.seek(search);
    } catch (error) {
      if (error instanceof TokenUnavailableError) throw error;
      throw this.#storeFailed(error);
    }
  }

  /** Sees to it that a token which lives is no older than what the store held `recheckMs` before the call. */
  async #lookSince(calledFor: () => number): Promise<void> {
    const { recheckMs } = this.#settings;
    // Twice if the look that it joins began too long ago: in a process that was frozen. No more: a clock without
    // `monotonic` that was set back meanwhile would have it look for as long as the clock went back.
    for (let looks = 0; looks < 2; looks += 1) {
      if (!this.#shared.known.living() || this.#shared.known.lookedFor() - calledFor() <= recheckMs) return;
      await this.#look();
    }
  }

  /** A look into the store that delays nobody for long, and fails nobody. */
  #look(): Promise<void> {
    const { clock, leaseMs } = this.#settings;
    const age = stopwatch(clock);
    // A read that hangs is joined for a while: one more with every look would fill the memory.
    if (!this.#reading || this.#reading.age() >= leaseMs) this.#reading = { ended: this.#read(age), age };
    return within(clock, lookMs, this.#reading.ended, () => {
      this.#shared.known.lookedFor = age; // not again with every caller
    });
  }

  async #read(age: () => number): Promise<void> {
    try {
      await this.#shared.look();
    } catch (error) {
      this.#shared.known.lookedFor = age;
      this.#storeFailed(error);
    }
    this.#reading = undefined;
  }

  #storeFailed(error: unknown): TokenUnavailableError {
    this.#settings.tell({ kind: "failed", reason: "STORE" });
    return new TokenUnavailableError("STORE", undefined, error);
  }
}
