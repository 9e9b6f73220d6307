import { z } from "zod";
import { countSignInLog, getSignIn, listSignInLog } from "../../domain/console/sign-ins.js";
import { AppError } from "../errors.js";
import { idInput, pageInput } from "../inputs.js";
import { signInsFilter } from "../list-filters.js";
import { operatorRouter, viewerProcedure } from "../procedures.js";

export const signInsRouter = operatorRouter({
  list: viewerProcedure
    .input(z.object({ ...pageInput, ...signInsFilter }))
    .query(({ ctx, input }) => listSignInLog(ctx.deps, input)),

  count: viewerProcedure
    .input(z.object(signInsFilter))
    .query(({ ctx, input }) => countSignInLog(ctx.deps, input)),

  get: viewerProcedure.input(z.object({ id: idInput })).query(async ({ ctx, input }) => {
    const signIn = await getSignIn(ctx.deps, input.id);
    if (!signIn) throw new AppError("not_found");
    return signIn;
  }),
});
