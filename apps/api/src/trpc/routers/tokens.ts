import { z } from "zod";
import { recordAudit } from "../../domain/audit.js";
import { listAppTokenFetchesPage, listAppTokenStates } from "../../domain/console/app-tokens.js";
import { countUserTokensListed, getUserToken, listUserTokensPage } from "../../domain/console/user-tokens.js";
import type { Deps } from "../../domain/deps.js";
import { type AppTokenName, invalidateAppToken, refreshAppToken } from "../../domain/tokens/app-tokens.js";
import { forgetUserToken, refreshUserTokenFor } from "../../domain/tokens/user-token-acts.js";
import { checkUserToken } from "../../domain/tokens/user-tokens.js";
import { type ActingContext, actorOf } from "../actor.js";
import { forEachId, severalIds } from "../bulk.js";
import { AppError } from "../errors.js";
import { idInput, pageInput, plainText, reasonInput } from "../inputs.js";
import { userTokensFilter } from "../list-filters.js";
import { operatorProcedure, operatorRouter, viewerProcedure } from "../procedures.js";

const tokenKind = z.enum(["access_token", "jsapi_ticket"]);

export const tokensRouter = operatorRouter({
  listApps: viewerProcedure.query(async ({ ctx }) => ({ items: await listAppTokenStates(ctx.deps) })),

  /** When WeChat was asked for a token of an app, and what came. */
  listFetches: viewerProcedure
    .input(z.object({ ...pageInput, appId: plainText(64), kind: tokenKind }))
    .query(({ ctx, input }) => listAppTokenFetchesPage(ctx.deps, input)),

  listUsers: viewerProcedure
    .input(z.object({ ...pageInput, ...userTokensFilter }))
    .query(({ ctx, input }) => listUserTokensPage(ctx.deps, ctx.operator.role, input)),

  countUsers: viewerProcedure
    .input(z.object(userTokensFilter))
    .query(({ ctx, input }) => countUserTokensListed(ctx.deps, ctx.operator.role, input)),

  getUser: viewerProcedure
    .input(z.object({ bindingId: idInput }))
    .query(({ ctx, input }) => mustGetUserToken(ctx.deps, input.bindingId)),

  checkUser: operatorProcedure
    .meta({ audit: "token.check_user" })
    .input(z.object({ bindingId: idInput }))
    .mutation(async ({ ctx, input: { bindingId } }) => ({
      ...(await checkToken(ctx, bindingId)),
      token: await mustGetUserToken(ctx.deps, bindingId),
    })),

  checkUsers: operatorProcedure
    .meta({ audit: "token.check_user" })
    .input(z.object({ bindingIds: severalIds }))
    .mutation(({ ctx, input }) => forEachId(input.bindingIds, (bindingId) => checkToken(ctx, bindingId))),

  refreshUser: operatorProcedure
    .meta({ audit: "token.refresh_user" })
    .input(z.object({ bindingId: idInput }))
    .mutation(async ({ ctx, input: { bindingId } }) => {
      const refreshed = await refreshUserTokenFor(ctx.deps, { bindingId, by: actorOf(ctx) });
      if (!refreshed) throw new AppError("not_found");
      const errcode = "failure" in refreshed ? refreshed.failure.errcode : null;
      const token = await mustGetUserToken(ctx.deps, bindingId);
      return { result: refreshed.result, errcode, token };
    }),

  /** The person stays signed in; only what reads their profile again goes. */
  forgetUser: operatorProcedure
    .meta({ audit: "token.forget_user" })
    .input(z.object({ bindingId: idInput }))
    .mutation(({ ctx, input }) => forgetToken(ctx, input.bindingId)),

  forgetUsers: operatorProcedure
    .meta({ audit: "token.forget_user" })
    .input(z.object({ bindingIds: severalIds }))
    .mutation(({ ctx, input }) => forEachId(input.bindingIds, (bindingId) => forgetToken(ctx, bindingId))),

  refreshApp: operatorProcedure
    .meta({ audit: "token.refresh_app" })
    .input(z.object({ appId: plainText(64), kind: tokenKind.default("access_token"), reason: reasonInput }))
    .mutation(async ({ ctx, input: { reason, ...token } }) => {
      const { deps, operator } = ctx;
      mustHaveTokens(deps, token);
      const errcode = await refreshAppToken(deps, token, operator.username);
      const entry = { ...actorOf(ctx), event: "token.refresh_app", target: targetOf(token) } as const;
      // After the call, because only then the result is known.
      await recordAudit(deps, { ...entry, ...resultOf(errcode) }, reason);
      return mustGetApp(deps, token);
    }),

  /** Replaces a token that must not be used any longer: the one of this generation, and no later one. */
  invalidateApp: operatorProcedure
    .meta({ audit: "token.invalidate_app" })
    .input(
      z.object({
        appId: plainText(64),
        kind: tokenKind.default("access_token"),
        generation: z.int().min(1),
        reason: reasonInput,
      }),
    )
    .mutation(async ({ ctx, input: { reason, ...token } }) => {
      const { deps, operator } = ctx;
      mustHaveTokens(deps, token);
      const errcode = await invalidateAppToken(deps, token, operator.username);
      const entry = { ...actorOf(ctx), event: "token.invalidate_app", target: targetOf(token) } as const;
      await recordAudit(deps, { ...entry, ...resultOf(errcode) }, reason);
      return { errcode: errcode ?? null, app: await mustGetApp(deps, token) };
    }),
});

async function checkToken(ctx: ActingContext, bindingId: string) {
  const check = await checkUserToken(ctx.deps, bindingId);
  if (!check) throw new AppError("not_found");
  await recordAudit(ctx.deps, {
    ...actorOf(ctx),
    event: "token.check_user",
    target: bindingId,
    result: check.result === "valid" ? "ok" : "refused",
    errcode: check.errcode ?? undefined,
  });
  return check;
}

async function forgetToken(ctx: ActingContext, bindingId: string) {
  const isForgotten = await forgetUserToken(ctx.deps, { bindingId, by: actorOf(ctx) });
  if (!isForgotten) throw new AppError("not_found");
  return { ok: true as const };
}

/** Website apps have no global token. */
function mustHaveTokens(deps: Deps, { appId }: AppTokenName): void {
  if (deps.apps.byAppId(appId)?.kind !== "official_account") throw new AppError("not_found");
}

async function mustGetApp(deps: Deps, { appId }: AppTokenName) {
  const app = (await listAppTokenStates(deps)).find((item) => item.appId === appId);
  if (!app) throw new AppError("not_found");
  return app;
}

async function mustGetUserToken(deps: Deps, bindingId: string) {
  const token = await getUserToken(deps, bindingId);
  if (!token) throw new AppError("not_found");
  return token;
}

const targetOf = ({ appId, kind }: AppTokenName) => (kind === "access_token" ? appId : `${appId} ${kind}`);

const resultOf = (errcode: string | undefined) =>
  errcode === undefined ? { result: "ok" as const } : { result: "refused" as const, errcode };
