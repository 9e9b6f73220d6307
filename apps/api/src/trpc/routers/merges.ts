import { z } from "zod";
import { getMerge, listMerges } from "../../domain/console/merges.js";
import { undoMerge } from "../../domain/identity/merges.js";
import { actorOf } from "../actor.js";
import { AppError } from "../errors.js";
import { idInput, pageInput, reasonInput } from "../inputs.js";
import { operatorProcedure, operatorRouter, viewerProcedure } from "../procedures.js";

export const mergesRouter = operatorRouter({
  list: viewerProcedure.input(z.object(pageInput)).query(({ ctx, input }) => listMerges(ctx.deps, input)),

  get: viewerProcedure.input(z.object({ id: idInput })).query(async ({ ctx, input }) => {
    const merge = await getMerge(ctx.deps, input.id);
    if (!merge) throw new AppError("not_found");
    return merge;
  }),

  undo: operatorProcedure
    .meta({ audit: "people.undo_merge" })
    .input(z.object({ id: idInput, reason: reasonInput }))
    .mutation(async ({ ctx, input }) => {
      await undoMerge(ctx.deps, { ...input, by: actorOf(ctx) });
      return { ok: true as const };
    }),
});
