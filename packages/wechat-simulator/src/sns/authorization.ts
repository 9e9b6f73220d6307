import { type Refusal, refuse } from "../routes/api-answer.js";
import type { Parameters } from "../routes/api-request.js";
import type { Authorization } from "../stores/sns-tokens.js";
import type { Store } from "../stores/store.js";

export const PASSWORD_CHANGED: Refusal = refuse(
  42007,
  "the person has changed their WeChat password since, which ends both tokens",
  "此人在那之后修改了微信密码，两个令牌都已失效",
);

/**
 * 50002 is documented for people who are restricted, frozen or gone; which of the calls says so of a deleted account is
 * not. Here: whatever asks about the person. A refresh token is dead then, as one that was revoked (40030).
 */
export const ACCOUNT_DELETED: Refusal = refuse(
  50002,
  "the person has deleted their WeChat account",
  "此人已注销微信账号",
);

/** The checks that userinfo and auth share: a token that lives, and the openid that belongs to it. */
export function findAuthorization(
  store: Store,
  { access_token, openid }: Parameters,
): { authorization: Authorization } | Refusal {
  if (!access_token) return refuse(41001, "access_token is missing", "缺少 access_token");
  if (!openid) return refuse(41009, "openid is missing", "缺少 openid");
  // 40014 and 40001 are both seen for bad tokens. Here: not even shaped like one, and not (or no longer) a person's.
  if (!/^\d{2,3}_[\w-]+$/.test(access_token)) {
    return refuse(40014, "this does not look like a token at all", "access_token 格式不对");
  }
  const authorization = store.snsTokens.findByAccessToken(access_token);
  if (!authorization) {
    return store.globalTokens.stateOf(access_token).kind === "unknown"
      ? refuse(40001, "no user's token is this one", "没有这个网页授权令牌")
      : refuse(
          40001,
          "this is the account's global token; a user's web token is needed",
          "这是公众号的全局令牌；此处须用网页授权令牌",
        );
  }
  switch (authorization.ended) {
    case "password_changed":
      return PASSWORD_CHANGED;
    case "account_deleted":
      return ACCOUNT_DELETED;
    case "revoked":
      return refuse(store.settings.revokedErrcode, "the person revoked this app", "此人取消了对该应用的授权");
    case "superseded":
      return refuse(40001, "a newer authorization has taken its place", "已有更新的授权取代了它");
  }
  if (store.snsTokens.isAccessTokenExpired(authorization)) {
    return refuse(42001, "the token has expired", "令牌已过期");
  }
  if (authorization.openid !== openid) {
    return refuse(40003, "the openid is not this token's", "openid 与令牌不符");
  }
  return { authorization };
}
