import { ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS } from "../protocol/lifetimes.js";
import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";
import type { CodeGrant } from "./codes.js";
import { createToken, SNS_TOKEN_BYTES } from "./ids.js";

/** See BoundedMap: a forgotten token is answered like one that WeChat never issued. */
const CAPACITY = 200_000;

/** Why both tokens died before their time. */
export type EndReason = "revoked" | "password_changed" | "superseded" | "account_deleted";

/** One authorization: a person, an app, a scope, and the two tokens that stand for it. */
export interface Authorization extends CodeGrant {
  openid: string;
  accessToken: string;
  accessTokenExpiresAtMs: number;
  refreshToken: string;
  /** 30 days from the authorization; a refresh does not move it unless that is switched on. */
  refreshTokenExpiresAtMs: number;
  ended?: EndReason;
}

/** How a refresh behaves where WeChat's own behaviour is not certain. */
export interface RefreshOptions {
  keepsAccessToken: boolean;
  slides: boolean;
}

/** The tokens of people (`/sns/*`), each for one person in one app. Not the account's tokens: those are GlobalTokens. */
export class SnsTokens {
  readonly #byAccessToken = new BoundedMap<Authorization>(CAPACITY);
  readonly #byRefreshToken = new BoundedMap<Authorization>(CAPACITY);

  constructor(readonly clock: Clock) {}

  issue(grant: CodeGrant, openid: string): Authorization {
    const now = this.clock.now();
    const authorization: Authorization = {
      appId: grant.appId,
      personId: grant.personId,
      scope: grant.scope,
      snapshot: grant.snapshot,
      openid,
      accessToken: createToken(SNS_TOKEN_BYTES),
      accessTokenExpiresAtMs: now + ACCESS_TOKEN_SECONDS * 1000,
      refreshToken: createToken(SNS_TOKEN_BYTES),
      refreshTokenExpiresAtMs: now + REFRESH_TOKEN_SECONDS * 1000,
    };
    this.#byAccessToken.set(authorization.accessToken, authorization);
    this.#byRefreshToken.set(authorization.refreshToken, authorization);
    return authorization;
  }

  /** The authorization behind an access token, expired or not; an outdated token of it is unknown. */
  findByAccessToken(accessToken: string): Authorization | undefined {
    return this.#byAccessToken.get(accessToken);
  }

  findByRefreshToken(refreshToken: string): Authorization | undefined {
    return this.#byRefreshToken.get(refreshToken);
  }

  isAccessTokenExpired(authorization: Authorization): boolean {
    return authorization.accessTokenExpiresAtMs <= this.clock.now();
  }

  isRefreshTokenExpired(authorization: Authorization): boolean {
    return authorization.refreshTokenExpiresAtMs <= this.clock.now();
  }

  /** Once the access token has expired a new one takes its place; one that lives lives longer, or is replaced too. */
  refresh(authorization: Authorization, { keepsAccessToken, slides }: RefreshOptions): void {
    const now = this.clock.now();
    if (!keepsAccessToken || this.isAccessTokenExpired(authorization)) {
      this.#byAccessToken.delete(authorization.accessToken);
      authorization.accessToken = createToken(SNS_TOKEN_BYTES);
      this.#byAccessToken.set(authorization.accessToken, authorization);
    }
    authorization.accessTokenExpiresAtMs = now + ACCESS_TOKEN_SECONDS * 1000;
    if (slides) authorization.refreshTokenExpiresAtMs = now + REFRESH_TOKEN_SECONDS * 1000;
  }

  /** Ends every authorization of this person so far, in one app or in all. */
  end(why: EndReason, personId: string, appId?: string): void {
    for (const authorization of this.#byRefreshToken.values()) {
      const isTheirs =
        authorization.personId === personId && (appId ?? authorization.appId) === authorization.appId;
      if (isTheirs) authorization.ended ??= why;
    }
  }

  /** The token expires at once, whichever of the two it is. @returns whether it was alive */
  expire(token: string): boolean {
    const now = this.clock.now();
    const byAccess = this.#byAccessToken.get(token);
    if (byAccess && !byAccess.ended && byAccess.accessTokenExpiresAtMs > now) {
      byAccess.accessTokenExpiresAtMs = now;
      return true;
    }
    const byRefresh = this.#byRefreshToken.get(token);
    if (!byRefresh || byRefresh.ended || byRefresh.refreshTokenExpiresAtMs <= now) return false;
    byRefresh.refreshTokenExpiresAtMs = now;
    return true;
  }

  /** Every authorization that is remembered, oldest first. */
  list(): Authorization[] {
    return [...this.#byRefreshToken.values()];
  }

  reset(): void {
    this.#byAccessToken.clear();
    this.#byRefreshToken.clear();
  }
}
