import { z } from "zod";
import { eventTypes } from "../../events/outbox.js";
import {
  createWebhook,
  deleteWebhook,
  listWebhookDeliveries,
  listWebhooks,
  resendWebhook,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
} from "../../events/webhook-endpoints.js";
import { defineOperation } from "../operation.js";

const url = z.string().max(2000);
const types = z
  .array(z.enum(eventTypes))
  .max(eventTypes.length)
  .meta({ description: "What it is told; empty: everything" });
const id = z.string().max(64);
const time = z.string();

const webhook = z.object({
  id: z.string(),
  url: z.string(),
  types,
  enabled: z.boolean(),
  createdAt: time,
  failingSince: time.nullable(),
  disabledAt: time.nullable(),
  disabledReason: z.enum(["host", "gone", "failing"]).nullable(),
});

const delivery = z.object({
  id: z.string(),
  eventId: z.string().meta({ description: "The webhook-id" }),
  number: z.number(),
  type: z.enum(eventTypes),
  state: z.enum(["pending", "delivered", "failed"]),
  attempts: z.number(),
  createdAt: time,
  nextAttemptAt: time.nullable().meta({ description: "Null: it is not tried any more" }),
  lastAttemptAt: time.nullable(),
  status: z.number().nullable(),
  error: z.string().nullable(),
  durationMs: z.number().nullable(),
});

const scope = "events";

export const webhookOperations = [
  defineOperation({
    name: "webhooks.create",
    method: "POST",
    path: "/webhooks",
    scope,
    secretFields: ["secret"],
    summary: "Add a webhook; its secret is shown once",
    input: z.object({ url, types: types.default([]) }),
    output: webhook.extend({ secret: z.string() }),
    run: ({ deps, caller }, input) => createWebhook(deps, { clientId: caller.client.id, ...input }),
  }),
  defineOperation({
    name: "webhooks.list",
    method: "GET",
    path: "/webhooks",
    scope,
    summary: "The webhooks of this host application",
    input: z.object({}),
    output: z.object({ items: z.array(webhook), nextCursor: z.null() }),
    run: async ({ deps, caller }) => ({
      items: await listWebhooks(deps, caller.client.id),
      nextCursor: null,
    }),
  }),
  defineOperation({
    name: "webhooks.update",
    method: "PUT",
    path: "/webhooks/{id}",
    scope,
    summary: "Change the address or the types of a webhook, enable or disable it",
    input: z.object({ id, url: url.optional(), types: types.optional(), enabled: z.boolean().optional() }),
    output: webhook,
    run: ({ deps, caller }, input) => updateWebhook(deps, { clientId: caller.client.id, ...input }),
  }),
  defineOperation({
    name: "webhooks.delete",
    method: "DELETE",
    path: "/webhooks/{id}",
    scope,
    summary: "Delete a webhook and what is still to be sent to it",
    input: z.object({ id }),
    output: z.object({}),
    run: async ({ deps, caller }, input) => {
      await deleteWebhook(deps, { clientId: caller.client.id, ...input });
      return {};
    },
  }),
  defineOperation({
    name: "webhooks.rotateSecret",
    method: "POST",
    path: "/webhooks/{id}/rotate-secret",
    scope,
    secretFields: ["secret"],
    summary: "Make another secret; messages are signed with both until previousUntil",
    input: z.object({ id }),
    output: z.object({ secret: z.string(), previousUntil: time }),
    run: ({ deps, caller }, input) => rotateWebhookSecret(deps, { clientId: caller.client.id, ...input }),
  }),
  defineOperation({
    name: "webhooks.test",
    method: "POST",
    path: "/webhooks/{id}/test",
    scope,
    summary: "Send a signed message of the type webhook.test now, once",
    input: z.object({ id }),
    output: z.object({ delivered: z.boolean(), status: z.number().nullable(), error: z.string().nullable() }),
    run: ({ deps, caller }, input) => testWebhook(deps, { clientId: caller.client.id, ...input }),
  }),
  defineOperation({
    name: "webhooks.deliveries",
    method: "GET",
    path: "/webhooks/{id}/deliveries",
    scope,
    summary: "What was sent to a webhook, the newest event first",
    input: z.object({
      id,
      cursor: z.coerce.number().int().min(1).max(2_147_483_647).default(2_147_483_647),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    output: z.object({ items: z.array(delivery), nextCursor: z.string().nullable() }),
    run: ({ deps, caller }, { id, cursor: before, limit }) =>
      listWebhookDeliveries(deps, { clientId: caller.client.id, id, before, limit }),
  }),
  defineOperation({
    name: "webhooks.resend",
    method: "POST",
    path: "/webhooks/{id}/deliveries/{deliveryId}/resend",
    scope,
    summary: "Send an event to a webhook again",
    input: z.object({ id, deliveryId: id }),
    output: z.object({}),
    run: async ({ deps, caller }, input) => {
      await resendWebhook(deps, { clientId: caller.client.id, ...input });
      return {};
    },
  }),
];
