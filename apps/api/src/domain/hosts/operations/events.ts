import { z } from "zod";
import { readFeed } from "../../events/feed.js";
import { eventTypes } from "../../events/outbox.js";
import { defineOperation } from "../operation.js";

const typeList = z
  .string()
  .max(400)
  .transform((text) => text.split(",").map((type) => type.trim()))
  .pipe(z.array(z.enum(eventTypes)));

export const listEvents = defineOperation({
  name: "events.list",
  method: "GET",
  path: "/events",
  scope: "events",
  summary: "What changed, exactly once and in order: go on with after=lastNumber, until it stays the same",
  input: z.object({
    after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional().meta({
      description: "The lastNumber of the answer before; by default from the oldest event that is kept",
    }),
    limit: z.coerce.number().int().min(1).max(200).default(100),
    types: typeList.optional().meta({ description: "Separated by commas; by default all" }),
  }),
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        number: z.number(),
        type: z.enum(eventTypes),
        timestamp: z.string(),
        data: z.looseObject({
          number: z.number(),
          userId: z.string().nullable(),
          externalId: z.string().nullable(),
        }),
      }),
    ),
    lastNumber: z.number(),
  }),
  run: ({ deps, caller }, { after, limit, types = [] }) =>
    readFeed(deps, { clientId: caller.client.id, after, limit, types }),
});
