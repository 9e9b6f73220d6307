import { type Refusal, refuse } from "../routes/api-answer.js";
import type { Parameters } from "../routes/api-request.js";
import type { Authorization } from "../stores/sns-tokens.js";
import type { Store } from "../stores/store.js";

export const PASSWORD_CHANGED: Refusal = refuse(
  42007,
  "the person has changed the WeChat password since, which ends both tokens",
  "该用户在那之后修改了微信密码，两个令牌都已失效",
);

/**
 * 50002 is documented for restricted, frozen and deleted accounts, but not which calls return it for a deleted one.
 * Here every call about the person returns it, and a refresh returns 40030, as after a revocation.
 */
export const ACCOUNT_DELETED: Refusal = refuse(
  50002,
  "the person has deleted the WeChat account",
  "该用户已注销微信账号",
);

/** The checks shared by userinfo and auth: a valid token, and the openid that belongs to it. */
export function findAuthorization(
  store: Store,
  { access_token, openid }: Parameters,
): { authorization: Authorization } | Refusal {
  if (!access_token) return refuse(41001, "access_token is missing", "缺少 access_token");
  if (!openid) return refuse(41009, "openid is missing", "缺少 openid");
  // Both 40014 and 40001 are reported for invalid tokens. Here 40014 means malformed, 40001 unknown or replaced.
  if (!/^\d{2,3}_[\w-]+$/.test(access_token)) {
    return refuse(40014, "access_token is malformed", "access_token 格式不对");
  }
  const authorization = store.snsTokens.findByAccessToken(access_token);
  if (!authorization) {
    return store.globalTokens.stateOf(access_token).kind === "unknown"
      ? refuse(40001, "no web token has this value", "没有这个网页授权令牌")
      : refuse(
          40001,
          "this is the account's global token; a person's web token is needed",
          "这是公众号的全局令牌；此处须用网页授权令牌",
        );
  }
  switch (authorization.ended) {
    case "password_changed":
      return PASSWORD_CHANGED;
    case "account_deleted":
      return ACCOUNT_DELETED;
    case "revoked":
      return refuse(
        store.settings.revokedErrcode,
        "the person revoked this app",
        "该用户取消了对该应用的授权",
      );
    case "superseded":
      return refuse(40001, "a newer authorization has replaced it", "已有更新的授权取代了它");
  }
  if (store.snsTokens.isAccessTokenExpired(authorization)) {
    return refuse(42001, "the token has expired", "令牌已过期");
  }
  if (authorization.openid !== openid) {
    return refuse(40003, "the openid does not belong to this token", "openid 与令牌不符");
  }
  return { authorization };
}
