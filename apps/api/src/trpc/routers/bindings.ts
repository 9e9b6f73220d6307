import { listOwnBindings } from "../../domain/account.js";
import { personProcedure, personRouter } from "../procedures.js";

export const bindingsRouter = personRouter({
  list: personProcedure.query(async ({ ctx }) => ({
    items: await listOwnBindings(ctx.deps, ctx.session),
    nextCursor: null,
  })),
});
