import { z } from "zod";
import { auditEvents } from "../../domain/audit.js";
import { countAudit, listAudit, verifyNextEntries } from "../../domain/console/audit.js";
import { momentInput, pageInput, plainText } from "../inputs.js";
import { operatorRouter, viewerProcedure } from "../procedures.js";

const filter = {
  operatorId: plainText(200).optional(),
  event: z.enum(auditEvents).optional(),
  target: plainText(200).trim().optional(),
  result: z.enum(["ok", "denied", "refused"]).optional(),
  from: momentInput,
  to: momentInput,
};

export const auditRouter = operatorRouter({
  list: viewerProcedure
    .input(z.object({ ...pageInput, ...filter }))
    .query(({ ctx, input }) => listAudit(ctx.deps, input)),

  count: viewerProcedure.input(z.object(filter)).query(({ ctx, input }) => countAudit(ctx.deps, input)),

  /** A part of the log at a time; `after` is how far the part before came. */
  verify: viewerProcedure
    .input(z.object({ after: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0) }))
    .query(({ ctx, input }) => verifyNextEntries(ctx.deps, input.after)),
});
