import { z } from "zod/mini";
import { oneOf, text } from "./fields.js";
import { rangeFields } from "./time-range.js";

export const outcomes = [
  "signed_in",
  "bound",
  "bound_elsewhere",
  "refused",
  "expired",
  "snapshot",
  "blocked",
  "failed",
  "abandoned",
  "in_progress",
] as const;

/** /admin/sign-ins: `browser` is a sign-in in the browser whose sign-ins are listed. Unlike other lists it has no `open`, the row in the drawer: a sign-in opens on its own page. */
export const signInsSearch = z.object({
  q: text,
  outcome: oneOf(outcomes),
  appId: text,
  userId: text,
  browser: text,
  ...rangeFields,
  /** The list is watched. */
  live: oneOf(["on"]),
  cursor: text,
});
