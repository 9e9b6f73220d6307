import { z } from "zod";
import { getChecklist } from "../../domain/console/checklist.js";
import { getBars, getOverview } from "../../domain/console/overview.js";
import { momentInput, plainText } from "../inputs.js";
import { operatorRouter, viewerProcedure } from "../procedures.js";

const range = {
  appId: plainText(64).optional(),
  from: momentInput,
  to: momentInput,
  /** Minutes that the operator's clock is ahead of UTC. */
  offsetMinutes: z.number().int().min(-1440).max(1440).default(0),
};

export const overviewRouter = operatorRouter({
  get: viewerProcedure.input(z.object(range)).query(({ ctx, input }) => getOverview(ctx.deps, input)),

  /** Of failed calls the counts know the endpoint and the errcode, too. */
  bars: viewerProcedure
    .input(z.object({ ...range, endpoint: plainText(64).optional(), errcode: plainText(32).optional() }))
    .query(({ ctx, input }) => getBars(ctx.deps, input)),

  /** What is left to do before people can sign in for real. */
  checklist: viewerProcedure.query(({ ctx }) => getChecklist(ctx.deps)),
});
