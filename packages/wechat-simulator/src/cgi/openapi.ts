import type { FastifyRequest } from "fastify";
import { API_PATHS, type ApiEndpoint } from "../protocol/endpoints.js";
import { type ApiAnswer, OK, refuse } from "../routes/api-answer.js";
import { queryParameters, readBody } from "../routes/api-request.js";
import { isRid } from "../stores/rids.js";
import type { Store } from "../stores/store.js";
import { findAccount } from "./account.js";

/**
 * POST /cgi-bin/openapi/rid/get?access_token { rid }
 * → { errcode: 0, errmsg: "ok", request: { invoke_time, cost_in_ms, request_url, request_body, response_body, client_ip } }
 *
 * For seven days, and for the account's own calls only. URL and bodies contain secrets and tokens, as in WeChat.
 */
export function getRid(store: Store, request: FastifyRequest): ApiAnswer {
  const app = findAccount(store, queryParameters(request).access_token, "rid_get");
  if ("errcode" in app) return app;
  const read = readBody(request);
  if ("errcode" in read) return read;
  const { rid } = read.body;
  if (typeof rid !== "string" || !isRid(rid)) {
    return refuse(76002, "a rid is three groups of eight hex digits", "rid 须为三组八位十六进制数");
  }
  const found = store.rids.find(rid);
  if (!found) {
    return refuse(
      76001,
      "no /cgi-bin call of the last seven days returned this rid; those of /sns cannot be looked up",
      "七天内没有 /cgi-bin 调用返回过此 rid；/sns 的 rid 无法查询",
      `rid not found, please check rid: ${rid}`,
    );
  }
  if (found.appId !== app.appId) {
    return refuse(76003, "this rid belongs to another account", "此 rid 属于另一个账号");
  }
  return {
    fields: {
      errcode: 0,
      errmsg: "ok",
      request: {
        invoke_time: found.invokeTime,
        cost_in_ms: found.costMs,
        request_url: found.requestUrl,
        request_body: found.requestBody,
        response_body: found.responseBody,
        client_ip: found.clientIp,
      },
    },
  };
}

/**
 * POST /cgi-bin/openapi/quota/get?access_token { cgi_path }
 * → { errcode: 0, errmsg: "ok", quota: { daily_limit, used, remain }, rate_limit?: { call_count, refresh_second } }
 */
export function getQuota(store: Store, request: FastifyRequest): ApiAnswer {
  const app = findAccount(store, queryParameters(request).access_token, "quota_get");
  if ("errcode" in app) return app;
  const read = readBody(request);
  if ("errcode" in read) return read;
  const path = read.body.cgi_path;
  if (typeof path !== "string" || !path.startsWith("/")) {
    return refuse(
      76003,
      "cgi_path must start with a slash and contain no host",
      "cgi_path 须以 / 开头，不含域名",
    );
  }
  if (path.startsWith("/sns/")) {
    return refuse(76022, "paths of /sns have no quota to query", "/sns 的路径无法查询额度");
  }
  const endpoint = (Object.keys(API_PATHS) as ApiEndpoint[]).find((name) => API_PATHS[name] === path);
  if (!endpoint) return refuse(76021, "there is no such path", "没有这个路径");
  const limit = app.limits.daily[endpoint] ?? 0;
  const used = store.quotas.usedToday(app.appId, endpoint);
  const perMinute = app.limits.perMinute[endpoint];
  return {
    fields: {
      errcode: 0,
      errmsg: "ok",
      quota: { daily_limit: limit, used, remain: Math.max(0, limit - used) },
      // Absent without such a limit.
      rate_limit: perMinute === undefined ? undefined : { call_count: perMinute, refresh_second: 60 },
    },
  };
}

/** POST /cgi-bin/clear_quota?access_token { appid } → { errcode: 0, errmsg: "ok" }, ten times a month; then 48006. */
export function clearQuota(store: Store, request: FastifyRequest): ApiAnswer {
  const app = findAccount(store, queryParameters(request).access_token, "clear_quota");
  if ("errcode" in app) return app;
  const read = readBody(request);
  if ("errcode" in read) return read;
  const { appid } = read.body;
  if (!appid) return refuse(41002, "appid is missing", "缺少 appid");
  if (appid !== app.appId) {
    return refuse(40013, "the appid does not belong to the token's account", "appid 与令牌所属账号不符");
  }
  if (!store.quotas.clear(app)) {
    return refuse(48006, "this month's quota resets are used up", "本月的清零次数已用完");
  }
  return OK;
}
