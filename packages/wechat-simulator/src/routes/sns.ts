import type { FastifyInstance } from "fastify";
import { API_PATHS, type ApiEndpoint } from "../endpoints.js";
import { ACCESS_TOKEN_SECONDS, type Authorization } from "../sns-tokens.js";
import type { World } from "../world.js";
import { type ApiAnswer, refuse } from "./api-answer.js";
import { apiRoute, type Parameters, queryParameters } from "./api-route.js";

/** The calls about one person: /sns/oauth2/access_token, /sns/oauth2/refresh_token, /sns/userinfo, /sns/auth. */
export function registerSns(app: FastifyInstance, world: World): void {
  const rules = {
    access_token: exchangeCode,
    refresh_token: refreshTokens,
    userinfo: getUserInfo,
    auth: checkToken,
  } satisfies Partial<Record<ApiEndpoint, (world: World, parameters: Parameters) => ApiAnswer>>;

  for (const [endpoint, rule] of Object.entries(rules) as [keyof typeof rules, (typeof rules)["auth"]][]) {
    const handler = apiRoute(world, {
      endpoint,
      family: "sns",
      carried: queryParameters,
      answer: (request) => rule(world, queryParameters(request)),
    });
    app.get(API_PATHS[endpoint], handler);
    app.post(
      API_PATHS[endpoint],
      apiRoute(world, {
        endpoint,
        family: "sns",
        carried: queryParameters,
        answer: () => refuse(43001, "this call is a GET", "此接口须用 GET"),
      }),
    );
  }
}

/**
 * GET /sns/oauth2/access_token?appid&secret&code&grant_type=authorization_code
 * → { access_token, expires_in: 7200, refresh_token, openid, scope, is_snapshotuser?: 1, unionid? }
 *
 * The order of the checks is not documented. This one spends no code on a wrong appid or secret.
 */
function exchangeCode(world: World, parameters: Parameters): ApiAnswer {
  const { appid, secret, code, grant_type } = parameters;
  if (!appid) return refuse(41002, "appid is missing", "缺少 appid");
  if (!secret) return refuse(41004, "secret is missing", "缺少 secret");
  if (!code) return refuse(41008, "code is missing", "缺少 code");
  if (grant_type !== "authorization_code") {
    return refuse(40002, "grant_type must be authorization_code", "grant_type 须为 authorization_code");
  }
  const app = world.apps.find(appid);
  if (!app) return refuse(40013, "no app has this appid", "没有这个 appid 的应用");
  if (secret !== app.appSecret) return refuse(40125, "the secret is not this app's", "secret 与该应用不符");

  const redemption = world.codes.redeem(code, appid);
  if (redemption.kind === "used") {
    return refuse(
      40163,
      "this code was exchanged before; a code works once",
      "此 code 已换取过；每个 code 只能用一次",
    );
  }
  if (redemption.kind === "invalid") return refuseCode(redemption.why);

  const { grant } = redemption;
  const person = world.people.find(grant.personId);
  // Named people are never removed and the crowd is made from its numbers, so whoever got a code is still there.
  if (!person) throw new Error(`nobody has the id ${grant.personId}, yet a code was issued`);
  const identity = grant.snapshot
    ? world.people.identifyVirtually(person, app)
    : world.people.identify(person, app);
  const authorization = world.snsTokens.issue(grant, identity.openid);
  return {
    personId: grant.personId,
    fields: {
      access_token: authorization.accessToken,
      expires_in: ACCESS_TOKEN_SECONDS,
      refresh_token: authorization.refreshToken, // with snsapi_base as well
      openid: identity.openid,
      scope: grant.scope,
      is_snapshotuser: grant.snapshot ? 1 : undefined, // absent otherwise, not 0
      unionid: grant.scope === "snsapi_base" ? undefined : identity.unionid,
    },
  };
}

function refuseCode(why: "unknown" | "expired" | "other_app"): ApiAnswer {
  switch (why) {
    case "unknown":
      return refuse(
        40029,
        "this code was never issued, or is too old to be remembered",
        "从未发出过此 code，或年代过久",
      );
    case "expired":
      return refuse(40029, "this code has expired", "此 code 已过期");
    case "other_app":
      return refuse(40029, "this code was issued to another app", "此 code 是发给另一个应用的");
  }
}

/**
 * GET /sns/oauth2/refresh_token?appid&grant_type=refresh_token&refresh_token (no secret)
 * → { access_token, expires_in: 7200, refresh_token, openid, scope }
 */
function refreshTokens(world: World, parameters: Parameters): ApiAnswer {
  const { appid, refresh_token, grant_type } = parameters;
  if (!appid) return refuse(41002, "appid is missing", "缺少 appid");
  if (!refresh_token) return refuse(41003, "refresh_token is missing", "缺少 refresh_token");
  if (grant_type !== "refresh_token") {
    return refuse(40002, "grant_type must be refresh_token", "grant_type 须为 refresh_token");
  }
  if (!world.apps.find(appid)) return refuse(40013, "no app has this appid", "没有这个 appid 的应用");
  const authorization = world.snsTokens.findByRefreshToken(refresh_token);
  if (!authorization || authorization.appId !== appid) {
    return refuse(40030, "this app has no such refresh_token", "该应用没有这个 refresh_token");
  }
  if (world.snsTokens.isRefreshTokenExpired(authorization)) {
    return refuse(42002, "30 days since the authorization are over", "距授权已超过 30 天");
  }
  world.snsTokens.refresh(authorization);
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

/**
 * GET /sns/userinfo?access_token&openid&lang
 * → { openid, nickname, sex: 0, province: "", city: "", country: "", headimgurl, privilege: [], unionid? }
 */
function getUserInfo(world: World, parameters: Parameters): ApiAnswer {
  const found = findAuthorization(world, parameters);
  if ("errcode" in found) return found;
  const { authorization } = found;
  if (authorization.scope === "snsapi_base") {
    return refuse(
      48001,
      "the token is of scope snsapi_base, which reads no profile",
      "令牌的 scope 是 snsapi_base，不能读取资料",
    );
  }
  const app = world.apps.find(authorization.appId);
  const person = world.people.find(authorization.personId);
  if (!app || !person) throw new Error("a token outlived its app or its person");
  const identity = authorization.snapshot
    ? world.people.identifyVirtually(person, app)
    : world.people.identify(person, app);
  return {
    personId: person.id,
    fields: {
      openid: identity.openid,
      nickname: identity.nickname,
      sex: 0, // since 2021-10-20 always 0, and the places always empty
      province: "",
      city: "",
      country: "",
      headimgurl: identity.headimgurl,
      privilege: [],
      unionid: identity.unionid,
    },
  };
}

/** GET /sns/auth?access_token&openid → { errcode: 0, errmsg: "ok" }: the one success here that carries an errcode. */
function checkToken(world: World, parameters: Parameters): ApiAnswer {
  const found = findAuthorization(world, parameters);
  if ("errcode" in found) return found;
  return { personId: found.authorization.personId, fields: { errcode: 0, errmsg: "ok" } };
}

/** The checks that userinfo and auth share. */
function findAuthorization(
  world: World,
  { access_token, openid }: Parameters,
): { authorization: Authorization } | (ApiAnswer & { errcode: number }) {
  const no = (errcode: number, en: string, zh: string) => ({ ...refuse(errcode, en, zh), errcode });
  if (!access_token) return no(41001, "access_token is missing", "缺少 access_token");
  if (!openid) return no(41009, "openid is missing", "缺少 openid");
  // 40014 and 40001 are both seen for bad tokens. Here: not even shaped like one, and not (or no longer) a user's.
  if (!/^\d{2,3}_[\w-]+$/.test(access_token)) {
    return no(40014, "this does not look like a token at all", "这不是 access_token 的形状");
  }
  const authorization = world.snsTokens.findByAccessToken(access_token);
  if (!authorization) {
    const isGlobal = world.globalTokens.findAppId(access_token) !== undefined;
    return isGlobal
      ? no(
          40001,
          "this is the account's global token; a user's web token is needed",
          "这是公众号的全局令牌；此处须用网页授权令牌",
        )
      : no(40001, "no user's token is this one", "没有这个网页授权令牌");
  }
  if (world.snsTokens.isAccessTokenExpired(authorization))
    return no(42001, "the token has expired", "令牌已过期");
  if (authorization.openid !== openid)
    return no(40003, "the openid is not this token's", "openid 与令牌不符");
  return { authorization };
}
