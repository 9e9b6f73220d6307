import type { ApiEndpoint } from "../protocol/endpoints.js";
import { type Refusal, refuse } from "../routes/api-answer.js";
import { takeQuota } from "../routes/quota-check.js";
import type { SimulatedApp } from "../stores/apps.js";
import type { Store } from "../stores/store.js";

/** The account of this token, with one call of its quota taken, or the refusal. */
export function findAccount(
  store: Store,
  accessToken: string | undefined,
  endpoint: ApiEndpoint,
): SimulatedApp | Refusal {
  if (!accessToken) return refuse(41001, "access_token is missing", "缺少 access_token");
  // Both 40014 and 40001 are reported for invalid tokens. Here 40014 means malformed, 40001 unknown or replaced.
  if (!/^\d{2,3}_[\w-]+$/.test(accessToken)) {
    return refuse(40014, "access_token is malformed", "access_token 格式不对");
  }
  const token = store.globalTokens.stateOf(accessToken);
  switch (token.kind) {
    case "works":
      break;
    case "expired":
      return refuse(42001, "the token has expired", "令牌已过期");
    case "replaced":
      return refuse(40001, "a newer token has replaced this one", "已有更新的令牌取代了它");
    case "unknown":
      return store.snsTokens.findByAccessToken(accessToken)
        ? refuse(
            40001,
            "this is a person's web token; the account's global token is needed",
            "这是网页授权令牌；此处须用全局令牌",
          )
        : refuse(40001, "no global token has this value", "没有这个全局令牌");
  }
  const app = store.apps.find(token.appId);
  if (!app) throw new Error("a token outlived its app"); // apps cannot be removed
  return takeQuota(store, app, endpoint) ?? app;
}

/** As `findAccount`, for calls of Official Accounts only: any other kind of app gets 48001. */
export function findOfficialAccount(
  store: Store,
  accessToken: string | undefined,
  endpoint: ApiEndpoint,
): SimulatedApp | Refusal {
  const app = findAccount(store, accessToken, endpoint);
  if ("errcode" in app || app.kind === "official_account") return app;
  return refuse(48001, "only an Official Account has this API", "只有公众号拥有此接口");
}
