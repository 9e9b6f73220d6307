import { z } from "zod";
import { findAnything } from "../../domain/console/search.js";
import { operatorRouter, viewerProcedure } from "../procedures.js";

export const searchRouter = operatorRouter({
  find: viewerProcedure
    .input(z.object({ text: z.string().trim().min(1).max(200) }))
    .query(({ ctx, input }) => findAnything(ctx.deps, input.text)),
});
