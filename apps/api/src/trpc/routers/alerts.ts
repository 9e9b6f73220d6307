import { z } from "zod";
import {
  createChannel,
  deleteChannel,
  disableChannel,
  enableChannel,
  listChannels,
  testChannel,
  updateChannel,
} from "../../domain/alerts/channels.js";
import { listIncidentsPage } from "../../domain/console/alerts.js";
import { actorOf } from "../actor.js";
import { idInput, pageInput, plainText } from "../inputs.js";
import { operatorProcedure, operatorRouter, ownerProcedure, viewerProcedure } from "../procedures.js";

const minute = z.number().int().min(0).max(1439);
const values = {
  name: plainText(60).trim().min(1),
  language: z.enum(["zh", "en"]),
  timeZone: plainText(60).min(1),
  quiet: z.object({ from: minute, to: minute }).nullable(),
};
const url = plainText(2000).min(1);
const secret = plainText(200).trim().min(1).optional();
const ok = { ok: true } as const;

/** Where alerts are sent, and what was told. The address of a robot is its password, so only owners give one, and no one reads it. */
export const alertsRouter = operatorRouter({
  channels: viewerProcedure.query(async ({ ctx }) => ({ items: await listChannels(ctx.deps) })),

  incidents: viewerProcedure
    .input(z.object(pageInput))
    .query(({ ctx, input }) => listIncidentsPage(ctx.deps, input)),

  /** The secret of a plain webhook is in this answer and nowhere else. */
  createChannel: ownerProcedure
    .meta({ audit: "alert.create_channel" })
    .input(
      z.object({
        ...values,
        kind: z.enum(["wecom", "feishu", "dingtalk", "slack", "webhook"]),
        url,
        secret,
      }),
    )
    .mutation(({ ctx, input }) => createChannel(ctx.deps, input, actorOf(ctx))),

  updateChannel: ownerProcedure
    .meta({ audit: "alert.update_channel" })
    .input(z.object({ ...values, id: idInput, url: url.optional(), secret }))
    .mutation(async ({ ctx, input }) => {
      await updateChannel(ctx.deps, input, actorOf(ctx));
      return ok;
    }),

  disableChannel: operatorProcedure
    .meta({ audit: "alert.disable_channel" })
    .input(z.object({ id: idInput }))
    .mutation(async ({ ctx, input }) => {
      await disableChannel(ctx.deps, input.id, actorOf(ctx));
      return ok;
    }),

  enableChannel: operatorProcedure
    .meta({ audit: "alert.enable_channel" })
    .input(z.object({ id: idInput }))
    .mutation(async ({ ctx, input }) => {
      await enableChannel(ctx.deps, input.id, actorOf(ctx));
      return ok;
    }),

  deleteChannel: ownerProcedure
    .meta({ audit: "alert.delete_channel" })
    .input(z.object({ id: idInput }))
    .mutation(async ({ ctx, input }) => {
      await deleteChannel(ctx.deps, input.id, actorOf(ctx));
      return ok;
    }),

  testChannel: operatorProcedure
    .meta({ audit: "alert.test_channel" })
    .input(z.object({ id: idInput }))
    .mutation(({ ctx, input }) => testChannel(ctx.deps, input.id, actorOf(ctx))),
});
