import { z } from "zod";
import { findUsers } from "../find-users.js";
import { findHostUser, hostUserSchema, noSuchUser } from "../host-user.js";
import { defineOperation } from "../operation.js";
import { externalIdInput, idInput, plainText } from "./inputs.js";

export const listUsers = defineOperation({
  name: "users.list",
  method: "GET",
  path: "/users",
  scope: "users:read",
  summary: "All users, newest first, or those with exactly this external id, openid or unionid",
  input: z.object({
    cursor: z.string().max(200).optional().meta({ description: "The nextCursor of the page before" }),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    externalId: externalIdInput.optional(),
    app: plainText(64).optional().meta({ description: "The app's key in WECHAT_APPS, with an openid of it" }),
    openid: plainText(128).optional().meta({ description: "With app; needs the scope identities:read" }),
    unionid: plainText(128).optional().meta({ description: "Needs the scope identities:read" }),
  }),
  output: z.object({ items: z.array(hostUserSchema), nextCursor: z.string().nullable() }),
  run: ({ deps, caller }, input) => findUsers(deps, caller, input),
});

export const getUser = defineOperation({
  name: "users.get",
  method: "GET",
  path: "/users/{id}",
  scope: "users:read",
  summary: "One user; for the id of a user who was merged, the one whom they became",
  input: z.object({ id: idInput }),
  output: hostUserSchema,
  run: async ({ deps, caller }, { id }) => {
    const user = await findHostUser(deps, caller, id);
    if (!user) throw noSuchUser();
    return user;
  },
});
