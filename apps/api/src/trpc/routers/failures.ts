import { z } from "zod";
import { getFailure } from "../../domain/console/failure-detail.js";
import { listFailureGroups, listFailuresPage } from "../../domain/console/failures.js";
import { AppError } from "../errors.js";
import { idInput, momentInput, pageInput, plainText, searchText } from "../inputs.js";
import { operatorRouter, viewerProcedure } from "../procedures.js";

const filter = {
  q: searchText,
  appId: plainText(64).optional(),
  endpoint: plainText(64).optional(),
  errcode: plainText(32).optional(),
  from: momentInput,
  to: momentInput,
};

export const failuresRouter = operatorRouter({
  list: viewerProcedure
    .input(z.object({ ...pageInput, ...filter }))
    .query(({ ctx, input }) => listFailuresPage(ctx.deps, input)),

  groups: viewerProcedure
    .input(z.object(filter))
    .query(({ ctx, input }) => listFailureGroups(ctx.deps, input)),

  get: viewerProcedure.input(z.object({ id: idInput })).query(async ({ ctx, input }) => {
    const failure = await getFailure(ctx.deps, input.id);
    if (!failure) throw new AppError("not_found");
    return failure;
  }),
});
