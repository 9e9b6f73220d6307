import { z } from "zod";
import { findAnything } from "../../domain/console/search.js";
import { plainText } from "../inputs.js";
import { operatorRouter, viewerProcedure } from "../procedures.js";

export const searchRouter = operatorRouter({
  find: viewerProcedure
    .input(z.object({ text: plainText(200).trim().min(1) }))
    .query(({ ctx, input }) => findAnything(ctx.deps, input.text)),
});
