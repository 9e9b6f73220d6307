import { z } from "zod";
import { getChecklist } from "../../domain/console/checklist.js";
import { getOverview } from "../../domain/console/overview.js";
import { momentInput, plainText } from "../inputs.js";
import { operatorRouter, viewerProcedure } from "../procedures.js";

export const overviewRouter = operatorRouter({
  get: viewerProcedure
    .input(
      z.object({
        appId: plainText(64).optional(),
        from: momentInput,
        to: momentInput,
        /** Minutes that the operator's clock is ahead of UTC. */
        offsetMinutes: z.number().int().min(-1440).max(1440).default(0),
      }),
    )
    .query(({ ctx, input }) => getOverview(ctx.deps, input)),

  /** What is left to do before people can sign in for real. */
  checklist: viewerProcedure.query(({ ctx }) => getChecklist(ctx.deps)),
});
