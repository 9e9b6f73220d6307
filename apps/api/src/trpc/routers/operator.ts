import { z } from "zod";
import { redeemOperatorLink } from "../../domain/operators/links.js";
import { changePassword } from "../../domain/operators/passwords.js";
import { signInOperator, signOutOperator } from "../../domain/operators/sessions.js";
import { plainText } from "../inputs.js";
import { operatorRouter, publicOperatorProcedure, viewerProcedure } from "../procedures.js";

// The domain refuses unfit passwords with a reason; these bounds only keep absurd input away from it.
const username = plainText(200).min(1);
const password = z.string().min(1).max(1000);

export const operatorsOwnRouter = operatorRouter({
  me: publicOperatorProcedure.query(({ ctx }) => ctx.operator ?? null),

  signIn: publicOperatorProcedure
    .meta({ audit: "operator.sign_in" })
    .input(z.object({ username, password }))
    .mutation(async ({ ctx, input }) => {
      const { operator, secret } = await signInOperator(ctx.deps, input, ctx.visitor);
      ctx.setOperatorCookie(secret);
      return operator;
    }),

  redeemLink: publicOperatorProcedure
    .meta({ audit: "operator.redeem_link" })
    .input(z.object({ secret: z.string().max(200), username, password }))
    .mutation(async ({ ctx, input }) => {
      const { operator, secret } = await redeemOperatorLink(ctx.deps, input, ctx.visitor);
      ctx.setOperatorCookie(secret);
      return operator;
    }),

  signOut: viewerProcedure.meta({ audit: "operator.sign_out" }).mutation(async ({ ctx }) => {
    if (ctx.operatorSecret) await signOutOperator(ctx.deps, ctx.operator, ctx.operatorSecret, ctx.visitor);
    ctx.clearOperatorCookie();
    return { ok: true as const };
  }),

  changePassword: viewerProcedure
    .meta({ audit: "operator.change_password" })
    .input(z.object({ current: password, next: password }))
    .mutation(async ({ ctx, input }) => {
      const { secret } = await changePassword(ctx.deps, ctx.operator, input, ctx.visitor);
      ctx.setOperatorCookie(secret);
      return { ok: true as const };
    }),
});
