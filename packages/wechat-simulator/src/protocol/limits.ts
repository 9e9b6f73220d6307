import { API_PATHS, type ApiEndpoint } from "./endpoints.js";

/** The quotas of one app. A test can lower them to reach one. */
export interface Limits {
  /** Calls per day in China, by endpoint; the next one is refused with 45009. */
  daily: Readonly<Partial<Record<ApiEndpoint, number>>>;
  /** Calls per clock minute, by endpoint; the next one is refused with 45011. Without an entry there is no limit. */
  perMinute: Readonly<Partial<Record<ApiEndpoint, number>>>;
  /** Calls of stable_token with `force_refresh` per day; the next one is refused with 45009. */
  forcedRefreshesPerDay: number;
  /** A forced refresh sooner than this after the last one returns the current token. */
  forcedRefreshPauseSeconds: number;
  /** How long a replaced global token still works; stable_token also renews this long before expiry. */
  changeOverSeconds: number;
  /** Calls of jscode2session for one person per minute; the next one is refused with 45011. */
  jsCodesPerPersonAndMinute: number;
  /** Calls of clear_quota per month in China; the next one is refused with 48006. */
  quotaClearsPerMonth: number;
}

/** A change of some limits; entries of `daily` and `perMinute` are merged into the existing ones. */
export type LimitsPatch = Partial<Limits>;

/** For endpoints whose real quota is not known: high enough not to matter. */
const UNKNOWN_DAILY = 1_000_000;

const DEFAULT_LIMITS: Limits = {
  daily: {
    ...Object.fromEntries(
      (Object.keys(API_PATHS) as ApiEndpoint[])
        .filter((endpoint) => API_PATHS[endpoint].startsWith("/cgi-bin/"))
        .map((endpoint) => [endpoint, UNKNOWN_DAILY]),
    ),
    token: 2000,
    stable_token: 500_000,
    user_info: 5_000_000,
  },
  perMinute: { access_token: 50_000, refresh_token: 50_000, userinfo: 50_000, stable_token: 10_000 },
  forcedRefreshesPerDay: 20,
  forcedRefreshPauseSeconds: 30,
  changeOverSeconds: 300,
  jsCodesPerPersonAndMinute: 100,
  quotaClearsPerMonth: 10,
};

/** A sandbox account gets a tenth of the token calls. */
const TEST_ACCOUNT_DAILY_TOKENS = 200;

export function limitsOf(testAccount: boolean, patch: LimitsPatch = {}): Limits {
  const limits = testAccount
    ? changeLimits(DEFAULT_LIMITS, { daily: { token: TEST_ACCOUNT_DAILY_TOKENS } })
    : DEFAULT_LIMITS;
  return changeLimits(limits, patch);
}

export function changeLimits(limits: Limits, patch: LimitsPatch): Limits {
  return {
    ...limits,
    ...patch,
    daily: { ...limits.daily, ...patch.daily },
    perMinute: { ...limits.perMinute, ...patch.perMinute },
  };
}
