import { z } from "zod/mini";
import { oneOf, text } from "./fields.js";

/** /admin/tokens. The drawer shows the user token of the binding `open`, or the app token of `app`. */
export const tokensSearch = z.object({
  q: text,
  appId: text,
  state: oneOf(["fresh", "refreshable", "refused", "dead"]),
  cursor: text,
  open: text,
  app: text,
});
