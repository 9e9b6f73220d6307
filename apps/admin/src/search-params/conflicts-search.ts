import { z } from "zod/mini";
import { oneOf, text } from "./fields.js";

/** /admin/conflicts: `view` is "open" (the default), "resolved" or "merges". `open` is the merge in the drawer. */
export const conflictsSearch = z.object({
  view: oneOf(["open", "resolved", "merges"]),
  cursor: text,
  open: text,
});
