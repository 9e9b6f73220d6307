import { z } from "zod";
import {
  changePassword,
  redeemOperatorLink,
  signInOperator,
  signOutOperator,
} from "../../domain/operators.js";
import { plainText } from "../inputs.js";
import { anonymousOperatorProcedure, operatorRouter, viewerProcedure } from "../procedures.js";

// Unfit passwords are refused by the rule with a reason; these bounds only keep absurd input away from it.
const username = plainText(200).min(1);
const password = z.string().min(1).max(1000);

export const operatorsOwnRouter = operatorRouter({
  me: anonymousOperatorProcedure.query(({ ctx }) => ctx.operator ?? null),

  signIn: anonymousOperatorProcedure
    .input(z.object({ username, password }))
    .mutation(async ({ ctx, input }) => {
      const { operator, secret } = await signInOperator(ctx.deps, input, ctx.visitor);
      ctx.setOperatorCookie(secret);
      return operator;
    }),

  redeemLink: anonymousOperatorProcedure
    .input(z.object({ secret: z.string().max(200), username, password }))
    .mutation(async ({ ctx, input }) => {
      const { operator, secret } = await redeemOperatorLink(ctx.deps, input, ctx.visitor);
      ctx.setOperatorCookie(secret);
      return operator;
    }),

  signOut: viewerProcedure.mutation(async ({ ctx }) => {
    if (ctx.operatorSecret) await signOutOperator(ctx.deps, ctx.operator, ctx.operatorSecret, ctx.visitor);
    ctx.clearOperatorCookie();
    return { ok: true as const };
  }),

  changePassword: viewerProcedure
    .input(z.object({ current: password, next: password }))
    .mutation(async ({ ctx, input }) => {
      const { secret } = await changePassword(ctx.deps, ctx.operator, input, ctx.visitor);
      ctx.setOperatorCookie(secret);
      return { ok: true as const };
    }),
});
