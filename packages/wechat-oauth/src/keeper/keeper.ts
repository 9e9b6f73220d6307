import { within } from "./clock.js";
import { type Settings, type TokenKeeperOptions, toSettings } from "./options.js";
import { type KeptToken, type Search, SharedToken } from "./shared-token.js";
import { TokenUnavailableError } from "./token-unavailable.js";

interface Flight<Value extends string> {
  readonly refused?: string;
  readonly landing: Promise<KeptToken<Value>>;
}

/** WeChat's ways to say that a global token is not, or no longer, good. */
const refusals: readonly unknown[] = [40001, 40014, 42001];

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
  #looking: Promise<void> | undefined;

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
    const soundSinceMs = this.#now() - this.#settings.recheckMs;
    await this.#lookSince(soundSinceMs);
    const token = shared.living();
    if (token && token.value !== this.#flight?.refused) {
      // Not waited for: what goes wrong is told to onEvent, and this token still lives.
      if (this.#now() >= Math.max(token.refreshAtMs, shared.retryAtMs)) this.#refreshAhead();
      return token;
    }
    const landing = this.#flight?.landing ?? this.#fly({ wanted: () => true });
    const found = await landing.catch((error: unknown) => {
      if (!shared.living()) throw error;
      return undefined; // it lives, perhaps refused, perhaps not for its own sake: better than none
    });
    await this.#lookSince(soundSinceMs);
    return shared.living() ?? found ?? this.get();
  }

  /**
   * Runs a call with the token. When WeChat refuses the token (errcode 40001, 40014 or 42001, thrown as an
   * error's field or returned as a field of the answer), it runs once more with another one. What the second run
   * brings is final.
   *
   * @param call must not mind to be run twice: the first run was refused as a whole
   * @throws {TokenUnavailableError} as {@link get} and {@link replace}, and whatever `call` throws
   */
  async use<T>(call: (token: Value) => Promise<T>): Promise<T> {
    const { value } = await this.get();
    try {
      const result = await call(value);
      if (!isRefusal(result)) return result;
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
    return call((await this.replace(value)).value);
  }

  /**
   * Another token than this one, which WeChat refused. It is replaced only if it is still the current one: a
   * complaint that comes late is answered with what is current by then. Asks in normal mode first; by force only
   * if the same token came back, and ever more seldom.
   *
   * @throws {TokenUnavailableError} SAME_TOKEN: it came back, and it is too early for force
   */
  async replace(refused: string): Promise<KeptToken<Value>> {
    return this.#findOther({ refused, wanted: ({ value }) => value !== refused });
  }

  /**
   * Asks WeChat now, in normal mode, although the current token may be good or WeChat failed a moment ago; for an
   * operator's button. Joins whoever is asking already.
   *
   * @throws {TokenUnavailableError} WeChat gives none
   */
  async refresh(): Promise<KeptToken<Value>> {
    const askedAtMs = this.#now();
    return this.#findOther({ wanted: ({ fetchedAtMs }) => fetchedAtMs >= askedAtMs, isPressed: true });
  }

  async #findOther(search: Search<Value>): Promise<KeptToken<Value>> {
    for (;;) {
      const token = this.#shared.living();
      if (token && search.wanted(token)) return token;
      const flight = this.#flight;
      if (!flight) return this.#fly(search);
      if (search.refused !== undefined && flight.refused === search.refused) return flight.landing;
      await flight.landing.catch(() => {}); // it may bring what is wanted here; whoever began it hears of failures
    }
  }

  #refreshAhead(): void {
    if (this.#flight) return;
    this.#fly({ wanted: ({ refreshAtMs }) => this.#now() < refreshAtMs }).catch(() => {});
  }

  /** Whatever hangs, store or WeChat: after `waitMs` it is over, and the next caller begins anew. */
  #fly(search: Search<Value>): Promise<KeptToken<Value>> {
    const { clock, source, waitMs, tell } = this.#settings;
    const late = () => {
      search.isOver = true;
      tell({ kind: "failed", key: source.key, reason: "DEADLINE" });
      throw new TokenUnavailableError("DEADLINE");
    };
    const landing = within(clock, waitMs, this.#seek(search), late).finally(() => {
      this.#flight = undefined;
    });
    this.#flight = { landing, ...(search.refused !== undefined && { refused: search.refused }) };
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

  /** Sees to it that a token which lives is no older than what the store held then. */
  async #lookSince(soundSinceMs: number): Promise<void> {
    // Twice if the look that it joins began too long ago: in a process that was frozen. No more: a clock that was set
    // back meanwhile would have it look for as long as the clock went back.
    for (let looks = 0; looks < 2; looks += 1) {
      if (!this.#shared.living() || this.#shared.lookedAtMs >= soundSinceMs) return;
      await this.#look();
    }
  }

  /** A look into the store that delays nobody for long, and fails nobody. */
  #look(): Promise<void> {
    const startedAtMs = this.#now();
    this.#looking ??= within(this.#settings.clock, lookMs, this.#lookQuietly(), () => {}).finally(() => {
      this.#looking = undefined;
      this.#shared.lookedAtMs = Math.max(this.#shared.lookedAtMs, startedAtMs); // not again with every caller
    });
    return this.#looking;
  }

  async #lookQuietly(): Promise<void> {
    try {
      await this.#shared.look();
    } catch (error) {
      this.#storeFailed(error);
    }
  }

  #storeFailed(error: unknown): TokenUnavailableError {
    this.#settings.tell({ kind: "failed", key: this.#settings.source.key, reason: "STORE" });
    return new TokenUnavailableError("STORE", undefined, error);
  }

  #now(): number {
    return this.#settings.clock.now();
  }
}

/** In an error that was thrown, or in an answer that was returned: calls of one's own may do either. */
function isRefusal(outcome: unknown): boolean {
  return typeof outcome === "object" && outcome !== null && "errcode" in outcome
    ? refusals.includes(outcome.errcode)
    : false;
}
