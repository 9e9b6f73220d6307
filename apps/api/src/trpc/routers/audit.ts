import { z } from "zod";
import { countAudit, listAudit, verifyNextEntries } from "../../domain/console/audit.js";
import { pageInput } from "../inputs.js";
import { auditFilter } from "../list-filters.js";
import { operatorRouter, viewerProcedure } from "../procedures.js";

export const auditRouter = operatorRouter({
  list: viewerProcedure
    .input(z.object({ ...pageInput, ...auditFilter }))
    .query(({ ctx, input }) => listAudit(ctx.deps, input)),

  count: viewerProcedure.input(z.object(auditFilter)).query(({ ctx, input }) => countAudit(ctx.deps, input)),

  /** A part of the log at a time; `after` is how far the part before came. */
  verify: viewerProcedure
    .input(z.object({ after: z.number().int().min(0).default(0) }))
    .query(({ ctx, input }) => verifyNextEntries(ctx.deps, input.after)),
});
