import { z } from "zod";
import { countSignInLog, getSignIn, listSignInLog } from "../../domain/console/sign-ins.js";
import { AppError } from "../errors.js";
import { idInput, momentInput, pageInput, plainText, searchText } from "../inputs.js";
import { operatorRouter, viewerProcedure } from "../procedures.js";

const outcomes = [
  "signed_in",
  "bound",
  "bound_elsewhere",
  "refused",
  "expired",
  "snapshot",
  "blocked",
  "failed",
  "abandoned",
  "in_progress",
] as const;

const filter = {
  q: searchText,
  outcome: z.enum(outcomes).optional(),
  appId: plainText(64).optional(),
  userId: idInput.optional(),
  sameBrowserAs: idInput.optional(),
  from: momentInput,
  to: momentInput,
};

export const signInsRouter = operatorRouter({
  list: viewerProcedure
    .input(z.object({ ...pageInput, ...filter }))
    .query(({ ctx, input }) => listSignInLog(ctx.deps, input)),

  count: viewerProcedure.input(z.object(filter)).query(({ ctx, input }) => countSignInLog(ctx.deps, input)),

  get: viewerProcedure.input(z.object({ id: idInput })).query(async ({ ctx, input }) => {
    const signIn = await getSignIn(ctx.deps, input.id);
    if (!signIn) throw new AppError("not_found");
    return signIn;
  }),
});
