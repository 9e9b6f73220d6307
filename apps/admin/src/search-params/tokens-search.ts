import { z } from "zod/mini";
import { oneOf, text } from "./fields.js";

/** /admin/tokens: `open` is the binding of the user token in the drawer, `app` the app token there. */
export const tokensSearch = z.object({
  q: text,
  appId: text,
  state: oneOf(["fresh", "refreshable", "dead"]),
  cursor: text,
  open: text,
  app: text,
});

export type TokensSearch = z.output<typeof tokensSearch>;
