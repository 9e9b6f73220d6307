import { z } from "zod";
import { removeExternalId, setExternalId } from "../external-ids.js";
import { getUserId } from "../host-user.js";
import { actorOf, defineOperation } from "../operation.js";
import { externalIdInput, idInput } from "./inputs.js";

const output = z.object({ id: z.string(), externalId: z.string().nullable() });

export const setUserExternalId = defineOperation({
  name: "users.setExternalId",
  method: "PUT",
  path: "/users/{id}/external-id",
  scope: "users:write",
  summary: "Notes what this client calls a user",
  input: z.object({
    id: idInput,
    externalId: externalIdInput,
    replace: z.boolean().default(false).meta({ description: "In place of another external id" }),
  }),
  output,
  run: async (context, { id, externalId, replace }) => {
    const userId = await getUserId(context.deps, id);
    await setExternalId(context.deps, { userId, externalId, replace, by: actorOf(context) });
    return { id: userId, externalId };
  },
});

export const removeUserExternalId = defineOperation({
  name: "users.removeExternalId",
  method: "DELETE",
  path: "/users/{id}/external-id",
  scope: "users:write",
  summary: "Forgets what this client calls a user; the user stays",
  input: z.object({ id: idInput }),
  output,
  run: async (context, { id }) => {
    const userId = await getUserId(context.deps, id);
    await removeExternalId(context.deps, { userId, by: actorOf(context) });
    return { id: userId, externalId: null };
  },
});
