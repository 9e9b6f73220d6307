import { z } from "zod/mini";
import { oneOf, text } from "./fields.js";
import { rangeFields } from "./time-range.js";
import type { ListState } from "./use-list-search.js";

/**
 * /admin/errors: `view` is "groups" (the default) or "log". `open` is the failure in the drawer, `group` the
 * group there, in the form of src/pages/errors/group-key.ts.
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

/** What both views of the errors page get. The groups have no text search. */
export type ErrorsListState = ListState<ErrorsSearch, "q" | "appId" | "endpoint" | "errcode">;
