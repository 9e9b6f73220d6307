import { z } from "zod";
import { listOwnBindings } from "../../domain/account.js";
import { unbind } from "../../domain/bindings/unbind.js";
import { startBinding } from "../../domain/sign-in/start.js";
import { AppError } from "../errors.js";
import { idInput, plainText } from "../inputs.js";
import { personProcedure, personRouter } from "../procedures.js";

export const bindingsRouter = personRouter({
  list: personProcedure.query(async ({ ctx }) => ({
    items: await listOwnBindings(ctx.deps, ctx.session),
    nextCursor: null,
  })),

  /** The address of WeChat to send this browser to: it adds the person's WeChat account in the app with this key. */
  start: personProcedure.input(z.object({ app: plainText(32) })).mutation(async ({ ctx, input }) => {
    const { deps, session, visitor } = ctx;
    const app = deps.apps.byKey(input.app);
    if (!app) throw new AppError("not_found", { detail: "There is no app with this key." });
    const { url } = await ctx.beginInBrowser((browserSecret) =>
      startBinding(deps, { app, session, browserSecret, visitor }),
    );
    return { url };
  }),

  remove: personProcedure.input(z.object({ id: idInput })).mutation(async ({ ctx, input }) => {
    const { userId, id: sessionId } = ctx.session;
    const unbound = await unbind(ctx.deps, { userId, bindingId: input.id, by: "person" });
    if (unbound.result === "not_found") throw new AppError("not_found");
    if (unbound.result === "last_binding") {
      throw new AppError("last_binding", {
        detail: "This is the last WeChat account that signs this person in. Add another one first.",
      });
    }
    const isSignedOut = unbound.endedSessions.includes(sessionId);
    if (isSignedOut) ctx.clearSessionCookie();
    return { ok: true as const };
  }),
});
