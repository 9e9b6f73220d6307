// The entry "wechat-oauth/errcodes": what WeChat's errcodes, and this library's own codes, mean and what to do.

import type { ErrcodeExplanation, PseudoCode, Retry } from "./errcodes/explanation.js";
import { errcodes } from "./errcodes/index.js";

export { type ErrcodeExplanation, errcodes, type PseudoCode, type Retry };

const byCode = new Map(errcodes.map((explanation) => [String(explanation.code), explanation]));

/**
 * What a code means and what to do about it.
 *
 * @param code an errcode as number or text, or a code of this library such as `TIMEOUT`
 * @returns undefined for an unknown code: show a general text, and do not retry
 */
export function explainErrcode(code: number | string): ErrcodeExplanation | undefined {
  return byCode.get(String(code));
}
