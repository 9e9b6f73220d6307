import { operatorRouter, viewerProcedure } from "../procedures.js";

export const systemRouter = operatorRouter({
  notices: viewerProcedure.query(({ ctx }) => ({ items: ctx.deps.notices.list() })),
});
