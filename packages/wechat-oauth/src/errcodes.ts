import { appErrcodes } from "./errcodes/app.js";
import { confirmationErrcodes } from "./errcodes/confirmation.js";
import type { ErrcodeExplanation, PseudoCode } from "./errcodes/explanation.js";
import { limitErrcodes } from "./errcodes/limits.js";
import { ownErrcodes } from "./errcodes/own.js";
import { personErrcodes } from "./errcodes/person.js";
import { requestErrcodes } from "./errcodes/request.js";
import { tokenErrcodes } from "./errcodes/token.js";

export type { ErrcodeExplanation, PseudoCode };

/** Every code the calls of this library can end with, WeChat's by number, then our own. */
export const errcodes: readonly ErrcodeExplanation[] = [
  ...[
    ...appErrcodes,
    ...confirmationErrcodes,
    ...limitErrcodes,
    ...personErrcodes,
    ...requestErrcodes,
    ...tokenErrcodes,
  ].sort((a, b) => Number(a.code) - Number(b.code)),
  ...ownErrcodes,
];

const byCode = new Map(errcodes.map((explanation) => [String(explanation.code), explanation]));

/**
 * What a code means and what to do about it.
 *
 * @param code an errcode as number or text, or a code of our own such as `TIMEOUT`
 * @returns undefined for a code that is not in the table: show a general text, and retry nothing
 */
export function explainErrcode(code: number | string): ErrcodeExplanation | undefined {
  return byCode.get(String(code));
}
