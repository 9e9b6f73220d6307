import { z } from "zod";
import { unbind } from "../../bindings/unbind.js";
import { blockUser, unblockUser } from "../../people/block.js";
import { eraseUser } from "../../people/erase.js";
import { endSessionsOf } from "../../sessions/sessions.js";
import { HostError } from "../host-error.js";
import { getUserId, noSuchUser } from "../host-user.js";
import { actorOf, defineOperation } from "../operation.js";
import { idInput, reasonInput } from "./inputs.js";

// Acts on a user, by the same functions as an operator's. They answer no more of the user than what was done: to read one is
// another scope.

const id = z.string();

export const unbindUser = defineOperation({
  name: "users.unbind",
  method: "DELETE",
  path: "/users/{id}/bindings/{bindingId}",
  scope: "users:write",
  summary: "Removes one WeChat account of a user, with its tokens and sessions",
  input: z.object({
    id: idInput,
    bindingId: idInput,
    allowLast: z.enum(["true", "false"]).default("false").meta({ description: "Removes also the last one" }),
  }),
  output: z.object({ id, bindingId: z.string(), endedSessions: z.number().int() }),
  run: async (context, { id, bindingId, allowLast }) => {
    const userId = await getUserId(context.deps, id);
    const act = { userId, bindingId, by: actorOf(context), allowLast: allowLast === "true" };
    const unbound = await unbind(context.deps, act);
    if (unbound.result === "not_found") {
      throw new HostError("not_found", "The user has no binding with this id.");
    }
    if (unbound.result === "last_binding") {
      throw new HostError(
        "last_binding",
        "It is the only WeChat account of this user, who could not sign in with WeChat any more. Send allowLast=true to remove it all the same.",
      );
    }
    return { id: userId, bindingId, endedSessions: unbound.endedSessions.length };
  },
});

export const block = defineOperation({
  name: "users.block",
  method: "POST",
  path: "/users/{id}/block",
  scope: "users:write",
  summary: "Ends the sessions of a user, who cannot sign in until they are unblocked",
  input: z.object({ id: idInput, reason: reasonInput }),
  output: z.object({ id, status: z.literal("blocked") }),
  run: async (context, { id, reason }) => {
    const userId = await getUserId(context.deps, id);
    if (!(await blockUser(context.deps, { userId, reason, by: actorOf(context) }))) throw noSuchUser();
    return { id: userId, status: "blocked" as const };
  },
});

export const unblock = defineOperation({
  name: "users.unblock",
  method: "POST",
  path: "/users/{id}/unblock",
  scope: "users:write",
  summary: "Lets a blocked user sign in again",
  input: z.object({ id: idInput, reason: reasonInput.optional() }),
  output: z.object({ id, status: z.literal("active") }),
  run: async (context, { id, reason }) => {
    const userId = await getUserId(context.deps, id);
    if (!(await unblockUser(context.deps, { userId, reason, by: actorOf(context) }))) throw noSuchUser();
    return { id: userId, status: "active" as const };
  },
});

export const endSessions = defineOperation({
  name: "users.endSessions",
  method: "POST",
  path: "/users/{id}/end-sessions",
  scope: "users:write",
  summary: "Signs a user out here everywhere",
  input: z.object({ id: idInput }),
  output: z.object({ id }),
  run: async (context, { id }) => {
    const userId = await getUserId(context.deps, id);
    if (!(await endSessionsOf(context.deps, { userId, by: actorOf(context) }))) throw noSuchUser();
    return { id: userId };
  },
});

export const erase = defineOperation({
  name: "users.erase",
  method: "DELETE",
  path: "/users/{id}",
  scope: "users:write",
  summary: "Erases a user, with all who were merged into them; it cannot be undone",
  input: z.object({
    id: idInput,
    confirm: z.literal("erase").meta({ description: "So that a wrong path erases no one" }),
  }),
  output: z.object({ id, erased: z.literal(true) }),
  run: async (context, { id }) => {
    const userId = await getUserId(context.deps, id);
    if (!(await eraseUser(context.deps, { userId, by: actorOf(context) }))) throw noSuchUser();
    return { id: userId, erased: true as const };
  },
});
