import { errmsgOf } from "../protocol/errcodes.js";
import type { Text } from "../protocol/text.js";
import { createRequestId, createRid } from "../stores/rids.js";
import type { Settings } from "../stores/settings.js";

/** The result of an API call before serialization. */
export interface ApiAnswer {
  /** Fields of a success, in order; undefined ones are omitted. */
  fields?: Record<string, unknown>;
  /** Set on a refusal. */
  errcode?: number;
  errmsg?: string;
  reason?: Text;
  personId?: string;
}

/** A call that was refused. */
export type Refusal = ApiAnswer & { errcode: number };

/** `/sns/*` concerns people, `/cgi-bin/*` the account. They differ in content type and in the errmsg's tail. */
export type ApiFamily = "sns" | "cgi-bin";

/** As the real API: no charset on `/sns/*`, and `encoding` instead of `charset` on `/cgi-bin/*`. */
export const CONTENT_TYPE_OF: Record<ApiFamily, string> = {
  sns: "text/plain",
  "cgi-bin": "application/json; encoding=utf-8",
};

/** The success of calls that return no data. */
export const OK: ApiAnswer = { fields: { errcode: 0, errmsg: "ok" } };

export function refuse(errcode: number, en: string, zh: string, errmsg?: string): Refusal {
  return { errcode, reason: { en, zh }, ...(errmsg === undefined ? {} : { errmsg }) };
}

/** A body, and the rid at the end of its errmsg. */
export interface WrittenAnswer {
  body: string;
  rid?: string;
}

/** Serializes the body. An errmsg ends in a rid: after a comma on `/sns/*`, without one on `/cgi-bin/*`. */
export function writeAnswer(
  { fields, errcode, errmsg }: ApiAnswer,
  family: ApiFamily,
  unixSeconds: number,
  tail: Settings["errmsgTail"],
): WrittenAnswer {
  if (errcode === undefined) return { body: writeJson(fields ?? {}) };
  const text = errmsg ?? errmsgOf(errcode);
  if (tail === "hints") {
    const hint =
      family === "sns" ? `, hints: [ req_id: ${createRequestId()} ]` : ` hint: [${createRequestId()}]`;
    return { body: writeJson({ errcode, errmsg: `${text}${hint}` }) };
  }
  const rid = createRid(unixSeconds);
  const separator = family === "sns" ? ", " : " ";
  return { body: writeJson({ errcode, errmsg: `${text}${separator}rid: ${rid}` }), rid };
}

/**
 * JSON as WeChat writes it: control characters without a short escape are raw inside strings, which strict parsers
 * reject. The second alternative of the pattern skips other escapes, so that an escaped `\\u0014` is kept.
 */
function writeJson(value: unknown): string {
  return JSON.stringify(value).replace(/\\(?:u00([01][0-9a-f])|.)/g, (written, hex?: string) =>
    hex === undefined ? written : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
