import { isId, timeOfId } from "./ids.js";

/** Failure pages that a request can get without a sign-in of its own, by the letter at the end of their number. */
const pageOfLetter = {
  C: "invalid-callback",
  E: "expired",
  U: "used",
  T: "too-many-requests",
  N: "not-found",
  S: "server-error",
  B: "busy",
} as const;

export type PageWithoutSignIn = (typeof pageOfLetter)[keyof typeof pageOfLetter];

/**
 * The number on a failure page for a request that belongs to no sign-in: the request id, whose first 48 bits are the time, and
 * a letter for the page. So an operator learns what the request was although nothing is stored for it, and a flood of such
 * requests stores nothing.
 */
export function requestNumber(requestId: string, page: string): string {
  const letter = Object.entries(pageOfLetter).find(([, name]) => name === page)?.[0];
  return letter === undefined ? requestId : `${requestId}-${letter}`;
}

/** What a pasted number says by itself; `page` is null for a bare id, as in the log. */
export function readRequestNumber(
  text: string,
): { id: string; at: Date; page: PageWithoutSignIn | null } | undefined {
  const [id = "", letter, ...rest] = text.trim().toUpperCase().split("-");
  if (!isId(id) || rest.length > 0) return undefined;
  if (letter !== undefined && !Object.hasOwn(pageOfLetter, letter)) return undefined;
  return {
    id,
    at: timeOfId(id),
    page: letter === undefined ? null : pageOfLetter[letter as keyof typeof pageOfLetter],
  };
}
