import { z } from "zod";
import {
  confirmPasskey,
  confirmTotp,
  removeFactor,
  renewRecoveryCodes,
  startPasskeyEnrolment,
  startTotp,
} from "../../domain/operators/enrol.js";
import { getSecondFactors } from "../../domain/operators/factors.js";
import { plainText, totpCode } from "../inputs.js";
import { enrollingProcedure, operatorRouter } from "../procedures.js";

const password = z.string().min(1).max(1000);
const name = plainText(60).min(1);

/** The operator's own second factors. Each change gives this browser a new session. */
export const secondFactorRouter = operatorRouter({
  get: enrollingProcedure.query(({ ctx }) => getSecondFactors(ctx.deps, ctx.operator)),

  startTotp: enrollingProcedure
    .meta({ audit: "operator.confirm_password" })
    .input(z.object({ password }))
    .mutation(({ ctx, input }) => startTotp(ctx.deps, ctx.self, input.password)),

  confirmTotp: enrollingProcedure
    .meta({ audit: "operator.add_factor" })
    .input(z.object({ code: totpCode, name }))
    .mutation(async ({ ctx, input }) => {
      const { secret, recoveryCodes } = await confirmTotp(ctx.deps, ctx.self, input);
      ctx.setOperatorCookie(secret);
      return { recoveryCodes };
    }),

  startPasskey: enrollingProcedure
    .meta({ audit: "operator.confirm_password" })
    .input(z.object({ password }))
    .mutation(({ ctx, input }) => startPasskeyEnrolment(ctx.deps, ctx.self, input.password)),

  confirmPasskey: enrollingProcedure
    .meta({ audit: "operator.add_factor" })
    .input(z.object({ response: z.looseObject({ id: z.string().max(2000) }), name }))
    .mutation(async ({ ctx, input }) => {
      const { secret, recoveryCodes } = await confirmPasskey(ctx.deps, ctx.self, input);
      ctx.setOperatorCookie(secret);
      return { recoveryCodes };
    }),

  remove: enrollingProcedure
    .meta({ audit: "operator.remove_factor" })
    .input(z.object({ id: z.string().min(1).max(2000), password }))
    .mutation(async ({ ctx, input }) => {
      const { secret } = await removeFactor(ctx.deps, ctx.self, input);
      ctx.setOperatorCookie(secret);
      return { ok: true as const };
    }),

  renewRecoveryCodes: enrollingProcedure
    .meta({ audit: "operator.renew_recovery_codes" })
    .input(z.object({ password }))
    .mutation(async ({ ctx, input }) => ({
      recoveryCodes: await renewRecoveryCodes(ctx.deps, ctx.self, input.password),
    })),
});
