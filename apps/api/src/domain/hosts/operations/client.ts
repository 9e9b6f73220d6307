import { z } from "zod";
import { defineOperation } from "../operation.js";
import { hostScopes } from "../scopes.js";

export const getClient = defineOperation({
  name: "client.get",
  method: "GET",
  path: "/client",
  scope: null,
  summary: "Whose key this is and what it may do",
  input: z.object({}),
  output: z.object({
    id: z.string(),
    name: z.string(),
    origins: z.array(z.string()),
    redirectPaths: z.array(z.string()),
    scopes: z.array(z.enum(hostScopes)),
  }),
  run: async ({ caller: { client, scopes } }) => ({
    ...client,
    origins: [...client.origins],
    redirectPaths: [...client.redirectPaths],
    scopes: [...scopes],
  }),
});
