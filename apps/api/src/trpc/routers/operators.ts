import { z } from "zod";
import { listOperators } from "../../domain/console/operators.js";
import { isFactorRequired } from "../../domain/operators/factors.js";
import {
  changeRole,
  createPasswordLink,
  disableOperator,
  enableOperator,
  endOperatorSessions,
  inviteOperator,
  resetOperatorFactors,
  setFactorPolicy,
} from "../../domain/operators/manage.js";
import { actorOf } from "../actor.js";
import { idInput, pageInput, plainText } from "../inputs.js";
import { operatorRouter, ownerProcedure, viewerProcedure } from "../procedures.js";

const role = z.enum(["viewer", "operator", "owner"]);
const ok = { ok: true } as const;

/** Who works in the console. Everybody there sees names and roles; an owner changes them. */
export const operatorsRouter = operatorRouter({
  list: viewerProcedure.input(z.object(pageInput)).query(({ ctx, input }) => listOperators(ctx.deps, input)),

  invite: ownerProcedure
    .meta({ audit: "operator.create_link" })
    .input(z.object({ username: plainText(200).min(1), role }))
    .mutation(({ ctx, input }) => inviteOperator(ctx.deps, { ...input, by: actorOf(ctx) })),

  createPasswordLink: ownerProcedure
    .meta({ audit: "operator.create_link" })
    .input(z.object({ id: idInput }))
    .mutation(({ ctx, input }) => createPasswordLink(ctx.deps, { ...input, by: actorOf(ctx) })),

  changeRole: ownerProcedure
    .meta({ audit: "operator.change_role" })
    .input(z.object({ id: idInput, from: role, to: role }).refine(({ from, to }) => from !== to))
    .mutation(async ({ ctx, input }) => {
      await changeRole(ctx.deps, { ...input, by: actorOf(ctx) });
      return ok;
    }),

  disable: ownerProcedure
    .meta({ audit: "operator.disable" })
    .input(z.object({ id: idInput }))
    .mutation(async ({ ctx, input }) => {
      await disableOperator(ctx.deps, { ...input, by: actorOf(ctx) });
      return ok;
    }),

  enable: ownerProcedure
    .meta({ audit: "operator.enable" })
    .input(z.object({ id: idInput }))
    .mutation(async ({ ctx, input }) => {
      await enableOperator(ctx.deps, { ...input, by: actorOf(ctx) });
      return ok;
    }),

  endSessions: ownerProcedure
    .meta({ audit: "operator.end_sessions" })
    .input(z.object({ id: idInput }))
    .mutation(async ({ ctx, input }) => {
      await endOperatorSessions(ctx.deps, { ...input, by: actorOf(ctx) });
      return ok;
    }),

  resetFactors: ownerProcedure
    .meta({ audit: "operator.reset_factors" })
    .input(z.object({ id: idInput }))
    .mutation(async ({ ctx, input }) => {
      await resetOperatorFactors(ctx.deps, { ...input, by: actorOf(ctx) });
      return ok;
    }),

  factorPolicy: viewerProcedure.query(async ({ ctx }) => ({ isRequired: await isFactorRequired(ctx.deps) })),

  setFactorPolicy: ownerProcedure
    .meta({ audit: "operator.set_factor_policy" })
    .input(z.object({ policy: z.enum(["required", "optional"]) }))
    .mutation(async ({ ctx, input }) => {
      await setFactorPolicy(ctx.deps, { ...input, by: actorOf(ctx) });
      return ok;
    }),
});
