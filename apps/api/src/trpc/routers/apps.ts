import { examine } from "../../domain/doctor/doctor.js";
import { operatorProcedure, operatorRouter, viewerProcedure } from "../procedures.js";

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

  /** What is wrong with the apps and with this server, as far as it can be checked; at most 15 s old. */
  diagnosis: operatorProcedure.query(({ ctx: { deps } }) => examine(deps)),
});
