import type { SimulatedApp } from "./apps.js";
import type { Clock } from "./clock.js";
import { createToken, GLOBAL_TOKEN_BYTES } from "./ids.js";

/** `quota` is errcode 45009: today's calls are used up. */
export type GlobalTokenAnswer =
  | { kind: "token"; accessToken: string; expiresInSeconds: number }
  | { kind: "quota" };

interface IssuedToken {
  accessToken: string;
  expiresAtMs: number;
}

/** The tokens of one app at one of the two endpoints: they live side by side and never touch each other. */
interface Shelf {
  current?: IssuedToken;
  /** The token before the current one, for as long as it still works. */
  previous?: IssuedToken;
  day: number;
  callsToday: number;
  forcedAtMs: number;
}

const LIFETIME_MS = 7200_000;
/** The change-over: old and new both work. stable_token renews this long before expiry, too. */
const CHANGE_OVER_MS = 300_000;
const DAILY_CALLS = 2000;
const DAILY_CALLS_TEST_ACCOUNT = 200;
const DAILY_FORCED_REFRESHES = 20;
const FORCED_REFRESH_PAUSE_MS = 30_000;
const DAY_MS = 24 * 3600_000;
/** Which midnight a quota starts anew at is not documented; China's is assumed. */
const CHINA_OFFSET_MS = 8 * 3600_000;

/** The account's own tokens (`/cgi-bin/*`). */
export class GlobalTokens {
  readonly #classic = new Map<string, Shelf>();
  readonly #stable = new Map<string, Shelf>();

  constructor(readonly clock: Clock) {}

  /** /cgi-bin/token: always a new token; the one before works for five more minutes, at most until its own end. */
  fetchClassic(app: SimulatedApp): GlobalTokenAnswer {
    const shelf = this.#shelf(this.#classic, app.appId);
    if (shelf.callsToday >= (app.testAccount ? DAILY_CALLS_TEST_ACCOUNT : DAILY_CALLS))
      return { kind: "quota" };
    shelf.callsToday += 1;
    const now = this.clock.now();
    if (shelf.current) {
      const expiresAtMs = Math.min(shelf.current.expiresAtMs, now + CHANGE_OVER_MS);
      shelf.previous = { ...shelf.current, expiresAtMs };
    }
    return this.#renew(shelf, now);
  }

  /** /cgi-bin/stable_token, normal mode: the same token with what is left of its life, until five minutes before. */
  fetchStable(app: SimulatedApp): GlobalTokenAnswer {
    const shelf = this.#shelf(this.#stable, app.appId);
    const now = this.clock.now();
    const remainingMs = (shelf.current?.expiresAtMs ?? now) - now;
    if (shelf.current && remainingMs > CHANGE_OVER_MS) return this.#answer(shelf.current, now);
    if (shelf.current) shelf.previous = shelf.current;
    return this.#renew(shelf, now);
  }

  /** /cgi-bin/stable_token, forced mode: the old token is dead at once. 20 a day; within 30 s it only repeats itself. */
  forceStable(app: SimulatedApp): GlobalTokenAnswer {
    const shelf = this.#shelf(this.#stable, app.appId);
    const now = this.clock.now();
    const isLive = shelf.current !== undefined && shelf.current.expiresAtMs > now;
    if (shelf.current && isLive && now - shelf.forcedAtMs < FORCED_REFRESH_PAUSE_MS) {
      return this.#answer(shelf.current, now);
    }
    if (shelf.callsToday >= DAILY_FORCED_REFRESHES) return { kind: "quota" };
    shelf.callsToday += 1;
    shelf.forcedAtMs = now;
    delete shelf.previous;
    return this.#renew(shelf, now);
  }

  /** Whose token this is, if it works now. */
  findAppId(accessToken: string): string | undefined {
    const now = this.clock.now();
    for (const shelves of [this.#classic, this.#stable]) {
      for (const [appId, { current, previous }] of shelves) {
        for (const token of [current, previous]) {
          if (token?.accessToken === accessToken && token.expiresAtMs > now) return appId;
        }
      }
    }
    return undefined;
  }

  reset(): void {
    this.#classic.clear();
    this.#stable.clear();
  }

  #shelf(shelves: Map<string, Shelf>, appId: string): Shelf {
    const day = Math.floor((this.clock.now() + CHINA_OFFSET_MS) / DAY_MS);
    const shelf = shelves.get(appId) ?? { day, callsToday: 0, forcedAtMs: Number.NEGATIVE_INFINITY };
    if (shelf.day !== day) {
      shelf.day = day;
      shelf.callsToday = 0;
    }
    shelves.set(appId, shelf);
    return shelf;
  }

  #renew(shelf: Shelf, now: number): GlobalTokenAnswer {
    shelf.current = { accessToken: createToken(GLOBAL_TOKEN_BYTES), expiresAtMs: now + LIFETIME_MS };
    return this.#answer(shelf.current, now);
  }

  #answer(token: IssuedToken, now: number): GlobalTokenAnswer {
    const expiresInSeconds = Math.floor((token.expiresAtMs - now) / 1000);
    return { kind: "token", accessToken: token.accessToken, expiresInSeconds };
  }
}
