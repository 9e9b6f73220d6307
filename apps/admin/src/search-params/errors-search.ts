import { z } from "zod/mini";
import { oneOf, text } from "./fields.js";
import { rangeFields } from "./time-range.js";

/**
 * /admin/errors: `view` switches between groups (when absent) and the raw log. `open` is the failure in
 * the drawer, `group` the group there, as src/pages/errors/group-key.ts writes it.
 */
export const errorsSearch = z.object({
  view: oneOf(["groups", "log"]),
  q: text,
  appId: text,
  endpoint: text,
  errcode: text,
  ...rangeFields,
  cursor: text,
  open: text,
  group: text,
});

export type ErrorsSearch = z.output<typeof errorsSearch>;
