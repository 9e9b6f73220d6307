import { chinaDay } from "../protocol/china-calendar.js";
import { GLOBAL_TOKEN_SECONDS } from "../protocol/lifetimes.js";
import type { SimulatedApp } from "./apps.js";
import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";
import { createToken, GLOBAL_TOKEN_BYTES } from "./ids.js";

/** What a token endpoint returns. */
export interface GrantedToken {
  accessToken: string;
  expiresInSeconds: number;
}

/** A token as the list of issued credentials shows it. */
export interface ListedGlobalToken extends Readonly<IssuedToken> {
  /** The endpoint whose current token it is; `earlier` once a newer token has replaced it. */
  source: "token" | "stable_token" | "earlier";
}

interface IssuedToken {
  appId: string;
  accessToken: string;
  /** 7200 s after issue; fixed. */
  expiresAtMs: number;
  /** Earlier than `expiresAtMs` once a newer token replaces it. */
  endsAtMs: number;
}

/** The state of a token now. `replaced`: not expired, but a newer token ended it. */
export type TokenState =
  | { kind: "works" | "expired" | "replaced"; appId: string }
  | { kind: "unknown"; appId?: undefined };

interface StableTokenState {
  current?: IssuedToken;
  /** The token before the current one; a forced refresh ends it as well. */
  previous?: IssuedToken;
  day: number;
  forcedToday: number;
  forcedAtMs: number;
}

/** Ended tokens are kept for a while, so that an expired token differs from one that was never issued. */
const CAPACITY = 20_000;

/** The account's own tokens (`/cgi-bin/*`). The two endpoints issue independent tokens. */
export class GlobalTokens {
  readonly #issued = new BoundedMap<IssuedToken>(CAPACITY);
  readonly #classic = new Map<string, IssuedToken>();
  readonly #stable = new Map<string, StableTokenState>();

  constructor(readonly clock: Clock) {}

  /** /cgi-bin/token: always a new token. The previous one works for five more minutes, at most until it expires. */
  fetchClassic(app: SimulatedApp): GrantedToken {
    const before = this.#classic.get(app.appId);
    const changeOverMs = app.limits.changeOverSeconds * 1000;
    if (before) before.endsAtMs = Math.min(before.endsAtMs, this.clock.now() + changeOverMs);
    const token = this.#issue(app);
    this.#classic.set(app.appId, token);
    return this.#answer(token);
  }

  /** /cgi-bin/stable_token, normal mode: the same token until five minutes before it expires. */
  fetchStable(app: SimulatedApp): GrantedToken {
    const stable = this.#stableState(app.appId);
    const remainingMs = (stable.current?.endsAtMs ?? 0) - this.clock.now();
    if (stable.current && remainingMs > app.limits.changeOverSeconds * 1000)
      return this.#answer(stable.current);
    if (stable.current) stable.previous = stable.current;
    stable.current = this.#issue(app);
    return this.#answer(stable.current);
  }

  /**
   * /cgi-bin/stable_token, forced mode: ends the old token at once. Within `forcedRefreshPauseSeconds` of the last
   * forced refresh it returns the current token again.
   *
   * @returns undefined when today's forced refreshes are used up (errcode 45009)
   */
  forceStable(app: SimulatedApp): GrantedToken | undefined {
    const stable = this.#stableState(app.appId);
    const now = this.clock.now();
    const isLive = stable.current !== undefined && stable.current.endsAtMs > now;
    const isTooSoon = now - stable.forcedAtMs < app.limits.forcedRefreshPauseSeconds * 1000;
    if (stable.current && isLive && isTooSoon) return this.#answer(stable.current);
    if (stable.forcedToday >= app.limits.forcedRefreshesPerDay) return undefined;
    stable.forcedToday += 1;
    stable.forcedAtMs = now;
    for (const token of [stable.current, stable.previous]) {
      if (token) token.endsAtMs = Math.min(token.endsAtMs, now);
    }
    stable.current = this.#issue(app);
    return this.#answer(stable.current);
  }

  stateOf(accessToken: string): TokenState {
    const token = this.#issued.get(accessToken);
    if (!token) return { kind: "unknown" };
    const { appId } = token;
    const now = this.clock.now();
    if (token.endsAtMs > now) return { kind: "works", appId };
    return { kind: token.expiresAtMs <= now ? "expired" : "replaced", appId };
  }

  /**
   * Ends the token at once, as when another server of the same account fetches a new one: 40001.
   *
   * @returns whether it was valid until now
   */
  end(accessToken: string): boolean {
    const token = this.#issued.get(accessToken);
    const now = this.clock.now();
    if (!token || token.endsAtMs <= now) return false;
    token.endsAtMs = now;
    return true;
  }

  /** All tokens still kept, oldest first. */
  list(): ListedGlobalToken[] {
    return [...this.#issued.values()].map((token) => ({ ...token, source: this.#sourceOf(token) }));
  }

  #sourceOf(token: IssuedToken): ListedGlobalToken["source"] {
    if (this.#classic.get(token.appId) === token) return "token";
    return this.#stable.get(token.appId)?.current === token ? "stable_token" : "earlier";
  }

  reset(): void {
    this.#issued.clear();
    this.#classic.clear();
    this.#stable.clear();
  }

  #stableState(appId: string): StableTokenState {
    const day = chinaDay(this.clock.now());
    const stable = this.#stable.get(appId) ?? { day, forcedToday: 0, forcedAtMs: Number.NEGATIVE_INFINITY };
    if (stable.day !== day) {
      stable.day = day;
      stable.forcedToday = 0;
    }
    this.#stable.set(appId, stable);
    return stable;
  }

  #issue({ appId }: SimulatedApp): IssuedToken {
    const expiresAtMs = this.clock.now() + GLOBAL_TOKEN_SECONDS * 1000;
    const token = { appId, accessToken: createToken(GLOBAL_TOKEN_BYTES), expiresAtMs, endsAtMs: expiresAtMs };
    this.#issued.set(token.accessToken, token);
    return token;
  }

  #answer(token: IssuedToken): GrantedToken {
    const expiresInSeconds = Math.floor((token.endsAtMs - this.clock.now()) / 1000);
    return { accessToken: token.accessToken, expiresInSeconds };
  }
}
