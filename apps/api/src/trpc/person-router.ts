import { personRouter } from "./procedures.js";
import { bindingsRouter } from "./routers/bindings.js";
import { sessionRouter } from "./routers/session.js";

/** `/trpc`: what a signed-in person may ask for. */
export const router = personRouter({ session: sessionRouter, bindings: bindingsRouter });

export type PersonRouter = typeof router;
