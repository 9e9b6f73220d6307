import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ApiEndpoint } from "../protocol/endpoints.js";
import type { ApiAnswer } from "../routes/api-answer.js";
import { bodyField, queryParameters } from "../routes/api-request.js";
import { registerApiRoute } from "../routes/api-route.js";
import type { Store } from "../stores/store.js";
import { checkCallback, listApiAddresses, listCallbackAddresses } from "./network.js";
import { clearQuota, getQuota, getRid } from "./openapi.js";
import { fetchTicket } from "./ticket.js";
import { fetchStableToken, fetchToken } from "./token.js";
import { batchGetUserInfo, getUserInfo } from "./user-info.js";

type Handler = (store: Store, request: FastifyRequest) => ApiAnswer;

/** Every call about the account itself. */
const HANDLERS = {
  token: ["GET", fetchToken],
  stable_token: ["POST", fetchStableToken],
  getticket: ["GET", fetchTicket],
  user_info: ["GET", getUserInfo],
  user_info_batchget: ["POST", batchGetUserInfo],
  rid_get: ["POST", getRid],
  quota_get: ["POST", getQuota],
  clear_quota: ["POST", clearQuota],
  get_api_domain_ip: ["GET", listApiAddresses],
  getcallbackip: ["GET", listCallbackAddresses],
  callback_check: ["POST", checkCallback],
} as const satisfies Partial<Record<ApiEndpoint, readonly ["GET" | "POST", Handler]>>;

export function registerCgiBin(app: FastifyInstance, store: Store): void {
  for (const endpoint of Object.keys(HANDLERS) as (keyof typeof HANDLERS)[]) {
    const [method, handler] = HANDLERS[endpoint];
    registerApiRoute(app, store, {
      endpoint,
      family: "cgi-bin",
      method,
      echoedValues: (request) => ({
        secret: queryParameters(request).secret ?? bodyField(request, "secret"),
        code: queryParameters(request).code,
      }),
      appIdOf: (request) => findCaller(store, request),
      answer: (request) => handler(store, request),
    });
  }
}

/** By the token, even an ended one; by the appid for calls that fetch a token. */
function findCaller(store: Store, request: FastifyRequest): string | undefined {
  const { access_token, appid } = queryParameters(request);
  if (access_token !== undefined) return store.globalTokens.stateOf(access_token).appId;
  const named = appid ?? bodyField(request, "appid");
  return named === undefined ? undefined : store.apps.find(named)?.appId;
}
