import { z } from "zod";
import { getAccount } from "../../domain/account.js";
import { refreshShownProfile } from "../../domain/identity/shown-profile.js";
import { endSession, endSessionsOf, listSessions, revokeSession } from "../../domain/sessions/sessions.js";
import { AppError } from "../errors.js";
import { idInput } from "../inputs.js";
import { personProcedure, personRouter, publicProcedure } from "../procedures.js";

export const sessionRouter = personRouter({
  /** The signed-in person, or null. */
  get: publicProcedure.query(({ ctx }) => (ctx.session ? getAccount(ctx.deps, ctx.session) : null)),

  list: personProcedure.query(async ({ ctx }) => {
    const sessions = await listSessions(ctx.deps, ctx.session.userId);
    return {
      items: sessions.map((session) => ({ ...session, current: session.id === ctx.session.id })),
      nextCursor: null,
    };
  }),

  /** Reads the nickname and picture by which the person is shown from WeChat again, once a minute at most. */
  refreshProfile: personProcedure.mutation(async ({ ctx }) => ({
    result: await refreshShownProfile(ctx.deps, ctx.session.userId, "person"),
  })),

  revoke: personProcedure.input(z.object({ id: idInput })).mutation(async ({ ctx, input }) => {
    const { userId } = ctx.session;
    if (!(await revokeSession(ctx.deps, { userId, id: input.id, by: "person" })))
      throw new AppError("not_found");
    if (input.id === ctx.session.id) ctx.clearSessionCookie();
    return { ok: true as const };
  }),

  signOut: personProcedure.mutation(async ({ ctx }) => {
    await endSession(ctx.deps, ctx.session);
    ctx.clearSessionCookie();
    return { ok: true as const };
  }),

  signOutEverywhere: personProcedure.mutation(async ({ ctx }) => {
    await endSessionsOf(ctx.deps, { userId: ctx.session.userId, by: "person" });
    ctx.clearSessionCookie();
    return { ok: true as const };
  }),
});
