import { z } from "zod";
import { getPerson, listPeople } from "../../domain/console/people.js";
import { AppError } from "../errors.js";
import { idInput, pageInput, plainText, searchText } from "../inputs.js";
import { operatorRouter, viewerProcedure } from "../procedures.js";

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
});
