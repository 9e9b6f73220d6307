import type { ApiEndpoint } from "../protocol/endpoints.js";
import { type Refusal, refuse } from "../routes/api-answer.js";
import { takeQuota } from "../routes/quota-check.js";
import type { SimulatedApp } from "../stores/apps.js";
import type { Store } from "../stores/store.js";

/** The account whose token this is, with one call of its quota taken; or the refusal. */
export function findAccount(
  store: Store,
  accessToken: string | undefined,
  endpoint: ApiEndpoint,
): SimulatedApp | Refusal {
  if (!accessToken) return refuse(41001, "access_token is missing", "缺少 access_token");
  // 40014 and 40001 are both seen for bad tokens. Here: not even shaped like one, and not (or no longer) an account's.
  if (!/^\d{2,3}_[\w-]+$/.test(accessToken)) {
    return refuse(40014, "this does not look like a token at all", "access_token 格式不对");
  }
  const token = store.globalTokens.stateOf(accessToken);
  switch (token.kind) {
    case "works":
      break;
    case "expired":
      return refuse(42001, "the token has expired", "令牌已过期");
    case "replaced":
      return refuse(40001, "a newer token has taken this one's place", "已有更新的令牌取代了它");
    case "unknown":
      return store.snsTokens.findByAccessToken(accessToken)
        ? refuse(
            40001,
            "this is a person's web token; the account's global token is needed",
            "这是网页授权令牌；此处须用全局令牌",
          )
        : refuse(40001, "no account's token is this one", "没有这个全局令牌");
  }
  const app = store.apps.find(token.appId);
  if (!app) throw new Error("a token outlived its app"); // apps are never removed
  return takeQuota(store, app, endpoint) ?? app;
}

/** As `findAccount`, for calls that only an Official Account holds: any other kind of app is 48001. */
export function findOfficialAccount(
  store: Store,
  accessToken: string | undefined,
  endpoint: ApiEndpoint,
): SimulatedApp | Refusal {
  const app = findAccount(store, accessToken, endpoint);
  if ("errcode" in app || app.kind === "official_account") return app;
  return refuse(48001, "only an Official Account holds this API", "只有公众号拥有此接口");
}
