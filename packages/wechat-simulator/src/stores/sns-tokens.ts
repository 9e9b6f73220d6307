import { ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS } from "../protocol/lifetimes.js";
import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";
import type { CodeGrant } from "./codes.js";
import { createToken, SNS_TOKEN_BYTES } from "./ids.js";

/** Beyond it, the oldest tokens are treated like ones that were never issued. */
const CAPACITY = 200_000;

/** Why both tokens ended before they expired. */
export type EndReason = "revoked" | "password_changed" | "superseded" | "account_deleted";

/** One authorization: person, app, scope and its two tokens. */
export interface Authorization extends CodeGrant {
  openid: string;
  accessToken: string;
  accessTokenExpiresAtMs: number;
  refreshToken: string;
  /** A refresh moves it only with the switch `refreshSlides`. */
  refreshTokenExpiresAtMs: number;
  ended?: EndReason;
}

/** The two points on which reports about WeChat's refresh differ. */
export interface RefreshOptions {
  keepsAccessToken: boolean;
  slides: boolean;
}

/** Web tokens (`/sns/*`), each for one person in one app. The account's own tokens are in GlobalTokens. */
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

  /** Finds the authorization of an access token, expired or not. A token that a refresh replaced is unknown. */
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

  /** Replaces an expired access token. One that is still valid is extended or, without `keepsAccessToken`, replaced. */
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

  /** Ends every authorization this person has given so far, in one app or in all. */
  end(reason: EndReason, personId: string, appId?: string): void {
    for (const authorization of this.#byRefreshToken.values()) {
      const isTheirs =
        authorization.personId === personId && (appId ?? authorization.appId) === authorization.appId;
      if (isTheirs) authorization.ended ??= reason;
    }
  }

  /** Makes an access or refresh token expire at once. @returns whether it was valid until now */
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

  /** All authorizations still kept, oldest first. */
  list(): Authorization[] {
    return [...this.#byRefreshToken.values()];
  }

  reset(): void {
    this.#byAccessToken.clear();
    this.#byRefreshToken.clear();
  }
}
