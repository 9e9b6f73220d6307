import { z } from "zod/mini";
import { oneOf, text } from "./fields.js";
import { rangeFields } from "./time-range.js";

export const outcomes = [
  "signed_in",
  "refused",
  "expired",
  "snapshot",
  "blocked",
  "failed",
  "abandoned",
  "under_way",
] as const;

/** /admin/sign-ins. A sign-in has a page of its own, so nothing is `open` here. */
export const signInsSearch = z.object({
  q: text,
  outcome: oneOf(outcomes),
  appId: text,
  userId: text,
  ...rangeFields,
  cursor: text,
});

export type SignInsSearch = z.output<typeof signInsSearch>;
