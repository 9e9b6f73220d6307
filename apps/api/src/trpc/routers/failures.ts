import { z } from "zod";
import { getFailure } from "../../domain/console/failure-detail.js";
import { groupSorts, listFailureGroups } from "../../domain/console/failure-groups.js";
import { listFailureLog, listPeopleAffected } from "../../domain/console/failure-people.js";
import { countFailureLog } from "../../domain/console/failures.js";
import { lookUpRid } from "../../domain/console/look-up.js";
import { explanationOf } from "../../domain/console/view.js";
import { changeGroupState, errorGroupStates, type GroupChange } from "../../domain/failures/group-states.js";
import { type ActingContext, actorOf } from "../actor.js";
import { forEachOf, severalOf } from "../bulk.js";
import { AppError } from "../errors.js";
import { idInput, momentInput, pageInput } from "../inputs.js";
import { failuresFilter } from "../list-filters.js";
import { operatorProcedure, operatorRouter, viewerProcedure } from "../procedures.js";

/** A group, and when its state changed last as the operator saw it: another operator may have been faster. */
const readGroup = { id: idInput, stateAt: momentInput.nullable() };

const muteMinutes = z
  .number()
  .int()
  .min(1)
  .max(90 * 24 * 60);

type ReadGroup = z.output<z.ZodObject<typeof readGroup>>;

async function change(
  ctx: ActingContext,
  { id, stateAt = null }: ReadGroup,
  groupChange: GroupChange,
): Promise<{ stateAt: Date }> {
  const changed = await changeGroupState(ctx.deps, { ...groupChange, id, stateAt, by: actorOf(ctx) });
  if (changed === undefined) throw new AppError("not_found");
  if (changed === "stale") throw new AppError("group_changed");
  return changed;
}

const several = severalOf(z.object(readGroup), ({ id }) => id);

const changeEach = <Group extends ReadGroup>(
  ctx: ActingContext,
  groups: readonly Group[],
  changeOf: (group: Group) => GroupChange,
) =>
  forEachOf(
    groups,
    ({ id }) => id,
    (group) => change(ctx, group, changeOf(group)),
  );

export const failuresRouter = operatorRouter({
  list: viewerProcedure
    .input(z.object({ ...pageInput, ...failuresFilter }))
    .query(({ ctx, input }) => listFailureLog(ctx.deps, input)),

  count: viewerProcedure
    .input(z.object(failuresFilter))
    .query(({ ctx, input }) => countFailureLog(ctx.deps, input)),

  groups: viewerProcedure
    .input(
      z.object({
        ...failuresFilter,
        state: z.enum([...errorGroupStates, "unresolved", "all"]).default("unresolved"),
        sort: z.enum(groupSorts).default("last_seen"),
      }),
    )
    .query(({ ctx, input }) => listFailureGroups(ctx.deps, input)),

  /** Whom the failures affect, as a list of at most 200 a page. */
  people: viewerProcedure
    .input(z.object({ cursor: pageInput.cursor, ...failuresFilter }))
    .query(({ ctx, input }) => listPeopleAffected(ctx.deps, input)),

  get: viewerProcedure.input(z.object({ id: idInput })).query(async ({ ctx, input }) => {
    const failure = await getFailure(ctx.deps, input.id);
    if (!failure) throw new AppError("not_found");
    return failure;
  }),

  acknowledge: operatorProcedure
    .meta({ audit: "errors.acknowledge" })
    .input(z.object(readGroup))
    .mutation(({ ctx, input }) => change(ctx, input, { act: "acknowledge" })),

  /** It is open again from the first failure after this moment. */
  resolve: operatorProcedure
    .meta({ audit: "errors.resolve" })
    .input(z.object(readGroup))
    .mutation(({ ctx, input }) => change(ctx, input, { act: "resolve" })),

  reopen: operatorProcedure
    .meta({ audit: "errors.reopen" })
    .input(z.object(readGroup))
    .mutation(({ ctx, input }) => change(ctx, input, { act: "reopen" })),

  mute: operatorProcedure
    .meta({ audit: "errors.mute" })
    .input(z.object({ ...readGroup, minutes: muteMinutes }))
    .mutation(({ ctx, input: { minutes, ...group } }) => change(ctx, group, { act: "mute", minutes })),

  /** Restores the state before one of these changes. */
  undo: operatorProcedure
    .meta({ audit: "errors.undo" })
    .input(z.object({ ...readGroup, to: z.enum(errorGroupStates) }))
    .mutation(({ ctx, input: { to, ...group } }) => change(ctx, group, { act: "undo", to })),

  acknowledgeMany: operatorProcedure
    .meta({ audit: "errors.acknowledge" })
    .input(z.object({ groups: several }))
    .mutation(({ ctx, input }) => changeEach(ctx, input.groups, () => ({ act: "acknowledge" }))),

  resolveMany: operatorProcedure
    .meta({ audit: "errors.resolve" })
    .input(z.object({ groups: several }))
    .mutation(({ ctx, input }) => changeEach(ctx, input.groups, () => ({ act: "resolve" }))),

  reopenMany: operatorProcedure
    .meta({ audit: "errors.reopen" })
    .input(z.object({ groups: several }))
    .mutation(({ ctx, input }) => changeEach(ctx, input.groups, () => ({ act: "reopen" }))),

  muteMany: operatorProcedure
    .meta({ audit: "errors.mute" })
    .input(z.object({ groups: several, minutes: muteMinutes }))
    .mutation(({ ctx, input: { groups, minutes } }) =>
      changeEach(ctx, groups, () => ({ act: "mute", minutes })),
    ),

  /** Restores the state that each had before one of these changes. */
  undoMany: operatorProcedure
    .meta({ audit: "errors.undo" })
    .input(
      z.object({
        groups: severalOf(z.object({ ...readGroup, to: z.enum(errorGroupStates) }), ({ id }) => id),
      }),
    )
    .mutation(({ ctx, input }) => changeEach(ctx, input.groups, ({ to }) => ({ act: "undo", to }))),

  /** Asks WeChat for its record of a failed call, which counts against the app's quota. */
  lookUp: operatorProcedure
    .meta({ audit: "errors.look_up" })
    .input(z.object({ id: idInput }))
    .mutation(async ({ ctx, input }) => {
      const result = await lookUpRid(ctx.deps, { id: input.id, by: actorOf(ctx) });
      if (!result) throw new AppError("not_found");
      return result.found ? result : { ...result, explanation: explanationOf(result.errcode) };
    }),
});
