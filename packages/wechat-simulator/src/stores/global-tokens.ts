import { chinaDay } from "../protocol/china-calendar.js";
import { GLOBAL_TOKEN_SECONDS } from "../protocol/lifetimes.js";
import type { SimulatedApp } from "./apps.js";
import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";
import { createToken, GLOBAL_TOKEN_BYTES } from "./ids.js";

/** What a token endpoint gives out. */
export interface GrantedToken {
  accessToken: string;
  expiresInSeconds: number;
}

/** A token as the panel lists it. */
export interface ListedGlobalToken extends Readonly<IssuedToken> {
  /** Which endpoint gave it out, and whether a newer one has taken its place. */
  source: "token" | "stable_token" | "earlier";
}

interface IssuedToken {
  appId: string;
  accessToken: string;
  /** 7200 s from its issue; nothing moves it. */
  expiresAtMs: number;
  /** Earlier, when a newer token takes its place. */
  endsAtMs: number;
}

/** What a token is good for now. `replaced`: it would still live, but a newer one has taken its place. */
export type TokenState =
  | { kind: "works" | "expired" | "replaced"; appId: string }
  | { kind: "unknown"; appId?: undefined };

interface StableTokenState {
  current?: IssuedToken;
  /** The token before the current one, which a forced refresh kills as well. */
  previous?: IssuedToken;
  day: number;
  forcedToday: number;
  forcedAtMs: number;
}

/** Dead tokens are remembered a while, so that an expired one can be told from one that never was. */
const CAPACITY = 20_000;

/** The account's own tokens (`/cgi-bin/*`). The two endpoints' tokens live side by side and never touch each other. */
export class GlobalTokens {
  readonly #issued = new BoundedMap<IssuedToken>(CAPACITY);
  readonly #classic = new Map<string, IssuedToken>();
  readonly #stable = new Map<string, StableTokenState>();

  constructor(readonly clock: Clock) {}

  /** /cgi-bin/token: always a new token; the one before works for five more minutes, at most until its own end. */
  fetchClassic(app: SimulatedApp): GrantedToken {
    const before = this.#classic.get(app.appId);
    const changeOverMs = app.limits.changeOverSeconds * 1000;
    if (before) before.endsAtMs = Math.min(before.endsAtMs, this.clock.now() + changeOverMs);
    const token = this.#issue(app);
    this.#classic.set(app.appId, token);
    return this.#answer(token);
  }

  /** /cgi-bin/stable_token, normal mode: the same token with what is left of its life, until five minutes before. */
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
   * /cgi-bin/stable_token, forced mode: the old token is dead at once. Too soon after the last time it only repeats
   * the current token.
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
    delete stable.previous;
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
   * The token stops working at once, as when another server of the same account fetches one: 40001.
   *
   * @returns whether it was alive
   */
  end(accessToken: string): boolean {
    const token = this.#issued.get(accessToken);
    const now = this.clock.now();
    if (!token || token.endsAtMs <= now) return false;
    token.endsAtMs = now;
    return true;
  }

  /** Every token that is remembered, oldest first. */
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
