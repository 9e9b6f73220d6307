import { z } from "zod/mini";

/** The api's limit for a search text, an id and a cursor. */
const MAX_CHARACTERS = 200;

// URLs are typed by hand, cut off by chat programs and kept in old bookmarks: an invalid value counts as
// absent, so that the page still opens.

/** Free text, or an id. */
export const text = z.catch(
  z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_CHARACTERS))),
  undefined,
);

/** One of a few fixed values. */
export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.catch(z.optional(z.enum(values)), undefined);
}

/** An ISO date and time with its zone. */
export const dateTime = z.catch(z.optional(z.iso.datetime({ offset: true })), undefined);
