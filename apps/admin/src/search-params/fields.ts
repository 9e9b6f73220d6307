import { z } from "zod/mini";

/** The api takes no longer question, id or cursor. */
const MAX_CHARACTERS = 200;

// An address is typed, shortened by chat programs, kept in old bookmarks: a value that makes no sense
// counts as absent, and the page opens anyway.

/** Free text, or an id. */
export const text = z.catch(
  z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_CHARACTERS))),
  undefined,
);

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.catch(z.optional(z.enum(words)), undefined);
}

/** A moment as an ISO string with its zone. */
export const dateTime = z.catch(z.optional(z.iso.datetime({ offset: true })), undefined);
