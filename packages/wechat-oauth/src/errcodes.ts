import { appErrcodes } from "./errcodes/app.js";
import { componentErrcodes } from "./errcodes/component.js";
import { confirmationErrcodes } from "./errcodes/confirmation.js";
import type { ErrcodeExplanation, PseudoCode, Retry } from "./errcodes/explanation.js";
import { followerErrcodes } from "./errcodes/followers.js";
import { limitErrcodes } from "./errcodes/limits.js";
import { operationErrcodes } from "./errcodes/operations.js";
import { ownErrcodes } from "./errcodes/own.js";
import { pageErrcodes } from "./errcodes/pages.js";
import { personErrcodes } from "./errcodes/person.js";
import { requestErrcodes } from "./errcodes/request.js";
import { tokenErrcodes } from "./errcodes/token.js";

export type { ErrcodeExplanation, PseudoCode, Retry };

/** WeChat's codes by number, those of its authorize page included, then our own. 0 is no failure and not among them. */
export const errcodes: readonly ErrcodeExplanation[] = [
  ...[
    ...appErrcodes,
    ...componentErrcodes,
    ...confirmationErrcodes,
    ...followerErrcodes,
    ...limitErrcodes,
    ...operationErrcodes,
    ...pageErrcodes,
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
