import { z } from "zod";
import { countConflicts, getConflict, listConflicts } from "../../domain/console/conflicts.js";
import { keepApart, mergeUsers } from "../../domain/identity/merges.js";
import { actorOf } from "../actor.js";
import { AppError } from "../errors.js";
import { idInput, pageInput, reasonInput } from "../inputs.js";
import { operatorProcedure, operatorRouter, viewerProcedure } from "../procedures.js";

/** Two users who meet on one unionid: an operator decides whether they are one person. */
export const conflictsRouter = operatorRouter({
  list: viewerProcedure
    .input(z.object({ ...pageInput, state: z.enum(["open", "resolved"]).default("open") }))
    .query(({ ctx, input }) => listConflicts(ctx.deps, input)),

  /** How many are open, for the navigation. */
  countOpen: viewerProcedure.query(({ ctx }) => countConflicts(ctx.deps)),

  get: viewerProcedure.input(z.object({ id: idInput })).query(async ({ ctx, input }) => {
    const conflict = await getConflict(ctx.deps, input.id);
    if (!conflict) throw new AppError("not_found");
    return conflict;
  }),

  /** `into` is the one of the two who stays. */
  merge: operatorProcedure
    .meta({ audit: "people.merge" })
    .input(z.object({ id: idInput, into: idInput, reason: reasonInput }))
    .mutation(async ({ ctx, input: { id, into, reason } }) => {
      const conflict = await getConflict(ctx.deps, id);
      const from = conflict?.users.find(({ userId }) => userId !== into);
      if (!from || !conflict?.users.some(({ userId }) => userId === into)) throw new AppError("not_found");
      const users = { fromUserId: from.userId, intoUserId: into };
      const mergeId = await mergeUsers(ctx.deps, { ...users, conflictId: id, reason, by: actorOf(ctx) });
      return { mergeId };
    }),

  keepApart: operatorProcedure
    .meta({ audit: "people.keep_apart" })
    .input(z.object({ id: idInput, reason: reasonInput }))
    .mutation(async ({ ctx, input }) => {
      await keepApart(ctx.deps, { ...input, by: actorOf(ctx) });
      return { ok: true as const };
    }),
});
