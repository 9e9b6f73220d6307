import { errmsgOf } from "../protocol/errcodes.js";
import type { Text } from "../protocol/text.js";
import { createRequestId, createRid } from "../stores/rids.js";
import type { Settings } from "../stores/settings.js";

/** What a call to the API comes to, before it is written on the wire. */
export interface ApiAnswer {
  /** Fields of a success, in the order they are sent; undefined ones are left out. */
  fields?: Record<string, unknown>;
  /** Set on a refusal. */
  errcode?: number;
  errmsg?: string;
  reason?: Text;
  personId?: string;
}

/** A call that was refused. */
export type Refusal = ApiAnswer & { errcode: number };

/** `/sns/*` is about people, `/cgi-bin/*` about the account; they differ in content type and in the errmsg's tail. */
export type ApiFamily = "sns" | "cgi-bin";

/** No charset on `/sns/*`, and a parameter that is not called charset on `/cgi-bin/*`: both as the real ones. */
export const CONTENT_TYPE_OF: Record<ApiFamily, string> = {
  sns: "text/plain",
  "cgi-bin": "application/json; encoding=utf-8",
};

/** The success of calls that have nothing to tell. */
export const OK: ApiAnswer = { fields: { errcode: 0, errmsg: "ok" } };

export function refuse(errcode: number, en: string, zh: string, errmsg?: string): Refusal {
  return { errcode, reason: { en, zh }, ...(errmsg === undefined ? {} : { errmsg }) };
}

/** A body, and the rid that its errmsg ends in. */
export interface WrittenAnswer {
  body: string;
  rid?: string;
}

/** Writes the body. A refusal's errmsg ends in a rid: after a comma on `/sns/*`, without one on `/cgi-bin/*`. */
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
 * JSON as WeChat writes it: control characters that have no short escape stand raw inside the texts, which no strict
 * parser takes. The other alternative of the pattern steps over every other escape, so that `\\u0014` stays one.
 */
function writeJson(value: unknown): string {
  return JSON.stringify(value).replace(/\\(?:u00([01][0-9a-f])|.)/g, (written, hex?: string) =>
    hex === undefined ? written : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
