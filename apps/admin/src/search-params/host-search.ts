import { z } from "zod/mini";
import { oneOf, text } from "./fields.js";
import type { ListState } from "./use-list-search.js";

/** /admin/hosts/$id. `webhook` is the one whose deliveries are in the drawer; `state` and `cursor` are of that list. */
export const hostSearch = z.object({
  webhook: text,
  state: oneOf(["pending", "delivered", "failed"]),
  cursor: text,
});

export type HostSearch = z.output<typeof hostSearch>;

/** What the list of deliveries gets. */
export type DeliveriesListState = ListState<HostSearch, "state">;
