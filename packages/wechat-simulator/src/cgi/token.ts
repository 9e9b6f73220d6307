import type { FastifyRequest } from "fastify";
import { TOKEN_QUOTA_ERRMSG } from "../protocol/errcodes.js";
import { type ApiAnswer, type Refusal, refuse } from "../routes/api-answer.js";
import { clientIp, queryParameters, readBody } from "../routes/api-request.js";
import { takeQuota } from "../routes/quota-check.js";
import type { SimulatedApp } from "../stores/apps.js";
import type { GrantedToken } from "../stores/global-tokens.js";
import type { Store } from "../stores/store.js";

/** GET /cgi-bin/token?grant_type=client_credential&appid&secret → { access_token, expires_in } */
export function fetchToken(store: Store, request: FastifyRequest): ApiAnswer {
  const app = checkCredentials(store, queryParameters(request), request);
  if ("errcode" in app) return app;
  return (
    takeQuota(store, app, "token", TOKEN_QUOTA_ERRMSG) ?? tokenAnswer(store.globalTokens.fetchClassic(app))
  );
}

/** POST /cgi-bin/stable_token { grant_type, appid, secret, force_refresh? } → { access_token, expires_in: remaining seconds } */
export function fetchStableToken(store: Store, request: FastifyRequest): ApiAnswer {
  const read = readBody(request);
  if ("errcode" in read) return read;
  const app = checkCredentials(store, read.body, request);
  if ("errcode" in app) return app;
  const exhausted = takeQuota(store, app, "stable_token");
  if (exhausted) return exhausted;
  if (read.body.force_refresh !== true) return tokenAnswer(store.globalTokens.fetchStable(app));
  const forced = store.globalTokens.forceStable(app);
  return forced
    ? tokenAnswer(forced)
    : refuse(45009, "today's forced refreshes are used up", "今日强制刷新次数已用完");
}

interface Credentials {
  appid?: unknown;
  secret?: unknown;
  grant_type?: unknown;
}

/** The order of the checks is not documented. The secret is checked before the address, so that errors reveal less. */
function checkCredentials(
  store: Store,
  { appid, secret, grant_type }: Credentials,
  request: FastifyRequest,
): SimulatedApp | Refusal {
  if (!appid) return refuse(41002, "appid is missing", "缺少 appid");
  if (!secret) return refuse(41004, "secret is missing", "缺少 secret");
  if (grant_type !== "client_credential") {
    return refuse(40002, "grant_type must be client_credential", "grant_type 须为 client_credential");
  }
  const app = typeof appid === "string" ? store.apps.find(appid) : undefined;
  if (!app) return refuse(40013, "no app has this appid", "没有这个 appid 的应用");
  if (secret !== app.appSecret)
    return refuse(40125, "the secret does not belong to this app", "secret 与该应用不符");
  // Only Official Accounts have an allow-list.
  const allowed = app.kind === "official_account" ? app.ipAllowList : null;
  const ip = clientIp(request);
  if (allowed && !allowed.includes(ip)) {
    return refuse(
      40164,
      "the caller's address is not on the app's allow-list",
      "调用方的地址不在该应用的 IP 白名单中",
      `invalid ip ${ip} ipv6 ${ip.includes(":") ? ip : `::ffff:${ip}`}, not in whitelist`,
    );
  }
  return app;
}

function tokenAnswer({ accessToken, expiresInSeconds }: GrantedToken): ApiAnswer {
  return { fields: { access_token: accessToken, expires_in: expiresInSeconds } };
}
