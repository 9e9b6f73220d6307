import { operatorRouter, viewerProcedure } from "../procedures.js";

export const appsRouter = operatorRouter({
  list: viewerProcedure.query(({ ctx }) => ({
    items: ctx.deps.apps.all.map(({ appId, key, kind, profile, group }) => ({
      appId,
      key,
      kind,
      profile,
      group: group ?? null,
    })),
  })),
});
