import { ACCESS_TOKEN_SECONDS } from "../protocol/lifetimes.js";
import type { ApiAnswer } from "../routes/api-answer.js";
import type { Parameters } from "../routes/api-request.js";
import { takeQuota } from "../routes/quota-check.js";
import type { Store } from "../stores/store.js";
import { checkCodeCall } from "./credentials.js";
import { identityOf } from "./identity.js";
import { refuseCode } from "./refuse-code.js";

/**
 * GET /sns/oauth2/access_token?appid&secret&code&grant_type=authorization_code
 * → { access_token, expires_in: 7200, refresh_token, openid, scope, is_snapshotuser?: 1, unionid? }
 */
export function exchangeCode(store: Store, parameters: Parameters): ApiAnswer {
  const checked = checkCodeCall(store, parameters, "code");
  if ("errcode" in checked) return checked;
  const { app, code } = checked;
  const exhausted = takeQuota(store, app, "access_token");
  if (exhausted) return exhausted;
  const redemption = store.codes.redeem(code, app.appId, "web");
  if (redemption.kind !== "grant") return refuseCode(redemption.kind, store.settings);

  const { grant } = redemption;
  const { settings } = store;
  const { identity } = identityOf(store, grant);
  if (settings.newAuthorizationEndsOld) store.snsTokens.end("superseded", grant.personId, app.appId);
  const authorization = store.snsTokens.issue(grant, identity.openid);
  return {
    personId: grant.personId,
    fields: {
      access_token: authorization.accessToken,
      expires_in: ACCESS_TOKEN_SECONDS,
      refresh_token: authorization.refreshToken, // with snsapi_base as well
      openid: identity.openid,
      scope: grant.scope,
      is_snapshotuser: grant.snapshot && settings.snapshotFlag ? 1 : undefined, // absent otherwise, not 0
      unionid: grant.scope === "snsapi_base" ? undefined : identity.unionid,
    },
  };
}
