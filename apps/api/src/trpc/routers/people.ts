import { z } from "zod";
import { recordAudit } from "../../domain/audit.js";
import { unbind } from "../../domain/bindings/unbind.js";
import { listMergeCandidates, previewMerge } from "../../domain/console/merge-preview.js";
import { countPeople, getPerson, listPeople } from "../../domain/console/people.js";
import { mergeUsers, resolveUserId } from "../../domain/identity/merges.js";
import { refreshShownProfile } from "../../domain/identity/shown-profile.js";
import { blockUser, type StatusChange, unblockUser } from "../../domain/people/block.js";
import { eraseUser } from "../../domain/people/erase.js";
import { collectOwnData } from "../../domain/people/own-data.js";
import { endSessionsOf, revokeSession } from "../../domain/sessions/sessions.js";
import { type ActingContext, actorOf } from "../actor.js";
import { forEachId, severalIds } from "../bulk.js";
import { AppError } from "../errors.js";
import { idInput, pageInput, plainText, reasonInput } from "../inputs.js";
import { peopleFilter } from "../list-filters.js";
import { operatorProcedure, operatorRouter, viewerProcedure } from "../procedures.js";

function mustExist(found: boolean): { ok: true } {
  if (!found) throw new AppError("not_found");
  return { ok: true };
}

/** For a person who had the status already, the operator learns that another one was faster. */
function mustChange(
  change: StatusChange | undefined,
  already: "already_blocked" | "already_active",
): { ok: true } {
  if (change === "unchanged") throw new AppError(already);
  return mustExist(change !== undefined);
}

const block = async (ctx: ActingContext, one: { userId: string; reason: string }) =>
  mustChange(await blockUser(ctx.deps, { ...one, by: actorOf(ctx) }), "already_blocked");

const unblock = async (ctx: ActingContext, one: { userId: string; reason?: string | undefined }) =>
  mustChange(await unblockUser(ctx.deps, { ...one, by: actorOf(ctx) }), "already_active");

/** What an operator types before an erasure: the end of the id, which the page shows. It cannot be meant for another person. */
const eraseWordOf = (userId: string) => userId.slice(-8);

export const peopleRouter = operatorRouter({
  list: viewerProcedure
    .input(z.object({ ...pageInput, ...peopleFilter }))
    .query(({ ctx, input }) => listPeople(ctx.deps, ctx.operator.role, input)),

  count: viewerProcedure
    .input(z.object(peopleFilter))
    .query(({ ctx, input }) => countPeople(ctx.deps, ctx.operator.role, input)),

  get: viewerProcedure.input(z.object({ userId: idInput })).query(async ({ ctx, input }) => {
    const person = await getPerson(ctx.deps, input.userId);
    if (!person) throw new AppError("not_found");
    return person;
  }),

  block: operatorProcedure
    .meta({ audit: "people.block" })
    .input(z.object({ userId: idInput, reason: reasonInput }))
    .mutation(({ ctx, input }) => block(ctx, input)),

  blockMany: operatorProcedure
    .meta({ audit: "people.block" })
    .input(z.object({ userIds: severalIds, reason: reasonInput }))
    .mutation(({ ctx, input: { userIds, reason } }) =>
      forEachId(userIds, (userId) => block(ctx, { userId, reason })),
    ),

  unblock: operatorProcedure
    .meta({ audit: "people.unblock" })
    .input(z.object({ userId: idInput, reason: reasonInput.optional() }))
    .mutation(({ ctx, input }) => unblock(ctx, input)),

  unblockMany: operatorProcedure
    .meta({ audit: "people.unblock" })
    .input(z.object({ userIds: severalIds }))
    .mutation(({ ctx, input }) => forEachId(input.userIds, (userId) => unblock(ctx, { userId }))),

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

  endSessionsMany: operatorProcedure
    .meta({ audit: "people.end_sessions" })
    .input(z.object({ userIds: severalIds }))
    .mutation(({ ctx, input }) =>
      forEachId(input.userIds, async (userId) =>
        mustExist(await endSessionsOf(ctx.deps, { userId, by: actorOf(ctx) })),
      ),
    ),

  unbind: operatorProcedure
    .meta({ audit: "people.unbind" })
    .input(z.object({ userId: idInput, bindingId: idInput, allowLast: z.boolean().default(false) }))
    .mutation(async ({ ctx, input }) => {
      const { result } = await unbind(ctx.deps, { ...input, by: actorOf(ctx) });
      if (result === "last_binding") throw new AppError("last_binding");
      return mustExist(result === "removed");
    }),

  /** Whom a pasted text means, to merge one of them with another person. */
  mergeCandidates: operatorProcedure
    .input(z.object({ text: plainText(200).trim().min(1) }))
    .query(({ ctx, input }) => listMergeCandidates(ctx.deps, ctx.operator.role, input.text)),

  /** Without the other one before they are chosen. */
  previewMerge: operatorProcedure
    .input(z.object({ userId: idInput, otherUserId: idInput.optional() }))
    .query(({ ctx, input }) => previewMerge(ctx.deps, input)),

  merge: operatorProcedure
    .meta({ audit: "people.merge" })
    .input(z.object({ fromUserId: idInput, intoUserId: idInput, reason: reasonInput }))
    .mutation(async ({ ctx, input }) => ({
      mergeId: await mergeUsers(ctx.deps, { ...input, by: actorOf(ctx) }),
    })),

  /** Reads the nickname and picture that the person is shown by from WeChat again, once a minute at most. */
  refreshProfile: operatorProcedure
    .meta({ audit: "people.refresh_profile" })
    .input(z.object({ userId: idInput }))
    .mutation(async ({ ctx, input: { userId } }) => {
      const by = actorOf(ctx);
      if ((await resolveUserId(ctx.deps, userId)) !== userId) throw new AppError("not_found");
      const result = await refreshShownProfile(ctx.deps, userId, by);
      const isRead = result === "updated" || result === "unchanged";
      const entry = { ...by, event: "people.refresh_profile", target: userId } as const;
      await recordAudit(ctx.deps, { ...entry, result: isRead ? "ok" : "refused" });
      return { result };
    }),

  /** All that is stored of a person, as they could download it themselves. */
  export: operatorProcedure
    .meta({ audit: "people.export" })
    .input(z.object({ userId: idInput }))
    .mutation(async ({ ctx, input: { userId } }) => {
      if ((await resolveUserId(ctx.deps, userId)) !== userId) throw new AppError("not_found");
      await recordAudit(ctx.deps, { ...actorOf(ctx), event: "people.export", target: userId });
      return collectOwnData(ctx.deps, userId);
    }),

  /** Cannot be undone, so the operator types a word. */
  erase: operatorProcedure
    .meta({ audit: "people.erase" })
    .input(
      z
        .object({ userId: idInput, confirm: z.string().max(8) })
        .refine(({ userId, confirm }) => confirm === eraseWordOf(userId)),
    )
    .mutation(async ({ ctx, input: { userId } }) =>
      mustExist(await eraseUser(ctx.deps, { userId, by: actorOf(ctx) })),
    ),
});
