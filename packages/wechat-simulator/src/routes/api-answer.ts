import { errmsgOf } from "../errcodes.js";
import { createRid } from "../rid.js";
import type { Text } from "../text.js";

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

/** `/sns/*` is about people, `/cgi-bin/*` about the account; they differ in content type and in the errmsg's tail. */
export type ApiFamily = "sns" | "cgi-bin";

/** No charset on `/sns/*`, and a parameter that is not called charset on `/cgi-bin/*`: both as the real ones. */
export const CONTENT_TYPE_OF: Record<ApiFamily, string> = {
  sns: "text/plain",
  "cgi-bin": "application/json; encoding=utf-8",
};

export function refuse(errcode: number, en: string, zh: string, errmsg?: string): ApiAnswer {
  return { errcode, reason: { en, zh }, ...(errmsg === undefined ? {} : { errmsg }) };
}

/** Writes the body. A refusal's errmsg ends in a rid: after a comma on `/sns/*`, without one on `/cgi-bin/*`. */
export function writeAnswer(answer: ApiAnswer, family: ApiFamily, unixSeconds: number): string {
  if (answer.errcode === undefined) return JSON.stringify(answer.fields ?? {});
  const text = answer.errmsg ?? errmsgOf(answer.errcode);
  const separator = family === "sns" ? ", " : " ";
  return JSON.stringify({
    errcode: answer.errcode,
    errmsg: `${text}${separator}rid: ${createRid(unixSeconds)}`,
  });
}
