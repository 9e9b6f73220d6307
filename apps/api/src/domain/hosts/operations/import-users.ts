import { z } from "zod";
import { importUsers } from "../import-users.js";
import { actorOf, defineOperation } from "../operation.js";
import { plainText } from "./inputs.js";

const maxRecords = 200;

export const importHostUsers = defineOperation({
  name: "users.import",
  method: "POST",
  path: "/users/import",
  scope: "users:write",
  summary: "Imports users whom this client knows with their openids; one result for each record",
  input: z.object({
    records: z
      .array(
        z.strictObject({
          // What a text must look like is said record by record, in the results.
          externalId: plainText(1000).optional(),
          app: plainText(1000),
          openid: plainText(1000),
          unionid: plainText(1000).optional(),
        }),
      )
      .min(1)
      .max(maxRecords),
  }),
  output: z.object({
    results: z.array(
      z.object({
        result: z.enum(["new", "joined", "unchanged", "conflict", "unreadable"]),
        reason: z.string().optional().meta({ description: "Why nothing was changed" }),
        userId: z.string().optional(),
      }),
    ),
  }),
  run: async (context, { records }) => ({
    results: await importUsers(context.deps, { records, by: actorOf(context) }),
  }),
});
