import type { FastifyRequest } from "fastify";
import { type ApiAnswer, refuse } from "../routes/api-answer.js";
import { queryParameters, readBody } from "../routes/api-request.js";
import type { Store } from "../stores/store.js";
import { findAccount } from "./account.js";

// All addresses are in ranges reserved for documentation.

const ACTIONS = ["dns", "ping", "all"];
const OPERATORS = ["CHINANET", "UNICOM", "CAP", "DEFAULT"];

/** GET /cgi-bin/get_api_domain_ip?access_token → { ip_list }: the cheapest check of a global token */
export function listApiAddresses(store: Store, request: FastifyRequest): ApiAnswer {
  const app = findAccount(store, queryParameters(request).access_token, "get_api_domain_ip");
  return "errcode" in app ? app : { fields: { ip_list: ["203.0.113.10", "198.51.100.0/24"] } };
}

/** GET /cgi-bin/getcallbackip?access_token → { ip_list }: the source addresses of pushed messages */
export function listCallbackAddresses(store: Store, request: FastifyRequest): ApiAnswer {
  const app = findAccount(store, queryParameters(request).access_token, "getcallbackip");
  return "errcode" in app ? app : { fields: { ip_list: ["203.0.113.20", "192.0.2.0/24"] } };
}

/**
 * POST /cgi-bin/callback/check?access_token { action: dns|ping|all, check_operator: CHINANET|UNICOM|CAP|DEFAULT }
 * → { dns?: [{ ip, real_operator }], ping?: [{ ip, from_operator, package_loss, time }] }
 *
 * Nothing is resolved or pinged: the response is constant.
 */
export function checkCallback(store: Store, request: FastifyRequest): ApiAnswer {
  const app = findAccount(store, queryParameters(request).access_token, "callback_check");
  if ("errcode" in app) return app;
  const read = readBody(request);
  if ("errcode" in read) return read;
  const { action, check_operator } = read.body;
  if (typeof action !== "string" || !ACTIONS.includes(action)) {
    return refuse(40202, "action must be dns, ping or all", "action 须为 dns、ping 或 all");
  }
  if (typeof check_operator !== "string" || !OPERATORS.includes(check_operator)) {
    return refuse(
      40203,
      "check_operator must be CHINANET, UNICOM, CAP or DEFAULT",
      "check_operator 须为 CHINANET、UNICOM、CAP 或 DEFAULT",
    );
  }
  if (app.messageUrl === null) {
    return refuse(
      40201,
      "the app has no message URL (messageUrl)",
      "该应用没有配置消息回调地址（messageUrl）",
    );
  }
  const operator = check_operator === "DEFAULT" ? "UNICOM" : check_operator;
  const ip = "203.0.113.30";
  return {
    fields: {
      dns: action === "ping" ? undefined : [{ ip, real_operator: operator }],
      ping:
        action === "dns"
          ? undefined
          : [{ ip, from_operator: operator, package_loss: "0%", time: "23.079ms" }],
    },
  };
}
