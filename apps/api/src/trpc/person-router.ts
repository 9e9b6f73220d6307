import { personRouter } from "./procedures.js";
import { bindingsRouter } from "./routers/bindings.js";
import { hostRouter } from "./routers/host.js";
import { sessionRouter } from "./routers/session.js";

/** `/trpc`: what a signed-in person may ask for, and what the server of a host application may. */
export const router = personRouter({ session: sessionRouter, bindings: bindingsRouter, host: hostRouter });

export type PersonRouter = typeof router;
