import { operatorRouter, viewerProcedure } from "../procedures.js";

export const systemRouter = operatorRouter({
  /** How long sign-ins and failed calls are kept. */
  retention: viewerProcedure.query(({ ctx }) => ({ days: ctx.deps.settings.retentionDays })),
  notices: viewerProcedure.query(({ ctx }) => ({ items: ctx.deps.notices.list() })),
});
