import { z } from "zod";
import { getHost, listDeliveriesPage, listHostsWithCounts } from "../../domain/console/hosts.js";
import type { Deps } from "../../domain/deps.js";
import { eventTypes } from "../../domain/events/outbox.js";
import {
  createWebhook,
  deleteWebhook,
  resendWebhook,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
} from "../../domain/events/webhook-endpoints.js";
import { createApiKey, revokeKey } from "../../domain/hosts/api-keys.js";
import { ClientError, checkClient, checkClientId, checkKey } from "../../domain/hosts/check-values.js";
import {
  changeHostClient,
  createHostClient,
  disableHost,
  enableHost,
  readHostClient,
} from "../../domain/hosts/clients.js";
import { actorOf } from "../actor.js";
import { AppError } from "../errors.js";
import { idInput, pageInput, plainText } from "../inputs.js";
import { operatorProcedure, operatorRouter, ownerProcedure } from "../procedures.js";

const clientId = plainText(64).min(1);
const list = (max: number) => z.array(plainText(max).trim().min(1)).max(50);
const client = { name: plainText(200), origins: list(300), redirectPaths: list(1000) };
const types = z.array(z.enum(eventTypes)).max(eventTypes.length);
const webhook = { clientId, id: idInput };

/** A row that was not there to be changed: another owner was faster. */
function mustChange(changed: boolean): { ok: true } {
  if (!changed) throw new ClientError("client_changed");
  return { ok: true };
}

/** A host application that is disabled gets nothing new: the operator's page is older than that. */
async function requireEnabledHost(deps: Deps, id: string): Promise<void> {
  if (!(await readHostClient(deps, id))) throw new ClientError("client_changed");
}

/**
 * Host applications, their keys and webhooks. An address of a webhook may hold a secret of its host, so viewers do not read
 * them; what the command does is for owners.
 */
export const hostsRouter = operatorRouter({
  list: operatorProcedure.query(async ({ ctx }) => ({ items: await listHostsWithCounts(ctx.deps) })),

  get: operatorProcedure.input(z.object({ id: clientId })).query(async ({ ctx, input }) => {
    const host = await getHost(ctx.deps, input.id);
    if (!host) throw new AppError("not_found");
    return host;
  }),

  create: ownerProcedure
    .meta({ audit: "host.create" })
    .input(z.object({ id: plainText(200), ...client }))
    .mutation(async ({ ctx, input }) => {
      const id = checkClientId(input.id);
      const values = checkClient(input, { isProduction: ctx.deps.settings.production });
      if (!(await createHostClient(ctx.deps, { id, ...values }, actorOf(ctx)))) {
        throw new ClientError("client_exists");
      }
      return { id };
    }),

  update: ownerProcedure
    .meta({ audit: "host.update" })
    .input(z.object({ id: clientId, ...client }))
    .mutation(async ({ ctx, input }) => {
      const values = checkClient(input, { isProduction: ctx.deps.settings.production });
      return mustChange(await changeHostClient(ctx.deps, input.id, values, actorOf(ctx)));
    }),

  disable: ownerProcedure
    .meta({ audit: "host.disable" })
    .input(z.object({ id: clientId }))
    .mutation(async ({ ctx, input }) => mustChange(await disableHost(ctx.deps, input.id, actorOf(ctx)))),

  enable: ownerProcedure
    .meta({ audit: "host.enable" })
    .input(z.object({ id: clientId }))
    .mutation(async ({ ctx, input }) => mustChange(await enableHost(ctx.deps, input.id, actorOf(ctx)))),

  /** The key is in this answer and nowhere else. */
  createKey: ownerProcedure
    .meta({ audit: "host.create_key" })
    .input(z.object({ clientId, scopes: list(50), cidrs: list(100) }))
    .mutation(async ({ ctx, input }) => {
      const values = checkKey(input);
      await requireEnabledHost(ctx.deps, input.clientId);
      return createApiKey(ctx.deps, { clientId: input.clientId, ...values, by: actorOf(ctx) });
    }),

  /** Cannot be undone, so the operator types the end of the key. */
  revokeKey: ownerProcedure
    .meta({ audit: "host.revoke_key" })
    .input(z.object({ clientId, id: idInput, confirm: plainText(8) }))
    .mutation(async ({ ctx, input }) => {
      const host = await getHost(ctx.deps, input.clientId);
      const key = host?.keys.find(({ id }) => id === input.id);
      if (!key) throw new AppError("not_found");
      if (key.hint !== input.confirm) throw new AppError("input_invalid");
      return mustChange(await revokeKey(ctx.deps, input.id, actorOf(ctx)));
    }),

  /** The secret is in this answer and nowhere else. */
  createWebhook: ownerProcedure
    .meta({ audit: "host.create_webhook" })
    .input(z.object({ clientId, url: plainText(2000), types }))
    .mutation(async ({ ctx, input }) => {
      await requireEnabledHost(ctx.deps, input.clientId);
      return createWebhook(ctx.deps, { ...input, by: actorOf(ctx) });
    }),

  updateWebhook: ownerProcedure
    .meta({ audit: "host.update_webhook" })
    .input(z.object({ ...webhook, types }))
    .mutation(({ ctx, input }) => updateWebhook(ctx.deps, { ...input, by: actorOf(ctx) })),

  /** What happened while it was disabled is in the feed only. */
  enableWebhook: operatorProcedure
    .meta({ audit: "host.update_webhook" })
    .input(z.object(webhook))
    .mutation(({ ctx, input }) => updateWebhook(ctx.deps, { ...input, enabled: true, by: actorOf(ctx) })),

  rotateWebhookSecret: ownerProcedure
    .meta({ audit: "host.rotate_webhook_secret" })
    .input(z.object(webhook))
    .mutation(({ ctx, input }) => rotateWebhookSecret(ctx.deps, { ...input, by: actorOf(ctx) })),

  deleteWebhook: ownerProcedure
    .meta({ audit: "host.delete_webhook" })
    .input(z.object(webhook))
    .mutation(async ({ ctx, input }) => {
      await deleteWebhook(ctx.deps, { ...input, by: actorOf(ctx) });
      return { ok: true as const };
    }),

  testWebhook: operatorProcedure
    .meta({ audit: "host.test_webhook" })
    .input(z.object(webhook))
    .mutation(({ ctx, input }) => testWebhook(ctx.deps, { ...input, by: actorOf(ctx) })),

  deliveries: operatorProcedure
    .input(
      z.object({
        ...pageInput,
        clientId,
        webhookId: idInput,
        state: z.enum(["pending", "delivered", "failed"]).optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const page = await listDeliveriesPage(ctx.deps, input);
      if (!page) throw new AppError("not_found");
      return page;
    }),

  resend: operatorProcedure
    .meta({ audit: "host.resend_webhook" })
    .input(z.object({ ...webhook, deliveryId: idInput }))
    .mutation(async ({ ctx, input }) => {
      await resendWebhook(ctx.deps, { ...input, by: actorOf(ctx) });
      return { ok: true as const };
    }),
});
