import { ACCESS_TOKEN_SECONDS } from "../protocol/lifetimes.js";
import { type ApiAnswer, refuse } from "../routes/api-answer.js";
import type { Parameters } from "../routes/api-request.js";
import { takeQuota } from "../routes/quota-check.js";
import type { Store } from "../stores/store.js";
import { PASSWORD_CHANGED } from "./authorization.js";

/**
 * GET /sns/oauth2/refresh_token?appid&grant_type=refresh_token&refresh_token (no secret)
 * → { access_token, expires_in: 7200, refresh_token, openid, scope }
 */
export function refreshTokens(store: Store, parameters: Parameters): ApiAnswer {
  const { appid, refresh_token, grant_type } = parameters;
  if (!appid) return refuse(41002, "appid is missing", "缺少 appid");
  if (!refresh_token) return refuse(41003, "refresh_token is missing", "缺少 refresh_token");
  if (grant_type !== "refresh_token") {
    return refuse(40002, "grant_type must be refresh_token", "grant_type 须为 refresh_token");
  }
  const app = store.apps.find(appid);
  if (!app) return refuse(40013, "no app has this appid", "没有这个 appid 的应用");
  const exhausted = takeQuota(store, app, "refresh_token");
  if (exhausted) return exhausted;

  const authorization = store.snsTokens.findByRefreshToken(refresh_token);
  if (!authorization || authorization.appId !== appid) {
    return refuse(40030, "this app has no such refresh_token", "该应用没有这个 refresh_token");
  }
  switch (authorization.ended) {
    case "password_changed":
      return PASSWORD_CHANGED;
    case "revoked":
      return refuse(40030, "the person revoked this app", "该用户取消了对该应用的授权");
    case "account_deleted":
      return refuse(40030, "the person has deleted the WeChat account", "该用户已注销微信账号");
    case "superseded":
      return refuse(40030, "a newer authorization has replaced it", "已有更新的授权取代了它");
  }
  if (store.snsTokens.isRefreshTokenExpired(authorization)) {
    return refuse(42002, "more than 30 days have passed since the authorization", "距授权已超过 30 天");
  }
  const { refreshKeepsAccessToken: keepsAccessToken, refreshSlides: slides } = store.settings;
  store.snsTokens.refresh(authorization, { keepsAccessToken, slides });
  return {
    personId: authorization.personId,
    fields: {
      access_token: authorization.accessToken,
      expires_in: ACCESS_TOKEN_SECONDS,
      refresh_token: authorization.refreshToken,
      openid: authorization.openid,
      scope: authorization.scope,
    },
  };
}
