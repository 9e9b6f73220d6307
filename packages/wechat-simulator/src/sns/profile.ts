import { type ApiAnswer, OK, refuse } from "../routes/api-answer.js";
import type { Parameters } from "../routes/api-request.js";
import { takeQuota } from "../routes/quota-check.js";
import type { Store } from "../stores/store.js";
import { findAuthorization } from "./authorization.js";
import { identityOf } from "./identity.js";

/**
 * GET /sns/userinfo?access_token&openid&lang
 * → { openid, nickname, sex: 0, province: "", city: "", country: "", headimgurl, privilege: [], unionid? }
 */
export function getUserInfo(
  store: Store,
  parameters: Parameters,
  toPictureUrl: (headimgurl: string) => string,
): ApiAnswer {
  const found = findAuthorization(store, parameters);
  if ("errcode" in found) return found;
  const { authorization } = found;
  const app = store.apps.find(authorization.appId);
  const exhausted = app && takeQuota(store, app, "userinfo");
  if (exhausted) return exhausted;
  if (authorization.scope === "snsapi_base") {
    return refuse(
      48001,
      "the token has the scope snsapi_base, which gives no access to the profile",
      "令牌的 scope 是 snsapi_base，不能读取资料",
    );
  }
  if (authorization.snapshot && store.settings.snapshotUserinfo === "48001") {
    return refuse(
      48001,
      "the token comes from a snapshot page (snapshotUserinfo)",
      "令牌来自快照页（snapshotUserinfo）",
    );
  }
  const { person, identity } = identityOf(store, authorization);
  return {
    personId: person.id,
    fields: {
      openid: identity.openid,
      nickname: identity.nickname,
      sex: 0, // always 0 since 2021-10-20, and the places always empty
      province: "",
      city: "",
      country: "",
      headimgurl: toPictureUrl(identity.headimgurl),
      privilege: [],
      unionid: identity.unionid,
    },
  };
}

/** GET /sns/auth?access_token&openid → { errcode: 0, errmsg: "ok" }: the only success of `/sns` with an errcode. */
export function checkToken(store: Store, parameters: Parameters): ApiAnswer {
  const found = findAuthorization(store, parameters);
  if ("errcode" in found) return found;
  return { ...OK, personId: found.authorization.personId };
}
