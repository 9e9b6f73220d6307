import { z } from "zod/mini";
import { oneOf, text } from "./fields.js";
import { rangeFields } from "./time-range.js";
import type { ListState } from "./use-list-search.js";

export const groupStates = ["open", "regressed", "acknowledged", "muted", "resolved"] as const;

export const groupSorts = ["last_seen", "first_seen", "people", "events", "trend"] as const;

/**
 * /admin/errors: `view` is "groups" (the default), "people" or "log". Of groups, `state` is by default "unresolved" and `sort`
 * "last_seen". `open` is the failure in the drawer, `group` the
 * group there, in the form of src/pages/errors/group-key.ts.
 */
export const errorsSearch = z.object({
  view: oneOf(["groups", "people", "log"]),
  state: oneOf([...groupStates, "all"]),
  sort: oneOf(groupSorts),
  q: text,
  appId: text,
  endpoint: text,
  errcode: text,
  ...rangeFields,
  /** The log is watched. */
  live: oneOf(["on"]),
  cursor: text,
  open: text,
  group: text,
});

export type ErrorsSearch = z.output<typeof errorsSearch>;

/** What each view of the errors page gets. Only the log has a text search. */
export type ErrorsListState = ListState<ErrorsSearch, "q" | "appId" | "endpoint" | "errcode">;

export type ErrorsView = NonNullable<ErrorsSearch["view"]>;
