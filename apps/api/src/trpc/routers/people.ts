import { z } from "zod";
import { unbind } from "../../domain/bindings/unbind.js";
import { getPerson, listPeople } from "../../domain/console/people.js";
import { mergeUsers } from "../../domain/identity/merges.js";
import { blockUser, unblockUser } from "../../domain/people/block.js";
import { eraseUser } from "../../domain/people/erase.js";
import { endSessionsOf, revokeSession } from "../../domain/sessions/sessions.js";
import { actorOf } from "../actor.js";
import { AppError } from "../errors.js";
import { idInput, pageInput, plainText, reasonInput, searchText } from "../inputs.js";
import { operatorProcedure, operatorRouter, viewerProcedure } from "../procedures.js";

function mustExist(found: boolean): { ok: true } {
  if (!found) throw new AppError("not_found");
  return { ok: true };
}

export const peopleRouter = operatorRouter({
  list: viewerProcedure
    .input(
      z.object({
        ...pageInput,
        q: searchText,
        appId: plainText(64).optional(),
        unionid: z.enum(["yes", "no"]).optional(),
        status: z.enum(["active", "blocked"]).optional(),
      }),
    )
    .query(({ ctx, input }) => listPeople(ctx.deps, ctx.operator.role, input)),

  get: viewerProcedure.input(z.object({ userId: idInput })).query(async ({ ctx, input }) => {
    const person = await getPerson(ctx.deps, input.userId);
    if (!person) throw new AppError("not_found");
    return person;
  }),

  block: operatorProcedure
    .meta({ audit: "people.block" })
    .input(z.object({ userId: idInput, reason: reasonInput }))
    .mutation(async ({ ctx, input }) => mustExist(await blockUser(ctx.deps, { ...input, by: actorOf(ctx) }))),

  unblock: operatorProcedure
    .meta({ audit: "people.unblock" })
    .input(z.object({ userId: idInput, reason: reasonInput.optional() }))
    .mutation(async ({ ctx, input }) =>
      mustExist(await unblockUser(ctx.deps, { ...input, by: actorOf(ctx) })),
    ),

  /** One session, or all of them. */
  endSessions: operatorProcedure
    .meta({ audit: "people.end_sessions" })
    .input(z.object({ userId: idInput, sessionId: idInput.optional() }))
    .mutation(async ({ ctx, input: { userId, sessionId } }) => {
      const by = actorOf(ctx);
      return mustExist(
        sessionId === undefined
          ? await endSessionsOf(ctx.deps, { userId, by })
          : await revokeSession(ctx.deps, { userId, id: sessionId, by }),
      );
    }),

  unbind: operatorProcedure
    .meta({ audit: "people.unbind" })
    .input(z.object({ userId: idInput, bindingId: idInput, allowLast: z.boolean().default(false) }))
    .mutation(async ({ ctx, input }) => {
      const { result } = await unbind(ctx.deps, { ...input, by: actorOf(ctx) });
      if (result === "last_binding") throw new AppError("last_binding");
      return mustExist(result === "removed");
    }),

  merge: operatorProcedure
    .meta({ audit: "people.merge" })
    .input(z.object({ fromUserId: idInput, intoUserId: idInput, reason: reasonInput }))
    .mutation(async ({ ctx, input }) => ({
      mergeId: await mergeUsers(ctx.deps, { ...input, by: actorOf(ctx) }),
    })),

  /** Cannot be undone, so the operator types a word. */
  erase: operatorProcedure
    .meta({ audit: "people.erase" })
    .input(z.object({ userId: idInput, confirm: z.literal("erase") }))
    .mutation(async ({ ctx, input: { userId } }) =>
      mustExist(await eraseUser(ctx.deps, { userId, by: actorOf(ctx) })),
    ),
});
