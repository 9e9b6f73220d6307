import { z } from "zod";
import { recordAudit } from "../../domain/audit.js";
import { getUserToken, listUserTokensPage } from "../../domain/console/user-tokens.js";
import { explanationOf } from "../../domain/console/view.js";
import type { Deps } from "../../domain/deps.js";
import { listHandOutsToday } from "../../domain/hosts/hand-outs.js";
import { listAppTokenStates, refreshAppToken } from "../../domain/tokens/app-tokens.js";
import { checkUserToken } from "../../domain/tokens/user-tokens.js";
import { AppError } from "../errors.js";
import { idInput, pageInput, plainText, searchText } from "../inputs.js";
import { operatorProcedure, operatorRouter, viewerProcedure } from "../procedures.js";

export const tokensRouter = operatorRouter({
  listApps: viewerProcedure.query(async ({ ctx }) => ({ items: await appTokens(ctx.deps) })),

  listUsers: viewerProcedure
    .input(
      z.object({
        ...pageInput,
        q: searchText,
        appId: plainText(64).optional(),
        state: z.enum(["fresh", "refreshable", "refused", "dead"]).optional(),
      }),
    )
    .query(({ ctx, input }) => listUserTokensPage(ctx.deps, ctx.operator.role, input)),

  getUser: viewerProcedure.input(z.object({ bindingId: idInput })).query(async ({ ctx, input }) => {
    const token = await getUserToken(ctx.deps, input.bindingId);
    if (!token) throw new AppError("not_found");
    return token;
  }),

  checkUser: operatorProcedure
    .meta({ audit: "token.check_user" })
    .input(z.object({ bindingId: idInput }))
    .mutation(async ({ ctx, input: { bindingId } }) => {
      const { deps, operator, visitor } = ctx;
      const check = await checkUserToken(deps, bindingId);
      if (!check) throw new AppError("not_found");
      await recordAudit(deps, {
        operatorId: operator.id,
        event: "token.check_user",
        target: bindingId,
        result: check.result === "valid" ? "ok" : "refused",
        errcode: check.errcode ?? undefined,
        visitor,
      });
      const token = await getUserToken(deps, bindingId);
      if (!token) throw new AppError("not_found");
      return { ...check, token };
    }),

  refreshApp: operatorProcedure
    .meta({ audit: "token.refresh_app" })
    .input(z.object({ appId: plainText(64) }))
    .mutation(async ({ ctx, input }) => {
      const { deps, operator, visitor } = ctx;
      const app = deps.apps.byAppId(input.appId);
      if (app?.kind !== "official_account") throw new AppError("not_found");
      const errcode = await refreshAppToken(deps, app, operator.username);
      await recordAudit(deps, {
        operatorId: operator.id,
        event: "token.refresh_app",
        target: app.appId,
        // After the call, because only then the result is known.
        result: errcode === undefined ? "ok" : "refused",
        errcode,
        visitor,
      });
      const refreshed = (await appTokens(deps)).find((item) => item.appId === app.appId);
      if (!refreshed) throw new AppError("not_found");
      return refreshed;
    }),
});

async function appTokens(deps: Deps) {
  const [apps, handOuts] = await Promise.all([listAppTokenStates(deps), listHandOutsToday(deps)]);
  return apps.map(({ accessToken, ...app }) => ({
    ...app,
    handedOutToday: handOuts.filter(({ appId }) => appId === app.appId).map(({ appId, ...row }) => row),
    accessToken: accessToken && {
      ...accessToken,
      explanation: explanationOf(accessToken.lastErrcode, `cgi-bin/${accessToken.source}`),
    },
  }));
}
