// The entry "@wechat-login/oauth/errcodes": what WeChat's errcodes, and this library's own codes, mean and what to do.

import type { Advice, CallPrefix, ErrcodeExplanation, PseudoCode, Retry } from "./errcodes/explanation.js";
import { errcodes } from "./errcodes/index.js";

export { type Advice, type CallPrefix, type ErrcodeExplanation, errcodes, type PseudoCode, type Retry };

const byCode = new Map(errcodes.map((explanation) => [String(explanation.code), explanation]));

/**
 * What a code means and what to do about it.
 *
 * @param code an errcode as number or text, or a code of this library such as `TIMEOUT`
 * @param endpoint the call that failed, such as an error's `endpoint`: causes, steps and `retry` are then those for it
 * @returns undefined for an unknown code: show a general text, and do not retry
 */
export function explainErrcode(code: number | string, endpoint?: string): ErrcodeExplanation | undefined {
  const found = byCode.get(String(code));
  if (!found || endpoint === undefined) return found;
  const retry = endpoint.startsWith("sns/") ? found.retryOnSns : undefined;
  const fitting = Object.entries(found.on ?? {})
    .filter(([prefix]) => endpoint.startsWith(prefix))
    .sort(([one], [other]) => one.length - other.length);
  return Object.assign({ ...found }, retry && { retry }, ...fitting.map(([, advice]) => advice));
}
