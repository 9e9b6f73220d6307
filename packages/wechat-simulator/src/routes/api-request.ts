import type { FastifyRequest } from "fastify";
import { type Refusal, refuse } from "./api-answer.js";

/** Parameters of a call, from its query or body; of a repeated one, the first. */
export type Parameters = Record<string, string | undefined>;

/** The query of a call. */
export function queryParameters(request: FastifyRequest): Parameters {
  const parameters: Parameters = {};
  for (const [name, value] of Object.entries(request.query as Record<string, string | string[]>)) {
    parameters[name] = Array.isArray(value) ? value[0] : value;
  }
  return parameters;
}

/**
 * The query and the form in the body of a POST; of a parameter in both, the query's. Clients written for other OAuth
 * services send a form to `/sns`, and WeChat answers it like the GET.
 */
export function formParameters(request: FastifyRequest): Parameters {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers["content-type"] ?? "");
  if (request.method !== "POST" || !isForm) return queryParameters(request);
  const parameters: Parameters = {};
  for (const [name, value] of new URLSearchParams(bodyText(request))) parameters[name] ??= value;
  return { ...parameters, ...queryParameters(request) };
}

/** The body as received; `""` if there was none. */
export function bodyText(request: FastifyRequest): string {
  return typeof request.body === "string" ? request.body : "";
}

/** The JSON object in the body of a POST, or a refusal: 44002 if empty, 47001 if not an object. */
export function readBody(request: FastifyRequest): { body: Record<string, unknown> } | Refusal {
  const text = bodyText(request);
  if (text === "") return refuse(44002, "the body is empty", "请求体为空");
  const body = parseObject(text);
  return body ? { body } : refuse(47001, "the body is not a JSON object", "请求体不是 JSON 对象");
}

/** A string field of the JSON body, if there is one. */
export function bodyField(request: FastifyRequest, name: string): string | undefined {
  const value = parseObject(bodyText(request))?.[name];
  return typeof value === "string" ? value : undefined;
}

/** The caller's address; a dual-stack socket reports IPv4 as mapped IPv6, which is undone. */
export function clientIp(request: FastifyRequest): string {
  return request.ip.replace(/^::ffff:/, "");
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // WeChat answers 47001 to every malformed body
  }
}
