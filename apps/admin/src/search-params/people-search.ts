import { z } from "zod/mini";
import { oneOf, text } from "./fields.js";

/** /admin/people. `open` is the user id of the person in the drawer. */
export const peopleSearch = z.object({
  q: text,
  appId: text,
  unionid: oneOf(["yes", "no"]),
  status: oneOf(["active", "blocked"]),
  cursor: text,
  open: text,
});
