import { z } from "zod";
import { redeemOperatorLink } from "../../domain/operators/links.js";
import { changePassword } from "../../domain/operators/passwords.js";
import {
  type Admitted,
  getPendingSignIn,
  passSecondFactor,
  startPasskey,
} from "../../domain/operators/pending-sign-ins.js";
import { signOutOperator } from "../../domain/operators/sessions.js";
import { signInOperator } from "../../domain/operators/sign-in.js";
import type { OperatorContext } from "../context.js";
import { plainText, totpCode } from "../inputs.js";
import {
  enrollingProcedure,
  operatorRouter,
  publicOperatorProcedure,
  viewerProcedure,
} from "../procedures.js";

/** What the browser made of it; the library reads the rest. */
const passkeyAnswer = z.looseObject({ id: z.string().max(2000) });
// The domain refuses unfit passwords with a reason; these bounds only keep absurd input away from it.
const username = plainText(200).min(1);
const password = z.string().min(1).max(1000);

/** A session's cookie, or that of a sign-in which waits for a second factor. */
function answerAdmitted(ctx: OperatorContext, admitted: Admitted) {
  if (admitted.kind === "signed_in") {
    ctx.setOperatorCookie(admitted.secret);
    return admitted.operator;
  }
  ctx.setPendingCookie(admitted.secret);
  return { factorNeeded: true as const };
}

export const operatorsOwnRouter = operatorRouter({
  me: publicOperatorProcedure.query(({ ctx }) => ctx.operator ?? null),

  signIn: publicOperatorProcedure
    .meta({ audit: "operator.sign_in" })
    .input(z.object({ username, password }))
    .mutation(async ({ ctx, input }) => {
      return answerAdmitted(ctx, await signInOperator(ctx.deps, input, ctx.visitor));
    }),

  redeemLink: publicOperatorProcedure
    .meta({ audit: "operator.redeem_link" })
    .input(z.object({ secret: z.string().max(200), username, password }))
    .mutation(async ({ ctx, input }) => {
      return answerAdmitted(ctx, await redeemOperatorLink(ctx.deps, input, ctx.visitor));
    }),

  /** What the page of the second factor asks for; null where no sign-in waits for one. */
  pendingSignIn: publicOperatorProcedure.query(({ ctx }) => getPendingSignIn(ctx.deps, ctx.pendingSecret)),

  /** A challenge for a passkey, anew with each call. */
  passkeyRequest: publicOperatorProcedure.query(({ ctx }) => startPasskey(ctx.deps, ctx.pendingSecret)),

  passFactor: publicOperatorProcedure
    .meta({ audit: "operator.sign_in" })
    .input(
      z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("totp"), code: totpCode }),
        z.object({ kind: z.literal("recovery_code"), code: plainText(100) }),
        z.object({ kind: z.literal("passkey"), response: passkeyAnswer }),
      ]),
    )
    .mutation(async ({ ctx, input }) => {
      const { operator, secret } = await passSecondFactor(ctx.deps, ctx.pendingSecret, input, ctx.visitor);
      ctx.setOperatorCookie(secret);
      return operator;
    }),

  signOut: enrollingProcedure.meta({ audit: "operator.sign_out" }).mutation(async ({ ctx }) => {
    await signOutOperator(ctx.deps, ctx.operator, ctx.self.session, ctx.visitor);
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
