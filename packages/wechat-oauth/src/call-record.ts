import type { Endpoint, ReceivedAnswer, SentRequest } from "./errors.js";
import { parseJson } from "./parse-json.js";
import { readErrmsg, redactCredentials } from "./redact.js";
import type { WireAnswer } from "./transport.js";

// What is kept of a failed call for those who look into it. Nothing here is secret, and nothing tells who a person is.

const maxBodyLength = 2048;

/** Parameters whose values are the same for every person, and no secret. */
const plainParameters = new Set(["appid", "grant_type", "lang", "type", "force_refresh"]);

/** Numbers that say nothing about a person. */
const plainFields = new Set(["errcode", "expires_in"]);

export function describeRequest(
  endpoint: Endpoint,
  query: Readonly<Record<string, string>> | undefined,
  body: unknown,
): SentRequest {
  const sent = { ...query, ...(body instanceof Object ? body : {}) };
  const parameters = Object.entries(sent).map(([name, value]) => [
    name,
    plainParameters.has(name) ? String(value) : "***",
  ]);
  return {
    method: body === undefined ? "GET" : "POST",
    path: endpoint,
    parameters: Object.fromEntries(parameters),
  };
}

/** @param sent the request's secrets, codes and tokens */
export function describeAnswer({ httpStatus, text }: WireAnswer, sent: readonly string[]): ReceivedAnswer {
  const value = parseJson(text);
  const isObject = value instanceof Object && !Array.isArray(value);
  return { httpStatus, body: isObject ? maskFields({ ...value }, sent) : maskText(text, sent) };
}

function maskFields(fields: Record<string, unknown>, sent: readonly string[]): string {
  const masked = Object.entries(fields).map(([name, value]) => {
    if (name === "errmsg") return [name, readErrmsg(value, sent).errmsg];
    return [name, plainFields.has(name) && typeof value === "number" ? value : "***"];
  });
  return redactCredentials(JSON.stringify(Object.fromEntries(masked)), sent).slice(0, maxBodyLength);
}

/** A gateway's own text or page is kept, because it names the gateway. */
function maskText(text: string, sent: readonly string[]): string {
  const safe = redactCredentials(text, sent); // before the cut, which could split a secret
  return /[{["]\s*["{[]|^\s*[{["]/.test(safe) ? "***" : safe.slice(0, maxBodyLength);
}
